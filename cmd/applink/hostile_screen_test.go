//go:build unix

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// ourOwn are the titles of the window and the links that applink writes itself.
var ourOwn = regexp.MustCompile("\x1b\\]2;applink[^\x00-\x1f\x7f]*\x07|\x1b\\]8;;[!-~]*\x07")

// The full screen writes sequences of its own, none of which is among those that the
// server sends.
func TestHostileServerAndTheFullScreen(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"like Bitbucket", "title", "refuses in its own words", "redirects with escapes", "no HTTP"} {
		t.Run(kind, func(t *testing.T) {
			web := httptest.NewServer(hostileKinds[kind])
			defer web.Close()
			m := newMachine(t)
			m.run(append([]string{"setup", "--timeout=1s"}, base(web.URL)...)...)
			for _, args := range [][]string{{"setup", m.only()}, nil} {
				tm := m.start(100, 40, append(args, "--timeout=1s")...)
				tm.wait("a screen", func(s string) bool { return strings.TrimSpace(s) != "" })
				for _, key := range []string{"r", "e", escape, "?", escape, enter} {
					time.Sleep(150 * time.Millisecond)
					tm.send(key)
				}
				time.Sleep(300 * time.Millisecond)
				tm.send(ctrlC)
				tm.exit()
				stream := ourOwn.ReplaceAllString(tm.stream(), "")
				if len(stream) < 1000 {
					t.Errorf("too little was drawn: %q", stream)
				}
				for _, bad := range []string{"\x1bc", "\x1b[5;6r", "\x1b]0;", "\x1b]52;", "\x07", "\b", "\x7f", "\u009b", "\u202e", "\u2066", "\u200b", "\u2028", "\x00"} {
					if i := strings.Index(stream, bad); i >= 0 {
						t.Errorf("%v: the terminal got %q", args, stream[max(0, i-80):min(len(stream), i+40)])
					}
				}
			}
		})
	}
}

// On a terminal api shows an answer without what steers, be it one or a list; piped it is
// whole.
func TestAPIOnATerminal(t *testing.T) {
	h := startTurncoat(t)
	const answer = "{\"values\":[{\"name\":\"a\x7f\u009b31m\u202e\u200bEND\"}],\"isLastPage\":true}"
	answering := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-AUSERNAME", "jane")
		io.WriteString(w, answer)
	})
	h.kind.Store(&answering)
	for _, args := range [][]string{{"api", "buildfarm", "/rest/x"}, {"api", "buildfarm", "/rest/x", "--all"}} {
		if piped := runApplink(t, "", args...); !strings.Contains(piped.out, "a\x7f\u009b31m\u202e\u200bEND") {
			t.Errorf("%v piped: %+v", args, piped)
		}
		tm := start(t, 80, 24, os.Environ(), args...)
		if code := tm.exit(); code != exitOK {
			t.Errorf("%v: exit code %d", args, code)
		}
		shown := tm.stream()
		if bad := steered(strings.ReplaceAll(shown, "\r\n", "\n")); bad != "" || !strings.Contains(shown, `{"name":"a`) || !strings.Contains(shown, `END"}`) {
			t.Errorf("%v on a terminal: %q", args, shown)
		}
	}
}
