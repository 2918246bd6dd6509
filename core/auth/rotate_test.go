package auth_test

import (
	"errors"
	"slices"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/setup"
)

func TestRotationSwitchesAtItsEnd(t *testing.T) {
	f := finished(t, "own")
	before := do(t)(f.State(t.Context(), f.id))
	s := do(t)(f.Rotate(t.Context(), f.id))
	if !s.Moves().Rotating() || s.Moves().Migrating() || s.OAuth() != core.OAuth1 || s.Value(core.FieldClientID) != before.Value(core.FieldClientID) {
		t.Fatalf("the rotation is %+v", s.Link)
	}
	if again := do(t)(f.Rotate(t.Context(), f.id)); len(again.Integration.Links) != 2 {
		t.Fatalf("begun twice: %v", states(again))
	}
	for _, id := range []core.StepID{setup.CreateLink, setup.ConfirmURL, setup.Describe} {
		if _, ok := s.Path().Step(id); ok {
			t.Errorf("%s is asked of a link that exists", id)
		}
	}
	s = f.answer(core.FieldKeyBits, "2048")
	if s.Value(core.FieldPublicKey) == before.Value(core.FieldPublicKey) || s.Value(core.FieldClientID) != before.Value(core.FieldClientID) {
		t.Error("the key is not another one with the same Client ID")
	}
	f.pass(core.CheckConsumer)
	s = f.walk()
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkSuperseded, core.LinkActive}) {
		t.Fatalf("links are %v", got)
	}
	s = do(t)(f.GoBack(t.Context(), f.id, ""))
	if s.Value(core.FieldPublicKey) != before.Value(core.FieldPublicKey) {
		t.Error("going back gave another key")
	}
}

func TestRotationOfAnOAuth2LinkStandsBesideIt(t *testing.T) {
	f, _ := moved(t, "cloud")
	f.walk()
	const name = "On-premise Bitbucket 3" // after the OAuth 1 link and the one migrated to
	s := do(t)(f.Rotate(t.Context(), f.id))
	if s.Links().LinkName() != name || s.Values()["link-name"] != name || s.Value(core.FieldCallback) == "" {
		t.Errorf("the link %q with %q", s.Links().LinkName(), s.Value(core.FieldCallback))
	}
	if _, ok := s.Path().Step(setup.CreateLink); !ok {
		t.Error("no link is created")
	}
	if s = f.walk(); s.Links().LinkName() != name || s.Link.State != core.LinkActive {
		t.Errorf("the link %q is %s", s.Links().LinkName(), s.Link.State)
	}
}

func TestRotationTakesOtherCredentials(t *testing.T) {
	f, _ := moved(t, "own")
	f.walk()
	do(t)(f.Rotate(t.Context(), f.id))
	f.answer(core.FieldClientID, "id")
	if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, "secret"); codeOf(err) != finding.SecretUnchanged.String() {
		t.Errorf("the credentials in use: %v", err)
	}
	f.answer(core.FieldSecret, "another")
	f.answer(core.FieldClientID, "id2")
	f.answer(core.FieldSecret, "secret")
}

func TestRotationAndMigrationExcludeEachOther(t *testing.T) {
	f, _ := moved(t, "own")
	if _, err := f.Rotate(t.Context(), f.id); codeOf(err) != finding.OtherMoveInProgress.String() {
		t.Errorf("rotating while moving: %v", err)
	}
	do(t)(f.Abandon(t.Context(), f.id, ""))
	do(t)(f.Rotate(t.Context(), f.id))
	if _, err := f.Migrate(t.Context(), f.id); codeOf(err) != finding.OtherMoveInProgress.String() {
		t.Errorf("moving while rotating: %v", err)
	}
	if s := do(t)(f.Abandon(t.Context(), f.id, "")); len(s.Integration.Links) != 1 || !s.Path().Complete() {
		t.Errorf("links are %v", states(s))
	}
}

func TestRotationNeedsAnActiveLink(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	if _, err := f.Rotate(t.Context(), f.id); codeOf(err) != finding.NothingToRotate.String() {
		t.Errorf("got %v", err)
	}
}

// replaced is a fixture of a finished OAuth 1 link whose key Bitbucket has just replaced.
func replaced(t *testing.T) (f *fixture, old, now int64) {
	t.Helper()
	f = finished(t, "own")
	f.keep()
	s := do(t)(f.State(t.Context(), f.id))
	old = s.Link.ID
	do(t)(f.Rotate(t.Context(), f.id))
	f.answer(core.FieldKeyBits, "2048")
	f.say(setup.Keys)
	s = f.pass(core.CheckConsumer)
	return f, old, s.Link.ID
}

// Over OAuth 1 Bitbucket has one key of a Client ID: the new one is the one in use as soon
// as it is proved, whatever is left to do. The old one is not to be retired by that: nobody
// has signed in yet.
func TestKeyIsSwitchedWhenBitbucketTakesIt(t *testing.T) {
	f, old, now := replaced(t)
	s := do(t)(f.State(t.Context(), f.id))
	if active := s.Integration.Active(); active == nil || active.ID != now || now == old || s.Path().Complete() || active.Completed != nil {
		t.Fatalf("links are %v, at %s", states(s), s.Path().Current().Step.ID)
	}
	if problem := s.Moves().MayRetire(); !errors.Is(problem, finding.OldLinkStillNeeded) {
		t.Errorf("retiring before a sign-in: %v", problem)
	}
	if _, err := f.Say(t.Context(), f.id, setup.Retire); codeOf(err) != finding.OldLinkStillNeeded.String() {
		t.Errorf("the word retires before a sign-in: %v", err)
	}
	f.Record(t.Context(), s.Links().Through(old), core.Outcome{Check: core.CheckRetired, State: core.Passed, Strength: core.Strong})
	if s = f.walk(); s.Link.ID != now || !slices.Equal(states(s), []core.LinkState{core.LinkSuperseded, core.LinkActive}) {
		t.Errorf("links are %v", states(s))
	}
	if problem := s.Moves().MayRetire(); problem != nil {
		t.Errorf("retiring after the word on a sign-in: %v", problem)
	}
	if s.Link.Completed == nil {
		t.Error("a key that was switched before the end is held to nothing at the end")
	}
}

// A weak proof does not tell one key from another of its size, and another Client ID is
// another consumer: neither switches.
func TestOtherProofsDoNotSwitch(t *testing.T) {
	f := finished(t, "cloud")
	f.pass(core.CheckReach)
	do(t)(f.Rotate(t.Context(), f.id))
	active := do(t)(f.State(t.Context(), f.id)).Integration.Active()
	public, _ := pasted()
	f.answer(core.FieldClientID, active.Answers[core.FieldClientID].Value)
	s := f.answer(core.FieldPublicKey, public)
	s = do(t)(f.Record(t.Context(), s, core.Outcome{Check: core.CheckConsumer, State: core.Passed, Strength: core.Weak}))
	if s.Integration.Active().ID != active.ID {
		t.Error("a weak proof switched")
	}
	f.answer(core.FieldClientID, "another")
	if s = f.pass(core.CheckConsumer); s.Integration.Active().ID != active.ID {
		t.Error("another Client ID switched")
	}
}

// served is what is known of the tokens that programs get.
func (f *fixture) served() auth.TokenState {
	f.t.Helper()
	s := do(f.t)(f.State(f.t.Context(), f.id))
	_, kept, err := f.Kept(f.t.Context(), s)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.Client(f.t.Context(), s.Integration.Slug); (err == nil) != (kept == auth.TokensGood) {
		f.t.Errorf("tokens are %s, and a client has %v", kept, err)
	}
	return kept
}

// The tokens of OAuth 1 belong to the Client ID: another key leaves them good, backwards
// too, until the last key of it is gone.
func TestTokensOutliveTheirKey(t *testing.T) {
	f, old, _ := replaced(t)
	steps := []struct {
		name string
		do   func()
	}{
		{"switched", func() {}},
		{"completed", func() { f.walk() }},
		{"gone back", func() { do(t)(f.GoBack(t.Context(), f.id, "")) }},
		{"gone forward", func() { do(t)(f.GoForward(t.Context(), f.id, "")) }},
		{"retired", func() { f.say(setup.Retire) }},
	}
	for _, step := range steps {
		if step.do(); f.served() != auth.TokensGood {
			t.Errorf("%s: the tokens are %s", step.name, f.served())
		}
	}
	if key, err := f.PrivateKey(t.Context(), old); key != nil || err != nil {
		t.Errorf("the retired key is there: %v", err)
	}
	if err := f.DropTokens(t.Context(), do(t)(f.State(t.Context(), f.id))); err != nil || f.served() != auth.TokensNone {
		t.Errorf("dropped, they are %s, %v", f.served(), err)
	}
	f.keep()
	do(t)(f.Migrate(t.Context(), f.id))
	f.walk()
	if s := f.say(setup.Retire); s.Integration.Links[0].Tokens || s.Integration.Links[1].Tokens {
		t.Error("retired links keep tokens")
	}
}
