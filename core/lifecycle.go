package core

import "time"

// supportEnds are the days on which Atlassian's support of a version ends, as
// endoflife.date told them on 2026-08-22. A version that is missing is one of
// which nothing is said.
var supportEnds = []struct {
	line Version // with its first two numbers
	end  string
}{
	{"7.21", "2024-02-28"}, {"8.7", "2025-01-10"}, {"8.8", "2025-02-07"}, {"8.9", "2025-04-12"}, {"8.10", "2025-05-02"}, {"8.11", "2025-06-06"},
	{"8.12", "2025-07-11"}, {"8.13", "2025-08-15"}, {"8.14", "2025-09-19"}, {"8.15", "2025-10-24"}, {"8.16", "2025-11-28"}, {"8.17", "2026-01-09"},
	{"8.18", "2026-02-06"}, {"8.19", "2026-03-12"}, {"9.0", "2026-07-23"}, {"9.1", "2026-08-27"}, {"9.2", "2026-09-24"}, {"9.3", "2026-10-29"},
	{"9.4", "2026-12-03"}, {"9.5", "2027-01-07"}, {"9.6", "2027-01-18"}, {"10.0", "2027-09-08"}, {"10.1", "2027-11-20"}, {"10.2", "2028-03-03"},
	{"10.3", "2028-05-12"}, {"10.4", "2028-07-21"},
}

// SupportEnd returns the last day of support of a version, at midnight UTC; ok is
// false when it is not known.
func (v Version) SupportEnd() (end time.Time, ok bool) {
	for _, s := range supportEnds {
		if v.Known() && (v == s.line || len(v) > len(s.line) && v[:len(s.line)] == s.line && v[len(s.line)] == '.') {
			end, err := time.Parse(time.DateOnly, s.end)
			return end, err == nil
		}
	}
	return time.Time{}, false
}

// The announced end of Bitbucket Data Center, by two secondary sources;
// Atlassian's own page was not seen.
var (
	LastExpansion = time.Date(2028, 3, 30, 0, 0, 0, 0, time.UTC) // no further users from then on
	ReadOnly      = time.Date(2029, 3, 28, 0, 0, 0, 0, time.UTC) // servers can only be read from then on
)
