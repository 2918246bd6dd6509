//go:build unix

package main

import (
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
			for i := range stages {
				switch stages[i].name {
				case "reach", "incoming", "authorize":
					stages[i].leave = overruled
				case "oauth":
					stages[i].leave = chooseOAuth1
				case "done":
					stages[i].title = "Not finished: " // nothing answered, so that nothing is set up but by the word
				}
			}
			tm := m.start(80, 24, "setup")
			tm.walk(stages, "reach")
			overruled(tm)
			tm.waitFor("Which version is this Bitbucket?")
			tm.send(version + enter)
			tm.walk(stages[7:], "create-link")
			tm.waitFor(page)
			tm.walk(stages[10:], "done")
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
			summary := tm.waitFor("Server", "Incoming", "Authorize", "said, not proved")
			for _, line := range strings.Split(summary, "\n") {
				if strings.Contains(strings.ReplaceAll(line, "not proved", ""), "proved") {
					t.Errorf("something counts as proved: %s", line)
				}
			}
		})
	}
}

// chooseOAuth1 picks OAuth 1, wherever it stands among the choices.
func chooseOAuth1(tm *terminal) {
	if !strings.Contains(tm.screen(), "▸ OAuth 1") {
		tm.send(down)
		tm.waitFor("▸ OAuth 1")
	}
	tm.send(enter)
}
