package oauth

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"applink/core/finding"
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
	if f := wantFinding(t, err, finding.CallbackPortTaken.Code()); f.Params["address"] != taken.url.Host {
		t.Errorf("address %q", f.Params["address"])
	}
}
