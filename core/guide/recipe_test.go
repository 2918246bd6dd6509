package guide

import (
	"strings"
	"testing"

	"applink/core"
	"applink/core/setup"
)

// The command without questions tells what it cannot do as it was done.
func TestRecipe(t *testing.T) {
	basics := map[core.Field]string{core.FieldApplication: "own", core.FieldAppURL: "https://ci.example", core.FieldName: "CI",
		core.FieldPurpose: "sign-in", core.FieldPlatform: "data-center", core.FieldBaseURL: "https://git.example",
		core.FieldOAuth: "1", core.FieldClientID: "ci", core.FieldPublicKey: "PEM", core.FieldKeyBits: "2048", core.FieldTwoFactor: "no"}
	state := func(words ...core.StepID) *setup.State {
		said := map[core.StepID]core.Word{}
		for _, w := range words {
			said[w] = core.Word{}
		}
		facts := core.Facts{Answers: map[core.Field]core.Answer{}, Words: said, Checks: map[core.CheckName]core.Outcome{
			core.CheckReach: {State: core.Passed}, core.CheckConsumer: {State: core.Passed}, core.CheckIdentity: {State: core.Passed}}}
		for f, v := range basics {
			facts.Answers[f] = core.Answer{Value: v}
		}
		return setup.New(core.Integration{ID: 1, Name: "CI", Slug: "ci", Facts: facts, Links: []core.Link{{ID: 1, State: core.LinkActive, OAuth: core.OAuth1, Facts: facts}}},
			[]core.Application{{ID: "own", Name: "Your own application", Holder: core.HeldHere}})
	}
	for _, c := range []struct {
		state      *setup.State
		has, lacks string
	}{
		{state(), "makes another key", "--key-passphrase"},
		{state(), "applink setup ci --overrule authorize", "--say"},
		{state(setup.Adopted), "--private-key FILE", "another key"},
		{state(setup.Adopted), "--key-passphrase FILE", "--overrule"},
	} {
		if got := Recipe(c.state); !strings.Contains(got, c.has) || strings.Contains(got, c.lacks) {
			t.Errorf("want %q and not %q:\n%s", c.has, c.lacks, got)
		}
	}
	without := state(setup.Incoming)
	delete(without.Integration.Links[0].Checks, core.CheckConsumer)
	if got := Recipe(without.Links().SetUp()); !strings.Contains(got, "--overrule incoming") {
		t.Errorf("a step that was only said:\n%s", got)
	}
}
