package core

import (
	"testing"
	"time"
)

func TestSupportEnd(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for v, want := range map[Version]string{
		"8.19": "2026-03-12", "8.19.2": "2026-03-12", "9.4.24": "2026-12-03", "10.2.8": "2028-03-03", "10.40.1": "", "8.190": "2026-07 at the latest", "11.0": "", "": "",
		"8.9.1": "2025-04-10", "9.2.1": "2026-09", "7.21.4": "2024-02", // of which the day is not confirmed
		"8.1.9": "2025-01 at the latest", "7.17.12": "2024-02 at the latest", "9.7": "", // in no list
	} {
		end, ok := v.SupportEnd(now)
		if ok != (want != "") || ok && (end.Until != want || end.From == "") {
			t.Errorf("%q: %+v, %v, want %q", v, end, ok, want)
		}
	}
	for i, s := range supportEnds {
		end, ok := s.line.SupportEnd(now)
		if !ok || end.Over.IsZero() || i > 0 && (!s.line.AtLeast(supportEnds[i-1].line) || s.end < supportEnds[i-1].end) {
			t.Errorf("%s %s: %+v", s.line, s.end, end)
		}
	}
}
