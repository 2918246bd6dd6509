package setup

import (
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Only a pass moves on. What decides nothing is not stored, the same refusal is stored
// once, and what can still be mended elsewhere is asked about again, ever more slowly.
func TestAsking(t *testing.T) {
	step, _ := given("9.4.0", basics("own", core.OAuth1)).Path().Step(Incoming)
	a := step.Ask()
	for i, c := range []struct {
		state core.CheckState
		found *core.Finding
		want  core.Heard
	}{
		{core.Waiting, finding.UnknownConsumerKey.With(""), core.Heard{Store: true, News: true, Again: core.FirstPause}},
		{core.Waiting, finding.UnknownConsumerKey.With(""), core.Heard{Again: 3 * time.Second}},
		{core.Failed, finding.PublicKeyMismatch.With("", ""), core.Heard{Store: true, News: true, Again: 4500 * time.Millisecond}},
		{core.Unknown, finding.SecretUntested.With(""), core.Heard{News: true}},
		{core.Failed, finding.PublicKeyMismatch.With("", ""), core.Heard{Store: true, News: true, Again: 6750 * time.Millisecond}},
		{core.Passed, nil, core.Heard{Passed: true, Store: true, News: true}},
		{core.Passed, nil, core.Heard{Passed: true, Store: true}},
	} {
		o := core.Outcome{State: c.state, Finding: c.found}
		if got := a.Take(o); got != c.want {
			t.Errorf("%d: %+v, want %+v", i, got, c.want)
		}
	}
	failed := core.Outcome{State: core.Failed}
	for range 20 {
		a.Take(failed)
	}
	if h := a.Take(failed); h.Again != core.LongPause {
		t.Errorf("in the end it asks after %s", h.Again)
	}
	a.Hurry()
	if h := a.Take(failed); h.Again != core.FirstPause {
		t.Errorf("asked by hand it goes on after %s", h.Again)
	}
	once, _ := given("9.4.0", basics("own", core.OAuth1)).Path().Step(BaseURL)
	if h := once.Ask().Take(failed); h.Again != 0 || h.Passed || !h.Store {
		t.Errorf("of a check that does not repeat: %+v", h)
	}
}
