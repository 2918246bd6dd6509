package tui

import (
	"context"
	"strings"
	"testing"

	"applink/core"
	"applink/core/setup"
)

// inUse stores a set-up that is complete, on a server that knows both protocols.
func (s *stage) inUse() int64 {
	s.t.Helper()
	f := finished(s.t, nil)
	f.checks[core.CheckReach] = reached("8.19.0")
	id := s.put(s.t, f)
	if _, err := s.lib.Say(context.Background(), id, setup.LoginLink); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// A link that is set up beside the one in use does not hide that this one fails.
func TestHomeChecksTheLinkInUse(t *testing.T) {
	for _, tt := range []struct {
		begin string
		text  string
	}{{"m", "It is being moved to OAuth 2"}, {"r", "Its key or secret is being changed"}} {
		s := newStage(t)
		id := s.inUse()
		begin := s.lib.Migrate
		if tt.begin == "r" {
			begin = s.lib.Rotate
		}
		draft, err := begin(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		d := s.start(t, RunOptions{})
		if view := unwrapped(d); !strings.Contains(view, tt.text) || !strings.Contains(view, "OAuth 1 ● step") {
			t.Errorf("the list says\n%s", view)
		}
		s.checker.set(core.CheckReach, reached("8.19.0"))
		s.checker.set(core.CheckConsumer, failing("AL-OAUTH-002", "key", "applink-3f9c2e71"))
		d.press("c")
		if view := unwrapped(d); !strings.Contains(view, "✗ AL-OAUTH-002") || !strings.Contains(view, "Check failed: ") || !strings.Contains(view, tt.text) {
			t.Errorf("the list says\n%s", view)
		}
		after, err := s.lib.State(context.Background(), id)
		if err != nil || len(after.Link.Checks) != 0 || !after.Current().Same(draft.Current()) {
			t.Errorf("the draft has %v (%v)", after.Link.Checks, err)
		}
		if words := StateWords(after); words != "problem AL-OAUTH-002" {
			t.Errorf("in words: %s", words)
		}
	}
}

// unwrapped is what the screen says, its lines joined.
func unwrapped(d *driver) string { return strings.Join(strings.Fields(bare(d.view(80, 24))), " ") }

// TestStandingIsToldAlike: the list of the full screen, list and the step's own page
// agree, and only what proves the link counts as its proof.
func TestStandingIsToldAlike(t *testing.T) {
	words := []core.StepID{setup.Form, setup.Keys, setup.CreateLink, setup.ConfirmURL, setup.Describe, setup.Incoming, setup.TwoFactor, setup.Finish, setup.LoginLink}
	reach := map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}
	said := finished(t, nil)
	said.app, said.words, said.checks = "packagist-cloud", words, reach
	said.answers[core.FieldLoginLink] = "https://packagist.com/login"
	weak := said
	weak.checks = map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6"), core.CheckConsumer: passed(core.Weak)}
	for _, tt := range []struct {
		f          facts
		mark, text string
	}{
		{said, "✓ said, not proved", "set up, said"},
		{weak, "✓ proved in part", "set up, proved in part"},
		{finished(t, nil), "✓ proved", "set up, proved"},
		{atAuthorize(), "● step 11 of 13", "step 11 of 13"},
	} {
		s := newStage(t)
		id := s.put(t, tt.f)
		if view := unwrapped(s.start(t, RunOptions{})); !strings.Contains(view, tt.mark) {
			t.Errorf("no %q in the list\n%s", tt.mark, view)
		}
		state, err := s.lib.State(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := StateWords(state); got != tt.text {
			t.Errorf("in words: %q, want %q", got, tt.text)
		}
		if view := unwrapped(s.start(t, RunOptions{Integration: id})); strings.HasPrefix(tt.text, "step") && !strings.Contains(view, tt.text) {
			t.Errorf("no %q on the page\n%s", tt.text, view)
		}
	}
}

// TestTypingReplacesAProposal: as if it were selected; an arrow key edits it.
func TestTypingReplacesAProposal(t *testing.T) {
	f := atAddress()
	delete(f.answers, core.FieldName)
	for keys, want := range map[string]string{"x": "> x", "left": "> My applicatio"} {
		d := stageWith(t, f)
		d.press(keys)
		if view := unwrapped(d); !strings.Contains(view, want) || keys == "x" && strings.Contains(view, "> x My") {
			t.Errorf("%s leaves\n%s", keys, view)
		}
	}
}

func stageWith(t *testing.T, f facts) *driver {
	s := newStage(t)
	return s.start(t, RunOptions{Integration: s.put(t, f)})
}
