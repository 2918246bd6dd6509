package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
)

// steering is text that a terminal obeys: a reset, a scroll region, a title, a
// clipboard, a colour by C1, directions, and what hides.
const steering = "\x1bc\x1b[5;6r\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\u009b31m\x9d0;x\x9c\u202egnp\u2066\u200b\u2028\b\b\r\x00\x7fEND"

// hostileKinds are servers that answer every request in their own bad way.
var hostileKinds = map[string]http.HandlerFunc{
	"like Bitbucket": likeBitbucket,
	"grants anything": func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			w.Header().Set("Content-Type", "application/json")
			hostileJSON(w, map[string]any{"access_token": "t0ken-of-a-hostile-server", "refresh_token": "r3fresh-of-a-hostile-server", "token_type": "bearer",
				"expires_in": -5, "scope": steering})
			return
		}
		if strings.Contains(r.URL.Path, "/oauth/") {
			io.WriteString(w, "oauth_token=t0ken&oauth_token_secret=s3cret&oauth_callback_confirmed=true&x="+url.QueryEscape(steering))
			return
		}
		likeBitbucket(w, r)
	},
	"title of 10 MB": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<title>"+steering)
		for range 10 {
			w.Write(bytes.Repeat([]byte("t"), 1<<20))
		}
		io.WriteString(w, "</title>")
	},
	"title": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<title>Welcome &#27;[5;6r&#x9b;31m&#8238; "+steering+"</title>"+steering)
	},
	"refuses in its own words": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json"+steering[2:3])
		w.Header().Set("WWW-Authenticate", `OAuth realm="x", oauth_problem="signature_invalid", oauth_problem_advice="`+steering[:5]+`"`)
		w.Header().Set("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=javascript:"+steering[:3])
		w.WriteHeader(http.StatusUnauthorized)
		hostileJSON(w, map[string]any{"error": "invalid_client", "error_description": steering, "message": steering,
			"errors": []any{map[string]any{"message": steering, "exceptionName": steering, "context": steering}}})
	},
	"redirects to a script":  hostileRedirect("javascript:alert(1)//\x1b]52;c;b3duZWQ=\x07\x1b[5;6r"),
	"redirects with escapes": hostileRedirect("https://evil.example/\x1b[5;6r%1b%5b5;6r/login?x=\x1b]0;owned\x07\x9b"),
	"clock of 1970": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
		likeBitbucket(w, r)
	},
	"clock of 9999": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", "Fri, 31 Dec 9999 23:59:59 GMT")
		likeBitbucket(w, r)
	},
	"asks for patience": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "-9223372036854775808")
		w.WriteHeader(http.StatusTooManyRequests)
	},
	"is away": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "\x1b[5;6r")
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, steering)
	},
	"nested JSON": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, strings.Repeat(`{"errors":[`, 80_000))
	},
	"gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb())
	},
	"endless body": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for block := bytes.Repeat([]byte(" "), 64<<10); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	},
	"endless headers": raw(func(w io.Writer) error {
		_, err := io.WriteString(w, "HTTP/1.1 200 OK\r\n")
		for i := 0; err == nil; i++ {
			_, err = fmt.Fprintf(w, "X-%d: %s\r\n", i, strings.Repeat("h", 1000))
		}
		return err
	}),
	"cut chunks": raw(func(w io.Writer) error {
		_, err := io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"\r\nzz\x1b[5;6r\r\n")
		return err
	}),
	"no HTTP": raw(func(w io.Writer) error { _, err := io.WriteString(w, "\x1b[5;6r"+steering+"\r\n\r\n"); return err }),
	"a bad status": raw(func(w io.Writer) error {
		_, err := io.WriteString(w, "HTTP/1.1 2\x1b[5;6r "+steering+"\r\n\r\n")
		return err
	}),
	"steering head": raw(func(w io.Writer) error {
		_, err := io.WriteString(w, "HTTP/1.1 404 \x1b[5;6r\u009b\r\nContent-Type: text/html\x1b[5;6r\r\nX-AUSERNAME: j\x1b[5;6r\r\nServer: \x1b[5;6r\r\n\r\n<title>\x1b[5;6r</title>")
		return err
	}),
	"drips": raw(func(w io.Writer) (err error) {
		for err == nil {
			_, err = io.WriteString(w, "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n")
			time.Sleep(300 * time.Millisecond)
		}
		return err
	}),
}

// bomb is a quarter of a gigabyte of blanks, packed.
var bomb = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	for block, i := bytes.Repeat([]byte(" "), 1<<20), 0; i < 256; i++ {
		w.Write(block)
	}
	w.Close()
	return packed.Bytes()
})

func hostileJSON(w io.Writer, v any) { json.NewEncoder(w).Encode(v) }

// hostileRedirect is written past the library, which would clean it.
func hostileRedirect(to string) http.HandlerFunc {
	return raw(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to)
		return err
	})
}

// raw writes bytes into the connection.
func raw(write func(io.Writer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		write(conn)
	}
}

// likeBitbucket lets everything go on, and writes what steers wherever text is free.
func likeBitbucket(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-AUSERNAME", url.QueryEscape("jane"+steering))
	path := r.URL.Path
	user := map[string]any{"id": 7, "name": "jane" + steering, "slug": steering, "displayName": "Jane" + steering + strings.Repeat("x", 1<<16)}
	switch {
	case strings.Contains(path, "application-properties"):
		hostileJSON(w, map[string]any{"version": "8.19.2", "displayName": "Bitbucket", "buildNumber": steering})
	case strings.Contains(path, "login-options"):
		hostileJSON(w, map[string]any{"results": []any{map[string]any{"type": steering}}})
	case strings.HasSuffix(path, "/users"):
		hostileJSON(w, map[string]any{"values": []any{user}, "isLastPage": true})
	case strings.Contains(path, "/users/"):
		hostileJSON(w, user)
	case strings.HasSuffix(path, "/token"):
		w.WriteHeader(http.StatusBadRequest)
		hostileJSON(w, map[string]any{"error": "invalid_grant", "error_description": steering})
	case strings.Contains(path, "/oauth/"):
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, "oauth_problem=signature_invalid&oauth_problem_advice="+url.QueryEscape(steering)+"&oauth_signature_base_string="+url.QueryEscape("POST&"+steering))
	default:
		w.WriteHeader(http.StatusNotFound)
		hostileJSON(w, map[string]any{"errors": []any{map[string]any{"message": steering, "exceptionName": steering}}})
	}
}

// turncoat is a practice Bitbucket that can turn hostile, so that what was set up with
// it meets the other.
type turncoat struct {
	base string
	kind atomic.Pointer[http.HandlerFunc]
}

func (h *turncoat) become(kind string) {
	handler := hostileKinds[kind]
	h.kind.Store(&handler)
}

// startTurncoat sets up two integrations with a Bitbucket, of which the second has
// tokens that are kept.
func startTurncoat(t *testing.T) *turncoat {
	t.Helper()
	cleanHome(t)
	h := &turncoat{}
	server, err := practice.Start(t.Context(), "127.0.0.1:0", practice.Options{Version: "8.19",
		Clients: []practice.Client{{ID: "cl1ent-0f-th3-farm", Secret: "s3cr3t-0f-th3-farm", Redirect: awayRedirect, Scopes: []string{"REPO_ADMIN"}}},
		Around: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if kind := h.kind.Load(); kind != nil {
					next = *kind
				}
				next.ServeHTTP(w, r)
			})
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	h.base = server.BaseURL()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cr3t-0f-th3-farm"), 0o600); err != nil {
		t.Fatal(err)
	}
	setupDocument(t, exitWaiting, append(base(h.base), "--name=First")...)
	setupDocument(t, exitWaiting, "--application=own", "--app-url=https://app.example.com", "--name=Build farm", "--purpose=sync",
		"--platform=data-center", "--base-url="+h.base, "--oauth=2", "--callback="+awayRedirect,
		"--client-id=cl1ent-0f-th3-farm", "--client-secret="+secret, "--two-factor=no")
	wantRun(t, authorizes(t, h.base, true, "--keep", "--yes"), exitOK, "signed in as jane", "are kept")
	return h
}

// pasted answers the page that authorize prints with an address of that query.
type pasted struct {
	bytes.Buffer
	query string
	to    *io.PipeWriter
	once  sync.Once
}

var authorizePage = regexp.MustCompile(`http://\S+/authorize\?\S+\n`)

func (p *pasted) Write(b []byte) (int, error) {
	p.Buffer.Write(b)
	if page := authorizePage.FindString(p.String()); page != "" {
		p.once.Do(func() {
			u, _ := url.Parse(strings.TrimSpace(page))
			back := awayRedirect + "?" + p.query + "&state=" + u.Query().Get("state")
			if token := u.Query().Get("oauth_token"); token != "" {
				back = "http://127.0.0.1:1/?oauth_verifier=v3rifier&oauth_token=" + token
			}
			go func() { io.WriteString(p.to, back+"\n"); p.to.Close() }()
		})
	}
	return len(b), nil
}

func authorizePasting(t *testing.T, query string, args ...string) outcome {
	in, to := io.Pipe()
	p := &pasted{query: query, to: to}
	stop := time.AfterFunc(8*time.Second, func() { to.Close() })
	defer stop.Stop()
	var out bytes.Buffer
	code := run(t.Context(), append([]string{"authorize", "--plain", "--timeout=2s"}, args...), in, &out, p)
	in.Close()
	return outcome{code, out.String(), p.String()}
}

// escapes finds a steering character that JSON has escaped, and not what a server wrote
// in letters.
var escapes = regexp.MustCompile(`.{0,60}(?:^|[^\\])(?:\\\\)*\\u00(?:1[bB]|9[bB]|0[78]).{0,60}`)

// steered reports what of an output a terminal would obey.
func steered(text string) string {
	if clean := core.Printable(text); clean != text {
		for i := range text {
			if i >= len(clean) || text[i] != clean[i] {
				return fmt.Sprintf("%q", text[max(0, i-60):min(len(text), i+60)])
			}
		}
	}
	if json.Valid([]byte(text)) {
		return escapes.FindString(text)
	}
	return ""
}

// A server that answers every request with hostile text meets every command: nothing
// of it reaches the terminal or the database, each command ends, and none takes much
// memory. Commands that differ little meet only the kinds that write much, unless
// APPLINK_E2E asks for all.
func TestHostileServerAndEveryCommand(t *testing.T) {
	h := startTurncoat(t)
	wordy := []string{"like Bitbucket", "grants anything", "title", "refuses in its own words", "no HTTP"}
	for kind := range hostileKinds {
		t.Run(kind, func(t *testing.T) {
			all := os.Getenv("APPLINK_E2E") != "" || slices.Contains(wordy, kind)
			bomb()
			h.become(kind)
			defer memory(t)()
			try := func(what string, r outcome) {
				t.Helper()
				if strings.HasPrefix(what, "api") {
					r.out = "" // whole, for programs
				}
				if bad := steered(r.out); bad != "" {
					t.Errorf("%s wrote to stdout %s", what, bad)
				}
				if bad := steered(r.errOut); bad != "" {
					t.Errorf("%s wrote to stderr %s", what, bad)
				}
				if len(r.out)+len(r.errOut) > 128<<10 {
					t.Errorf("%s wrote %d bytes", what, len(r.out)+len(r.errOut))
				}
				if strings.Contains(r.errOut, finding.Internal.String()) {
					t.Errorf("%s broke: %s", what, r.errOut)
				}
			}
			lines := []string{"check --all", "api buildfarm /rest/x", "setup first --plain"}
			if all {
				lines = append(lines, "check buildfarm", "check first --json", "check --all --json", "api buildfarm /rest/x --all", "token buildfarm",
					"setup first", "setup first --json", "setup buildfarm --json", "list", "list --json", "show first", "show buildfarm --json",
					"copy first client-id --print", "migrate --list", "migrate first --no-input", "rotate first --no-input", "remove first --dry-run", "--plain")
			}
			for _, line := range lines {
				in := ""
				switch line {
				case "setup first --plain":
					in = strings.Repeat("\n", 3) + "evidence\nwhy\nretry\nevidence\nquit\n" // at Incoming, where Bitbucket is asked
				case "--plain":
					in = "1\nretry\nevidence\nquit\n"
				}
				try(line, runApplink(t, in, append(strings.Fields(line), "--timeout=1s")...))
			}
			inDatabase(t)
			if !all {
				return
			}
			const name = "New one"
			try("setup of a new one", runApplink(t, "", append([]string{"setup", "--timeout=1s"}, append(base(h.base), "--name="+name)...)...))
			try("plain setup", runApplink(t, strings.Join([]string{"3", "https://app.example.com", name + " too", "1", "1", h.base, "evidence", "retry", "evidence", "quit", ""}, "\n"),
				"setup", "--plain", "--timeout=1s"))
			try("adopt", runApplink(t, "", "adopt", "--application=own", "--app-url=https://app.example.com", "--name=By hand "+name, "--purpose=sync", "--platform=data-center",
				"--base-url="+h.base, "--oauth=2", "--client-id=cl1ent", "--client-secret="+os.DevNull, "--callback="+awayRedirect, "--timeout=1s"))
			try("authorize", authorizePasting(t, "code=c0de", "buildfarm"))
			try("authorize refused", authorizePasting(t, "error=invalid_scope&error_description="+url.QueryEscape(steering), "buildfarm"))
			try("authorize over OAuth 1", authorizePasting(t, "", "first"))
			inDatabase(t)
			for _, slug := range []string{"newone", "newonetoo", "byhandnewone"} {
				try("remove", runApplink(t, "", "remove", slug, "--confirm", slug))
			}
		})
	}
}

// memory watches the heap, and returns what reports how far it grew.
func memory(t *testing.T) func() {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	start, most := read(), uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-tick.C:
				most = max(most, read())
			case <-stop:
				return
			}
		}
	}()
	return func() {
		close(stop)
		if <-done; most > start+64<<20 {
			t.Errorf("the heap grew from %d to %d MiB", start>>20, most>>20)
		}
	}
}

// inDatabase looks for what steers in the database.
func inDatabase(t *testing.T) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(os.Getenv("XDG_DATA_HOME"), "applink", "*"))
	if len(files) == 0 {
		t.Error("there is no database")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue // of SQLite, while the last connection is closed
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"\x1b]52;c", "\x1b[5;6r", "\x1b]0;owned", "\u009b31m", "\u202egnp"} {
			if i := bytes.Index(text, []byte(bad)); i >= 0 {
				t.Errorf("%s holds %q", filepath.Base(file), text[max(0, i-80):min(len(text), i+40)])
			}
		}
		if bad := escapes.Find(text); bad != nil {
			t.Errorf("%s holds %q", filepath.Base(file), bad)
		}
	}
}
