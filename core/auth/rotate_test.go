package auth_test

import (
	"slices"
	"testing"

	"applink/core"
	"applink/core/setup"
)

func TestRotationSwitchesAtItsEnd(t *testing.T) {
	f := finished(t, "own")
	before := do(t)(f.State(t.Context(), f.id))
	s := do(t)(f.Rotate(t.Context(), f.id))
	if !s.Rotating() || s.Migrating() || s.OAuth() != core.OAuth1 || s.Value(core.FieldClientID) != before.Value(core.FieldClientID) {
		t.Fatalf("the rotation is %+v", s.Link)
	}
	if again := do(t)(f.Rotate(t.Context(), f.id)); len(again.Integration.Links) != 2 {
		t.Fatalf("begun twice: %v", states(again))
	}
	for _, id := range []core.StepID{setup.CreateLink, setup.ConfirmURL, setup.Describe} {
		if _, ok := s.Step(id); ok {
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
	if s.LinkName() != name || s.Values()["link-name"] != name || s.Value(core.FieldCallback) == "" {
		t.Errorf("the link %q with %q", s.LinkName(), s.Value(core.FieldCallback))
	}
	if _, ok := s.Step(setup.CreateLink); !ok {
		t.Error("no link is created")
	}
	if s = f.walk(); s.LinkName() != name || s.Link.State != core.LinkActive {
		t.Errorf("the link %q is %s", s.LinkName(), s.Link.State)
	}
}

func TestRotationTakesOtherCredentials(t *testing.T) {
	f, _ := moved(t, "own")
	f.walk()
	do(t)(f.Rotate(t.Context(), f.id))
	f.answer(core.FieldClientID, "id")
	if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, "secret"); codeOf(err) != "AL-INPUT-004" {
		t.Errorf("the credentials in use: %v", err)
	}
	f.answer(core.FieldSecret, "another")
	f.answer(core.FieldClientID, "id2")
	f.answer(core.FieldSecret, "secret")
}

func TestRotationAndMigrationExcludeEachOther(t *testing.T) {
	f, _ := moved(t, "own")
	if _, err := f.Rotate(t.Context(), f.id); codeOf(err) != "AL-MOVE-011" {
		t.Errorf("rotating while moving: %v", err)
	}
	do(t)(f.Abandon(t.Context(), f.id, ""))
	do(t)(f.Rotate(t.Context(), f.id))
	if _, err := f.Migrate(t.Context(), f.id); codeOf(err) != "AL-MOVE-011" {
		t.Errorf("moving while rotating: %v", err)
	}
	if s := do(t)(f.Abandon(t.Context(), f.id, "")); len(s.Integration.Links) != 1 || !s.Complete() {
		t.Errorf("links are %v", states(s))
	}
}

func TestRotationNeedsAnActiveLink(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	if _, err := f.Rotate(t.Context(), f.id); codeOf(err) != "AL-MOVE-005" {
		t.Errorf("got %v", err)
	}
}
