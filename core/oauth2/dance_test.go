package oauth2

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/finding"
	"applink/core/seal"
)

// danced starts a dance on a free port that the provider knows.
func danced(t *testing.T, scheme string) (*provider, *Client, *Dance) {
	t.Helper()
	l := listenLocal(t, scheme+"://localhost:0/callback")
	p, c := newProvider(t, l.URL())
	return p, c, start(t, c, Options{Listener: l})
}

func listenLocal(t *testing.T, redirect string) *callback.Localhost {
	t.Helper()
	l, err := callback.ListenLocalhost(t.Context(), redirect, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// families returns the loopback addresses on which a listener answers.
func families(l *callback.Localhost) (all []string) {
	for _, address := range []string{"127.0.0.1", "::1"} {
		if conn, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(l.Port()))); err == nil {
			conn.Close()
			all = append(all, address)
		}
	}
	return all
}

func start(t *testing.T, c *Client, o Options) *Dance {
	t.Helper()
	d, err := c.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestDance(t *testing.T) {
	for _, scheme := range []string{"https", "http"} {
		for _, family := range families(listenLocal(t, "http://localhost:0/callback")) {
			p, _, d := danced(t, scheme)
			if d.Warmup != d.Listener().Warmup() || (d.Warmup == "") != (scheme == "http") {
				t.Errorf("warm-up %q", d.Warmup)
			}
			status, page := open(t, browser(family), d.URL())
			if status != 200 || !strings.Contains(page, "It worked") || !strings.Contains(page, "go back to the terminal") {
				t.Errorf("%s over %s: %d %s", scheme, family, status, page)
			}
			// The code is gone before anybody waited.
			if len(p.codes) != 0 {
				t.Error("the code was not exchanged at once")
			}
			if _, page := open(t, browser(family), d.URL()); !strings.Contains(page, "Already received") {
				t.Errorf("second tab: %s", page)
			}
			for range 2 {
				if token, err := d.Wait(t.Context()); err != nil || !p.access[token.Access.Reveal()] {
					t.Errorf("token %v, %v", token, err)
				}
			}
			if n := len(d.Exchanges()); n != 1 || len(p.forms) != 1 {
				t.Errorf("%d exchanges", n)
			}
			wantNoCanary(t, d.Exchanges(), page)
		}
	}
}

func TestDanceOnItsOwnListener(t *testing.T) {
	p, c := newProvider(t, "")
	free := listenLocal(t, "https://localhost:0/callback")
	c.Redirect, p.redirect = free.URL(), free.URL()
	taken, err := c.Start(t.Context(), Options{})
	if f := wantFinding(t, err, finding.OAuth2CallbackPortTaken.Code()); taken != nil || !strings.Contains(f.Params["address"], ":") {
		t.Errorf("finding %v", f)
	}
	free.Close()
	d := start(t, c, Options{})
	if _, page := open(t, browser("127.0.0.1"), d.URL()); !strings.Contains(page, "It worked") {
		t.Errorf("page %s", page)
	}
	if _, err := d.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	d.Close()
	if _, err := browser("127.0.0.1").Get(d.Warmup); err == nil {
		t.Error("the listener outlives its dance")
	}
	if _, err := c.Start(t.Context(), Options{Listener: listenLocal(t, "https://localhost:0/callback")}); err == nil {
		t.Error("a listener elsewhere was taken")
	}
}

func TestDanceTurnsAwayWhatIsNotItsOwn(t *testing.T) {
	p, _, d := danced(t, "https")
	back := agree(t, d.URL())
	good := back.Query()
	code, state := good.Get("code"), good.Get("state")
	for name, query := range map[string]url.Values{
		"no state":      {"code": {code}},
		"empty state":   {"code": {code}, "state": {""}},
		"wrong state":   {"code": {code}, "state": {state + "x"}},
		"cut state":     {"code": {code}, "state": {state[:42]}},
		"two states":    {"code": {code}, "state": {state, state}},
		"two codes":     {"code": {code, code}, "state": {state}},
		"no code":       {"state": {state}},
		"empty code":    {"code": {""}, "state": {state}},
		"code and no":   {"code": {code}, "state": {state}, "error": {"access_denied"}},
		"odd code":      {"code": {"a\r\nb"}, "state": {state}},
		"denied, wrong": {"error": {"access_denied"}, "state": {"other"}},
	} {
		back.RawQuery = query.Encode()
		if status, page := open(t, browser("127.0.0.1"), back.String()); status != 400 || !strings.Contains(page, "still waiting") {
			t.Errorf("%s: %d %s", name, status, page)
		}
	}
	if len(p.forms) != 0 {
		t.Errorf("%d codes were exchanged", len(p.forms))
	}
	back.RawQuery = good.Encode()
	if status, _ := open(t, browser("127.0.0.1"), back.String()); status != 200 {
		t.Errorf("then the right one: %d", status)
	}
	if _, err := d.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDanceRefusals(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*provider, *Client)
		page  string
		right func(error) bool
	}{
		{"denied", func(p *provider, _ *Client) { p.deny = "access_denied" }, "Access was denied",
			func(err error) bool { return errors.Is(err, callback.ErrDenied) }},
		{"scope", func(p *provider, _ *Client) { p.deny = "invalid_scope" }, "It did not work", func(err error) bool {
			var refused *AuthorizeError
			return errors.As(err, &refused) && refused.Code == "invalid_scope"
		}},
		{"secret", func(_ *provider, c *Client) { c.Secret = seal.NewText("other") }, "It did not work", func(err error) bool {
			var problem *ProblemError
			return errors.As(err, &problem) && Refused(err) == "invalid_client"
		}},
		{"code", func(p *provider, _ *Client) { p.reply = answering(400, `{"error":"invalid_grant"}`) }, "It did not work", InvalidGrant},
	} {
		p, c, d := danced(t, "http")
		tt.spoil(p, c)
		if status, page := open(t, browser("127.0.0.1"), d.URL()); status != 200 || !strings.Contains(page, tt.page) {
			t.Errorf("%s: %d %s", tt.name, status, page)
		}
		if _, err := d.Wait(t.Context()); !tt.right(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Two tabs at once: one exchange, and both are told.
func TestDanceTwoTabsAtOnce(t *testing.T) {
	p, _, d := danced(t, "https")
	arrived, release := make(chan struct{}), make(chan struct{})
	p.reply = func(http.ResponseWriter, *http.Request) bool {
		close(arrived)
		<-release
		return false
	}
	first, second := agree(t, d.URL()), agree(t, d.URL())
	pages := make(chan string, 2)
	tab := func(u *url.URL) { _, page := open(t, browser("127.0.0.1"), u.String()); pages <- page }
	go tab(first)
	<-arrived
	go tab(second)
	close(release)
	both := <-pages + <-pages
	if !strings.Contains(both, "It worked") || !strings.Contains(both, "Already received") || len(p.forms) != 1 {
		t.Errorf("%d exchanges, pages %s", len(p.forms), both)
	}
}

// A tab that is closed while it waits does not end the exchange.
func TestDanceTabClosedEarly(t *testing.T) {
	p, _, d := danced(t, "http")
	ctx, cancel := context.WithCancel(t.Context())
	p.reply = func(http.ResponseWriter, *http.Request) bool { cancel(); return false }
	r, _ := http.NewRequestWithContext(ctx, "GET", d.URL(), nil)
	if resp, err := browser("127.0.0.1").Do(r); err == nil {
		resp.Body.Close()
	}
	if _, err := d.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDancePasted(t *testing.T) {
	p, c := newProvider(t, elsewhere)
	d := start(t, c, Options{})
	if _, err := d.Wait(t.Context()); !errors.Is(err, callback.ErrNoListener) || d.Warmup != "" || d.Listener() != nil {
		t.Errorf("Wait: %v", err)
	}
	for text, want := range map[string]error{
		" \n": callback.ErrNoCode, "C4nary": callback.ErrNotOurs, d.URL(): callback.ErrNotOurs, elsewhere + "?code=x&state=y": callback.ErrNotOurs, "?%zz": callback.ErrNotOurs,
		elsewhere + "?state=" + d.state.Reveal(): callback.ErrNotOurs,
	} {
		if _, err := d.Submit(t.Context(), text); !errors.Is(err, want) {
			t.Errorf("%.30q: %v, want %v", text, err, want)
		}
	}
	late := agree(t, d.URL()).String()
	clear(p.codes) // it is too old by now
	if _, err := d.Submit(t.Context(), late); !InvalidGrant(err) {
		t.Errorf("too late: %v", err)
	}
	// The dance goes on, and the terminal breaks the line.
	address := agree(t, d.URL()).String()
	token, err := d.Submit(t.Context(), " "+address[:30]+"\r\n  "+address[30:]+"#\n")
	if err != nil || !p.access[token.Access.Reveal()] {
		t.Fatalf("token %v, %v", token, err)
	}
	// Once more is the same.
	if again, err := d.Submit(t.Context(), address); err != nil || again != token {
		t.Errorf("again %v, %v", again, err)
	}
	wantNoCanary(t, d.Exchanges())
}

func TestDancePastedWhileWaiting(t *testing.T) {
	p, _, d := danced(t, "https")
	waited := make(chan *Token)
	go func() {
		token, _ := d.Wait(t.Context())
		waited <- token
	}()
	token, err := d.Submit(t.Context(), strings.TrimPrefix(agree(t, d.URL()).String(), "https://"))
	if err != nil || <-waited != token {
		t.Errorf("token %v, %v", token, err)
	}
	p.deny = "access_denied"
	_, _, other := danced(t, "http")
	denied := url.Values{"error": {"access_denied"}, "state": {other.state.Reveal()}}
	if _, err := other.Submit(t.Context(), "?"+denied.Encode()); !errors.Is(err, callback.ErrDenied) {
		t.Errorf("denied: %v", err)
	}
	if _, err := other.Wait(t.Context()); !errors.Is(err, callback.ErrDenied) {
		t.Errorf("denied while waiting: %v", err)
	}
}

func TestDanceWaitEnds(t *testing.T) {
	_, _, d := danced(t, "http")
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if _, err := d.Wait(late); !errors.Is(err, callback.ErrNobodyCame) {
		t.Errorf("past the deadline: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Wait(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	back := agree(t, d.URL()).String()
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Wait(t.Context()); !errors.Is(err, callback.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := d.Submit(t.Context(), back); !errors.Is(err, callback.ErrClosed) {
		t.Errorf("closed, pasted: %v", err)
	}
	// The listener is not the dance's, and serves the next one.
	if status, _ := open(t, browser("127.0.0.1"), back); status != 400 {
		t.Errorf("a tab of a closed dance: status %d", status)
	}
}

// Dances follow each other on a listener whose port stays held.
func TestDanceHeldListener(t *testing.T) {
	_, c, first := danced(t, "https")
	second := start(t, c, Options{Listener: first.Listener()})
	first.Close()
	if status, _ := open(t, browser("127.0.0.1"), first.URL()); status != 400 {
		t.Errorf("the old tab: status %d", status)
	}
	if status, page := open(t, browser("127.0.0.1"), second.URL()); status != 200 {
		t.Errorf("the new tab: %d %s", status, page)
	}
	if _, err := second.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// A program with a server of its own mounts the dance there.
func TestDanceAsHandler(t *testing.T) {
	p, c := newProvider(t, elsewhere)
	d := start(t, c, Options{})
	for _, method := range []string{"POST", "GET"} {
		w := httptest.NewRecorder()
		d.ServeHTTP(w, httptest.NewRequest(method, "/oauth/callback/?"+agree(t, d.URL()).RawQuery, nil))
		if want := map[string]int{"POST": 400, "GET": 200}[method]; w.Code != want {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
	if len(p.access) != 1 {
		t.Errorf("%d tokens", len(p.access))
	}
}

func TestAuthorizeErrorsArePrintable(t *testing.T) {
	e := authorizeError("<script>", "a\x1b[2Jb\u009b\xff"+strings.Repeat("é", 300))
	if e.Code != "" || !strings.HasPrefix(e.Description, "a[2Jbéé") || utf8.RuneCountInString(e.Description) > 200 {
		t.Errorf("%q %q", e.Code, e.Description)
	}
}

func FuzzCallback(f *testing.F) {
	d := &Dance{state: seal.NewText("state"), client: &Client{}}
	for _, query := range []string{"code=a&state=state", "error=x&state=state", "state=state&state=state", "code=%00&state=state"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		code, err := d.parse(values)
		ours := !callback.IsUnusable(err)
		if ours && values.Get("state") != "state" || err == nil && !bitbucket.TokenLike(code.Reveal()) || err != nil && !code.Empty() {
			t.Errorf("%q became %q, %v", query, code.Reveal(), err)
		}
	})
}
