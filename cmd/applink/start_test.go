//go:build unix

package main

import (
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// questions that a program can put to a terminal; one that never answers would
// hold the start up for as long as the program waits.
var terminalQueries = []string{"\x1b]11;?", "\x1b]10;?", "\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?u"}

// The terminal of these tests answers nothing at all.
func TestStartAsksTheTerminalNothing(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]struct {
		args []string
		sees string
	}{
		"home":    {nil, "Press enter to begin."},
		"setup":   {[]string{"setup"}, "Which application will use Bitbucket?"},
		"version": {[]string{"version"}, "applink "},
		"help":    {[]string{"help"}, "--reduced-motion"},
		"list":    {[]string{"list"}, "There is no database"},
	} {
		t.Run(name, func(t *testing.T) {
			tm := newMachine(t).start(80, 24, run.args...)
			tm.waitFor(run.sees)
			for _, q := range terminalQueries {
				if strings.Contains(tm.stream(), q) {
					t.Errorf("the terminal is asked %q", q)
				}
			}
		})
	}
}

// A terminal that knows no escape sequences, or does not say that it knows any, is
// sent none, and gets the questions line by line.
func TestDumbTerminalGetsPlainText(t *testing.T) {
	t.Parallel()
	for _, dumb := range []string{"TERM=dumb", "TERM="} {
		t.Run(dumb, func(t *testing.T) {
			m := newMachine(t, dumb)
			tm := m.start(80, 24, "setup")
			tm.waitFor("Which application will use Bitbucket?", "Number")
			tm.send("3\n")
			tm.waitFor("What is the URL of the application?")
			tm.send("quit\n")
			if code := tm.exit(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			streams := []string{tm.stream()}
			for _, args := range [][]string{{"help"}, {"list"}, {"show", "myapplication"}, {"no-such-command"}, {"show", "nobody"}} {
				tm := m.start(80, 24, args...)
				tm.exit()
				streams = append(streams, tm.stream())
			}
			for _, s := range streams {
				if strings.Contains(s, "\x1b") || s == "" {
					t.Errorf("this was sent: %q", s)
				}
			}
		})
	}
}

// coloured finds SGR sequences that set a foreground or background.
var coloured = regexp.MustCompile(`\x1b\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;[0-9;]*)?m`)

func TestNoColour(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		env, flag string
		colour    bool
	}{
		{env: "NO_COLOR=1"},
		{env: "NO_COLOR=yes"},
		{env: "NO_COLOR=true"},
		{env: "NO_COLOR=on"},
		{env: "NO_COLOR=0"},
		{env: "NO_COLOR=false"},
		{env: "APPLINK_NO_COLOR=1"},
		{env: "FORCE_COLOR=1", flag: "--no-color"},
		{env: "NO_COLOR=", colour: true},
		{env: "COLORTERM=truecolor", colour: true},
	} {
		t.Run(test.env+test.flag, func(t *testing.T) {
			m := newMachine(t, test.env)
			tm := m.start(80, 24, strings.Fields("setup "+test.flag)...)
			tm.waitFor("Which application will use Bitbucket?")
			tm.send("\x1bOP") // F1
			tm.waitFor("answer and go on")
			if found := coloured.FindString(tm.stream()); (found != "") != test.colour {
				t.Errorf("colour %q in the stream, want colour: %v", found, test.colour)
			}
		})
	}
}

// Where stdout is no terminal, no escape byte is written, whatever the input is.
func TestRedirectedOutputHoldsNoEscape(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, args := range [][]string{{"help"}, {"list"}, {"version"}, {"show", "nobody"}, {"setup"}, {"no-such-command"}} {
		out, stderr, _ := m.run(args...)
		if strings.Contains(out+stderr, "\x1b") || out+stderr == "" {
			t.Errorf("%s writes %q and %q", args, out, stderr)
		}
	}
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	defer tty.Close()
	cmd := exec.Command(binary(t), m.args("setup")...)
	cmd.Env, cmd.Stdin = m.env(), tty
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	io.WriteString(terminal, "quit\n")
	out, err := io.ReadAll(stdout)
	if err != nil || !strings.Contains(string(out), "Which application") || strings.Contains(string(out), "\x1b") {
		t.Errorf("with a terminal to type on, %q, %v", out, err)
	}
}

// silence accepts connections and never answers.
func silence(t *testing.T, network, address string) string {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
		}
	}()
	return ln.Addr().String()
}

func TestFirstFrameWaitsForNobody(t *testing.T) {
	t.Parallel()
	socket := silence(t, "unix", filepath.Join(t.TempDir(), "bus"))
	m := newMachine(t, "DBUS_SESSION_BUS_ADDRESS=unix:path="+socket)
	tm := start(t, 80, 24, m.env()) // no --key-source: the keyring is asked when it must be
	tm.waitFor("Press enter to begin.")

	m = newMachine(t)
	server := "http://" + silence(t, "tcp", "127.0.0.1:0")
	tm = m.start(80, 24, "setup", "--application", "own", "--app-url", appURL, "--name", appName, "--purpose", "sign-in",
		"--platform", "data-center", "--base-url", server)
	tm.waitFor("Bitbucket's address", "Asking")
	tm.kill()
	tm = m.start(80, 24, "setup", "buildfarm")
	tm.waitFor("Bitbucket's address", "Asking")
	tm.send(escape)
	tm.waitFor(baseField)
	tm.kill()
	m.start(80, 24).waitFor("Build farm", "enter open")
}

// A keyring that hangs costs its time limit once, and the key goes to a file,
// which is said.
func TestHangingKeyringIsGivenUp(t *testing.T) {
	heavy(t)
	t.Parallel()
	socket := silence(t, "unix", filepath.Join(t.TempDir(), "bus"))
	m := newMachine(t, "DBUS_SESSION_BUS_ADDRESS=unix:path="+socket)
	base := startBitbucket(t, "7.17").BaseURL()
	tm := start(t, 80, 24, m.env(), "setup", "--db", filepath.Join(m.dir, "applink.db"))
	tm.walk(ownApplication(m, base), "create-link")
	tm.send(ctrlC)
	if code := tm.exit(); code != exitInterrupted || !strings.Contains(tm.stream(), "is kept in: file") || !strings.Contains(tm.stream(), "keyring could not keep it: ") {
		t.Errorf("exit code %d, %q", code, tail(tm.stream()))
	}
}

// tail is the end of a stream, behind the alternate screen.
func tail(stream string) string {
	return stream[max(0, strings.LastIndex(stream, "\x1b[?1049l")):]
}

// Addresses are links, and the window has a title, unless they are not wanted or the
// terminal draws a part of such a sequence.
func TestLinksAndTitle(t *testing.T) {
	t.Parallel()
	base := startBitbucket(t, "7.17").BaseURL()
	for _, test := range []struct {
		env, flag    string
		links, title bool
	}{
		{env: "TERM=xterm-256color", links: true, title: true},
		{env: "APPLINK_NO_LINKS=1", title: true},
		{env: "TERM=xterm-256color", flag: "--no-links", title: true},
		{env: "TERM=linux"},
		{env: "STY=1.screen"},
	} {
		t.Run(test.env+test.flag, func(t *testing.T) {
			m := newMachine(t, test.env)
			m.run("setup", "--application", "own", "--app-url", appURL, "--name", appName, "--purpose", "sign-in",
				"--platform", "data-center", "--base-url", base)
			tm := m.start(80, 24, strings.Fields("setup buildfarm "+test.flag)...)
			tm.waitFor("0 copy")
			stream := tm.stream()
			link := "\x1b]8;;" + base + "/plugins/servlet/applinks/listApplicationLinks\x07"
			if got := strings.Contains(stream, link); got != test.links {
				t.Errorf("links: %v in %q", got, stream)
			}
			if got := strings.Contains(stream, "\x1b]2;applink: Build farm, Create link\x07"); got != test.title {
				t.Errorf("title: %v in %q", got, stream)
			}
		})
	}
}
