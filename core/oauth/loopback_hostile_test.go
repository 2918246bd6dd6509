package oauth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"applink/core/seal"
)

func listening(t *testing.T) *Loopback {
	t.Helper()
	l, err := ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.Expect(&RequestToken{Token: seal.NewText("ReqT0ken")})
	return l
}

// A browser that came to the right address with the wrong thing is told apart from
// one that never came.
func TestLoopbackTellsWhatCameBack(t *testing.T) {
	past, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
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
		l := listening(t)
		if status, _ := visit(t, l.URL()+tt.query); status != http.StatusBadRequest {
			t.Errorf("%q: status %d", tt.query, status)
		}
		var unusable *UnusableError
		if _, err := l.Wait(past); !errors.As(err, &unusable) || unusable.What != tt.what {
			t.Errorf("%q: %v, want %q", tt.query, err, tt.what)
		}
		visit(t, l.URL()+"?oauth_token=ReqT0ken&oauth_verifier=V3rify")
		if c, err := l.Wait(t.Context()); err != nil || c.Verifier.Reveal() != "V3rify" {
			t.Errorf("%q: the answer after it: %v", tt.query, err)
		}
	}
	l := listening(t)
	visit(t, "http://"+l.url.Host+"/callback/guess?oauth_token=ReqT0ken")
	if _, err := l.Wait(past); !errors.Is(err, ErrNobodyCame) {
		t.Errorf("a guess at the address: %v", err)
	}
}

// Connections that send nothing and answers that are forged keep no answer out,
// and end no wait.
func TestLoopbackUnderAttack(t *testing.T) {
	l := listening(t)
	for i := range 300 {
		conn, err := net.Dial("tcp", l.url.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if i%2 == 0 {
			conn.Write([]byte("GET " + l.url.Path + "?oauth_token=ReqT0ken&oauth_verifier=Fake HTTP/1.1\r\nHost: " + l.url.Host + "\r\nX-Slow: "))
		}
	}
	waited := make(chan error, 1)
	var got Callback
	go func() {
		var err error
		got, err = l.Wait(t.Context())
		waited <- err
	}()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 32}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for i := range 300 {
		forged := url.Values{"oauth_token": {"ReqT0ken" + strconv.Itoa(i)}, "oauth_verifier": {"Fake"}}
		if i%3 == 0 {
			forged = url.Values{"oauth_token": {"ReqT0ken"}}
		}
		wg.Go(func() {
			resp, err := client.Get(l.URL() + "?" + forged.Encode())
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("forged: status %d", resp.StatusCode)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-waited:
		t.Fatalf("a forged answer ended the wait: %v, %v", got, err)
	default:
	}
	if status, _ := visit(t, l.URL()+"?oauth_token=ReqT0ken&oauth_verifier=V3rify"); status != http.StatusOK {
		t.Errorf("the answer: status %d", status)
	}
	if err := <-waited; err != nil || got.Verifier.Reveal() != "V3rify" {
		t.Errorf("got %v, %v", got, err)
	}
	l.Close()
}
