package auth_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

func TestCreateNumbersANameThatIsTaken(t *testing.T) {
	f := newFixture(t)
	if at := f.Begin().Path().Current(); at.Question == nil || at.Question.Field != core.FieldApplication {
		t.Errorf("begins at %v", at)
	}
	for _, want := range []string{"My application", "My application 2", "My application 3"} {
		s := f.create("own")
		if s.Integration.Name != want || s.Integration.Slug != core.Slug(want) || len(s.Integration.Links) != 1 || s.Link.State != core.LinkDraft {
			t.Errorf("created %+v, want %q with one draft", s.Integration, want)
		}
		if v := s.Value(core.FieldApplication); v != "own" {
			t.Errorf("application %q", v)
		}
	}
	if _, err := f.Create(t.Context(), "gitlab"); codeOf(err) != finding.NoSuchChoice.String() {
		t.Errorf("unknown application: %v", err)
	}
	if n, err := f.Count(t.Context()); n != 3 || err != nil {
		t.Errorf("count %d, %v", n, err)
	}
}

func TestFind(t *testing.T) {
	f := newFixture(t)
	f.create("cloud")
	for _, name := range []string{"On-premise Bitbucket", "onpremisebitbucket", "ON-PREMISE bitbucket"} {
		if s, err := f.Find(t.Context(), name); err != nil || s.Integration.ID != f.id {
			t.Errorf("finding %q: %v", name, err)
		}
	}
	for _, name := range []string{"", "???", "Nothing Here"} {
		_, err := f.Find(t.Context(), name)
		var found *core.Finding
		if !errors.As(err, &found) || !errors.Is(found, finding.NoSuchIntegration) || found.Params["name"] != name {
			t.Errorf("finding %q: %v", name, err)
		}
	}
}

func TestPage(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"delta", "Alpha", "charlie", "Bravo"} {
		f.create("own")
		f.answer(core.FieldName, name)
	}
	var names []string
	for after := (core.Integration{}); ; {
		page, err := f.Page(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			names, after = append(names, s.Integration.Name), s.Integration
		}
	}
	if !slices.Equal(names, []string{"Alpha", "Bravo", "charlie", "delta"}) {
		t.Errorf("pages gave %q", names)
	}
}

func TestNameThatIsTaken(t *testing.T) {
	f := newFixture(t)
	f.create("own")
	f.answer(core.FieldName, "Build farm")
	s := f.create("own")
	if _, err := f.Answer(t.Context(), f.id, core.FieldName, "build-farm"); codeOf(err) != finding.NameTaken.String() {
		t.Errorf("error %v", err)
	}
	now, err := f.State(t.Context(), f.id)
	if err != nil || now.Integration.Name != s.Integration.Name || now.Value(core.FieldName) != "" {
		t.Errorf("a refused name changed %+v, %v", now.Integration, err)
	}
	if s := f.answer(core.FieldName, "Build farm II"); s.Integration.Slug != "buildfarmii" || s.Integration.Updated.Before(s.Integration.Created) {
		t.Errorf("renamed to %+v", s.Integration)
	}
}

func TestRemove(t *testing.T) {
	f, s := proved(t)
	if err := f.Library.Remove(t.Context(), f.id); err != nil {
		t.Fatal(err)
	}
	if err := f.Library.Remove(t.Context(), f.id); codeOf(err) != finding.NoSuchIntegration.String() {
		t.Errorf("removed twice: %v", err)
	}
	for name, change := range map[string]func() (*setup.State, error){
		"state":  func() (*setup.State, error) { return f.State(t.Context(), f.id) },
		"answer": func() (*setup.State, error) { return f.Answer(t.Context(), f.id, core.FieldPurpose, "sync") },
		"say":    func() (*setup.State, error) { return f.Say(t.Context(), f.id, setup.CreateLink) },
		"record": func() (*setup.State, error) {
			return f.Record(t.Context(), s, core.Outcome{Check: core.CheckReach, State: core.Passed})
		},
	} {
		if s, err := change(); s != nil || codeOf(err) != finding.NoSuchIntegration.String() {
			t.Errorf("%s of what is removed: %v", name, err)
		}
	}
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); key != nil || err != nil {
		t.Errorf("private key of what is removed: %v, %v", key, err)
	}
}

func TestEvents(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	f.say(setup.Incoming)
	events, err := f.Events(t.Context(), f.id, 3)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.Kind+" "+e.Detail)
	}
	if !slices.Equal(got, []string{"said incoming", "answered oauth", "checked reach passed"}) {
		t.Errorf("events %q", got)
	}
}

// A method that is cut off changes nothing.
func TestCancelled(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Answer(ctx, f.id, core.FieldKeyBits, "2048"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := f.Create(ctx, "own"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	s, err := f.State(t.Context(), f.id)
	if err != nil || s.Value(core.FieldKeyBits) != "" || s.Value(core.FieldClientID) != "" {
		t.Errorf("%v, %v", s.Link.Answers, err)
	}
}

// checker passes what it is told to and fails the rest.
type checker map[core.CheckName]core.CheckState

func (c checker) Run(_ context.Context, _ *setup.State, name core.CheckName) core.Outcome {
	return core.Outcome{Check: name, State: c[name], Finding: finding.ConnectionRefused.With("")}
}

func TestCheckStopsWhereItDoesNotPass(t *testing.T) {
	for _, tt := range []struct {
		name     string
		keys     bool
		checker  checker
		consumer core.CheckState
	}{
		{"reach fails", true, checker{core.CheckReach: core.Failed, core.CheckConsumer: core.Passed}, ""},
		{"both pass", true, checker{core.CheckReach: core.Passed, core.CheckConsumer: core.Passed}, core.Passed},
		{"not saved yet", true, checker{core.CheckReach: core.Passed, core.CheckConsumer: core.Waiting}, core.Waiting},
		{"nothing decided", true, checker{core.CheckReach: core.Unknown, core.CheckConsumer: core.Passed}, core.Passed},
		{"no keys yet", false, checker{core.CheckReach: core.Passed, core.CheckConsumer: core.Passed}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, s := keyed(t)
			if !tt.keys {
				s = f.reached("own")
			}
			s, outcomes, err := f.Check(t.Context(), s, tt.checker)
			if err != nil {
				t.Fatal(err)
			}
			if o, _ := s.Check(core.CheckConsumer); o.State != tt.consumer {
				t.Errorf("consumer %q, want %q", o.State, tt.consumer)
			}
			for _, o := range outcomes {
				if o.State != tt.checker[o.Check] {
					t.Errorf("told %q of %s", o.State, o.Check)
				}
			}
			// What decides nothing leaves the proof that there was.
			want := tt.checker[core.CheckReach]
			if want == core.Unknown {
				want = core.Passed
			}
			if o, _ := s.Check(core.CheckReach); o.State != want {
				t.Errorf("reach %q, want %q", o.State, want)
			}
		})
	}
}

// A second process on the same file sees what the first did, and both can write.
func TestTwoLibrariesOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	a := openFixture(t, path, seal.Options{Source: seal.SourceFile})
	b := openFixture(t, path, seal.Options{Source: seal.SourceFile})
	a.reached("own")
	b.id = a.id
	const writes = 10
	errs := make(chan error, 2*writes+2)
	for _, f := range []*fixture{a, b} {
		go func() {
			_, err := f.Answer(t.Context(), f.id, core.FieldKeyBits, "2048")
			errs <- err
			for range writes {
				_, err := f.Create(t.Context(), "cloud")
				errs <- err
			}
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n, err := a.Count(t.Context()); n != 1+2*writes || err != nil {
		t.Errorf("count %d, %v", n, err)
	}
	// Both made a key at once; the one that is stored is whole, for both.
	s, err := b.State(t.Context(), b.id)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*fixture{a, b} {
		f.wantPair(s)
	}
}

// wantPair fails unless the private key fits the public key of a state.
func (f *fixture) wantPair(s *setup.State) {
	f.t.Helper()
	key, err := f.PrivateKey(f.t.Context(), s.Link.ID)
	if err != nil || key == nil {
		f.t.Fatalf("private key %v, %v", key, err)
	}
	public, err := key.PublicPEM()
	if err != nil || public != s.Value(core.FieldPublicKey) || s.Value(core.FieldClientID) == "" {
		f.t.Errorf("the keys do not fit each other: %v", err)
	}
}
