package diagnose

import (
	"time"

	"applink/core"
)

// supportSoon is how long before the end of support it is worth a word.
const supportSoon = 90 * 24 * time.Hour

// Lifecycle tells, as warnings, when support of a server's version ends, where
// that is over or near, and what is announced for Bitbucket Data Center as a
// whole. It says nothing about a version that is not known.
func Lifecycle(v core.Version, now time.Time) []*core.Finding {
	var found []*core.Finding
	end, known := v.SupportEnd()
	over := end.AddDate(0, 0, 1) // the last day counts
	switch {
	case known && !now.Before(over):
		found = append(found, core.Find("AL-PRODUCT-005", "", "version", string(v), "until", end.Format(time.DateOnly)))
	case known && over.Sub(now) < supportSoon:
		found = append(found, core.Find("AL-PRODUCT-006", "", "version", string(v), "until", end.Format(time.DateOnly)))
	}
	if v.Known() {
		found = append(found, core.Find("AL-PRODUCT-007", "",
			"expansion", core.LastExpansion.Format(time.DateOnly), "readonly", core.ReadOnly.Format(time.DateOnly)))
	}
	for _, f := range found {
		f.Warning = true
	}
	return found
}
