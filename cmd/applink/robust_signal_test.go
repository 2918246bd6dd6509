//go:build unix

package main

import (
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// lineMode is the state of a terminal that nobody has changed.
func lineMode(t *testing.T) *term.State {
	t.Helper()
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	defer tty.Close()
	state, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		t.Skipf("the state of a terminal cannot be read here: %v", err)
	}
	return state
}

// restored reports what is not as it was before applink ran.
func (tm *terminal) restored(before *term.State) {
	tm.t.Helper()
	after, err := term.GetState(int(tm.file.Fd()))
	if err != nil || !reflect.DeepEqual(before, after) {
		tm.t.Errorf("the terminal's mode is %+v, %v; it was %+v", after, err, before)
	}
	s := tm.stream()
	for set, reset := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?2004h": "\x1b[?2004l"} {
		if strings.LastIndex(s, set) > strings.LastIndex(s, reset) {
			tm.t.Errorf("%q is not undone by %q", set, reset)
		}
	}
}

// aloneOne shows the first value alone.
func aloneOne(tm *terminal) {
	tm.send("v")
	tm.waitFor("Press the number")
	tm.send("1")
	tm.waitFor("Press Enter to go back")
}

// Whatever interrupts, at whatever place: code 130, the terminal as it was, and
// the sentence that says what is saved and how to go on.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	before := lineMode(t)
	base := startBitbucket(t, "7.17").BaseURL()
	signal := func(s os.Signal) func(*terminal) {
		return func(tm *terminal) { tm.cmd.Process.Signal(s) }
	}
	m := newMachine(t)
	stages := ownApplication(m, base)
	tm := m.start(80, 24, "setup")
	at := 0
	for _, test := range []struct {
		name, at  string
		first     func(*terminal)
		interrupt func(*terminal)
	}{
		{"Ctrl-C at the first question", "application", nil, typing(ctrlC)},
		{"Ctrl-C while typing", "app-url", typing("half a na"), typing(ctrlC)},
		{"SIGINT at a question", "base-url", nil, signal(syscall.SIGINT)},
		{"Ctrl-C over a page's help", "create-link", func(tm *terminal) { tm.send("?"); tm.waitFor("copy that value") }, typing(ctrlC)},
		{"Ctrl-C while a value is shown alone", "create-link", aloneOne, typing(ctrlC)},
		{"SIGTERM while a value is shown alone", "create-link", aloneOne, signal(syscall.SIGTERM)},
		{"SIGTERM while Bitbucket is asked", "incoming", nil, signal(syscall.SIGTERM)},
		{"Ctrl-C in the dance", "authorize", nil, typing(ctrlC)},
		{"SIGINT at the end", "done", nil, signal(syscall.SIGINT)},
	} {
		t.Run(test.name, func(t *testing.T) {
			tm.t = t
			for ; stages[at].name != test.at; at++ {
				tm.waitFor(stages[at].title)
				stages[at].leave(tm)
			}
			tm.waitFor(stages[at].title)
			if test.first != nil {
				test.first(tm)
			}
			test.interrupt(tm)
			if code := tm.exit(); code != exitInterrupted {
				t.Errorf("exit code %d", code)
			}
			tm.restored(before)
			words := tail(tm.stream())
			if !strings.Contains(words, "saved") && test.at != "done" {
				t.Errorf("the last words are %q", words)
			}
			args := []string{"setup"}
			if test.at != "application" {
				slug := m.only()
				if !strings.Contains(words, "applink setup "+slug) && test.at != "done" {
					t.Errorf("the last words name no way on: %q", words)
				}
				args = append(args, slug)
			}
			tm.kill()
			tm = m.start(80, 24, args...)
		})
	}
}

// Sizes below the least one ask for room and lose nothing that was typed.
func TestResizeStormKeepsInput(t *testing.T) {
	t.Parallel()
	tm := newMachine(t).start(80, 24, "setup")
	tm.waitFor("Which application will use Bitbucket?")
	tm.send(down + down + enter)
	tm.waitFor("What is the URL of the application?")
	tm.send("https://app.exam")
	tm.waitFor("https://app.exam")
	for range 3 {
		for _, size := range [][2]int{{40, 12}, {20, 5}, {1, 1}, {100, 30}, {60, 16}, {200, 3}, {5, 80}, {120, 40}} {
			tm.resize(size[0], size[1])
		}
	}
	tm.resize(40, 12)
	tm.waitFor("needs a window")
	tm.send("ple.com")
	tm.resize(20, 5)
	tm.waitFor("applink needs")
	tm.resize(80, 24)
	tm.waitFor("What is the URL of the application?", "https://app.example.com")
	tm.send(down)
	tm.waitFor("What should this integration be called?")
}

// Without a display the value goes to the terminal itself, whole, and the words
// promise no more than that.
func TestCopyWithoutDisplay(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	tm := m.start(80, 24, "setup")
	tm.walk(ownApplication(m, startBitbucket(t, "7.17").BaseURL()), "incoming")
	tm.send("3")
	s := tm.waitFor("Sent to your terminal (OSC 52): paste to check")
	if strings.Contains(s, "Copied") {
		t.Errorf("the copy is promised:\n%s", s)
	}
	if got, want := tm.clipboard(), m.shown("buildfarm").Answers["public-key"]; got != want {
		t.Errorf("the clipboard holds %q, want %q", got, want)
	}
}

// With reduced motion nothing moves while Bitbucket is waited for.
func TestReducedMotionStandsStill(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	tm := m.start(80, 24, "setup", "--reduced-motion")
	tm.walk(ownApplication(m, startBitbucket(t, "7.17").BaseURL()), "incoming")
	tm.waitFor("Asking Bitbucket every few seconds", "When that is done", "enter skip proof")
	before := tm.settled()
	time.Sleep(time.Second)
	if after := tm.screen(); before != after {
		t.Errorf("the screen was\n%s\nand is\n%s", before, after)
	}
}
