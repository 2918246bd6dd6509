package auth_test

import (
	"slices"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/oauth2"
	"applink/core/seal"
	"applink/core/setup"
)

// do fails the test on an error.
func do(t testing.TB) func(*setup.State, error) *setup.State {
	return func(s *setup.State, err error) *setup.State {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// finished is a fixture with an active OAuth 1 link.
func finished(t testing.TB, application string) *fixture {
	t.Helper()
	if application == "own" {
		f, _ := proved(t)
		f.walk()
		return f
	}
	f := newFixture(t)
	f.reached(application)
	f.walk()
	return f
}

// moved is a fixture whose migration was begun.
func moved(t testing.TB, application string) (*fixture, *setup.State) {
	t.Helper()
	f := finished(t, application)
	first := do(t)(f.State(t.Context(), f.id)).Link.ID
	s := do(t)(f.Migrate(t.Context(), f.id))
	if s.Link.ID == first || s.Link.State != core.LinkDraft || s.OAuth() != core.OAuth2 || !s.Moves().Migrating() {
		t.Fatalf("the migration stands on link %d, %s, %s", s.Link.ID, s.Link.State, s.OAuth())
	}
	if active := s.Integration.Active(); active == nil || active.ID != first {
		t.Fatalf("the active link is %v", active)
	}
	return f, s
}

// walk answers and says what is left.
func (f *fixture) walk() *setup.State {
	f.t.Helper()
	return f.walkTo(setup.Done)
}

// walkTo does so up to a step.
func (f *fixture) walkTo(to core.StepID) *setup.State {
	f.t.Helper()
	public, _ := pasted()
	answers := map[core.Field]string{core.FieldCallback: "https://app.example/a,https://app.example/b", core.FieldClientID: "id",
		core.FieldSecret: "secret", core.FieldTwoFactor: "no", core.FieldKeepTokens: "no", core.FieldLoginLink: "https://packagist.com/x", core.FieldPublicKey: public}
	s := do(f.t)(f.State(f.t.Context(), f.id))
	for range 40 {
		at := s.Path().Current()
		switch {
		case at.Step.ID == to:
			return s
		case at.Question != nil && at.Question.Transient:
			s = f.answer(at.Question.Field, "")
		case at.Question != nil:
			s = f.answer(at.Question.Field, answers[at.Question.Field])
		default:
			s = f.say(at.Step.ID)
		}
	}
	f.t.Fatalf("no end: at %s", s.Path().Current().Step.ID)
	return nil
}

func states(s *setup.State) (states []core.LinkState) {
	for _, l := range s.Integration.Links {
		states = append(states, l.State)
	}
	return states
}

func TestMigrationSwitchesAtItsEnd(t *testing.T) {
	f, s := moved(t, "own")
	if again := do(t)(f.Migrate(t.Context(), f.id)); len(again.Integration.Links) != 2 {
		t.Fatalf("begun twice: %v", states(again))
	}
	name, slug := s.Integration.Name, s.Integration.Slug
	s = f.walk()
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkSuperseded, core.LinkActive}) {
		t.Fatalf("links are %v", got)
	}
	if s.Integration.Name != name || s.Integration.Slug != slug {
		t.Errorf("name and slug became %q, %q", s.Integration.Name, s.Integration.Slug)
	}
	s = do(t)(f.GoBack(t.Context(), f.id, ""))
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkActive, core.LinkSuperseded}) || s.OAuth() != core.OAuth1 {
		t.Fatalf("after going back links are %v", got)
	}
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); err != nil || key == nil {
		t.Errorf("the old key is %v, %v", key, err)
	}
	if _, err := f.GoBack(t.Context(), f.id, ""); codeOf(err) != finding.NoOldLink.String() {
		t.Errorf("going back twice: %v", err)
	}
	if _, err := f.Migrate(t.Context(), f.id); codeOf(err) != finding.SwitchUnconfirmed.String() {
		t.Errorf("went forward unasked: %v", err)
	}
	if _, err := f.GoForward(t.Context(), f.id, setup.Rotation); codeOf(err) != finding.NoOldLink.String() {
		t.Errorf("a rotation went forward to a migration: %v", err)
	}
	s = do(t)(f.GoForward(t.Context(), f.id, setup.Migration))
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkSuperseded, core.LinkActive}) || s.OAuth() != core.OAuth2 {
		t.Fatalf("after going forward links are %v", got)
	}
	if _, err := f.GoBack(t.Context(), f.id, setup.Rotation); codeOf(err) != finding.NoOldLink.String() {
		t.Errorf("a rotation took a migration back: %v", err)
	}
	do(t)(f.Rotate(t.Context(), f.id))
	if _, err := f.GoBack(t.Context(), f.id, ""); codeOf(err) != finding.OtherMoveInProgress.String() {
		t.Errorf("went back beside a rotation: %v", err)
	}
}

// Of one link in Bitbucket, whose key was changed before it was moved, nothing is left
// to go back to.
func TestRetiringEndsEveryKeyOfALink(t *testing.T) {
	f := finished(t, "own")
	do(t)(f.Rotate(t.Context(), f.id))
	f.answer(core.FieldKeyBits, "2048")
	f.pass(core.CheckConsumer)
	f.walk()
	do(t)(f.Migrate(t.Context(), f.id))
	f.walk()
	s := f.say(setup.Retire)
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkRetired, core.LinkRetired, core.LinkActive}) {
		t.Fatalf("links are %v", got)
	}
	if key, err := f.PrivateKey(t.Context(), s.Integration.Links[0].ID); err != nil || key != nil {
		t.Errorf("the first key is %v, %v", key, err)
	}
}

func TestRetiringEndsTheWayBack(t *testing.T) {
	f, _ := moved(t, "own")
	s := f.walk()
	old := s.Integration.Superseded().ID
	if err := f.KeepTokens(t.Context(), s.Links().Through(old), auth.Tokens{OAuth1: &oauth1.Token{Token: seal.NewText("a"), Secret: seal.NewText("b")}}); err != nil {
		t.Fatal(err)
	}
	s = f.say(setup.Retire)
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkRetired, core.LinkActive}) {
		t.Fatalf("links are %v", got)
	}
	if key, err := f.PrivateKey(t.Context(), old); err != nil || key != nil {
		t.Errorf("a retired link keeps its key: %v, %v", key, err)
	}
	if err := f.db.Read(t.Context(), func(tx auth.Tx) error {
		kept, err := tx.Tokens(old)
		if kept.Sealed != nil {
			t.Error("a retired link keeps its tokens")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.GoBack(t.Context(), f.id, ""); codeOf(err) != finding.NoOldLink.String() {
		t.Errorf("going back: %v", err)
	}
	if _, err := f.Say(t.Context(), f.id, setup.Retire); codeOf(err) != finding.NoOldLink.String() {
		t.Errorf("retiring: %v", err)
	}
}

func TestMigrationOfAnotherVendorPromisesNoWayBack(t *testing.T) {
	f, _ := moved(t, "cloud")
	f.walk()
	if _, err := f.GoBack(t.Context(), f.id, ""); codeOf(err) != finding.RollbackInApplication.String() {
		t.Errorf("got %v", err)
	}
}

func TestMigrationAbandoned(t *testing.T) {
	f, _ := moved(t, "own")
	f.answer(core.FieldCallback, "https://localhost:8473/callback")
	if _, err := f.Abandon(t.Context(), f.id, setup.Rotation); codeOf(err) != finding.OtherMoveInProgress.String() {
		t.Errorf("a migration was dropped as a rotation: %v", err)
	}
	s := do(t)(f.Abandon(t.Context(), f.id, setup.Migration))
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkActive}) || !s.Path().Complete() {
		t.Fatalf("links are %v, at %s", got, s.Path().Current().Step.ID)
	}
	if _, err := f.Abandon(t.Context(), f.id, ""); codeOf(err) != finding.NoMoveInProgress.String() {
		t.Errorf("nothing was dropped: %v", err)
	}
}

func TestMigrationNeedsAnActiveOAuth1Link(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	if _, err := f.Migrate(t.Context(), f.id); codeOf(err) != finding.NothingToMigrate.String() {
		t.Errorf("got %v", err)
	}
}

// A check looks at the link in use, though another one is being set up beside it.
func TestCheckOfWhatIsBeingMoved(t *testing.T) {
	for _, tt := range []struct {
		name string
		says core.CheckState
		want core.CheckState
	}{
		{"it works", core.Passed, core.Passed},
		{"another key", core.Failed, core.Failed},
		{"not known any more", core.Waiting, core.Failed}, // nobody is about to save its form
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, draft := moved(t, "own")
			before := draft.Path().Current()
			s, outcomes, err := f.Check(t.Context(), draft, checker{core.CheckReach: core.Passed, core.CheckConsumer: tt.says})
			if err != nil || len(outcomes) != 2 || outcomes[1].State != tt.want {
				t.Fatalf("%v, %v", outcomes, err)
			}
			if s.Link.State != core.LinkActive || s.OAuth() != core.OAuth1 {
				t.Errorf("checked is the %s link over %s", s.Link.State, s.OAuth())
			}
			stored := do(t)(f.State(t.Context(), f.id))
			if o := stored.Integration.Active().Checks[core.CheckConsumer]; o.State != tt.want {
				t.Errorf("the active link has %q", o.State)
			}
			if stored.Link.ID != draft.Link.ID || len(stored.Link.Checks) != 0 || !stored.Path().Current().Same(before) {
				t.Errorf("the draft has %v and stands at %s", stored.Link.Checks, stored.Path().Current().Step.ID)
			}
		})
	}
}

// What a wizard found out about a link that was dropped meanwhile is of no other one.
func TestRecordOfADroppedLink(t *testing.T) {
	f, draft := moved(t, "own")
	before := do(t)(f.Abandon(t.Context(), f.id, ""))
	s := do(t)(f.Record(t.Context(), draft, core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: finding.AccessDenied.With()}))
	if o, _ := s.Check(core.CheckIdentity); s.Link.ID != before.Link.ID || o.State == core.Failed {
		t.Errorf("link %d has %q", s.Link.ID, o.State)
	}
}

// The check retires what it proves to be gone, and nothing before.
func TestRetiredByProof(t *testing.T) {
	f, _ := moved(t, "own")
	s := f.walk().Links().For(setup.Retire)
	old := s.Link.ID
	for _, state := range []core.CheckState{core.Unknown, core.Failed} {
		s = do(t)(f.Record(t.Context(), s, core.Outcome{Check: core.CheckRetired, State: state}))
		if s.Link.ID != old || s.Link.State != core.LinkSuperseded || s.Path().Current().Step.ID != setup.Retire {
			t.Fatalf("after %s the link is %s", state, s.Link.State)
		}
	}
	s = do(t)(f.Record(t.Context(), s, core.Outcome{Check: core.CheckRetired, State: core.Passed, Strength: core.Strong}))
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkRetired, core.LinkActive}) || !s.Path().Complete() {
		t.Errorf("links are %v, at %s", got, s.Path().Current().Step.ID)
	}
	if key, err := f.PrivateKey(t.Context(), old); err != nil || key != nil {
		t.Errorf("a retired link keeps its key: %v, %v", key, err)
	}
}

// A synchronization has to have run where there are some; "no" is no answer.
func TestRetiringWaitsForASynchronization(t *testing.T) {
	f, _ := moved(t, "own")
	f.walk()
	if _, err := f.Answer(t.Context(), f.id, core.FieldPurpose, "sync"); codeOf(err) != finding.ChangeUnconfirmed.String() {
		t.Errorf("other permissions, unconfirmed: %v", err)
	}
	do(t)(f.AnswerWith(t.Context(), f.id, core.FieldPurpose, "sync", auth.Assent{Confirmed: true}))
	f.walk()
	if _, err := f.Say(t.Context(), f.id, setup.Retire); codeOf(err) != finding.AnswerMissing.String() {
		t.Errorf("not asked: %v", err)
	}
	if _, err := f.Answer(t.Context(), f.id, core.FieldSynchronized, "no"); codeOf(err) != finding.OldLinkStillNeeded.String() {
		t.Errorf("no: %v", err)
	}
	s := f.answer(core.FieldSynchronized, "yes")
	if s.Link.State != core.LinkSuperseded || s.Path().Current().Question != nil {
		t.Fatalf("the %s link is asked at %s", s.Link.State, s.Path().Current().Step.ID)
	}
	if s = f.say(setup.Retire); s.Integration.Superseded() != nil {
		t.Errorf("links are %v", states(s))
	}
}

func TestRetiringWaitsForTheNewLink(t *testing.T) {
	f, _ := moved(t, "own")
	f.walk()
	do(t)(f.Rotate(t.Context(), f.id))
	if _, err := f.Say(t.Context(), f.id, setup.Retire); codeOf(err) != finding.OtherMoveInProgress.String() {
		t.Errorf("got %v", err)
	}
}

// "No" takes back an earlier "yes" to whether a synchronization ran: nothing is retired
// by it any more.
func TestNoWithdrawsTheSynchronization(t *testing.T) {
	f, _ := moved(t, "own")
	f.answer(core.FieldPurpose, "sync")
	f.walk()
	s := f.answer(core.FieldSynchronized, "yes")
	if q := s.Links().For(setup.Retire).Path().Current().Question; q != nil {
		t.Fatalf("asked is %s", q.Field)
	}
	s, err := f.Answer(t.Context(), f.id, core.FieldSynchronized, "no")
	if codeOf(err) != finding.OldLinkStillNeeded.String() || s == nil || s.Path().Current().Question == nil {
		t.Fatalf("%v, %v", s, err)
	}
	if _, err := f.Say(t.Context(), f.id, setup.Retire); codeOf(err) != finding.AnswerMissing.String() {
		t.Errorf("said after a no: %v", err)
	}
	s = do(t)(f.Record(t.Context(), s, core.Outcome{Check: core.CheckRetired, State: core.Passed, Strength: core.Strong}))
	if got := states(s); !slices.Equal(got, []core.LinkState{core.LinkSuperseded, core.LinkActive}) {
		t.Errorf("links are %v", got)
	}
}

// granting is a sign-in that hands out tokens.
type granting struct{ core.Dance }

func (granting) Granted() auth.Tokens {
	return auth.Tokens{OAuth2: &oauth2.Token{Access: seal.NewText("new"), Refresh: seal.NewText("r")}, Redirect: "https://app.example/a"}
}

// Kept tokens belong to a link: before another one takes over, the admin is asked whether
// to keep those of its sign-in, and programs go on with them.
func TestTokensOfTheLinkThatTakesOver(t *testing.T) {
	for _, answer := range []string{"yes", "no"} {
		t.Run(answer, func(t *testing.T) {
			f := finished(t, "own")
			f.keep()
			s := do(t)(f.Migrate(t.Context(), f.id))
			if !s.Moves().LosesTokens(s.Link) {
				t.Fatal("programs are said to lose nothing")
			}
			s = f.walkTo(setup.Authorize)
			if q := s.Path().Current().Question; q == nil || q.Field != core.FieldKeepTokens {
				t.Fatalf("asked is %v", s.Path().Current())
			}
			s = f.answer(core.FieldKeepTokens, answer)
			if err := f.KeepGranted(t.Context(), s, granting{}, false); err != nil {
				t.Fatal(err)
			}
			f.pass(core.CheckIdentity)
			s = f.walk()
			if want := map[string]auth.TokenState{"yes": auth.TokensGood, "no": auth.TokensNone}[answer]; s.OAuth() != core.OAuth2 || f.served() != want {
				t.Errorf("over %s the tokens are %s", s.OAuth(), f.served())
			}
			if back := s.Links().Before(); s.Moves().LosesTokens(*back) {
				t.Error("the link before has its own")
			}
		})
	}
	// Where nothing is kept nobody is asked.
	f, _ := moved(t, "own")
	if s := f.walkTo(setup.Authorize); s.Path().Current().Question != nil {
		t.Errorf("asked is %s", s.Path().Current().Question.Field)
	}
}
