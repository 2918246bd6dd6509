//go:build unix

package main

import (
	"slices"
	"strings"
	"testing"
)

// overruled goes on without the proof that a page waits for.
func overruled(tm *terminal) {
	tm.waitFor("skip proof")
	tm.send(enter)
	tm.waitFor("Go on without proof?")
	tm.send("y")
}

// Where Bitbucket cannot be reached from here the whole procedure is walked
// nevertheless, on the pages of the version that the admin states, and nothing
// counts as proved in the end.
func TestUnreachableBitbucketIsWalkedOnTheAdminsWord(t *testing.T) {
	t.Parallel()
	for version, page := range map[string]string{
		"7.17": "Create new link",
		"9.4":  "Create link",
	} {
		t.Run(version, func(t *testing.T) {
			m := newMachine(t)
			stages := ownApplication(m, "http://"+closedPort(t)+"/bitbucket")
			if version == "9.4" {
				stages = choosingOAuth1(stages)
			}
			for i := range stages {
				switch stages[i].name {
				case "reach", "incoming", "authorize":
					stages[i].leave = overruled
				case "done":
					stages[i].title = "Not finished: " // nothing answered, so that nothing is set up but by the word
				}
			}
			tm := m.start(80, 24, "setup")
			tm.walk(stages, "reach")
			overruled(tm)
			tm.waitFor("Which version is this Bitbucket?")
			tm.send(version + enter)
			tm.walk(stages[5:], "create-link")
			tm.waitFor(page)
			tm.walk(stages[len(stages)-4:], "done")
			s := m.shown(m.only())
			said := 0
			for _, step := range s.Steps {
				switch step.Status {
				case "proved", "weak", "open":
					t.Errorf("step %s is %s", step.Step, step.Status)
				case "said":
					said++
				}
			}
			if said < 3 || !s.Complete || !s.Server.Stated || string(s.Server.Version) != version {
				t.Errorf("at the end: %+v", s)
			}
			tm.resize(80, 50)
			summary := tm.waitFor("Proved        nothing", "Said          Server, Create link, Incoming, Authorize")
			for _, line := range strings.Split(summary, "\n") {
				if strings.Contains(line, "✓") || strings.Contains(line, "proved ") {
					t.Errorf("something counts as proved: %s", line)
				}
			}
		})
	}
}

// choosingOAuth1 are the stages where Bitbucket has both protocols.
func choosingOAuth1(stages []stage) []stage {
	at := slices.IndexFunc(stages, func(s stage) bool { return s.name == "create-link" })
	return slices.Insert(stages, at, stage{"oauth", "Which OAuth version should the link use?", func(tm *terminal) {
		tm.waitFor("2  OAuth 1")
		tm.send("2")
	}})
}
