package bitbucket

import (
	"net/http"
	"strings"
)

// caller is who sends a request, and how that is known.
type caller struct {
	user   *User // nil for anonymous
	bearer bool  // by an OAuth 2 token, which has scopes
	scopes []string
}

// reader is the user whose repositories the caller may see: nobody, for an
// OAuth 2 token that is for public ones only.
func (c caller) reader() *User {
	if c.bearer && !covers(c.scopes, scopeRead) {
		return nil
	}
	return c.user
}

// isAdmin tells whether the caller may administer the server. An OAuth 2 token
// needs the scope beside the user's right.
func (c caller) isAdmin() bool { return c.administers(scopeAdmin) }

func (c caller) administers(scope string) bool {
	return c.user != nil && c.user.Admin && (!c.bearer || covers(c.scopes, scope))
}

type callerKey struct{}

// callerOf returns what ServeHTTP found out.
func callerOf(r *http.Request) caller {
	who, _ := r.Context().Value(callerKey{}).(caller)
	return who
}

// identify finds out who is calling: an OAuth signature or token before
// HTTP Basic before a session. It reports false when it has already answered.
func (b *Bitbucket) identify(w *response, r *http.Request) (caller, bool) {
	if who, asked, ok := b.oauth1.identify(w, r); asked {
		return who, ok
	}
	if token, ok := bearerToken(r); ok {
		return b.oauth2.identify(w, r, token)
	}
	if name, password, ok := r.BasicAuth(); ok && !b.oauth2.takesClientBasic(r) {
		return b.identifyByPassword(w, r, name, password)
	}
	u, _ := b.jar.Get(r)
	return caller{user: u}, true
}

// identifyByPassword reads HTTP Basic, in which an access token may stand in the
// place of the password.
func (b *Bitbucket) identifyByPassword(w *response, r *http.Request, name, password string) (caller, bool) {
	if strings.HasPrefix(r.URL.Path, "/rest/") && !b.options.OAuth2.BasicTokenOff {
		if g, good := b.oauth2.accessGrant(password); good && g.user.Name == name {
			return b.oauth2.withGrant(w, r, g)
		}
	}
	if b.asksCaptcha(b.userNamed(name)) {
		b.failCaptcha(w, r)
		return caller{}, false
	}
	u := b.checkPassword(name, password)
	if u == nil {
		b.failLogin(w, r, "wrong user name or password")
		return caller{}, false
	}
	return caller{user: u}, b.letIn(w, r, u)
}
