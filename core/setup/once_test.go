package setup

import (
	"slices"
	"testing"

	"applink/core"
)

// What rests on an answer that is not kept is proved once: its check is no rung of the
// ladder, and the question is open until it is proved or gone on without.
func TestTransientQuestion(t *testing.T) {
	a := basics("packagist-cloud", core.OAuth2)
	a[core.FieldCallback], a[core.FieldClientID], a[core.FieldTwoFactor] = "https://packagist.com/x", "id", "no"
	words := []core.StepID{Form, CreateLink, Incoming}
	s := given("8.19.0", a, words...)
	p := s.Path().Current()
	if p.Step.ID != Credentials || p.Question == nil || !p.Question.Transient || !p.Question.MayBeEmpty(s) {
		t.Fatalf("at %v", p)
	}
	if got := s.Path().Ladder(); !slices.Equal(got, []core.CheckName{core.CheckReach}) {
		t.Errorf("the ladder is %v", got)
	}
	if st, _ := s.Path().Step(Credentials); !s.Path().AskedOnce(st) || s.Path().Repeatable(st) {
		t.Error("its check can be repeated")
	}
	said := given("8.19.0", a, append(words, Credentials)...)
	if st, _ := said.Path().Step(Credentials); said.Path().Status(st) != Said {
		t.Errorf("gone on without, it is %s", said.Path().Status(st))
	}
	for strength, want := range map[core.Strength]Status{core.Strong: Proved, core.Weak: Weak} {
		s = given("8.19.0", a, words...)
		s.Integration.Links[0].Checks[core.CheckClient] = core.Outcome{Check: core.CheckClient, State: core.Passed, Strength: strength}
		s = New(s.Integration, apps)
		if st, _ := s.Path().Step(Credentials); s.Path().Status(st) != want || s.Path().Current().Step.ID != Finish {
			t.Errorf("%s: %s, at %s", strength, s.Path().Status(st), s.Path().Current().Step.ID)
		}
	}
	own := given("8.19.0", basics("own", core.OAuth2))
	if st, _ := own.Path().Step(Credentials); own.Path().AskedOnce(st) || !own.Path().Repeatable(st) {
		t.Error("the check of a secret that is kept cannot be repeated")
	}
	s.Integration.Links[0].State = core.LinkActive
	delete(s.Integration.Links[0].Checks, core.CheckClient)
	if st, _ := New(s.Integration, apps).Path().Step(Credentials); New(s.Integration, apps).Path().Status(st) != Said {
		t.Error("a link in use is asked for its secret")
	}
}
