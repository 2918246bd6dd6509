package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
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

// oauth2Versions are those of the resources below pathOAuth2.
var oauth2Versions = []string{"1.0", "latest"}

// oauth2 is the OAuth 2 provider.
type oauth2 struct {
	*site
	signing string // secret of the tokens
}

func (o *oauth2) mount(mux *http.ServeMux) {
	for _, version := range oauth2Versions {
		root := pathOAuth2 + version
		mux.HandleFunc("GET "+root+pathOAuth2Authorize, o.ifProvided(noStore(o.authorize), o.noSuchResource))
		mux.HandleFunc(root+pathOAuth2Token, o.ifProvided(noStore(postOnly(o.token)), o.noSuchResource))
		mux.HandleFunc(root+pathRevoke, o.ifProvided(noStore(postOnly(o.revokeToken)), o.noSuchResource))
		mux.HandleFunc("GET "+root+pathMetadata, o.ifProvided(o.metadata, o.noSuchResource))
	}
	mux.HandleFunc("GET "+pathConsent, o.ifProvided(o.showConsent, o.notFound))
	mux.HandleFunc("POST "+pathConsent, o.ifProvided(o.user(o.decide), o.notFound))
	mux.HandleFunc("GET "+pathAuthorized, o.ifProvided(o.user(o.showAuthorized), o.notFound))
	mux.HandleFunc("POST "+pathAuthorized, o.ifProvided(o.user(o.revokeAuthorized), o.notFound))
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
func (o *oauth2) metadata(w http.ResponseWriter, r *http.Request) {
	if o.options.OAuth2.NoMetadata {
		o.noSuchResource(w, r)
		return
	}
	root := o.base(r) + pathOAuth2 + "latest"
	about := map[string]any{
		"issuer": o.base(r), "authorization_endpoint": root + pathOAuth2Authorize, "token_endpoint": root + pathOAuth2Token,
		"response_types_supported": []string{"code"}, "grant_types_supported": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post"}, "code_challenge_methods_supported": []string{"plain", "S256"},
	}
	if !o.options.OAuth2.NoRevocation {
		about["revocation_endpoint"] = root + pathRevoke
	}
	writeJSON(w, http.StatusOK, about)
}

// authorize checks the request and goes on to the consent page, by the
// configured base URL.
func (o *oauth2) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if _, ok := o.readAuthorize(w, r, query, atAuthorize); !ok {
		return
	}
	passed := url.Values{}
	for _, name := range authorizeParameters {
		if query.Has(name) {
			passed.Set(name, query.Get(name))
		}
	}
	o.redirectTo(w, o.base(r)+pathConsent+"?"+passed.Encode())
}

// showConsent asks whoever is logged in. It asks again each time, also for what
// was approved before.
func (o *oauth2) showConsent(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if callerOf(r).user == nil {
		if !o.options.OAuth2.VerbatimState && query.Has("state") {
			query.Set("state", decodedOnce(query.Get("state")))
		}
		r.URL.RawQuery = query.Encode()
		o.askLogin(w, r)
		return
	}
	a, ok := o.readAuthorize(w, r, query, atConsent)
	if !ok {
		return
	}
	o.render(w, r, "consent2", page{Title: "Authorize application", Body: a})
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

// decide takes the answer of the consent page and sends the browser back to the
// application.
func (o *oauth2) decide(w http.ResponseWriter, r *http.Request) {
	a, ok := o.readAuthorize(w, r, r.PostForm, atDecision)
	if !ok {
		return
	}
	if r.PostForm.Get("decision") != "allow" {
		o.refuse(r, o.options.OAuth2.RedirectStatus, "denied by the user")
		o.redirectTo(w, a.answer(pair{"error", "access_denied"}))
		return
	}
	value := o.newCode(code{client: a.Client.ID, user: callerOf(r).user, redirect: a.Redirect, scopes: a.scopes,
		challenge: a.Challenge, method: a.method})
	o.redirectTo(w, a.answer(pair{"code", value}))
}

// redirectTo is http.Redirect without a body and without a change to the target.
func (o *oauth2) redirectTo(w http.ResponseWriter, target string) {
	w.Header().Set("Location", target)
	w.WriteHeader(o.options.OAuth2.RedirectStatus)
}
