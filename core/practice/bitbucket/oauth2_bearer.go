package bitbucket

import (
	"net/http"
	"strings"
)

// bearerToken reads an Authorization header (RFC 6750, section 2.1).
func bearerToken(r *http.Request) (string, bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), found && strings.EqualFold(scheme, "Bearer")
}

// identify finds the user of an OAuth 2 access token. ok tells whether
// the request may go on.
func (o *oauth2) identify(w *response, r *http.Request, token string) (who caller, ok bool) {
	inside := strings.HasPrefix(r.URL.Path, "/rest/") || strings.HasPrefix(r.URL.Path, "/scm/")
	g, good := o.accessGrant(token)
	switch {
	case !inside && o.options.OAuth2.BearerOnRESTOnly:
		o.refuse(r, http.StatusFound, "a token outside /rest and /scm")
		o.askLogin(w, r)
		return caller{}, false
	case !good && !o.options.OAuth2.RefuseDeadBearer && !o.options.REST.NoPublicAccess:
		return caller{}, true
	case !good:
		o.failLogin(w, r, "the access token is not valid")
		return caller{}, false
	}
	return o.withGrant(w, r, g)
}

// withGrant goes on as the user of a good token.
func (o *oauth2) withGrant(w *response, r *http.Request, g grant) (who caller, ok bool) {
	if !o.letIn(w, r, g.user) {
		return caller{}, false
	}
	o.jar.Drop(r)
	return o.afterOAuth(w, r, caller{user: g.user, bearer: true, scopes: g.scopes})
}

// application is one row of "Authorized applications".
type application struct {
	ID, Name, Since string
	Allows          []string
}

// showAuthorized lists what the user granted over OAuth 2.
func (o *oauth2) showAuthorized(w http.ResponseWriter, r *http.Request) {
	names := map[string]string{}
	for _, c := range o.Clients() {
		names[c.ID] = c.Name
	}
	var rows []application
	for _, g := range o.grantsOf(callerOf(r).user) {
		rows = append(rows, application{g.client, names[g.client], g.since.Format("2 Jan 2006"), allowedBy(g.scopes)})
	}
	o.render(w, r, "authorized", page{Title: "Authorized applications", Message: after(r, "revoked", "The access was revoked."), Body: rows})
}

func (o *oauth2) revokeAuthorized(w http.ResponseWriter, r *http.Request) {
	id, user := r.PostFormValue("client"), callerOf(r).user
	o.mu.Lock()
	revoked := o.dropGrants(func(g *grant) bool { return g.client == id && g.user.ID == user.ID })
	o.mu.Unlock()
	if !revoked {
		o.renderMessage(w, r, http.StatusNotFound, "No such application", "The application has no access any more.")
		return
	}
	o.redirect(w, r, pathAuthorized+"?revoked")
}
