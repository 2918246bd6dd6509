//go:build unix

package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"applink/core"
)

// Nothing loses a completed action: after SIGKILL and Ctrl-C at each place of the set-up, a
// new start stands at the same place, with every answer and every proof; and there one is
// after any size of the window, and after going back and forward again.
func TestKillAtEachPlaceAndResume(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	base := practiceHeadless(t, "--bitbucket", "7.17").BaseURL
	stages := ownApplication(m, base)
	tm := m.start(80, 24, "setup")
	tm.waitFor(stages[0].title)
	for i, p := range stages[:len(stages)-1] {
		p.leave(tm)
		next := stages[i+1]
		tm.waitFor(next.title)
		if next.name == "reach" || next.name == "name" {
			continue // the one proves itself meanwhile, and is behind then; the other has an answer
		}
		slug := m.only()
		before := m.shown(slug)
		tm.kill()
		if after := m.shown(slug); !sameFacts(before, after) {
			t.Fatalf("killed at %s: the facts were\n%+v\nand are\n%+v", next.name, before, after)
		}
		tm = m.start(80, 24, "setup", slug)
		t.Logf("resumed at %s:\n%s", next.name, tm.waitFor(next.title))
		if os.Getenv("APPLINK_E2E") == "" {
			continue // the rest takes time
		}
		tm.backAndForth(next.title)
		tm.send(ctrlC)
		if code := tm.exit(); code != exitInterrupted {
			t.Errorf("interrupted at %s it ends with %d", next.name, code)
		}
		if after := m.shown(slug); !sameFacts(before, after) {
			t.Errorf("went back at %s: the facts were\n%+v\nand are\n%+v", next.name, before, after)
		}
		tm = m.start(80, 24, "setup", slug)
		tm.waitFor(next.title)
	}
	answers := m.shown("buildfarm").Answers
	for field, want := range map[string]string{"app-url": appURL, "name": appName, "base-url": base, "oauth": "1"} {
		if got := answers[core.Field(field)]; got != want {
			t.Errorf("%s is %q in the end, want %q", field, got, want)
		}
	}
	steps := m.shown("buildfarm").Steps
	for _, step := range []core.StepID{"base-url", "incoming", "authorize"} {
		i := slices.IndexFunc(steps, func(s stepJSON) bool { return s.Step == step })
		if i < 0 || steps[i].Status != "proved" {
			t.Errorf("step %s is not proved in the end: %+v", step, steps)
		}
	}
}

// backAndForth changes the window's size, goes back and forward again, and must come to the
// same screen.
func (tm *terminal) backAndForth(title string) {
	tm.t.Helper()
	tm.settled()
	tm.resize(40, 12)
	tm.waitFor("needs a window")
	tm.resize(120, 40)
	tm.wait("the wide screen", func(s string) bool { return strings.Contains(s, title) && !strings.Contains(s, "needs a window") })
	tm.resize(80, 24)
	tm.waitFor(title)
	before := tm.settled()
	tm.send(escape)
	tm.wait("the place before", func(s string) bool { return s != before })
	tm.settled()
	tm.send(enter)
	tm.waitFor(title)
}

// sameFacts compares what the admin entered and what the steps rest on.
func sameFacts(a, b showJSON) bool {
	return maps.Equal(a.Answers, b.Answers) && slices.Equal(a.Steps, b.Steps) && a.Complete == b.Complete
}
