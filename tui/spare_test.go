package tui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

const elsewhere = "https://elsewhere.example"

// stands tells whether an integration keeps its server and the proof of its sign-in.
func (s *stage) stands(id int64) (base string, proved, complete bool) {
	s.t.Helper()
	state, err := s.lib.State(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	_, proved = state.Proof(core.CheckIdentity)
	return state.Value(core.FieldBaseURL), proved, state.Path().Complete()
}

// An answer that a link in use rests on is taken after y alone, and of a server after
// that was reached.
func TestCostlyAnswerOnTheScreen(t *testing.T) {
	s := newStage(t)
	id := s.inUse()
	before, _, _ := s.stands(id)
	d := s.start(t, RunOptions{Integration: id})
	back := func() {
		for range 40 {
			if a, ok := d.w.screen.(*ask); ok && a.q.Field == core.FieldBaseURL {
				return
			}
			if _, page := d.w.screen.(*show); page {
				d.press("left") // esc leaves the last page for the list
			} else {
				d.press("esc")
			}
		}
		t.Fatal("there is no question for the base URL")
	}
	give := func(keys ...string) {
		back()
		d.erase()
		d.paste(elsewhere)
		d.press(append([]string{"enter"}, keys...)...)
	}
	kept := func(when string) {
		t.Helper()
		if base, proved, complete := s.stands(id); base != before || !proved || !complete {
			t.Fatalf("%s: %s, proved %v, complete %v\n%s", when, base, proved, complete, d.view(80, 24))
		}
	}
	s.checker.set(core.CheckReach, failing(finding.UnknownHost.With("elsewhere.example")))
	give("y")
	kept("not reached")
	s.checker.set(core.CheckReach, reached("8.19.0"))
	give()
	if view := unwrapped(d); !strings.Contains(view, costs) || !strings.Contains(view, "The link in use rests on this answer") {
		t.Errorf("it is not asked about:\n%s", d.view(80, 24))
	}
	d.press("enter", "q")
	kept("enter")
	d.press("esc")
	kept("esc")
	give("y")
	if base, proved, _ := s.stands(id); base != elsewhere || proved {
		t.Errorf("confirmed: %s, proved %v\n%s", base, proved, d.view(80, 24))
	}
}

// So it is in plain mode.
func TestCostlyAnswerInPlainMode(t *testing.T) {
	s := newStage(t)
	s.checker.set(core.CheckReach, reached("8.19.0"))
	c := startPlainOn(t, s, s.inUse())
	state, err := s.lib.State(context.Background(), c.id)
	if err != nil {
		t.Fatal(err)
	}
	places := state.Path().Places()
	asked := slices.IndexFunc(places, func(p setup.Position) bool { return p.Question != nil && p.Question.Field == core.FieldBaseURL })
	for range len(places) - 1 - asked {
		c.type_("back")
	}
	c.see("What is Bitbucket's base URL?")
	before, _, _ := s.stands(c.id)
	c.type_(elsewhere)
	c.see(finding.ChangeUnconfirmed.String())
	c.see("Type yes: ")
	c.type_("")
	c.see("left as it is")
	if base, proved, complete := s.stands(c.id); base != before || !proved || !complete {
		t.Fatalf("an empty line: %s, proved %v, complete %v", base, proved, complete)
	}
	c.see("What is Bitbucket's base URL?")
	c.type_(elsewhere)
	c.see("Type yes: ")
	c.type_("yes")
	c.see("Press Enter to go on, or type retry")
	if base, proved, _ := s.stands(c.id); base != elsewhere || proved {
		t.Errorf("confirmed: %s, proved %v", base, proved)
	}
}
