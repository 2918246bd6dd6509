package setup

import (
	"slices"
	"strings"
	"testing"
	"time"

	"applink/core"
)

var (
	own = core.Application{ID: "own", Name: "Your own application", Holder: core.HeldHere, DefaultName: "My application", LoginLink: "own",
		Rules: []core.Rule{{OAuth: core.OAuth2, From: "7.21", Verdict: core.Recommended, Reason: "short-lived tokens"}}}
	cloud = core.Application{ID: "packagist-cloud", Name: "Private Packagist Cloud", Vendor: "Private Packagist", URL: "https://packagist.com",
		Holder: core.HeldByApplication, DefaultName: "Private Packagist", LinkName: "Private Packagist", LoginLink: "paste",
		Rules: []core.Rule{
			{OAuth: core.OAuth2, From: "7.21", Verdict: core.Recommended, Reason: "its guide says so"},
			{OAuth: core.OAuth1, Purpose: core.PurposeSync, From: "8.0", Verdict: core.Refused, Reason: "no synchronizations"},
		}}
	selfHosted = core.Application{ID: "packagist-self-hosted", Name: "Private Packagist Self-Hosted", Vendor: "Private Packagist",
		Holder: core.HeldByApplication, DefaultName: "Private Packagist", Rules: cloud.Rules}
	apps = []core.Application{cloud, selfHosted, own}
)

// given makes a state with answers in place, a reached server of that version
// and the words of those steps.
func given(version core.Version, answers map[core.Field]string, words ...core.StepID) *State {
	in := core.Integration{ID: 1, Name: "Build farm", Slug: "buildfarm",
		Facts: core.Facts{Answers: map[core.Field]core.Answer{}, Checks: map[core.CheckName]core.Outcome{}, Words: map[core.StepID]core.Word{}},
		Links: []core.Link{{ID: 1, State: core.LinkDraft,
			Facts: core.Facts{Answers: map[core.Field]core.Answer{}, Checks: map[core.CheckName]core.Outcome{}, Words: map[core.StepID]core.Word{}}}}}
	for f, v := range answers {
		facts := in.Facts
		if OfLink(f) {
			facts = in.Links[0].Facts
		}
		facts.Answers[f] = core.Answer{Value: v, At: time.Unix(1, 0)}
	}
	if version != "" {
		in.Checks[core.CheckReach] = core.Outcome{Check: core.CheckReach, State: core.Passed,
			Learned: map[core.Learned]string{core.LearnedVersion: string(version)}}
	}
	for _, w := range words {
		for _, st := range steps {
			if st.ID != w {
				continue
			}
			facts := in.Facts
			if st.OfLink {
				facts = in.Links[0].Facts
			}
			facts.Words[w] = core.Word{At: time.Unix(2, 0)}
		}
	}
	return New(in, apps)
}

func basics(app string, o core.OAuth) map[core.Field]string {
	return map[core.Field]string{core.FieldApplication: app, core.FieldAppURL: "https://app.example", core.FieldName: "Build farm",
		core.FieldPurpose: "sign-in", core.FieldPlatform: "data-center", core.FieldBaseURL: "https://git.example/bitbucket", core.FieldOAuth: string(o)}
}

func TestPathPerApplicationAndProtocol(t *testing.T) {
	for _, c := range []struct {
		app  string
		o    core.OAuth
		want string
	}{
		{"own", core.OAuth1, "application platform base-url oauth-version keys create-link confirm-url describe-link incoming authorize login-link done"},
		{"own", core.OAuth2, "application platform base-url oauth-version callback create-link incoming credentials authorize login-link done"},
		{"packagist-cloud", core.OAuth1, "application platform base-url oauth-version form keys create-link confirm-url describe-link incoming two-factor finish login-link done"},
		{"packagist-cloud", core.OAuth2, "application platform base-url oauth-version form callback create-link incoming credentials two-factor finish login-link done"},
		{"packagist-self-hosted", core.OAuth1, "application platform base-url oauth-version form keys create-link confirm-url describe-link incoming two-factor finish done"},
	} {
		s := given("7.21.0", basics(c.app, c.o))
		var got []string
		for _, st := range s.Path().Steps() {
			got = append(got, string(st.ID))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s over %s:\n got %s\nwant %s", c.app, c.o, strings.Join(got, " "), c.want)
		}
	}
}

// walk answers and confirms until the summary, and returns the positions met.
func walk(t *testing.T, s *State, answers map[core.Field]string) []string {
	t.Helper()
	var met []string
	in := s.Integration
	for range 60 {
		p := New(in, apps).Path().Current()
		if p.Step.Last {
			return append(met, string(p.Step.ID))
		}
		facts := in.Facts
		if p.Step.OfLink {
			facts = in.Links[0].Facts
		}
		if p.Question != nil && p.Question.Transient {
			met = append(met, string(p.Step.ID)+"?"+string(p.Question.Field))
			facts.Words[p.Step.ID] = core.Word{At: time.Unix(3, 0)}
			continue
		}
		if p.Question == nil {
			met = append(met, string(p.Step.ID))
			for _, on := range New(in, apps).Path().OnPage(p.Step.ID) {
				facts.Words[on.ID] = core.Word{At: time.Unix(3, 0)}
			}
			continue
		}
		met = append(met, string(p.Step.ID)+"?"+string(p.Question.Field))
		v, ok := answers[p.Question.Field]
		if !ok && !p.Question.MayBeEmpty(New(in, apps)) {
			t.Fatalf("no answer for %s; met %v", p.Question.Field, met)
		}
		facts.Answers[p.Question.Field] = core.Answer{Value: v}
		if p.Question.Field == core.FieldKeyBits {
			facts.Answers[core.FieldClientID] = core.Answer{Value: "applink-1"}
			facts.Answers[core.FieldPublicKey] = core.Answer{Value: "PEM"}
		}
	}
	t.Fatalf("no end: %v", met)
	return nil
}

func TestWalkEverythingSaid(t *testing.T) {
	for _, app := range apps {
		for _, v := range []core.Version{"", "7.17", "7.20", "7.21", "8.19.2", "9.4", "10.2"} {
			for _, purpose := range []string{"sign-in", "sync"} {
				for _, o := range []core.OAuth{core.OAuth1, core.OAuth2} {
					answers := basics(app.ID, o)
					answers[core.FieldPurpose] = purpose
					answers[core.FieldKeyBits], answers[core.FieldClientID], answers[core.FieldPublicKey] = "2048", "pp-1", "PEM"
					answers[core.FieldSecret] = "sealed"
					answers[core.FieldTwoFactor], answers[core.FieldVersion] = "yes", string(v)
					answers[core.FieldCallback], answers[core.FieldLoginLink] = "https://app.example/cb", "https://packagist.com/x"
					s := given("", nil)
					if !allowed(app, v, core.Purpose(purpose), o) {
						continue
					}
					met := walk(t, s, answers)
					for _, must := range []string{"application?application", "base-url?base-url", "base-url?bitbucket-version", "create-link"} {
						if !slices.Contains(met, must) {
							t.Errorf("%s %s %s %s: %q not met in %v", app.ID, v, purpose, o, must, met)
						}
					}
				}
			}
		}
	}
}

func allowed(app core.Application, v core.Version, p core.Purpose, o core.OAuth) bool {
	for _, a := range core.Advise(core.Server{Version: v}, app, p) {
		if a.OAuth == o {
			return a.Verdict != core.Refused
		}
	}
	return false
}

func TestCurrentAsksBeforeItShows(t *testing.T) {
	a := basics("own", core.OAuth1)
	s := given("7.21.0", a)
	if p := s.Path().Current(); p.Step.ID != Keys || p.Question == nil || p.Question.Field != core.FieldKeyBits {
		t.Fatalf("at %v", p)
	}
	a[core.FieldKeyBits], a[core.FieldClientID], a[core.FieldPublicKey] = "2048", "applink-1", "PEM"
	if p := given("7.21.0", a).Path().Current(); p.Step.ID != CreateLink || p.Question != nil {
		t.Fatalf("at %v", p)
	}
	if p := given("7.21.0", a, CreateLink, ConfirmURL).Path().Current(); p.Step.ID != CreateLink {
		t.Fatalf("at %v, but describe-link is open, which is told on the page of create-link", p)
	}
	if p := given("7.21.0", a, CreateLink, ConfirmURL, Describe).Path().Current(); p.Step.ID != Incoming {
		t.Fatalf("at %v", p)
	}
}

func TestPassedCheckCompletesEarlierStepsOfItsLink(t *testing.T) {
	a := basics("own", core.OAuth1)
	a[core.FieldKeyBits], a[core.FieldClientID], a[core.FieldPublicKey] = "2048", "applink-1", "PEM"
	s := given("7.21.0", a)
	s.Integration.Links[0].Checks[core.CheckConsumer] = core.Outcome{Check: core.CheckConsumer, State: core.Passed}
	s = New(s.Integration, apps)
	if p := s.Path().Current(); p.Step.ID != Authorize {
		t.Fatalf("at %v", p)
	}
	for id, want := range map[core.StepID]Status{Keys: Proved, CreateLink: Proved, ConfirmURL: Implied, Describe: Implied, Incoming: Proved} {
		if st, _ := s.Path().Step(id); s.Path().Status(st) != want {
			t.Errorf("%s is %s, want %s", id, s.Path().Status(st), want)
		}
	}
}

func TestUnreachableServerAsksForTheVersion(t *testing.T) {
	a := basics("own", "")
	delete(a, core.FieldOAuth)
	s := given("", a)
	if p := s.Path().Current(); p.Step.ID != BaseURL || p.Question != nil || p.Step.Needs.Check != core.CheckReach {
		t.Fatalf("at %v", p)
	}
	s = given("", a, BaseURL)
	if p := s.Path().Current(); p.Question == nil || p.Question.Field != core.FieldVersion {
		t.Fatalf("at %v", p)
	}
	a[core.FieldVersion] = "7.17"
	s = given("", a, BaseURL)
	if p := s.Path().Current(); p.Step.ID != OAuth || !s.Server().Stated {
		t.Fatalf("at %v", p)
	}
	if got := len(protocols(s)); got != 1 {
		t.Errorf("%d protocols offered on 7.17", got)
	}
}

func TestRuleTakesBackAChoice(t *testing.T) {
	a := basics("packagist-cloud", core.OAuth1)
	a[core.FieldPurpose] = "sync"
	s := given("9.4.0", a)
	if p := s.Path().Current(); p.Step.ID != OAuth || p.Question == nil {
		t.Fatalf("OAuth 1 for synchronization on 9.4 passed: at %v", p)
	}
	if s := given("7.21.0", a); s.Path().Current().Step.ID == OAuth {
		t.Error("OAuth 1 for synchronization on 7.21 refused")
	}
	// An upgrade of the server takes no link out of use.
	for _, state := range []core.LinkState{core.LinkActive, core.LinkSuperseded} {
		s.Link.State = state
		if p := s.Path().Current(); p.Step.ID == OAuth {
			t.Errorf("an %s link is asked for its protocol", state)
		}
		if got := protocols(s); len(got) != 2 {
			t.Errorf("an %s link has the protocols %v", state, got)
		}
	}
}

func TestCloudEndsTheWalk(t *testing.T) {
	a := basics("own", core.OAuth1)
	a[core.FieldPlatform] = "cloud"
	if p := given("7.21.0", a).Path().Current(); p.Step.ID != Platform || p.Question == nil {
		t.Fatalf("at %v", p)
	}
}

func TestStaleIsExactlyWhatDepends(t *testing.T) {
	checks, words := Stale(core.FieldPublicKey, core.OAuth1)
	if !slices.Equal(checks, []core.CheckName{core.CheckConsumer, core.CheckIdentity}) {
		t.Errorf("checks %v", checks)
	}
	if !slices.Equal(words, []core.StepID{Keys, Incoming, Authorize, Deliver}) {
		t.Errorf("words %v", words)
	}
	// The incoming pages of the two protocols share a name, not what they rest on.
	if _, words = Stale(core.FieldClientID, core.OAuth2); !slices.Equal(words, []core.StepID{Credentials, Authorize, Deliver}) {
		t.Errorf("a Client ID of OAuth 2 takes back %v", words)
	}
	// Other permissions are to be ticked over OAuth 2, and a sign-in asks for them.
	if checks, words = Stale(core.FieldPurpose, core.OAuth2); !slices.Equal(checks, []core.CheckName{core.CheckIdentity}) || !slices.Equal(words, []core.StepID{Incoming, Authorize}) {
		t.Errorf("the purpose takes back %v %v", checks, words)
	}
	if checks, words = Stale(core.FieldPurpose, core.OAuth1); checks != nil || words != nil {
		t.Errorf("over OAuth 1 the purpose takes back %v %v", checks, words)
	}
	if checks, words = Stale(core.FieldName, core.OAuth1); checks != nil || words != nil {
		t.Errorf("the name takes back %v %v", checks, words)
	}
}

// What is filled in together is one form, and what has one possible answer or a good default
// is settled and no place of the way.
func TestFormsAndWhatIsSettled(t *testing.T) {
	fields := func(form []Position) (out string) {
		for _, p := range form {
			out += " " + string(p.Question.Field)
		}
		return out
	}
	s := given("", map[core.Field]string{core.FieldApplication: "own"})
	at := s.Path().Current()
	if got := fields(s.Path().Form(at)); got != " app-url name purpose platform base-url" {
		t.Errorf("the form at %v asks%s", at, got)
	}
	for _, c := range []struct {
		app           string
		version       core.Version
		o             core.OAuth
		settles, more string
	}{
		{"own", "7.17.0", "", "oauth", ""},
		{"own", "8.19.2", "", "", ""},
		{"packagist-cloud", "7.17.0", "", "oauth", ""},
		{"own", "7.17.0", core.OAuth1, "key-bits", ""},
	} {
		a := basics(c.app, c.o)
		if c.o == "" {
			delete(a, core.FieldOAuth)
		}
		q, _ := given(c.version, a).Path().Settle()
		if string(q.Field) != c.settles {
			t.Errorf("%s on %s settles %q, want %q", c.app, c.version, q.Field, c.settles)
		}
	}
	a := basics("own", core.OAuth1)
	a[core.FieldKeyBits], a[core.FieldClientID], a[core.FieldPublicKey], a[core.FieldLoginLink] = "2048", "applink-1", "PEM", ""
	if got := fields(given("7.17.0", a).Path().More()); got != " key-origin key-bits client-id consumer-callback login-link" {
		t.Errorf("what can be answered otherwise is%s", got)
	}
	for _, p := range given("7.17.0", a).Path().Places() {
		if p.Question != nil && (p.Question.Field == core.FieldOAuth || p.Question.Field == core.FieldKeyBits) || p.Step.On != "" {
			t.Errorf("%v is a place of the way", p)
		}
	}
}
