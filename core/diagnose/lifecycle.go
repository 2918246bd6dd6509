package diagnose

import (
	"time"

	"applink/core"
	"applink/core/finding"
)

// endsSoon is how long before an end it is worth a warning.
const endsSoon = 183 * 24 * time.Hour

// Lifecycle tells what is known of the end of support of a server's version, and of
// what is announced for Bitbucket Data Center as a whole. What is over or near is due;
// the rest is only worth a note. It says nothing about a version that is not known.
func Lifecycle(v core.Version, now time.Time) (due, notes []*core.Finding) {
	if !v.Known() {
		return nil, nil
	}
	if end, ok := v.SupportEnd(now); ok && end.Over.Sub(now) < endsSoon {
		kind := finding.SupportEnding
		if !now.Before(end.Over) {
			kind = finding.SupportEnded
		}
		due = append(due, kind.With(string(v), end.Until, end.From))
	}
	announced := finding.EndOfLifeAnnounced.With(core.LastExpansion.Format(time.DateOnly), core.ReadOnly.Format(time.DateOnly))
	if core.ReadOnly.Sub(now) < endsSoon {
		due = append(due, announced)
	} else {
		notes = append(notes, announced)
	}
	for _, f := range append(due[:len(due):len(due)], notes...) {
		f.Warning = true
	}
	return due, notes
}
