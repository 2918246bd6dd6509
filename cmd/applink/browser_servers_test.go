//go:build unix

package main

import (
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"applink/core"
	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
	"applink/core/practice/packagist"
)

// servers are a practice Bitbucket that can be made to keep its answers back, and a
// practice Private Packagist.
type servers struct {
	bitbucket, packagist string // where they are
	roots                *x509.CertPool
	caFile               string // of their certificates; "" over http

	mu      sync.Mutex
	waiting chan struct{} // closed when answers are given again; nil while they are
	consent core.OAuth    // of the last consent page that was opened
}

func serve(t testing.TB, version string, selfHosted bool) *servers {
	t.Helper()
	return serveOver(t, practice.Options{Version: version}, selfHosted)
}

// serveHTTPS serves over https, with the certificates that practice makes.
func serveHTTPS(t testing.TB, version string) *servers {
	t.Helper()
	return serveOver(t, practice.Options{Version: version, TLS: true}, false)
}

func serveOver(t testing.TB, o practice.Options, selfHosted bool) *servers {
	t.Helper()
	s := &servers{}
	o.Around = s.around
	bitbucket, err := practice.Start(t.Context(), "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bitbucket.Close() })
	packagist, err := packagist.Start(t.Context(), "127.0.0.1:0",
		packagist.Options{SelfHosted: selfHosted, TLS: o.TLS, RootCAs: bitbucket.CertPool()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packagist.Close() })
	s.bitbucket, s.packagist = bitbucket.BaseURL(), packagist.URL()
	if o.TLS {
		s.roots, s.caFile = bitbucket.CertPool(), filepath.Join(t.TempDir(), "ca.pem")
		s.roots.AppendCertsFromPEM(packagist.CertPEM())
		if err := os.WriteFile(s.caFile, slices.Concat(bitbucket.CertPEM(), packagist.CertPEM()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// around lets through to Bitbucket what is admitted.
func (s *servers) around(bitbucket http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.admits(r) {
			bitbucket.ServeHTTP(w, r)
		}
	})
}

// signedIn is a browser with a session of that user.
func (s *servers) signedIn(t testing.TB, user string) *drive.Admin {
	t.Helper()
	return signedInOver(t, s.bitbucket, user, s.roots)
}

// admin is a browser on Private Packagist.
func (s *servers) admin() *drive.PackagistAdmin {
	return drive.NewPackagistAdmin(s.packagist).Trust(s.roots)
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
	return &forms{t: t, base: s.bitbucket, roots: s.roots, packagist: s.admin()}
}
