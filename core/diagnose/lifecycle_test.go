package diagnose

import (
	"slices"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

func TestLifecycle(t *testing.T) {
	ended, soon, announced := finding.SupportEnded.Code(), finding.SupportEnding.Code(), finding.EndOfLifeAnnounced.Code()
	for _, tt := range []struct {
		version    core.Version
		day        string
		due, notes []core.Code
		until      string
	}{
		{"8.19.2", "2026-11-25", []core.Code{ended}, []core.Code{announced}, "2026-03-12"},
		{"8.19.2", "2026-03-12", []core.Code{soon}, []core.Code{announced}, "2026-03-12"},
		{"8.19.2", "2026-03-13", []core.Code{ended}, []core.Code{announced}, "2026-03-12"},
		{"9.4.24", "2026-11-25", []core.Code{soon}, []core.Code{announced}, "2026-12-03"},
		{"9.4.24", "2026-07-01", []core.Code{soon}, []core.Code{announced}, "2026-12-03"},
		{"9.4.24", "2026-05-01", nil, []core.Code{announced}, ""},
		{"10.2.8", "2026-11-25", nil, []core.Code{announced}, ""},
		{"9.2.1", "2026-09-30", []core.Code{soon}, []core.Code{announced}, "2026-09"},
		{"9.2.1", "2026-10-01", []core.Code{ended}, []core.Code{announced}, "2026-09"},
		{"7.17.3", "2026-11-25", []core.Code{ended}, []core.Code{announced}, "2024-02 at the latest"},
		{"11.3", "2026-11-25", nil, []core.Code{announced}, ""},
		{"11.3", "2028-11-25", []core.Code{announced}, nil, ""},
		{"10.2.8", "2029-04-01", []core.Code{ended, announced}, nil, "2028-03-03"},
		{"", "2026-11-25", nil, nil, ""},
	} {
		now, err := time.Parse(time.DateOnly, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		due, notes := Lifecycle(tt.version, now.Add(12*time.Hour))
		if !slices.Equal(codesOf(due), tt.due) || !slices.Equal(codesOf(notes), tt.notes) {
			t.Errorf("%s on %s: due %v, notes %v, want %v and %v", tt.version, tt.day, due, notes, tt.due, tt.notes)
			continue
		}
		for i, f := range slices.Concat(due, notes) {
			check(t, string(tt.version)+" on "+tt.day, f, f.Code)
			if !f.Warning || i == 0 && f.Params["until"] != tt.until {
				t.Errorf("%s on %s: %+v", tt.version, tt.day, f)
			}
		}
	}
}

func codesOf(found []*core.Finding) (codes []core.Code) {
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
}
