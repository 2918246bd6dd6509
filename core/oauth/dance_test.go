package oauth

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/seal"
)

// visit is the browser: it follows redirects.
func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func start(t *testing.T, c *Consumer, o Options) *Dance {
	t.Helper()
	d, err := c.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestDanceLoopback(t *testing.T) {
	_, c := newProvider(t)
	d := start(t, c, Options{})
	status, page := visit(t, d.URL)
	if status != 200 || !strings.Contains(page, "go back to the terminal") {
		t.Errorf("page %d %s", status, page)
	}
	for _, canary := range canaries {
		if strings.Contains(page, canary) {
			t.Errorf("the page shows %s", canary)
		}
	}
	if _, page := visit(t, d.URL); !strings.Contains(page, "Already received") {
		t.Errorf("second tab: %s", page)
	}
	token, err := d.Wait(t.Context())
	if err != nil || token.Token.Reveal() != "AccT0ken" {
		t.Fatalf("token %v, %v", token, err)
	}
	exchanges := d.Exchanges()
	if len(exchanges) != 2 || exchanges[1].Status != 200 {
		t.Errorf("exchanges %+v", exchanges)
	}
	wantNoCanary(t, exchanges)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := d.Wait(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestDanceDenied(t *testing.T) {
	v, c := newProvider(t)
	v.deny = true
	d := start(t, c, Options{})
	if _, page := visit(t, d.URL); !strings.Contains(page, "Access was denied") {
		t.Errorf("page %s", page)
	}
	if _, err := d.Wait(t.Context()); !errors.Is(err, ErrDenied) {
		t.Errorf("error %v", err)
	}
	if n := len(v.headers); n != 1 {
		t.Errorf("%d signed requests, want the first alone", n)
	}
}

func TestDanceOutOfBand(t *testing.T) {
	v, c := newProvider(t)
	d := start(t, c, Options{Mode: OutOfBand})
	if d.Callback != "oob" || v.callback != "oob" {
		t.Errorf("callback %q, sent %q", d.Callback, v.callback)
	}
	if _, err := d.Wait(t.Context()); !errors.Is(err, ErrNoListener) {
		t.Errorf("Wait: %v", err)
	}
	_, code := visit(t, d.URL)
	var problem *ProblemError
	for _, tt := range []struct {
		text string
		want error
	}{
		{" \n", ErrNoCode},
		{"https://bb/ctx/plugins", ErrNotOurs},
		{"two words", ErrNotOurs},
		{"http://127.0.0.1/cb?oauth_token=Another&oauth_verifier=V3rify", ErrNotOurs},
		{"denied", ErrDenied},
	} {
		if _, err := d.Submit(t.Context(), tt.text); !errors.Is(err, tt.want) {
			t.Errorf("%q: %v, want %v", tt.text, err, tt.want)
		}
	}
	if _, err := d.Submit(t.Context(), "wrong1"); !errors.As(err, &problem) || problem.Exchange.Status != 401 {
		t.Errorf("wrong code: %v", err)
	}
	token, err := d.Submit(t.Context(), " "+code+"\n")
	if err != nil || token.Token.Reveal() != "AccT0ken" {
		t.Errorf("token %v, %v", token, err)
	}
}

// The browser runs elsewhere: its address is pasted while the dance waits.
func TestDancePasted(t *testing.T) {
	_, c := newProvider(t)
	d := start(t, c, Options{})
	token, err := d.Submit(t.Context(), d.Callback+"?oauth_token=ReqT0ken&oauth_verifier=V3rify")
	if err != nil || token.Token.Reveal() != "AccT0ken" {
		t.Errorf("token %v, %v", token, err)
	}
}

func TestStartFails(t *testing.T) {
	v, c := newProvider(t)
	v.reply = func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(401)
		return true
	}
	var problem *ProblemError
	if _, err := c.Start(t.Context(), Options{}); !errors.As(err, &problem) {
		t.Errorf("error %v", err)
	}
	taken, err := ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = c.Start(t.Context(), Options{Listen: taken.url.Host})
	if f := wantFinding(t, err, core.Code("AL-OAUTH-024")); f.Params["address"] != taken.url.Host {
		t.Errorf("address %q", f.Params["address"])
	}
}

func TestLoopbackTurnsStrangersAway(t *testing.T) {
	l, err := ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const query = "?oauth_token=ReqT0ken&oauth_verifier=V3rify"
	if status, _ := visit(t, l.URL()+query); status != 400 {
		t.Errorf("before a token is expected: status %d", status)
	}
	l.Expect(&RequestToken{Token: seal.NewText("ReqT0ken")})
	origin := "http://" + l.url.Host
	for _, tt := range []struct {
		name, method, url, host string
		status                  int
	}{
		{"another path", "GET", origin + "/callback/guess" + query, "", 404},
		{"no secret part", "GET", origin + "/callback/" + query, "", 404},
		{"icon", "GET", origin + "/favicon.ico", "", 404},
		{"another name", "GET", l.URL() + query, "evil.example:80", 421},
		{"form", "POST", l.URL() + query, "", 405},
		{"head", "HEAD", l.URL() + query, "", 405},
		{"nothing", "GET", l.URL(), "", 400},
		{"no verifier", "GET", l.URL() + "?oauth_token=ReqT0ken", "", 400},
		{"another token", "GET", l.URL() + "?oauth_token=Other&oauth_verifier=V3rify", "", 400},
		{"token twice", "GET", l.URL() + query + "&oauth_token=Other", "", 400},
		{"huge", "GET", l.URL() + query + "&x=" + strings.Repeat("y", 64<<10), "", 431},
	} {
		r, err := http.NewRequest(tt.method, tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = tt.host
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.status {
			t.Errorf("%s: status %d, want %d", tt.name, resp.StatusCode, tt.status)
		}
		if len(l.received) != 0 {
			t.Fatalf("%s: taken for the answer", tt.name)
		}
	}
	u, _ := url.Parse(l.URL())
	u.Host = "localhost:" + u.Port()
	r, _ := http.NewRequest("GET", l.URL()+query, nil)
	r.Host = u.Host
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || resp.StatusCode != 200 {
		t.Errorf("status %d, policy %q", resp.StatusCode, csp)
	}
	c, err := l.Wait(t.Context())
	if err != nil || c.Token.Reveal() != "ReqT0ken" || c.Verifier.Reveal() != "V3rify" || c.Denied {
		t.Errorf("callback %v, %v", c, err)
	}
	wantNoCanary(t, c)
}

func TestLoopbackWaitEnds(t *testing.T) {
	l, err := ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if _, err := l.Wait(late); !errors.Is(err, ErrNobodyCame) {
		t.Errorf("past the deadline: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Wait(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	}
	if _, err := l.Wait(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestLoopbackAddressesDiffer(t *testing.T) {
	var urls [2]string
	for i := range urls {
		l, err := ListenLoopback(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		urls[i] = l.url.Path
	}
	if urls[0] == urls[1] || len(urls[0]) < len("/callback/")+26 {
		t.Errorf("paths %q", urls)
	}
}
