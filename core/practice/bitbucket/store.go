package bitbucket

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"applink/core"
)

// store is what the server knows: its settings, its people, and the data that the parts
// of the server share.
type store struct {
	options Options
	version core.Version // always three numbers
	newUI   core.Version
	context string // "" or "/bitbucket"
	baseURL string // set by Options.PublicURL or Start; "" follows the request
	users   []User
	faults  faultSet
	journal journal

	mu        sync.Mutex // guards what follows
	links     []*link
	tokens    map[string]*token // of OAuth 1
	nonces    nonces
	codes     map[string]*code  // of OAuth 2
	grants    map[string]*grant // by access token and by refresh token
	whitelist bool              // "Enable OAuth whitelist" of the two-factor app
	requests  int
	solved    map[int]bool // users who have solved the CAPTCHA, by ID
}

// Version returns the version with all three numbers, "7.21.0".
func (s *store) Version() string { return string(s.version) }

// buildNumber is major × 1 000 000 + minor × 1 000 + patch.
func (s *store) buildNumber() string {
	var major, minor, patch int
	fmt.Sscanf(s.Version(), "%d.%d.%d", &major, &minor, &patch)
	return fmt.Sprint(major*1_000_000 + minor*1_000 + patch)
}

// newLook tells whether this version has the "Create link" button.
func (s *store) newLook() bool { return s.version.AtLeast(s.newUI) }

// now is the server's clock.
func (s *store) now() time.Time {
	if s.faults.on(ClockSkew) {
		return s.options.Now().Add(-skew)
	}
	return s.options.Now()
}

// expired tells whether an age is over a lifetime; the exact lifetime is not.
func (s *store) expired(start time.Time, life time.Duration) bool {
	return s.now().Sub(start) > life
}

// base returns the base URL as pages and the realm show it.
func (s *store) base(r *http.Request) string {
	if s.baseURL != "" {
		return s.baseURL
	}
	return requestScheme(r) + "://" + r.Host + s.context
}

func requestScheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

func isHTTP(scheme string) bool { return scheme == "http" || scheme == "https" }

// provided tells whether this server has an OAuth 2 provider.
func (s *store) provided(r *http.Request) bool {
	return s.version.AtLeast(core.FirstOAuth2) && !s.faults.on(ProviderAbsent) && s.baseURLFits(r)
}

// httpsRules tells whether Bitbucket's https rules hold. A practice server over
// plain http has the properties that lift them.
func (s *store) httpsRules() bool {
	return s.options.RequireHTTPS || s.options.TLS || strings.HasPrefix(s.options.PublicURL, "https://")
}

// plainRedirects tells whether redirect URLs may be http.
func (s *store) plainRedirects() bool {
	return !s.httpsRules() || s.options.OAuth2.SkipRedirectURLHTTPS
}

// baseURLFits tells whether the base URL lets OAuth 2 be configured.
func (s *store) baseURLFits(r *http.Request) bool {
	return !s.httpsRules() || s.options.OAuth2.SkipBaseURLHTTPS || strings.HasPrefix(s.base(r), "https://")
}

// Event is something that the server refused, for people who wonder and tests
// that assert.
type Event struct {
	At     time.Time // the server's clock
	Method string
	Path   string // below the context path
	Status int
	Why    string // "signature_invalid", "Xsrf token validation failed", ...
}

// journal holds the last refusals, oldest first.
type journal struct {
	mu     sync.Mutex
	events []Event
}

const journalLength = 1000

// Events returns what was refused so far, oldest first; at most the last 1000.
func (s *store) Events() []Event {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return slices.Clone(s.journal.events)
}

// refuse notes why a request is about to be answered with an error.
func (s *store) refuse(r *http.Request, status int, why string) {
	e := Event{At: s.now(), Method: r.Method, Path: r.URL.Path, Status: status, Why: why}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.events = append(s.journal.events, e)
	if extra := len(s.journal.events) - journalLength; extra > 0 {
		s.journal.events = slices.Delete(s.journal.events, 0, extra)
	}
}
