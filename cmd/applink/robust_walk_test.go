//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	drive "applink/core/practice/browser"
)

// heavy skips a test that takes more than a few seconds, unless it is asked for.
func heavy(t *testing.T) {
	t.Helper()
	if os.Getenv("APPLINK_E2E") == "" {
		t.Skip("takes long; APPLINK_E2E=1 runs it")
	}
}

// practiceHeadless is one in a process of its own, as "practice --headless" runs it.
func practiceHeadless(t testing.TB, args ...string) practiceJSON {
	t.Helper()
	cmd := exec.Command(binary(t), append([]string{"practice", "--headless", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = environment(t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("practice --headless says nothing: %v", err)
	}
	var p practiceJSON
	if err := json.Unmarshal(line, &p); err != nil {
		t.Fatalf("practice --headless says %q: %v", line, err)
	}
	return p
}

// machine is one user's machine: a folder for the database, and what the binary is
// started with there.
type machine struct {
	t     testing.TB
	dir   string
	extra []string // environment beside the usual one
}

func newMachine(t testing.TB, extra ...string) *machine { return &machine{t, t.TempDir(), extra} }

func (m *machine) env() []string { return environment(m.dir, m.extra...) }

func (m *machine) database() string { return filepath.Join(m.dir, "applink.db") }

func (m *machine) args(args ...string) []string {
	return append(args, "--db", m.database(), "--key-source", "file")
}

// start opens the binary in a terminal.
func (m *machine) start(width, height int, args ...string) *terminal {
	m.t.Helper()
	return start(m.t, width, height, m.env(), m.args(args...)...)
}

// run runs a command without a terminal and returns what it prints.
func (m *machine) run(args ...string) (stdout, stderr string, code int) {
	m.t.Helper()
	cmd := exec.Command(program(m.t, m.env()), m.args(args...)...)
	cmd.Env = m.env()
	var out, err strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &err
	cmd.Run()
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// shown reads "show --json".
func (m *machine) shown(name string) showJSON {
	m.t.Helper()
	out, stderr, _ := m.run("show", name, "--json")
	var s showJSON
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		m.t.Fatalf("show %s --json: %v\n%s%s", name, err, out, stderr)
	}
	return s
}

// only is the slug of the one integration that there is.
func (m *machine) only() string {
	m.t.Helper()
	out, stderr, _ := m.run("list", "--json")
	var l struct{ Integrations []listJSON }
	if err := json.Unmarshal([]byte(out), &l); err != nil || len(l.Integrations) != 1 {
		m.t.Fatalf("there should be one integration: %v\n%s%s", err, out, stderr)
	}
	return l.Integrations[0].Slug
}

// Keys as a terminal sends them.
const (
	enter  = "\r"
	down   = "\x1b[B"
	ctrlC  = "\x03"
	ctrlU  = "\x15" // clears the line before the cursor
	escape = "\x1b"
)

// stage is one screen of the set-up: how it is recognised, and how it is left.
type stage struct {
	name  string
	title string
	leave func(*terminal)
}

func typing(text string) func(*terminal) { return func(tm *terminal) { tm.send(text) } }

// whenProved waits for the proof before it goes on, and so that keys which were meant
// for the screen before are not dropped.
func whenProved(before func(*terminal)) func(*terminal) {
	return func(tm *terminal) {
		if before != nil {
			before(tm)
		}
		tm.waitFor("✓ ")
		tm.send(enter)
	}
}

const (
	appURL  = "https://app.example.com/build"
	appName = "Build farm"
)

// ownApplication is the whole OAuth 1 set-up of an own application against the
// practice server at a base URL, whose admin does what the pages say.
func ownApplication(m *machine, base string) []stage {
	return []stage{
		{"application", "Which application will use Bitbucket?", typing(down + down + enter)},
		{"app-url", "What is the URL of the application?", typing(appURL + down)},
		{"name", "What should this integration be called?", typing(ctrlU + appName + enter)},
		{"base-url", "What is Bitbucket's base URL?", typing(base + enter)},
		{"reach", "Bitbucket's address", whenProved(nil)},
		{"create-link", "Create the link in Bitbucket", typing(enter)},
		{"incoming", "Incoming Authentication", whenProved(func(*terminal) { m.createLink(base) })},
		{"authorize", "Sign in once, as proof", whenProved(func(tm *terminal) { allow(tm, base) })},
		{"done", appName + " is set up", nil},
	}
}

// createLink does the administrator's part in Bitbucket, with the values that
// applink shows, and returns the id of the link.
func (m *machine) createLink(base string) (link string) {
	m.t.Helper()
	a := m.shown(m.only()).Answers
	link, err := signedIn(m.t, base, "admin").CreateOAuth1Link(m.t.Context(), drive.LinkForm{ApplicationURL: a["app-url"], Name: a["name"],
		ConsumerKey: a["client-id"], PublicKey: a["public-key"]})
	if err != nil {
		m.t.Fatal(err)
	}
	return link
}

// allow signs in as an ordinary user at the URL that key 0 copies, and lets the
// browser come back.
func allow(tm *terminal, base string) {
	tm.t.Helper()
	tm.waitFor("oauth/autho", "0 copy", "◌ Waiting for you")
	tm.send("0")
	tm.waitFor("Sent to your terminal (OSC 52)")
	allowed(tm.t, base, tm.clipboard())
}

// allowed presses Allow at an authorize URL and opens the address that the browser
// is sent to.
func allowed(t testing.TB, base, consentURL string) {
	t.Helper()
	to, err := signedIn(t, base, "jane").Authorize(context.Background(), consentURL, true)
	if err != nil {
		t.Fatalf("allowing at %q: %v", consentURL, err)
	}
	resp, err := http.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

var osc52 = regexp.MustCompile(`\x1b\]52;c;([A-Za-z0-9+/=]*)(\x07|\x1b\\)`)

// clipboard is what the last OSC 52 sequence in the raw stream puts there.
func (tm *terminal) clipboard() string {
	tm.t.Helper()
	all := osc52.FindAllStringSubmatch(tm.stream(), -1)
	if len(all) == 0 {
		tm.t.Fatal("there is no OSC 52 sequence in the stream")
	}
	value, err := base64.StdEncoding.DecodeString(all[len(all)-1][1])
	if err != nil {
		tm.t.Fatal(err)
	}
	return string(value)
}

// walk goes through the stages up to the one with that name and stops there; ""
// walks to the last.
func (tm *terminal) walk(stages []stage, to string) {
	tm.t.Helper()
	for _, p := range stages {
		tm.waitFor(p.title)
		if p.name == to || p.leave == nil {
			return
		}
		p.leave(tm)
	}
}
