package core

import (
	"testing"
	"time"
)

func TestSupportEnd(t *testing.T) {
	for v, want := range map[Version]string{
		"8.19": "2026-03-12", "8.19.2": "2026-03-12", "9.4.24": "2026-12-03", "10.2.8": "2028-03-03", "8.1.9": "", "10.40.1": "", "9": "", "8.190": "", "11.0": "", "": "",
	} {
		end, ok := v.SupportEnd()
		if ok != (want != "") || ok && end.Format(time.DateOnly) != want {
			t.Errorf("%q: %s, %v, want %q", v, end, ok, want)
		}
	}
	for i, s := range supportEnds {
		if _, err := time.Parse(time.DateOnly, s.end); err != nil || i > 0 && !s.line.AtLeast(supportEnds[i-1].line) {
			t.Errorf("%s %s: %v", s.line, s.end, err)
		}
	}
}
