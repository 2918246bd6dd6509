package guide

import (
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// What is told of before a problem is what was proved of the link: that its server was
// reached is none of it.
func TestStoodBefore(t *testing.T) {
	now := time.Unix(10000, 0)
	reached := core.Outcome{State: core.Passed, At: now.Add(-time.Minute)}
	latest := core.Outcome{State: core.Passed, At: now.Add(-2 * time.Hour)}
	for _, tt := range []struct {
		name string
		st   setup.Standing
		want string
	}{
		{"proved", setup.Standing{Before: reached, Proof: setup.Proved, Latest: latest}, "proved 2 h ago"},
		{"in part", setup.Standing{Before: reached, Proof: setup.Weak, Latest: latest}, "proved in part 2 h ago"},
		{"said", setup.Standing{Before: reached, Proof: setup.Said}, "set up, said"},
		{"begun", setup.Standing{Before: reached, Proof: setup.Said, Step: 4}, ""},
		{"refused from the first", setup.Standing{Proof: setup.Weak, Latest: latest}, ""},
	} {
		tt.st.Problem = finding.ConnectionRefused.With("")
		if got := StoodBefore(tt.st, now); got != tt.want {
			t.Errorf("%s: it stood %q", tt.name, got)
		}
	}
}
