//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestVersionAsksTheTerminalNothing: on a terminal that never answers, version
// prints its line and no escape sequence.
func TestVersionAsksTheTerminalNothing(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"list"}, {"help"}} {
		tm := start(t, 80, 24, environment(t.TempDir()), args...)
		if code := tm.exit(); code != exitOK {
			t.Errorf("%v: exit code %d", args, code)
		}
		if strings.Contains(tm.stream(), "\x1b") {
			t.Errorf("%v wrote an escape sequence: %q", args, tm.stream())
		}
	}
}

// TestPlainWhereTheTerminalIsDumb: TERM=dumb and ACCESSIBLE choose plain mode,
// which writes no escape byte, and Ctrl-C leaves with what is saved.
func TestPlainWhereTheTerminalIsDumb(t *testing.T) {
	for _, extra := range []string{"TERM=dumb", "ACCESSIBLE=1"} {
		t.Run(extra, func(t *testing.T) {
			home := t.TempDir()
			tm := start(t, 80, 24, environment(home, extra))
			tm.waitFor("Which application will use Bitbucket?", "Number or name: ")
			tm.send("own\n")
			tm.waitFor("What is the URL of the application?", "Answer: ")
			tm.send("\x03")
			if code := tm.exit(); code != exitInterrupted {
				t.Errorf("exit code %d", code)
			}
			said := tm.stream()
			if !strings.Contains(said, "Everything so far is saved. Go on with: applink setup myapplication") {
				t.Errorf("it does not say what is saved:\n%s", said)
			}
			if strings.Count(said, "saved") != 1 {
				t.Errorf("it says twice what is saved:\n%s", said)
			}
			if strings.Contains(said, "\x1b") {
				t.Errorf("it wrote an escape byte:\n%q", said)
			}
		})
	}
}

// TestPassphraseIsNotEchoed: it is asked for before plain mode reads, twice for a
// new database, and never shown.
func TestPassphraseIsNotEchoed(t *testing.T) {
	env := environment(t.TempDir())
	tm := start(t, 80, 24, env, "--plain", "--key-source=passphrase", "setup")
	tm.waitFor("Passphrase: ")
	tm.send("correct horse\n")
	tm.waitFor("again: ")
	tm.send("correct horse\n")
	tm.waitFor("Which application will use Bitbucket?", "Number or name: ")
	tm.send("quit\n")
	if code := tm.exit(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(tm.stream(), "horse") {
		t.Error("the passphrase was echoed")
	}
}
