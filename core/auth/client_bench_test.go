package auth_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"applink/core"
	"applink/core/bitbucket"
)

// BenchmarkClient compares a request of a client that acts for a user with one of
// a bare client, to a server that does nothing.
func BenchmarkClient(b *testing.B) {
	f, _ := connected(b)
	idle := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer idle.Close()
	s, err := f.InUse(b.Context(), "My application")
	must(err)
	p := newPractice()
	defer p.web.Close()
	s, err = f.Answer(b.Context(), s.Integration.ID, core.FieldBaseURL, idle.URL)
	must(err)
	must(f.KeepTokens(b.Context(), s, p.granted(b.Context())))
	acting, err := f.Client(b.Context(), "My application")
	must(err)
	transport, err := bitbucket.NewTransport(bitbucket.Options{})
	must(err)
	for name, c := range map[string]*http.Client{"bare": bitbucket.HTTPClient(transport), "acting": acting} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				resp, err := c.Get(idle.URL)
				must(err)
				resp.Body.Close()
			}
		})
	}
}

// BenchmarkRefreshUnderContention is the time until 50 goroutines that find the
// tokens due have the new ones.
func BenchmarkRefreshUnderContention(b *testing.B) {
	f, p := connected(b)
	for i := 1; b.Loop(); i++ {
		f.wind(time.Duration(i) * due)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				_, err := f.Token(b.Context(), "My application")
				must(err)
			})
		}
		all.Wait()
		if p.count() != i {
			b.Fatalf("%d refreshes in %d rounds", p.count(), i)
		}
	}
}
