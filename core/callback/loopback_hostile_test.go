package callback

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
)

// judge takes the answer of one OAuth 1 flow.
func judge(query url.Values) error {
	if query.Get("oauth_token") != "ReqT0ken" || query.Get("oauth_verifier") == "" || len(query["oauth_token"]) > 1 {
		return Unusable("the address belongs to another attempt")
	}
	return nil
}

func listening(t *testing.T) *Loopback {
	t.Helper()
	l, err := ListenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.Expect(judge)
	return l
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
	var got url.Values
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
	if err := <-waited; err != nil || got.Get("oauth_verifier") != "V3rify" {
		t.Errorf("got %v, %v", got, err)
	}
	l.Close()
}
