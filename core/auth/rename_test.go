package auth_test

import (
	"testing"

	"applink/core"
	"applink/core/finding"
)

// A renamed integration is found by the slug that it had and by its name, and no other one
// takes either.
func TestRenamedKeepsItsSlug(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	f.answer(core.FieldName, "Build farm") // named anew: that of reached was the first
	for _, name := range []string{"My application", "myapplication", "Build farm", "buildfarm"} {
		s, err := f.Find(t.Context(), name)
		if err != nil || s.Integration.ID != f.id || s.Integration.Slug != "myapplication" || s.Integration.Name != "Build farm" {
			t.Errorf("%q finds %+v, %v", name, s, err)
		}
	}
	renamed := f.id
	if s := f.create("own"); s.Integration.Name != "My application 2" {
		t.Errorf("the next is called %q", s.Integration.Name)
	}
	for _, name := range []string{"build-farm", "My Application"} {
		if _, err := f.Answer(t.Context(), f.id, core.FieldName, name); codeOf(err) != finding.NameTaken.String() {
			t.Errorf("%q was given twice: %v", name, err)
		}
	}
	s := f.answer(core.FieldName, "Labs")
	if s.Integration.Slug != "labs" {
		t.Errorf("the first name gives the slug %q", s.Integration.Slug)
	}
	f.id = renamed
	if s := f.answer(core.FieldName, "BUILD farm"); s.Integration.Name != "BUILD farm" {
		t.Errorf("its own name in other letters: %q", s.Integration.Name)
	}
}

// What is expected of an application's callback follows the name that its form is given,
// and nothing is expected of one in use whose name was changed here.
func TestRenamedCallback(t *testing.T) {
	f := newFixture(t)
	f.reached("cloud")
	f.answer(core.FieldOAuth, "2")
	s := f.answer(core.FieldName, "Labs")
	if got := s.ExpectedCallback(); got != "https://packagist.com/oauth/register/service/labs,https://packagist.com/oauth/login/check-custom/labs" {
		t.Errorf("of the name in the form: %s", got)
	}
	f.answer(core.FieldName, "On-premise Bitbucket")
	f.walk()
	s = do(t)(f.State(t.Context(), f.id))
	if got := s.ExpectedCallback(); got == "" {
		t.Error("nothing is expected of a name that did not change")
	}
	if s = f.answer(core.FieldName, "Elsewhere"); s.ExpectedCallback() != "" {
		t.Errorf("renamed in use: %s", s.ExpectedCallback())
	}
}
