package bitbucket

import (
	"net/http"
	"net/url"
	"strings"

	"applink/core"
)

// The OAuth 2 provider, below the context path. Its versions are "1.0" and the
// alias "latest". Where the list of authorized applications stands in Bitbucket
// is not known; here it stands beside the consent page.
const (
	pathOAuth2          = "/rest/oauth2/"
	pathOAuth2Authorize = "/authorize"
	pathOAuth2Token     = "/token"
	pathRevoke          = "/revoke"
	pathMetadata        = "/.well-known/oauth-authorization-server"
	pathConsent         = "/plugins/servlet/oauth2/consent"
	pathAuthorized      = "/plugins/servlet/oauth2/authorized-applications"
)

func (b *Bitbucket) oauth2Routes(mux *http.ServeMux) {
	for _, version := range []string{"1.0", "latest"} {
		root := pathOAuth2 + version
		mux.HandleFunc("GET "+root+pathOAuth2Authorize, b.ifProvided(noStore(b.oauth2Authorize), b.noSuchResource))
		mux.HandleFunc(root+pathOAuth2Token, b.ifProvided(noStore(postOnly(b.oauth2Token)), b.noSuchResource))
		mux.HandleFunc(root+pathRevoke, b.ifProvided(noStore(postOnly(b.oauth2Revoke)), b.noSuchResource))
		mux.HandleFunc("GET "+root+pathMetadata, b.ifProvided(b.metadata, b.noSuchResource))
		b.clientRoutes(mux, root+"/client")
	}
	mux.HandleFunc("GET "+pathConsent, b.ifProvided(b.showOAuth2Consent, b.notFound))
	mux.HandleFunc("POST "+pathConsent, b.ifProvided(b.decideOAuth2, b.notFound))
	mux.HandleFunc("GET "+pathAuthorized, b.ifProvided(b.showAuthorized, b.notFound))
	mux.HandleFunc("POST "+pathAuthorized, b.ifProvided(b.revokeAuthorized, b.notFound))
}

// provided tells whether this server has an OAuth 2 provider.
func (b *Bitbucket) provided(r *http.Request) bool {
	return b.version.AtLeast(core.FirstOAuth2) && !b.faults.on(ProviderAbsent) && b.baseURLFits(r)
}

func (b *Bitbucket) ifProvided(h, otherwise http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if b.provided(r) {
			h(w, r)
			return
		}
		otherwise(w, r)
	}
}

// httpsRules tells whether Bitbucket's https rules hold. A practice server over
// plain http has the properties that lift them.
func (b *Bitbucket) httpsRules() bool {
	return b.o.RequireHTTPS || b.o.TLS || strings.HasPrefix(b.o.PublicURL, "https://")
}

// plainRedirects tells whether redirect URLs may be http.
func (b *Bitbucket) plainRedirects() bool { return !b.httpsRules() || b.o.OAuth2.SkipRedirectURLHTTPS }

// baseURLFits tells whether the base URL lets OAuth 2 be configured.
func (b *Bitbucket) baseURLFits(r *http.Request) bool {
	return !b.httpsRules() || b.o.OAuth2.SkipBaseURLHTTPS || strings.HasPrefix(b.base(r), "https://")
}

// noStore keeps answers out of every cache.
func noStore(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Pragma", "no-cache")
		h(w, r)
	}
}

// postOnly answers other methods with 405.
func postOnly(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		h(w, r)
	}
}

// metadata describes the provider (RFC 8414). That there is a document is known, what
// stands in it is not.
func (b *Bitbucket) metadata(w http.ResponseWriter, r *http.Request) {
	if b.o.OAuth2.NoMetadata {
		b.noSuchResource(w, r)
		return
	}
	root := b.base(r) + pathOAuth2 + "latest"
	about := map[string]any{
		"issuer": b.base(r), "authorization_endpoint": root + pathOAuth2Authorize, "token_endpoint": root + pathOAuth2Token,
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post"}, "code_challenge_methods_supported": []string{"plain", "S256"},
	}
	if !b.o.OAuth2.NoRevocation {
		about["revocation_endpoint"] = root + pathRevoke
	}
	writeJSON(w, http.StatusOK, about)
}

// oauth2Authorize checks the request and goes on to the consent page, by the
// configured base URL.
func (b *Bitbucket) oauth2Authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if _, ok := b.readAuthorize(w, r, query, atAuthorize); !ok {
		return
	}
	passed := url.Values{}
	for _, name := range authorizeParameters {
		if query.Has(name) {
			passed.Set(name, query.Get(name))
		}
	}
	b.redirectTo(w, b.base(r)+pathConsent+"?"+passed.Encode())
}

// showOAuth2Consent asks whoever is logged in. It asks again each time, also for what
// was approved before.
func (b *Bitbucket) showOAuth2Consent(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if callerOf(r).user == nil {
		if !b.o.OAuth2.VerbatimState && query.Has("state") {
			query.Set("state", decodedOnce(query.Get("state")))
		}
		r.URL.RawQuery = query.Encode()
		http.Redirect(w, r, b.loginURL(r), http.StatusFound)
		return
	}
	a, ok := b.readAuthorize(w, r, query, atConsent)
	if !ok {
		return
	}
	b.render(w, r, "consent2", "Authorize application", a)
}

// decodedOnce is what becomes of a state that a login decodes once too often:
// escapes and + change, and the rest behind & or = is lost.
func decodedOnce(state string) string {
	plain, err := url.QueryUnescape(state)
	if err != nil {
		return state
	}
	if i := strings.IndexAny(plain, "&="); i >= 0 {
		plain = plain[:i]
	}
	return plain
}

// decideOAuth2 takes the answer of the consent page and sends the browser back to the
// application.
func (b *Bitbucket) decideOAuth2(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || !b.loggedIn(w, r) || !b.hasXSRF(w, r) {
		return
	}
	a, ok := b.readAuthorize(w, r, r.PostForm, atDecision)
	if !ok {
		return
	}
	if r.PostForm.Get("decision") != "allow" {
		b.refuse(r, b.o.OAuth2.RedirectStatus, "denied by the user")
		b.redirectTo(w, a.answer(pair{"error", "access_denied"}))
		return
	}
	value := b.newCode(code{client: a.Client.ID, user: callerOf(r).user, redirect: a.Redirect, scopes: a.scopes,
		challenge: a.Challenge, method: a.method})
	b.redirectTo(w, a.answer(pair{"code", value}))
}

// redirectTo is http.Redirect without a body and without a change to the target.
func (b *Bitbucket) redirectTo(w http.ResponseWriter, target string) {
	w.Header().Set("Location", target)
	w.WriteHeader(b.o.OAuth2.RedirectStatus)
}
