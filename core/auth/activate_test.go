package auth_test

import (
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/setup"
)

// addLink puts a second draft beside the links that there are, as a migration
// does, with its protocol and keys.
func (f *fixture) addLink(o core.OAuth) {
	f.t.Helper()
	err := f.db.Write(f.t.Context(), func(tx auth.Tx) error {
		in, err := tx.Integration(f.id)
		if err != nil {
			return err
		}
		_, err = tx.AddLink(f.id, "", in.Created)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.answer(core.FieldOAuth, string(o))
	f.answer(core.FieldKeyBits, "2048")
}

// The link becomes the active one with whatever completes the last open step.
func TestActivation(t *testing.T) {
	for _, tt := range []struct {
		name string
		last func(*fixture) *setup.State
	}{
		{"by an answer", func(f *fixture) *setup.State {
			f.prove()
			return f.answer(core.FieldLoginLink, "")
		}},
		{"by another answer", func(f *fixture) *setup.State {
			f.prove()
			return f.answer(core.FieldLoginLink, "https://app.example/login")
		}},
		{"by a check", func(f *fixture) *setup.State {
			f.answer(core.FieldLoginLink, "")
			return f.pass(core.CheckIdentity)
		}},
		{"by words alone", func(f *fixture) *setup.State {
			f.answer(core.FieldLoginLink, "")
			return f.say(setup.CreateLink, setup.Incoming, setup.Authorize)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := keyed(t)
			s := tt.last(f)
			if !s.Path().Complete() || s.Link.State != core.LinkActive {
				t.Fatalf("at %s, link %s", s.Path().Current().Step.ID, s.Link.State)
			}
			if _, held := s.Link.Completed[setup.Incoming]; !held || len(s.Link.Completed) != len(s.Path().Steps())-1 {
				t.Errorf("it is held to %v", s.Link.Completed)
			}
			events, err := f.Events(t.Context(), f.id, 1)
			if err != nil || events[0].Kind != "activated" {
				t.Errorf("events %v, %v", events, err)
			}
			// The next word completes nothing anew.
			if s = f.say(setup.CreateLink); s.Link.State != core.LinkActive || len(s.Integration.Links) != 1 {
				t.Errorf("links %+v", s.Integration.Links)
			}
		})
	}
}

func TestNotActiveBeforeTheLastStep(t *testing.T) {
	f, s := proved(t)
	if s.Link.State != core.LinkDraft {
		t.Errorf("link %s at %s", s.Link.State, s.Path().Current().Step.ID)
	}
	if s := f.answer(core.FieldKeyBits, "2048"); s.Link.State != core.LinkDraft || s.Link.Completed != nil {
		t.Errorf("link %s at %s", s.Link.State, s.Path().Current().Step.ID)
	}
}

func TestSecondLinkSupersedesTheFirst(t *testing.T) {
	f, _ := proved(t)
	f.answer(core.FieldTwoFactor, "no")
	first := f.answer(core.FieldLoginLink, "").Link
	f.addLink("1")
	s := f.answer(core.FieldTwoFactor, "no")
	if s.Link.ID == first.ID || s.Link.State != core.LinkDraft || s.Integration.Active().ID != first.ID {
		t.Fatalf("current link %d is %s", s.Link.ID, s.Link.State)
	}
	s = f.pass(core.CheckConsumer, core.CheckIdentity)
	var states []core.LinkState
	for _, l := range s.Integration.Links {
		states = append(states, l.State)
	}
	if len(states) != 2 || states[0] != core.LinkSuperseded || states[1] != core.LinkActive {
		t.Errorf("links are %v", states)
	}
	for _, l := range s.Integration.Links {
		if key, err := f.PrivateKey(t.Context(), l.ID); key == nil || err != nil {
			t.Errorf("link %d lost its key: %v", l.ID, err)
		}
	}
}
