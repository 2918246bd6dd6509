//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"applink/core"
	"applink/core/bitbucket/bitbuckettest"
)

// servers are a practice Bitbucket that can be made to keep its answers back, and a
// practice Private Packagist.
type servers struct {
	bitbucket, packagist string // where they are

	mu      sync.Mutex
	waiting chan struct{} // closed when answers are given again; nil while they are
	consent core.OAuth    // of the last consent page that was opened
}

func serve(t testing.TB, version string, selfHosted bool) *servers {
	t.Helper()
	bitbucket, err := bitbuckettest.New(bitbuckettest.Options{Version: version})
	if err != nil {
		t.Fatal(err)
	}
	s := &servers{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.admits(r) {
			bitbucket.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(web.Close)
	s.bitbucket = web.URL + "/bitbucket"
	packagist, err := bitbuckettest.StartPackagist(t.Context(), "127.0.0.1:0", bitbuckettest.PackagistOptions{SelfHosted: selfHosted})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packagist.Close() })
	s.packagist = packagist.URL()
	return s
}

// admits waits while answers are kept back, and tells whether somebody still asks.
func (s *servers) admits(r *http.Request) bool {
	s.mu.Lock()
	waiting := s.waiting
	if strings.HasSuffix(r.URL.Path, "/authorize") {
		s.consent = core.OAuth1
		if strings.Contains(r.URL.Path, "/oauth2/") {
			s.consent = core.OAuth2
		}
	}
	s.mu.Unlock()
	if waiting == nil {
		return true
	}
	select {
	case <-waiting:
		return true
	case <-r.Context().Done():
		return false
	}
}

// keepBack has Bitbucket answer nothing until giveAnswers.
func (s *servers) keepBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = make(chan struct{})
}

func (s *servers) giveAnswers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting != nil {
		close(s.waiting)
		s.waiting = nil
	}
}

// lastConsent is the protocol of the last consent page that was opened.
func (s *servers) lastConsent() core.OAuth {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.consent
}

// program is what a machine runs: the released binary, or this one for a rehearsal.
func program(t testing.TB, env []string) string {
	t.Helper()
	for _, e := range env {
		if strings.HasPrefix(e, envPackagist+"=") {
			return must(filepath.Abs(must(os.Executable())))
		}
	}
	return binary(t)
}

// forms is a browser that knows the servers.
func (s *servers) forms(t *testing.T) browser {
	return &forms{t: t, base: s.bitbucket, packagist: bitbuckettest.NewPackagistAdmin(s.packagist)}
}
