package oauth2

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Connections that send nothing, or no end of a handshake or a header, and forged
// callbacks keep the answer to an OAuth 2 dance from nobody, and end no wait.
func TestLocalhostUnderAttack(t *testing.T) {
	for _, scheme := range []string{"https", "http"} {
		_, _, d := danced(t, scheme)
		l := d.Listener()
		address := net.JoinHostPort(families(l)[0], strconv.Itoa(l.Port()))
		for i := range 300 {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if i%2 == 0 {
				conn.Write([]byte("GET /callback?code=x HTTP/1.1\r\nHost: localhost:" + strconv.Itoa(l.Port()) + "\r\nX-Slow: "))
			}
		}
		var wg sync.WaitGroup
		client := browser(families(l)[0])
		for i := range 200 {
			forged := []string{"?code=Fake&state=" + strconv.Itoa(i), "?error=access_denied&state=guess", "?code=Fake", ""}[i%4]
			wg.Go(func() {
				resp, err := client.Get(l.URL() + forged)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusBadRequest {
					t.Errorf("%s: status %d", forged, resp.StatusCode)
				}
			})
		}
		wg.Wait()
		select {
		case <-d.done:
			t.Fatalf("a forged callback ended the dance: %v", d.err)
		default:
		}
		if status, page := open(t, client, d.URL()); status != 200 || !strings.Contains(page, "It worked") {
			t.Errorf("the answer: %d %s", status, page)
		}
		if token, err := d.Wait(t.Context()); err != nil || token == nil {
			t.Errorf("token %v, %v", token, err)
		}
	}
}
