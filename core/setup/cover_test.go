package setup

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// with returns the state with further outcomes on its link, or on the integration for
// the server's check.
func (s *State) with(outcomes ...core.Outcome) *State {
	in := s.Integration
	for _, o := range outcomes {
		facts := in.Links[0].Facts
		if o.Check == core.CheckReach {
			facts = in.Facts
		}
		facts.Checks[o.Check] = o
	}
	return New(in, apps)
}

func passedAt(n core.CheckName, second int64, strength core.Strength) core.Outcome {
	return core.Outcome{Check: n, State: core.Passed, Strength: strength, At: time.Unix(second, 0)}
}

func refusedAt(n core.CheckName, second int64, state core.CheckState, found *core.Finding) core.Outcome {
	return core.Outcome{Check: n, State: state, Finding: found, At: time.Unix(second, 0)}
}

func statuses(s *State, ids ...core.StepID) string {
	var out []string
	for _, id := range ids {
		st, _ := s.Path().Step(id)
		out = append(out, string(s.Path().Status(st)))
	}
	return strings.Join(out, " ")
}

// Every check of the table covers the step that needs it, and no step that there is not.
func TestCoversFitTheSteps(t *testing.T) {
	for _, st := range steps {
		if st.Needs.Check == "" {
			continue
		}
		for _, o := range []core.OAuth{core.OAuth1, core.OAuth2} {
			s := given("9.4.0", basics("own", o))
			c, ok := s.covering(st.Needs.Check)
			if st.of(o) && (!ok || !slices.Contains(c.Steps, st.ID)) {
				t.Errorf("over %s %s does not cover %s", o, st.Needs.Check, st.ID)
			}
		}
	}
	for _, c := range Covers() {
		if c.What == "" {
			t.Errorf("%s has no words", c.Check)
		}
		for _, id := range c.Steps {
			if !slices.ContainsFunc(steps, func(st Step) bool { return st.ID == id && (c.OAuth == "" || st.of(c.OAuth)) }) {
				t.Errorf("%s covers %s, which over %s there is not", c.Check, id, c.OAuth)
			}
		}
	}
}

// The client check proves Client ID and secret: no form, no redirect URL, no permission.
func TestClientCheckProvesNoMore(t *testing.T) {
	a := basics("packagist-cloud", core.OAuth2)
	a[core.FieldCallback], a[core.FieldClientID], a[core.FieldTwoFactor], a[core.FieldLoginLink] = "https://packagist.com/x", "id", "no", "https://packagist.com/l"
	s := given("8.19.0", a, Finish, LoginLink).with(passedAt(core.CheckClient, 5, core.Strong))
	if got := statuses(s, Form, CreateLink, Incoming, Credentials, Finish); got != "implied implied implied proved said" {
		t.Errorf("they are %s", got)
	}
	if st := s.Standing(); st.Proof != Weak || !slices.Equal(st.What, []string{"the Client ID and secret"}) || st.Step != 0 {
		t.Errorf("it stands %+v", st)
	}
	s = given("8.19.0", a, Incoming).with(passedAt(core.CheckClient, 5, core.Weak))
	if got := statuses(s, Incoming, Credentials); got != "said weak" {
		t.Errorf("weakly they are %s", got)
	}
}

func TestWhatASignInProves(t *testing.T) {
	a := basics("own", core.OAuth2)
	a[core.FieldCallback], a[core.FieldClientID], a[core.FieldSecret] = LocalCallback, "id", "sealed"
	s := given("9.4.0", a, Credentials).with(passedAt(core.CheckIdentity, 5, core.Strong))
	if got := statuses(s, CreateLink, Incoming, Credentials, Authorize); got != "proved proved proved proved" {
		t.Errorf("they are %s", got)
	}
	if st := s.Standing(); st.Proof != Proved {
		t.Errorf("it stands %+v", st)
	}
	a[core.FieldCallback] += ",https://ci.example/cb" // by which nobody came back
	s = given("9.4.0", a).with(passedAt(core.CheckIdentity, 5, core.Strong))
	if got := statuses(s, Incoming, Credentials); got != "weak proved" || s.Standing().Proof != Weak {
		t.Errorf("of two redirect URLs they are %s, the whole %s", got, s.Standing().Proof)
	}
}

// What was set up by hand is proved in part by the check of its adoption, and whole by a
// sign-in, for which the walk has no step.
func TestAdoptionProvesItsCheckOnly(t *testing.T) {
	for o, check := range map[core.OAuth]core.CheckName{core.OAuth1: core.CheckConsumer, core.OAuth2: core.CheckClient} {
		a := basics("own", o)
		a[core.FieldClientID], a[core.FieldPublicKey], a[core.FieldSecret], a[core.FieldCallback] = "id", "PEM", "sealed", LocalCallback
		a[core.FieldLoginLink] = ""
		s := byHand("9.4.0", a).with(passedAt(check, 5, core.Strong))
		if st := s.Standing(); st.Proof != Weak || st.Step != 0 {
			t.Errorf("over %s it stands %+v", o, st)
		}
		if _, ok := s.Path().Asks(core.CheckIdentity); !ok {
			t.Errorf("over %s a sign-in is kept nowhere", o)
		}
		if s = s.with(passedAt(core.CheckIdentity, 6, core.Strong)); s.Standing().Proof != Proved {
			t.Errorf("after a sign-in over %s it is %s", o, s.Standing().Proof)
		}
	}
	if _, ok := byHand("9.4.0", basics("packagist-cloud", core.OAuth1)).Path().Asks(core.CheckIdentity); ok {
		t.Error("another vendor's link can be signed in over from here")
	}
}

// signedOff is an own OAuth 1 link of which every step is complete by a word.
func signedOff() *State {
	a := basics("own", core.OAuth1)
	a[core.FieldKeyBits], a[core.FieldClientID], a[core.FieldPublicKey] = "2048", "applink-1", "PEM"
	a[core.FieldTwoFactor], a[core.FieldLoginLink] = "no", ""
	return given("9.4.0", a, Keys, CreateLink, ConfirmURL, Describe, Incoming, Authorize)
}

// A refusal outlives the word to go on without proof, until a check that covers its step
// passes.
func TestRefusalStands(t *testing.T) {
	for _, state := range []core.CheckState{core.Failed, core.Waiting} {
		s := signedOff().with(refusedAt(core.CheckConsumer, 5, state, finding.UnknownConsumerKey.With("")))
		st := s.Standing()
		if !s.Path().Complete() || !st.Unfinished() || !errors.Is(st.Problem, finding.UnknownConsumerKey) || st.Back != Incoming || st.Proof != Said {
			t.Errorf("%s: it stands %+v", state, st)
		}
		later := passedAt(core.CheckReach, 6, core.Strong) // the server, which says nothing of the link
		if st := s.with(later).Standing(); !st.Unfinished() {
			t.Errorf("%s: the server's check takes the refusal away", state)
		}
		if st := s.with(passedAt(core.CheckIdentity, 7, core.Strong)).Standing(); st.Problem != nil || st.Unfinished() || st.Proof != Proved {
			t.Errorf("%s: a sign-in leaves %+v", state, st)
		}
	}
	if st := signedOff().Standing(); st.Problem != nil || st.Unfinished() || st.Proof != Said {
		t.Errorf("with nothing refused it stands %+v", st)
	}
	if st := signedOff().with(refusedAt(core.CheckReach, 5, core.Failed, finding.ConnectionRefused.With("")), passedAt(core.CheckConsumer, 6, core.Strong)).Standing(); st.Problem != nil {
		t.Errorf("a later answer of the server leaves %+v", st)
	}
	// While the step is open, what it waits for is no problem; a failure is.
	s := signedOff()
	delete(s.Integration.Links[0].Words, Incoming)
	if st := s.with(refusedAt(core.CheckConsumer, 5, core.Waiting, finding.UnknownConsumerKey.With(""))).Standing(); st.Problem != nil || st.Step == 0 {
		t.Errorf("waiting it stands %+v", st)
	}
	if st := s.with(refusedAt(core.CheckConsumer, 5, core.Failed, finding.PublicKeyMismatch.With("", ""))).Standing(); st.Problem == nil || st.Unfinished() {
		t.Errorf("refused it stands %+v", st)
	}
}

// A refusal that a sign-in met is made good by a later check that contradicts it, and by no
// other.
func TestRefusalIsContradicted(t *testing.T) {
	over2 := func() *State {
		a := basics("own", core.OAuth2)
		a[core.FieldCallback], a[core.FieldClientID], a[core.FieldSecret], a[core.FieldTwoFactor] = LocalCallback, "id", "sealed", "no"
		return given("9.4.0", a, CreateLink, Incoming, Credentials, Authorize)
	}
	for _, tc := range []struct {
		state   *State
		refusal *core.Finding
		later   core.Outcome
		stands  bool
	}{
		{signedOff(), finding.PublicKeyMismatch.With("", ""), passedAt(core.CheckConsumer, 6, core.Strong), false},
		{signedOff(), finding.UnknownConsumerKey.With(""), passedAt(core.CheckConsumer, 6, core.Strong), false},
		{signedOff(), finding.PublicKeyMismatch.With("", ""), passedAt(core.CheckConsumer, 6, core.Weak), true},
		{signedOff(), finding.PublicKeyMismatch.With("", ""), passedAt(core.CheckConsumer, 4, core.Strong), true},
		{signedOff(), finding.PublicKeyMismatch.With("", ""), passedAt(core.CheckReach, 6, core.Strong), true},
		{signedOff(), finding.AccessDenied.With(), passedAt(core.CheckConsumer, 6, core.Strong), true},
		{signedOff(), finding.SignedCallHTML.With("", ""), passedAt(core.CheckConsumer, 6, core.Strong), true},
		{signedOff(), finding.ConnectionRefused.With(""), passedAt(core.CheckReach, 6, core.Strong), false},
		{signedOff(), finding.Unavailable.With("503"), passedAt(core.CheckConsumer, 6, core.Strong), false},
		{over2(), finding.InvalidClient.With(""), passedAt(core.CheckClient, 6, core.Strong), false},
		{over2(), finding.InvalidClient.With(""), passedAt(core.CheckClient, 6, core.Weak), true},
		{over2(), finding.InvalidScope.With(""), passedAt(core.CheckClient, 6, core.Strong), true},
	} {
		s := tc.state.with(refusedAt(core.CheckIdentity, 5, core.Failed, tc.refusal))
		if s.Standing().Problem == nil {
			t.Errorf("%s at a sign-in is no problem", tc.refusal.Code)
		}
		if stands := s.with(tc.later).Standing().Problem != nil; stands != tc.stands {
			t.Errorf("%s, then %s %s at %d: stands %v", tc.refusal.Code, tc.later.Strength, tc.later.Check, tc.later.At.Unix(), stands)
		}
	}
}

// A failure takes no proof back: what was set up is, with the problem of now.
func TestFailureTakesNoProofBack(t *testing.T) {
	s := signedOff()
	for _, w := range []core.StepID{Keys, CreateLink, ConfirmURL, Describe, Incoming, Authorize} {
		delete(s.Integration.Links[0].Words, w)
	}
	in := s.Integration
	in.Proofs = map[core.CheckName]core.Outcome{core.CheckReach: in.Checks[core.CheckReach]}
	in.Links[0].Proofs = map[core.CheckName]core.Outcome{core.CheckIdentity: passedAt(core.CheckIdentity, 3, core.Strong),
		core.CheckConsumer: passedAt(core.CheckConsumer, 2, core.Strong)}
	in.Links[0].State = core.LinkActive
	s = New(in, apps).with(refusedAt(core.CheckReach, 5, core.Failed, finding.ConnectionRefused.With("")), refusedAt(core.CheckConsumer, 4, core.Failed, finding.PublicKeyMismatch.With("", "")))
	st := s.Standing()
	if !s.Path().Complete() || s.Server().Version != "9.4.0" || st.Proof != Proved || !errors.Is(st.Problem, finding.ConnectionRefused) || st.Unfinished() {
		t.Errorf("complete %v, Bitbucket %q, it stands %+v", s.Path().Complete(), s.Server().Version, st)
	}
	if got := statuses(s, BaseURL, Incoming, Authorize); got != "proved proved proved" {
		t.Errorf("they are %s", got)
	}
}

// Where numbers are told, a complete set-up has done all.
func TestProgressEnds(t *testing.T) {
	s := signedOff()
	if done, total := s.Path().Progress(); done != total || total != len(s.Path().Steps()) {
		t.Errorf("complete, it has done %d of %d", done, total)
	}
	delete(s.Integration.Links[0].Words, Incoming)
	if done, total := New(s.Integration, apps).Path().Progress(); done != total-2 {
		t.Errorf("with one step open it has done %d of %d", done, total)
	}
}
