package callback

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

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
	l.Expect(judge)
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
	r, _ := http.NewRequest("GET", l.URL()+query, nil)
	r.Host = "localhost:" + l.url.Port()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || resp.StatusCode != 200 {
		t.Errorf("status %d, policy %q", resp.StatusCode, csp)
	}
	c, err := l.Wait(t.Context())
	if err != nil || c.Get("oauth_token") != "ReqT0ken" || c.Get("oauth_verifier") != "V3rify" {
		t.Errorf("callback %v, %v", c, err)
	}
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
