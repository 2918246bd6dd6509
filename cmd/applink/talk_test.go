package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
)

// outcome is what one run left behind.
type outcome struct {
	code        int
	out, errOut string
}

// runApplink runs one command line in this process, with input from a string.
func runApplink(t *testing.T, in string, args ...string) outcome {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(in), &out, &errOut)
	return outcome{code, out.String(), errOut.String()}
}

// cleanHome gives the test a data folder of its own and sets the environment that
// decides anything.
func cleanHome(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{"HOME": dir, "XDG_DATA_HOME": dir + "/data", "XDG_CONFIG_HOME": dir + "/config", "TERM": "xterm-256color",
		"ACCESSIBLE": "", "NO_PROXY": "*", "SSH_CONNECTION": "", "SSH_TTY": "", "SSH_CLIENT": "", "TMUX": "", "DISPLAY": "",
		"WAYLAND_DISPLAY": "", "BROWSER": "", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"} {
		t.Setenv(name, value)
	}
}

// startBitbucket starts a practice Bitbucket of a version.
func startBitbucket(t testing.TB, version string, faults ...practice.Fault) *practice.Server {
	t.Helper()
	s, err := practice.Start(t.Context(), "127.0.0.1:0", practice.Options{Version: version, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// signedIn is a browser in which a user, whose password is the name, is logged in.
func signedIn(t testing.TB, base, user string) *drive.Admin {
	t.Helper()
	return signedInOver(t, base, user, nil)
}

// signedInOver is the same in a browser that trusts these authorities only.
func signedInOver(t testing.TB, base, user string, roots *x509.CertPool) *drive.Admin {
	t.Helper()
	a := drive.NewAdmin(base).Trust(roots)
	if err := a.Login(t.Context(), user, user); err != nil {
		t.Fatal(err)
	}
	return a
}

// talk is plain mode with a person who reads and types.
type talk struct {
	t      *testing.T
	to     *io.PipeWriter
	done   chan struct{}
	code   int
	errOut bytes.Buffer

	mu   sync.Mutex
	text strings.Builder
	read int // how much of text the person has read
	more chan struct{}
}

func startTalk(t *testing.T, args ...string) *talk {
	t.Helper()
	in, to := io.Pipe()
	c := &talk{t: t, to: to, done: make(chan struct{}), more: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(c.done)
		c.code = run(ctx, append([]string{"--plain", "--key-source=file"}, args...), in, c, &c.errOut)
	}()
	t.Cleanup(func() { cancel(); to.Close(); <-c.done })
	return c
}

// Write takes what applink prints.
func (c *talk) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text.Write(b)
	select {
	case c.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

// see waits until a text was printed after what was seen so far, and returns
// what was printed up to its end.
func (c *talk) see(text string) string {
	c.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		c.mu.Lock()
		unread := c.text.String()[c.read:]
		if i := strings.Index(unread, text); i >= 0 {
			c.read += i + len(text)
			c.mu.Unlock()
			return unread[:i+len(text)]
		}
		c.mu.Unlock()
		select {
		case <-c.more:
		case <-c.done:
			select {
			case <-c.more:
				continue
			default:
			}
			c.t.Fatalf("applink ended with %d before printing %q; unread is\n%s\nstderr\n%s", c.code, text, unread, c.errOut.String())
		case <-deadline:
			c.t.Fatalf("waited for %q; unread is\n%s\nafter\n%s", text, unread, c.text.String()[max(0, c.read-1500):c.read])
		}
	}
}

// say types lines, as one write.
func (c *talk) say(lines ...string) {
	c.t.Helper()
	if _, err := io.WriteString(c.to, strings.Join(lines, "\n")+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// answer waits for a question and answers it.
func (c *talk) answer(question, line string) {
	c.t.Helper()
	c.see(question)
	c.see(": ")
	c.say(line)
}

// end waits for the end and returns all that was printed, and the exit code.
func (c *talk) end() (string, int) {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(20 * time.Second):
		c.t.Fatalf("applink does not end:\n%s", c.text.String())
	}
	return c.text.String(), c.code
}

// unreadable finds what plain mode never prints: control characters, boxes,
// blocks and braille.
var unreadable = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f\x{2500}-\x{259F}\x{2800}-\x{28FF}]`)
