package walk_test

import (
	"errors"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
	"applink/core/walk"
)

// A move is begun, gone on with, gone back from after Bitbucket was asked, and repeated by
// the way forward alone.
func TestTurn(t *testing.T) {
	f := newFixture(t)
	f.play(finished1 + "done: migrate\n")
	s := f.w.State()
	if !walk.Leads(s, setup.Migration) || walk.Leads(s, setup.Rotation) {
		t.Error("a move that is under way leads to itself alone")
	}
	if _, _, why := f.session.Begin(s, setup.Rotation); !errors.Is(why, finding.OtherMoveInProgress) || !walk.GoesOn(s, why) {
		t.Errorf("two moves at once: %v", why)
	}
	if _, begin, why := f.session.Begin(s, setup.Migration); begin == nil || why != nil {
		t.Errorf("it does not go on: %v", why)
	}
	if _, problem := walk.Retiring(s); problem == nil {
		t.Error("a link in use is retired")
	}
	f.play(link2 + `
authorize: sign in -> begun
authorize: browser passed -> proved
authorize: enter
`)
	s = f.w.State()
	back, why := f.session.GoBack(s, "")
	if why != nil {
		t.Fatal(why)
	}
	f.srv.outcomes[core.CheckReach], f.srv.outcomes[core.CheckConsumer] = outcome("passed"), outcome("passed")
	back.Try(t.Context())
	if back.NeedsYes() || back.To.OAuth != core.OAuth1 || !strings.Contains(back.Words(), "takes its credentials") {
		t.Errorf("a way back that works, asked %v: %s", back.NeedsYes(), back.Words())
	}
	f.srv.outcomes[core.CheckConsumer] = outcome("failed AL-OAUTH-002")
	back.Try(t.Context())
	if !back.NeedsYes() || !strings.Contains(back.Words(), "(AL-OAUTH-002)") || !errors.Is(back.Unconfirmed(), finding.SwitchUnconfirmed) {
		t.Errorf("a way back that does not work, asked %v: %s", back.NeedsYes(), back.Words())
	}
	if s, err := back.Make(t.Context()); err != nil || s.OAuth() != core.OAuth1 {
		t.Fatalf("went back: %v", err)
	}
	f.reopen()
	forward, begin, why := f.session.Begin(f.w.State(), setup.Migration)
	if forward == nil || begin != nil || why != nil || !forward.NeedsYes() {
		t.Fatalf("the way forward: %v", why)
	}
	if s, err := forward.Make(t.Context()); err != nil || s.OAuth() != core.OAuth2 {
		t.Errorf("went forward: %v", err)
	}
	if _, _, why := f.session.Begin(s, setup.Migration); why == nil || walk.GoesOn(s, why) {
		t.Errorf("it is moved twice: %v", why)
	}
}

// What no field may show while it is typed, and what is whole in a field of several lines.
func TestUnseenAndWhole(t *testing.T) {
	key := strings.ReplaceAll(publicKey(), "PUBLIC", "PRIVATE")
	f := newFixture(t)
	f.play(own + `
base-url: reach 9.4.1 -> proved
base-url: enter
oauth-version/oauth: give 2
callback/callback: give https://localhost:8473/callback
create-link: enter
`)
	for text, want := range map[string]string{"": "", id2: "", secret: "Client secret", key: "private key"} {
		if got := f.w.Unseen(text); got != want {
			t.Errorf("with the Client ID: %q, want %q", got, want)
		}
	}
	f = newFixture(t)
	f.begin(f.lib.BeginAdoption())
	f.play(own + `
base-url: reach 8.19.2 -> proved
base-url: enter
oauth-version/oauth: give 1
keys/client-id: give k
`)
	q := f.w.Question()
	for text, want := range map[string]string{"": "", "~/key.pem": "", key: "private key"} {
		if got := f.w.Unseen(text); got != want || q.Whole(text) != (text == "~/key.pem") {
			t.Errorf("with the private key: %q, want %q, whole %v", got, want, q.Whole(text))
		}
	}
	if taken := f.give("~/none"); taken != walk.Stayed || f.w.Question().Draft != "~/none" {
		t.Errorf("the path that was refused is gone: %s, %q", taken, f.w.Question().Draft)
	}
	if taken := f.give(key); taken != walk.Stayed || f.w.Question().Draft != "" {
		t.Errorf("a key that was refused stays: %s", taken)
	}
}

// A move that is dropped leaves the link in use, and costs the key that Bitbucket was given.
func TestDrop(t *testing.T) {
	f := newFixture(t)
	f.play(finished1)
	if _, why := f.session.Abandon(f.w.State(), ""); !errors.Is(why, finding.NoMoveInProgress) {
		t.Errorf("there is nothing to drop, and yet: %v", why)
	}
	_, begin, why := f.session.Begin(f.w.State(), setup.Rotation)
	if begin == nil || why != nil {
		t.Fatal(why)
	}
	s, err := begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for answer, costs := range map[string]bool{"passed": false, "failed AL-MOVE-015": true} {
		drop, why := f.session.Abandon(s, "")
		if why != nil {
			t.Fatal(why)
		}
		f.srv.outcomes[core.CheckReach], f.srv.outcomes[core.CheckConsumer] = outcome("passed"), outcome(answer)
		drop.Try(t.Context())
		if (drop.Costs() != nil) != costs || !strings.Contains(drop.Words(), "The link in use stays.") {
			t.Errorf("%s: costs %v: %s", answer, drop.Costs(), drop.Words())
		}
	}
	drop, _ := f.session.Abandon(s, "")
	if s, err = drop.Make(t.Context()); err != nil || s.Moves().UnderWay() != "" || !s.Path().Complete() {
		t.Errorf("dropped: %v, %+v", err, s.Standing())
	}
}
