package bitbucket

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong on real servers and can be switched on
// here.
type Fault string

// The faults. Those of the proxy make the server see another URL than the
// client signed; those of the answer spoil only what programs read, so that the
// pages stay usable.
const (
	ClockSkew     Fault = "clock-skew"
	NoConsumer    Fault = "consumer-unknown"
	NoThreeLegged Fault = "three-legged-off"
	TwoFactor     Fault = "two-factor"
	LoginRedirect Fault = "login-redirect"
	EmptyWhoami   Fault = "empty-whoami"
	ProxyScheme   Fault = "proxy-scheme"
	ProxyHost     Fault = "proxy-host"
	ProxyPort     Fault = "proxy-port"
	Slow          Fault = "slow"
	Maintenance   Fault = "maintenance"
	RateLimited   Fault = "rate-limited"
	HTML          Fault = "html"
	Jira          Fault = "jira"
	Confluence    Fault = "confluence"
	Huge          Fault = "huge"
	Reset         Fault = "reset"
	Anonymous     Fault = "anonymous"
	Captcha       Fault = "captcha"
	NoLicence     Fault = "no-licence"
	NotActive     Fault = "inactive-user"

	ProviderAbsent  Fault = "provider-absent"
	RedirectRefused Fault = "redirect-refused"
	ScopeRefused    Fault = "scope-refused"
	CodeSlow        Fault = "code-slow"
	GrantRefused    Fault = "grant-refused"
	TokenUnusable   Fault = "token-unusable"
	TokenRevoked    Fault = "token-revoked"
	RefreshLost     Fault = "refresh-lost"
)

// FaultInfo is one row of [Faults].
type FaultInfo struct {
	Fault Fault
	What  string // one sentence
}

// Faults lists every fault with what it does.
func Faults() []FaultInfo {
	return []FaultInfo{
		{ClockSkew, "The server's clock is 7 minutes and 12 seconds behind."},
		{NoConsumer, "The server knows no consumer key and no client ID."},
		{NoThreeLegged, "Three-legged OAuth is switched off for every consumer."},
		{TwoFactor, "A two-factor app answers signed REST calls and those with a token with HTML until its OAuth whitelist is enabled."},
		{LoginRedirect, "REST calls are redirected to the login page."},
		{EmptyWhoami, "whoami answers 200 with an empty body."},
		{ProxyScheme, "A reverse proxy hides the scheme: the server takes https for http, or the reverse."},
		{ProxyHost, "A reverse proxy hides the host name: the server believes to be bitbucket.internal."},
		{ProxyPort, "A reverse proxy hides the port: the server believes to listen on 7999."},
		{Slow, "REST and OAuth calls are answered after a minute."},
		{Maintenance, "The server is in maintenance: 503 for everything."},
		{RateLimited, "REST calls are refused with 429 and Retry-After."},
		{HTML, "REST calls are answered with an HTML page."},
		{Jira, "The server is a Jira: no application-properties, and a manifest that says so."},
		{Confluence, "The server is a Confluence: no application-properties, and a manifest that says so."},
		{Huge, "REST answers do not end."},
		{Reset, "REST and OAuth calls are broken off without an answer."},
		{Anonymous, "Signed REST calls and those with a token are treated as anonymous: 200 without X-AUSERNAME."},
		{Captcha, "Every user has to solve a CAPTCHA in the login form before a password counts, in HTTP Basic too."},
		{NoLicence, "Nobody has a licence any more: what programs do in a user's name is refused."},
		{NotActive, "Every user is deactivated: what programs do in a user's name is refused."},
		{ProviderAbsent, "The OAuth 2 provider is absent: 404 for everything below /rest/oauth2."},
		{RedirectRefused, "No redirect URL counts as registered for OAuth 2."},
		{ScopeRefused, "Every OAuth 2 scope is refused as invalid_scope."},
		{CodeSlow, "The browser comes back too late: every OAuth 2 code has expired by then."},
		{GrantRefused, "The OAuth 2 token endpoint offers no grant type."},
		{TokenUnusable, "The OAuth 2 token endpoint answers 200 without a token."},
		{TokenRevoked, "Every OAuth 2 token counts as revoked."},
		{RefreshLost, "An OAuth 2 refresh takes effect, but its answer is lost on the way."},
	}
}

const (
	skew      = 7*time.Minute + 12*time.Second
	slowness  = time.Minute
	hugeLimit = 1 << 28 // bytes; ends an endless answer that nobody stops reading
)

// faultSet holds the faults that are on.
type faultSet struct{ set sync.Map }

func (s *faultSet) on(f Fault) bool {
	_, on := s.set.Load(f)
	return on
}

// SetFault switches a fault on or off while the server runs. It fails on a
// fault that is not in [Faults].
func (s *store) SetFault(f Fault, on bool) error {
	switch {
	case !slices.ContainsFunc(Faults(), func(known FaultInfo) bool { return known.Fault == f }):
		return fmt.Errorf("switching a fault: there is no fault %q", f)
	case on:
		s.faults.set.Store(f, true)
	default:
		s.faults.set.Delete(f)
	}
	return nil
}

// disturber answers in place of the server where a fault says so.
type disturber struct{ *site }

// disturb answers in place of the server when a fault says so, and reports
// whether it did.
func (d *disturber) disturb(w http.ResponseWriter, r *http.Request) bool {
	rest := strings.HasPrefix(r.URL.Path, "/rest/") && !strings.HasSuffix(r.URL.Path, pathOAuth2Authorize) // a page, for all its address
	api := rest || isTokenEndpoint(r.URL.Path) || r.URL.Path == pathWhoami
	on := d.faults.on
	switch {
	case on(Maintenance) && r.URL.Path != "/assets/style.css":
		d.maintain(w, r)
	case on(Reset) && api:
		panic(http.ErrAbortHandler) // net/http closes the connection
	case on(LoginRedirect) && rest:
		d.askLogin(w, r)
	case on(RateLimited) && rest && !strings.HasPrefix(r.URL.Path, pathOAuth2):
		d.limitRate(w, r)
	case on(HTML) && rest:
		d.renderMessage(w, r, http.StatusOK, "Welcome", "This page stands where the answer to a program was due.")
	case on(Huge) && rest:
		writeEndlessly(w, r)
	case on(Slow) && api:
		wait(r)
		return false
	default:
		return d.impersonate(w, r)
	}
	return true
}

func (d *disturber) maintain(w http.ResponseWriter, r *http.Request) {
	d.refuse(r, http.StatusServiceUnavailable, "maintenance")
	if r.URL.Path == pathStatus {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"state": "MAINTENANCE"})
		return
	}
	d.renderMessage(w, r, http.StatusServiceUnavailable, "Bitbucket is undergoing maintenance",
		"The administrator has put this server into maintenance mode. Please try again later.")
}

// limitRate refuses with the settings that Bitbucket starts out with: 60 calls,
// and 5 more each second.
func (d *disturber) limitRate(w http.ResponseWriter, r *http.Request) {
	d.refuse(r, http.StatusTooManyRequests, "rate limit")
	h := w.Header()
	h.Set("Retry-After", "5")
	if d.options.REST.RateLimitHeaders {
		h.Set("X-RateLimit-Limit", "60")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Interval-Seconds", "1")
		h.Set("X-RateLimit-FillRate", "5")
	}
	writeRESTError(w, http.StatusTooManyRequests, "You are making too many requests. Please try again later.", "")
}

func wait(r *http.Request) {
	timer := time.NewTimer(slowness)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

func writeEndlessly(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", typeJSON)
	chunk := strings.Repeat("7", 1<<15)
	io.WriteString(w, `{"version":"`)
	for sent := 0; sent < hugeLimit && r.Context().Err() == nil; sent += len(chunk) {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
	}
}
