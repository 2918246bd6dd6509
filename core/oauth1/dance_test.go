package oauth1

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/finding"
	"applink/core/seal"
)

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
	status, page := visit(t, d.URL())
	if status != 200 || !strings.Contains(page, "go back to the terminal") {
		t.Errorf("page %d %s", status, page)
	}
	for _, canary := range canaries {
		if strings.Contains(page, canary) {
			t.Errorf("the page shows %s", canary)
		}
	}
	if _, page := visit(t, d.URL()); !strings.Contains(page, "Already received") {
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
	if _, err := d.Wait(t.Context()); !errors.Is(err, callback.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestDanceDenied(t *testing.T) {
	v, c := newProvider(t)
	v.deny = true
	d := start(t, c, Options{})
	if _, page := visit(t, d.URL()); !strings.Contains(page, "Access was denied") {
		t.Errorf("page %s", page)
	}
	if _, err := d.Wait(t.Context()); !errors.Is(err, callback.ErrDenied) {
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
	if _, err := d.Wait(t.Context()); !errors.Is(err, callback.ErrNoListener) {
		t.Errorf("Wait: %v", err)
	}
	_, code := visit(t, d.URL())
	var problem *bitbucket.ProblemError
	for _, tt := range []struct {
		text string
		want error
	}{
		{" \n", callback.ErrNoCode},
		{"https://bb/ctx/plugins", callback.ErrNotOurs},
		{"two words", callback.ErrNotOurs},
		{"http://127.0.0.1/cb?oauth_token=Another&oauth_verifier=V3rify", callback.ErrNotOurs},
		{"denied", callback.ErrDenied},
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
	var problem *bitbucket.ProblemError
	if _, err := c.Start(t.Context(), Options{}); !errors.As(err, &problem) {
		t.Errorf("error %v", err)
	}
	taken, err := callback.ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	host := strings.TrimPrefix(taken.URL(), "http://")
	host, _, _ = strings.Cut(host, "/")
	_, err = c.Start(t.Context(), Options{Listen: host})
	if f := wantFinding(t, err, finding.CallbackPortTaken.Code()); f.Params["address"] != host {
		t.Errorf("address %q", f.Params["address"])
	}
}

func listening(t *testing.T, d *Dance) *callback.Loopback {
	t.Helper()
	l, err := callback.ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.Expect(d.judge)
	return l
}

// A browser that came to the right address with the wrong thing is told apart from
// one that never came.
func TestWaitTellsWhatCameBack(t *testing.T) {
	past, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	d := &Dance{token: &RequestToken{Token: seal.NewText("ReqT0ken")}}
	for _, tt := range []struct{ query, what string }{
		{"", "the address carried no oauth_token"},
		{"?oauth_token=ReqT0ken", "the address carried no oauth_verifier"},
		{"?oauth_verifier=V3rify", "the address carried no oauth_token"},
		{"?oauth_token=Other&oauth_verifier=V3rify", "the address belongs to another attempt"},
		{"?oauth_token=ReqT0ken&oauth_token=Other&oauth_verifier=V3rify", "the address carried oauth_token more than once"},
		{"?oauth_token=ReqT0ken&oauth_verifier=", "the address carried a damaged oauth_verifier"},
		{"?oauth_token=ReqT0ken&oauth_verifier=a%1b%5B2J", "the address carried a damaged oauth_verifier"},
		{"?oauth_problem=user_refused&oauth_token=ReqT0ken", "the address carried the problem user_refused"},
		{"?oauth_problem=%1b&oauth_token=ReqT0ken", "the address carried no oauth_verifier"},
	} {
		l := listening(t, d)
		if status, _ := visit(t, l.URL()+tt.query); status != http.StatusBadRequest {
			t.Errorf("%q: status %d", tt.query, status)
		}
		var unusable *callback.UnusableError
		if _, err := l.Wait(past); !errors.As(err, &unusable) || unusable.What != tt.what {
			t.Errorf("%q: %v, want %q", tt.query, err, tt.what)
		}
		visit(t, l.URL()+"?oauth_token=ReqT0ken&oauth_verifier=V3rify")
		if c, err := l.Wait(t.Context()); err != nil || c.Get("oauth_verifier") != "V3rify" {
			t.Errorf("%q: the answer after it: %v", tt.query, err)
		}
	}
	l := listening(t, d)
	visit(t, l.URL()+"guess?oauth_token=ReqT0ken")
	if _, err := l.Wait(past); !errors.Is(err, callback.ErrNobodyCame) {
		t.Errorf("a guess at the address: %v", err)
	}
}
