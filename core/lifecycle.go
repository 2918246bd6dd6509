package core

import "time"

// Who told a day on which support ends.
const (
	endOfLife = "endoflife.date, read on 2026-08-22"
	atlassian = "Atlassian's own list"
	uncertain = "a list of which the day is not certain"
)

// supportEnds are the days on which Atlassian's support of a version ends, in order. Of
// those with a month only the day could not be confirmed by a present reading of a source.
var supportEnds = []struct {
	line      Version // with its first two numbers
	end, from string
}{
	{"7.21", "2024-02", uncertain}, {"8.7", "2025-01", uncertain}, {"8.8", "2025-02", uncertain},
	{"8.9", "2025-04-10", atlassian}, {"8.10", "2025-04-29", atlassian}, {"8.11", "2025-06", uncertain}, {"8.12", "2025-07", uncertain},
	{"8.13", "2025-08-13", atlassian}, {"8.14", "2025-09-17", atlassian}, {"8.15", "2025-10-22", atlassian}, {"8.16", "2025-11-26", atlassian},
	{"8.17", "2026-01-07", atlassian}, {"8.18", "2026-02-04", atlassian}, {"8.19", "2026-03-12", endOfLife},
	{"9.0", "2026-07-23", endOfLife}, {"9.1", "2026-08", uncertain}, {"9.2", "2026-09", uncertain}, {"9.3", "2026-10-29", endOfLife},
	{"9.4", "2026-12-03", endOfLife}, {"9.5", "2027-01-07", endOfLife}, {"9.6", "2027-01-18", endOfLife},
	{"10.0", "2027-09-08", endOfLife}, {"10.1", "2027-11-20", endOfLife}, {"10.2", "2028-03-03", endOfLife},
	{"10.3", "2028-05-12", endOfLife}, {"10.4", "2028-07-21", endOfLife},
}

// SupportEnd is when Atlassian's support of a version ends.
type SupportEnd struct {
	Until string    // the last day, 2006-01-02, or its month, 2006-01, where no more is known
	Over  time.Time // the first moment without support, UTC
	From  string    // who told it
}

// SupportEnd returns when support of a version ends; ok is false when that is not
// known. A version that no list has ended with the next higher one at the latest, so
// that something is known of it once that one has ended.
func (v Version) SupportEnd(now time.Time) (end SupportEnd, ok bool) {
	if !v.Known() {
		return SupportEnd{}, false
	}
	for _, s := range supportEnds {
		listed := v == s.line || len(v) > len(s.line) && v[:len(s.line)] == s.line && v[len(s.line)] == '.'
		if !listed && !s.line.AtLeast(v) {
			continue
		}
		end = SupportEnd{Until: s.end, From: s.from}
		if day, err := time.Parse(time.DateOnly, s.end); err == nil {
			end.Over = day.AddDate(0, 0, 1)
		} else if month, err := time.Parse("2006-01", s.end); err == nil {
			end.Over = month.AddDate(0, 1, 0)
		}
		if !listed {
			end.Until, end.From = end.Until[:len("2006-01")]+" at the latest", uncertain
		}
		return end, listed || !now.Before(end.Over)
	}
	return SupportEnd{}, false
}

// The announced end of Bitbucket Data Center, by two secondary sources;
// Atlassian's own page was not seen.
var (
	LastExpansion = time.Date(2028, 3, 30, 0, 0, 0, 0, time.UTC) // no further users from then on
	ReadOnly      = time.Date(2029, 3, 28, 0, 0, 0, 0, time.UTC) // servers can only be read from then on
)
