package auth_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/setup"
)

// facts lists the checks and words of a state as names.
func facts(s *setup.State) []string {
	var all []string
	for _, f := range []core.Facts{s.Integration.Facts, s.Link.Facts} {
		for name := range maps.Keys(f.Checks) {
			all = append(all, "check "+string(name))
		}
		for step := range maps.Keys(f.Words) {
			all = append(all, "word "+string(step))
		}
	}
	slices.Sort(all)
	return all
}

// An answer that changes takes back what rested on it and nothing else; given
// again it takes back nothing.
func TestAnswerTakesBackWhatRestedOnIt(t *testing.T) {
	everything := []string{"check consumer", "check identity", "check reach", "word confirm-url", "word create-link",
		"word describe-link", "word keys"}
	other, _ := pasted()
	for _, tt := range []struct {
		field     core.Field
		app       string
		same, new string
		gone      []string
	}{
		{field: core.FieldName, same: "My application", new: "Build farm"},
		{field: core.FieldPurpose, same: "SIGN-IN", new: "sync"},
		{field: core.FieldTwoFactor, app: "self-hosted", same: "yes", new: "no", gone: []string{"word two-factor"}},
		{field: core.FieldBaseURL, same: "https://git.example/bitbucket/", new: "https://git.example",
			gone: []string{"check consumer", "check identity", "check reach", "word confirm-url", "word create-link",
				"word describe-link"}},
		{field: core.FieldAppURL, same: "https://app.example", new: "https://app2.example",
			gone: []string{"check consumer", "check identity", "word confirm-url", "word create-link", "word describe-link"}},
		{field: core.FieldKeyBits, same: "2048", new: "3072", gone: []string{"check consumer", "check identity", "word keys"}},
		{field: core.FieldClientID, app: "self-hosted", same: "pp-1", new: "pp-2", gone: []string{"check consumer", "word keys"}},
		{field: core.FieldPublicKey, app: "self-hosted", same: strings.ReplaceAll(other, "\n", "\r\n  "), new: selfSigned(t),
			gone: []string{"check consumer", "word keys"}},
	} {
		t.Run(string(tt.field), func(t *testing.T) {
			f, _ := proved(t)
			all := slices.Clone(everything)
			if tt.app != "" {
				f.reached(tt.app)
				f.answer(core.FieldClientID, "pp-1")
				f.answer(core.FieldPublicKey, other)
				f.say(setup.Keys, setup.CreateLink)
				f.pass(core.CheckConsumer)
				f.answer(core.FieldTwoFactor, "yes")
				f.say(setup.TwoFactor)
				all = append(slices.DeleteFunc(all, func(fact string) bool { return fact == "check identity" }), "word two-factor")
			}
			s := f.say(setup.CreateLink)
			if !slices.Equal(facts(s), all) {
				t.Fatalf("before: %q", facts(s))
			}
			if s = f.answer(tt.field, tt.same); !slices.Equal(facts(s), all) {
				t.Errorf("the same answer took back facts: %q", facts(s))
			}
			s = f.answer(tt.field, tt.new)
			want := slices.DeleteFunc(all, func(fact string) bool { return slices.Contains(tt.gone, fact) })
			if !slices.Equal(facts(s), want) {
				t.Errorf("after:\n got %q\nwant %q", facts(s), want)
			}
		})
	}
}

// What is known of the server holds for every link, so another server takes back
// the proofs of all of them.
func TestServerOfAllLinks(t *testing.T) {
	f, _ := proved(t)
	f.answer(core.FieldTwoFactor, "no")
	first := f.answer(core.FieldLoginLink, "").Link
	if first.State != core.LinkActive {
		t.Fatalf("link is %s", first.State)
	}
	f.addLink("1")
	f.pass(core.CheckConsumer)
	assent := auth.Assent{Confirmed: true, Checker: checker{core.CheckReach: core.Passed}}
	s := do(t)(f.AnswerWith(t.Context(), f.id, core.FieldBaseURL, "https://other.example", assent))
	for _, l := range s.Integration.Links {
		if len(l.Checks) != 0 {
			t.Errorf("link %d keeps %v", l.ID, l.Checks)
		}
	}
}

// A file of authorities that is named after a failed check is a new answer.
func TestFirstAnswerTakesBackWhatWasKnownWithout(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	path := writeFile(t, "ca.pem", selfSigned(t))
	s := f.answer(core.FieldCAFile, path)
	if _, ok := s.Check(core.CheckReach); ok {
		t.Error("a check without the file still counts")
	}
	f.pass(core.CheckReach)
	if s = f.answer(core.FieldVersion, ""); len(s.Integration.Checks) != 1 {
		t.Error("an optional answer left empty took back a check")
	}
}

func TestOtherApplicationDropsItsKeys(t *testing.T) {
	f, s := proved(t)
	link := s.Link.ID
	s = f.answer(core.FieldApplication, "cloud")
	for _, field := range []core.Field{core.FieldAppURL, core.FieldKeyBits, core.FieldClientID, core.FieldPublicKey} {
		if a, ok := s.Answer(field); ok {
			t.Errorf("%s is still %q", field, a.Value)
		}
	}
	if key, err := f.PrivateKey(t.Context(), link); key != nil || err != nil {
		t.Errorf("private key %v, %v", key, err)
	}
	if got := facts(s); !slices.Equal(got, []string{"check reach"}) {
		t.Errorf("left: %q", got)
	}
	if s.Value(core.FieldBaseURL) == "" || s.OAuth() != core.OAuth1 {
		t.Error("what does not belong to the application was dropped")
	}
}

// A question of another application is refused: its answer would take the place
// of keys that are made here, or the reverse.
func TestQuestionsThatDoNotArise(t *testing.T) {
	public, _ := pasted()
	for _, tt := range []struct {
		app   string
		field core.Field
		text  string
	}{
		{"own", core.FieldPublicKey, public},
		{"own", core.FieldPrivateKey, "a key"},
		{"cloud", core.FieldKeyBits, "2048"},
		{"cloud", core.FieldAppURL, "https://elsewhere.example"},
	} {
		f := newFixture(t)
		before := f.reached(tt.app)
		if _, err := f.Answer(t.Context(), f.id, tt.field, tt.text); codeOf(err) != finding.QuestionNotAsked.String() {
			t.Errorf("%s of %s: %v", tt.field, tt.app, err)
		}
		if s, err := f.State(t.Context(), f.id); err != nil || s.Value(tt.field) != before.Value(tt.field) {
			t.Errorf("%s of %s was stored", tt.field, tt.app)
		}
	}
	f := newFixture(t)
	f.create("own")
	if _, err := f.Answer(t.Context(), f.id, "no-such-field", "x"); err == nil {
		t.Error("a field that no step asks for was answered")
	}
}

func TestSayAndRecordOffThePath(t *testing.T) {
	f := newFixture(t)
	before := facts(f.reached("cloud"))
	for _, step := range []core.StepID{setup.Authorize, "nonsense"} {
		if _, err := f.Say(t.Context(), f.id, step); codeOf(err) != finding.NoSuchChoice.String() {
			t.Errorf("word on %s: %v", step, err)
		}
	}
	s := f.pass(core.CheckIdentity, "nonsense")
	if got := facts(s); !slices.Equal(got, before) {
		t.Errorf("recorded off the path: %q", got)
	}
}

func TestRecordKeepsWhatWasSeen(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	o := core.Outcome{Check: core.CheckReach, State: core.Failed, Finding: finding.UnknownAuthority.With("", "", "Example CA").Because("raw"),
		Evidence: []core.Evidence{{Label: "asked", Value: "GET https://git.example"}}, Learned: map[core.Learned]string{core.LearnedVersion: "9.4.0"}}
	if _, err := f.Record(t.Context(), do(t)(f.State(t.Context(), f.id)), o); err != nil {
		t.Fatal(err)
	}
	s, err := f.State(t.Context(), f.id)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := s.Check(core.CheckReach)
	if got.State != core.Failed || got.Finding == nil || got.Finding.Params["issuer"] != "Example CA" || len(got.Evidence) != 1 ||
		got.Learned[core.LearnedVersion] != "9.4.0" || got.At.IsZero() {
		t.Errorf("stored %+v", got)
	}
}
