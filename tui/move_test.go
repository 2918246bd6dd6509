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
		if view := unwrapped(d); !strings.Contains(view, tt.text) || !strings.Contains(view, "● step") {
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
