package bitbucket

import (
	"net/http"
	"strings"

	"applink/core/practice/web"
)

// bearerToken reads an Authorization header (RFC 6750, section 2.1).
func bearerToken(r *http.Request) (string, bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), found && strings.EqualFold(scheme, "Bearer")
}

// identifyByBearer finds the user of an OAuth 2 access token. ok tells whether
// the request may go on.
func (b *Bitbucket) identifyByBearer(w *response, r *http.Request, token string) (who caller, ok bool) {
	inside := strings.HasPrefix(r.URL.Path, "/rest/") || strings.HasPrefix(r.URL.Path, "/scm/")
	g, good := b.accessGrant(token)
	switch {
	case !inside && b.o.OAuth2.BearerOnRESTOnly:
		b.refuse(r, http.StatusFound, "a token outside /rest and /scm")
		http.Redirect(w, r, b.loginURL(r), http.StatusFound)
		return caller{}, false
	case !good && !b.o.OAuth2.RefuseDeadBearer && !b.o.REST.NoPublicAccess:
		return caller{}, true
	case !good:
		b.failLogin(w, r, "the access token is not valid")
		return caller{}, false
	}
	return b.withGrant(w, r, g)
}

// withGrant goes on as the user of a good token.
func (b *Bitbucket) withGrant(w *response, r *http.Request, g grant) (who caller, ok bool) {
	if !b.letIn(w, r, g.user) {
		return caller{}, false
	}
	b.sessions.Drop(r)
	who, _, ok = b.afterOAuth(w, r, caller{user: g.user, via: viaBearer, scopes: g.scopes})
	return who, ok
}

// application is one row of "Authorized applications".
type application struct {
	ID, Name, Since string
	Allows          []string
}

// showAuthorized lists what the user granted over OAuth 2.
func (b *Bitbucket) showAuthorized(w http.ResponseWriter, r *http.Request) {
	if !b.loggedIn(w, r) {
		return
	}
	names := map[string]string{}
	for _, c := range b.Clients() {
		names[c.ID] = c.Name
	}
	var rows []application
	for _, g := range b.grantsOf(callerOf(r).user) {
		rows = append(rows, application{g.client, names[g.client], g.since.Format("2 Jan 2006"), allowedBy(g.scopes)})
	}
	p := b.page(w, r, "Authorized applications", rows)
	if r.URL.Query().Has("revoked") {
		p.Message = "The access was revoked."
	}
	web.Render(w, http.StatusOK, b.pages, "authorized", p)
}

func (b *Bitbucket) revokeAuthorized(w http.ResponseWriter, r *http.Request) {
	if !b.loggedIn(w, r) || !b.hasXSRF(w, r) {
		return
	}
	id, user := r.PostFormValue("client"), callerOf(r).user
	b.mu.Lock()
	revoked := b.dropGrants(func(g *grant) bool { return g.client == id && g.user.ID == user.ID })
	b.mu.Unlock()
	if !revoked {
		b.renderMessage(w, r, http.StatusNotFound, "No such application", "The application has no access any more.")
		return
	}
	http.Redirect(w, r, b.context+pathAuthorized+"?revoked", http.StatusFound)
}
