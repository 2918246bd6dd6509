package diagnose

import (
	"testing"
	"time"

	"applink/core"
)

func TestLifecycle(t *testing.T) {
	const ended, soon, announced = "AL-PRODUCT-005", "AL-PRODUCT-006", "AL-PRODUCT-007"
	for _, tt := range []struct {
		version core.Version
		day     string
		codes   []core.Code
		until   string
	}{
		{"8.19.2", "2026-11-25", []core.Code{ended, announced}, "2026-03-12"},
		{"8.19.2", "2026-03-12", []core.Code{soon, announced}, "2026-03-12"},
		{"8.19.2", "2026-03-13", []core.Code{ended, announced}, "2026-03-12"},
		{"9.4.24", "2026-11-25", []core.Code{soon, announced}, "2026-12-03"},
		{"9.4.24", "2026-05-01", []core.Code{announced}, ""},
		{"10.2.8", "2026-11-25", []core.Code{announced}, ""},
		{"11.3", "2026-11-25", []core.Code{announced}, ""},
		{"", "2026-11-25", nil, ""},
	} {
		now, err := time.Parse(time.DateOnly, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		found := Lifecycle(tt.version, now.Add(12*time.Hour))
		if len(found) != len(tt.codes) {
			t.Errorf("%s on %s: %v, want %v", tt.version, tt.day, found, tt.codes)
			continue
		}
		for i, f := range found {
			check(t, string(tt.version)+" on "+tt.day, f, tt.codes[i])
			if !f.Warning || i == 0 && f.Params["until"] != tt.until {
				t.Errorf("%s on %s: %+v", tt.version, tt.day, f)
			}
		}
	}
}
