package setup

import (
	"slices"
	"testing"

	"applink/core"
)

// A version of applink with another step and another question leaves what is completed
// as it is, shows both, and asks them in a set-up that is under way.
func TestAStepIsAdded(t *testing.T) {
	finished, underWay := completed(t, "packagist-cloud", core.OAuth1), completed(t, "packagist-cloud", core.OAuth1)
	underWay.Integration.Links[0].State, underWay.Integration.Links[0].Completed = core.LinkDraft, nil
	before := slices.Clone(steps)
	t.Cleanup(func() { steps = before })
	const ping, pinged = core.StepID("ping"), core.Field("pinged")
	i := slices.IndexFunc(steps, func(st Step) bool { return st.ID == TwoFactor })
	asked := steps[i]
	asked.Asks = append(slices.Clone(asked.Asks), Question{Field: pinged, Kind: Choice, Options: yesNo})
	steps = slices.Insert(slices.Replace(slices.Clone(steps), i, i+1, asked), i, Step{ID: ping, OfLink: true})

	s := New(finished.Integration, apps)
	if done, total := s.Path().Progress(); !s.Path().Complete() || done != total || total != len(s.Path().Steps())-1 {
		t.Errorf("what was complete stands at %+v, %d of %d", s.Path().Current(), done, total)
	}
	if got := statuses(s, ping, TwoFactor, Incoming); got != "new answered said" {
		t.Errorf("the steps are %s", got)
	}
	if st := s.Standing(); st.Step != 0 || st.Problem != nil {
		t.Errorf("it stands at %+v", st)
	}
	s.Link.Words[ping] = core.Word{}
	if got, n := statuses(s, ping), len(s.Path().Steps()); got != "said" || !s.Path().Complete() {
		t.Errorf("done all the same, the step is %s", got)
	} else if done, total := s.Path().Progress(); done != n || total != n {
		t.Errorf("then %d of %d are done", done, total)
	}

	underWay = New(underWay.Integration, apps)
	if got := statuses(underWay, ping, TwoFactor); got != "open open" {
		t.Errorf("of a set-up that is under way the steps are %s", got)
	}
	met := walk(t, underWay, map[core.Field]string{pinged: "yes"})
	if !slices.Contains(met, string(ping)) || !slices.Contains(met, "two-factor?pinged") {
		t.Errorf("a set-up that is under way meets %q", met)
	}
}

// rest is what a set-up asks for beyond the basics.
var rest = map[core.Field]string{core.FieldKeyBits: "2048", core.FieldClientID: "pp-1", core.FieldPublicKey: "PEM",
	core.FieldTwoFactor: "no", core.FieldLoginLink: "https://app.example/in"}

// completed is an integration whose set-up was said to be done, and whose link is held
// to it.
func completed(t *testing.T, app string, o core.OAuth) *State {
	t.Helper()
	s := given("9.4.0", basics(app, o))
	walk(t, s, rest)
	s = New(s.Integration, apps)
	c, changed := s.Path().Completion(s)
	if !s.Path().Complete() || !changed {
		t.Fatalf("it stands at %+v", s.Path().Current())
	}
	s.Integration.Links[0].State, s.Integration.Links[0].Completed = core.LinkActive, c
	return New(s.Integration, apps)
}

// A completed link is held to what another answer puts on its path, and to nothing else.
func TestCompletionFollowsAnswers(t *testing.T) {
	before := completed(t, "packagist-self-hosted", core.OAuth1)
	if c, changed := before.Path().Completion(before); changed {
		t.Fatalf("nothing happened, and it is held to %v", c)
	}
	after := before.With(core.FieldApplication, "own")
	after = New(after.Integration, apps)
	c, changed := after.Path().Completion(before)
	if _, held := c[Authorize]; !changed || !held {
		t.Fatalf("with another application it is held to %v", c)
	}
	after.Link.Completed = c
	if st, _ := after.Path().Step(Authorize); after.Path().Status(st) != Open || after.Path().Complete() {
		t.Errorf("the sign-in is %s", after.Path().Status(st))
	}
}

// What a superseded link waits for is asked though its set-up had no such step.
func TestCompletedLinkIsRetired(t *testing.T) {
	s := completed(t, "own", core.OAuth1)
	s.Integration.Links[0].State = core.LinkSuperseded
	old := New(s.Integration, apps).Links().Through(1)
	if at := old.Path().Current(); at.Step.ID != Retire {
		t.Errorf("it stands at %s", at.Step.ID)
	}
}
