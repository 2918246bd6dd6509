package walk_test

import (
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/guide"
)

// The summary says what was proved, by whom and when, what was only said, and what is
// refused.
func TestSummary(t *testing.T) {
	now := time.Date(2026, 3, 14, 11, 42, 0, 0, time.UTC)
	f := newFixture(t)
	f.play(finished1)
	o := outcome("passed")
	o.Check, o.At, o.Learned = core.CheckIdentity, now, map[core.Learned]string{core.LearnedUser: "jane"}
	s, err := f.session.Library.Record(t.Context(), f.w.State(), o)
	if err != nil {
		t.Fatal(err)
	}
	text := guide.Summary(s, now)
	for _, want := range []string{"a sign-in by jane 2026-03-14 11:42", "\nSaid          nothing\n", "\nBitbucket     https://git.acme.com 8.19.2\n", "\nConsumer Key  applink-", "\nKey           RSA 2048, SHA256:", "\nAs of         2026-03-14 11:42 UTC\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	f = newFixture(t)
	f.play(own1 + `
incoming: ask failed AL-OAUTH-002 -> stayed
incoming: overrule
authorize: overrule
`)
	text = guide.Summary(f.w.State(), now)
	for _, want := range []string{"Not finished: Bitbucket has another public key\n", "Said          Create link, Incoming, Authorize\n", "Refused       Incoming: Bitbucket has another public key (AL-OAUTH-002)\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
