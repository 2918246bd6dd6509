package setup

import (
	"slices"
	"strings"
	"testing"
	"time"

	"applink/core"
)

// byHand makes a state of a link that was set up by hand.
func byHand(version core.Version, answers map[core.Field]string, words ...core.StepID) *State {
	in := given(version, answers, words...).Integration
	in.Links[0].Words[Adopted] = core.Word{At: time.Unix(1, 0)}
	return New(in, apps)
}

func TestPathOfAnAdoptedLink(t *testing.T) {
	for _, c := range []struct {
		app  string
		o    core.OAuth
		want string
	}{
		{"own", "", "application platform base-url oauth-version login-link done"},
		{"own", core.OAuth1, "application platform base-url oauth-version keys incoming login-link done"},
		{"own", core.OAuth2, "application platform base-url oauth-version callback credentials login-link done"},
		{"packagist-cloud", core.OAuth1, "application platform base-url oauth-version keys incoming login-link done"},
		{"packagist-cloud", core.OAuth2, "application platform base-url oauth-version callback credentials login-link done"},
		{"packagist-self-hosted", core.OAuth1, "application platform base-url oauth-version keys incoming done"},
		{"packagist-self-hosted", core.OAuth2, "application platform base-url oauth-version callback credentials done"},
	} {
		var got []string
		for _, st := range byHand("9.4.0", basics(c.app, c.o)).Path().Steps() {
			got = append(got, string(st.ID))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s over %s:\n got %s\nwant %s", c.app, c.o, strings.Join(got, " "), c.want)
		}
	}
}

// asked are the fields of the questions of a step.
func asked(s *State, id core.StepID) (fields []core.Field) {
	st, _ := s.Path().Step(id)
	for _, q := range s.Path().Questions(st) {
		fields = append(fields, q.Field)
	}
	return fields
}

func TestQuestionsOfAnAdoptedLink(t *testing.T) {
	for _, c := range []struct {
		app  string
		o    core.OAuth
		step core.StepID
		want []core.Field
	}{
		{"own", core.OAuth1, Keys, []core.Field{core.FieldClientID, core.FieldPrivateKey}},
		{"packagist-cloud", core.OAuth1, Keys, []core.Field{core.FieldClientID, core.FieldPublicKey}},
		{"own", core.OAuth2, Credentials, []core.Field{core.FieldClientID, core.FieldSecret}},
		{"packagist-self-hosted", core.OAuth2, Callback, []core.Field{core.FieldCallback}},
	} {
		if got := asked(byHand("9.4.0", basics(c.app, c.o)), c.step); !slices.Equal(got, c.want) {
			t.Errorf("%s over %s: %s asks %v, want %v", c.app, c.o, c.step, got, c.want)
		}
	}
	if got := asked(given("9.4.0", basics("own", core.OAuth1)), Keys); slices.Contains(got, core.FieldPrivateKey) {
		t.Error("a key that is made here is asked for")
	}
}

// What exists is no choice: a rule for new links takes nothing back, and either
// protocol is offered whatever the version.
func TestAdoptedProtocol(t *testing.T) {
	for _, v := range []core.Version{"", "7.17", "7.21", "9.4"} {
		a := basics("packagist-cloud", core.OAuth1)
		a[core.FieldPurpose] = "sync"
		s := byHand(v, a, BaseURL)
		if got := protocols(s); len(got) != 2 || strings.Contains(got[0].Label+got[0].Note, "recommended") {
			t.Errorf("on %q there is offered %v", v, got)
		}
		if st, q, _ := Find(core.FieldOAuth); !s.Path().answered(&st, q) || q.Default(s) != "1" {
			t.Errorf("on %q the protocol is taken back", v)
		}
	}
	if q := (Question{Field: core.FieldCallback, Default: defaultCallback}); q.Default(byHand("9.4", basics("own", core.OAuth2))) != "" {
		t.Error("a redirect URL of applink's is proposed")
	}
}

// The public half tells that the private key is kept.
func TestAdoptedKeyIsAnsweredByItsPublicHalf(t *testing.T) {
	a := basics("own", core.OAuth1)
	a[core.FieldClientID], a[core.FieldLoginLink] = "ci", ""
	s := byHand("9.4.0", a)
	if p := s.Path().Current(); p.Question == nil || p.Question.Field != core.FieldPrivateKey {
		t.Fatalf("at %v", p)
	}
	if got := s.Path().Ladder(); !slices.Equal(got, []core.CheckName{core.CheckReach}) {
		t.Errorf("without the key the ladder is %v", got)
	}
	a[core.FieldPublicKey] = "PEM"
	s = byHand("9.4.0", a)
	if p := s.Path().Current(); p.Step.ID != Incoming || p.Question != nil || p.Step.Needs.Check != core.CheckConsumer {
		t.Fatalf("at %v", p)
	}
	s.Integration.Links[0].Checks[core.CheckConsumer] = core.Outcome{Check: core.CheckConsumer, State: core.Passed}
	if s = New(s.Integration, apps); !s.Path().Complete() {
		t.Errorf("proved, and at %v", s.Path().Current())
	}
}

// Databases of before hold a word on every step that an adopted link does without.
func TestWordsOnSkippedStepsDoNoHarm(t *testing.T) {
	for _, c := range []struct {
		app string
		o   core.OAuth
		at  core.StepID
	}{{"own", core.OAuth1, Incoming}, {"packagist-cloud", core.OAuth1, Incoming}, {"own", core.OAuth2, Credentials}, {"packagist-cloud", core.OAuth2, Credentials}} {
		a := basics(c.app, c.o)
		a[core.FieldClientID], a[core.FieldPublicKey], a[core.FieldSecret] = "id", "PEM", "sealed"
		a[core.FieldCallback], a[core.FieldTwoFactor], a[core.FieldLoginLink] = "https://app.example/cb", "unknown", ""
		s := byHand("7.21.0", a, Form, Keys, Callback, CreateLink, ConfirmURL, Describe, TwoFactor, Authorize, Finish)
		if p := s.Path().Current(); p.Step.ID != c.at {
			t.Errorf("%s over %s is at %s, want %s", c.app, c.o, p.Step.ID, c.at)
		}
	}
}

func TestMoveReason(t *testing.T) {
	for _, c := range []struct {
		version core.Version
		app     string
		purpose string
		o       core.OAuth
		want    string
	}{
		{"7.17", "own", "sign-in", core.OAuth1, ""},
		{"7.21", "own", "sign-in", core.OAuth1, "Bitbucket: short-lived tokens"},
		{"9.4", "packagist-cloud", "sign-in", core.OAuth1, "Private Packagist: its guide says so"},
		{"9.4", "packagist-cloud", "sync", core.OAuth1, "Private Packagist: no synchronizations"},
		{"9.4", "packagist-cloud", "sync", core.OAuth2, ""},
	} {
		a := basics(c.app, c.o)
		a[core.FieldPurpose] = c.purpose
		if got := byHand(c.version, a).Moves().MoveReason(); got != c.want {
			t.Errorf("%s for %s on %s: %q, want %q", c.app, c.purpose, c.version, got, c.want)
		}
	}
}
