package bitbucket

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"applink/core/practice/web"
)

// The client resource makes incoming OAuth 2 links over REST, for system
// administrators. Its shapes are those of a published build of the provider; no
// public script is known to call it.

// redirectLimit is how long one Redirect URL may be, in characters.
const redirectLimit = 450

type restClient struct {
	ID        string   `json:"id"`
	ClientID  string   `json:"clientId"`
	Secret    string   `json:"clientSecret"`
	Name      string   `json:"name"`
	Redirects []string `json:"redirects"`
	UserKey   string   `json:"userKey"`
	Scope     string   `json:"scope"`
}

// clientRoutes mounts the resource below root.
func (b *Bitbucket) clientRoutes(mux *http.ServeMux, root string) {
	for pattern, h := range map[string]http.HandlerFunc{
		"GET " + root:                       b.restListClients,
		"POST " + root:                      b.restAddClient,
		"GET " + root + "/{id}":             b.withClient(b.restGetClient),
		"PUT " + root + "/{id}":             b.withClient(b.restPutClient),
		"DELETE " + root + "/{id}":          b.withClient(b.restDeleteClient),
		"PUT " + root + "/reset/{clientId}": b.restResetClient,
	} {
		mux.HandleFunc(pattern, b.ifProvided(b.clientAdmin(h), b.noSuchResource))
	}
}

// clientAdmin lets system administrators through, and tokens with their scope. Others get a 401, by which the
// provider is known to be there.
func (b *Bitbucket) clientAdmin(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scope := scopeSystem
		if b.o.OAuth2.AdminLinks {
			scope = scopeAdmin
		}
		if b.permitted(w, r, callerOf(r).administers(scope) && !b.o.OAuth2.NoClientREST) {
			h(w, r)
		}
	}
}

func (b *Bitbucket) restClient(c Client) restClient {
	return restClient{ID: c.link, ClientID: c.ID, Secret: c.Secret, Name: c.Name, UserKey: "admin",
		Redirects: b.o.OAuth2.redirectURLs(c.Redirect), Scope: strings.Join(c.Scopes, " ")}
}

// withClient finds the client of the path.
func (b *Bitbucket) withClient(h func(http.ResponseWriter, *http.Request, Client)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, c := range b.Clients() {
			if c.link == r.PathValue("id") {
				h(w, r, c)
				return
			}
		}
		b.clientProblem(w, r, http.StatusNotFound, "There is no client with the ID "+r.PathValue("id")+".", nil)
	}
}

// clientProblem answers in the shape of the resource's own errors.
func (b *Bitbucket) clientProblem(w http.ResponseWriter, r *http.Request, status int, message string, fields map[string]string) {
	answer := struct {
		Errors []string            `json:"errors"`
		Fields map[string][]string `json:"fieldErrors"`
	}{[]string{}, map[string][]string{}}
	if message != "" {
		answer.Errors = append(answer.Errors, message)
	}
	for name, why := range fields {
		answer.Fields[name] = []string{why}
		message += " " + name + ": " + why
	}
	b.refuse(r, status, strings.TrimSpace(message))
	writeJSON(w, status, answer)
}

func (b *Bitbucket) restListClients(w http.ResponseWriter, _ *http.Request) {
	all := []restClient{}
	for _, c := range b.Clients() {
		all = append(all, b.restClient(c))
	}
	writeJSON(w, http.StatusOK, all)
}

func (b *Bitbucket) restGetClient(w http.ResponseWriter, _ *http.Request, c Client) {
	writeJSON(w, http.StatusOK, b.restClient(c))
}

// readClient reads what a link is to be, and has answered when it cannot be that.
func (b *Bitbucket) readClient(w http.ResponseWriter, r *http.Request) (Client, bool) {
	var body restClient
	if err := decodeJSON(w, r, &body); err != nil {
		b.clientProblem(w, r, http.StatusBadRequest, err.Error(), nil)
		return Client{}, false
	}
	c := Client{Name: strings.TrimSpace(body.Name), Redirect: strings.Join(body.Redirects, ","), Scopes: strings.Fields(body.Scope)}
	problems := b.checkClient(c)
	for form, field := range map[string]string{"redirectUrl": "redirects", "scopes": "scope"} {
		if why, ok := problems[form]; ok {
			delete(problems, form)
			problems[field] = why
		}
	}
	for _, u := range body.Redirects {
		if parsed, err := url.Parse(u); utf8.RuneCountInString(u) > redirectLimit || err == nil && parsed.Fragment != "" {
			problems["redirects"] = "A redirect is absolute, has no fragment and at most " + strconv.Itoa(redirectLimit) + " characters."
		}
	}
	if len(problems) > 0 {
		b.clientProblem(w, r, http.StatusBadRequest, "", problems)
		return Client{}, false
	}
	return c, true
}

// saveRESTClient stores a link, and has answered when that is refused.
func (b *Bitbucket) saveRESTClient(w http.ResponseWriter, r *http.Request, link string, c Client) (Client, bool) {
	saved, err := b.saveClient(link, c)
	if err != nil {
		b.clientProblem(w, r, http.StatusBadRequest, "", map[string]string{"name": err.Error()})
	}
	return saved, err == nil
}

func (b *Bitbucket) restAddClient(w http.ResponseWriter, r *http.Request) {
	c, ok := b.readClient(w, r)
	if !ok {
		return
	}
	if c, ok = b.saveRESTClient(w, r, "", c); ok {
		writeJSON(w, http.StatusOK, b.restClient(c))
	}
}

func (b *Bitbucket) restPutClient(w http.ResponseWriter, r *http.Request, old Client) {
	c, ok := b.readClient(w, r)
	if !ok {
		return
	}
	if _, ok = b.saveRESTClient(w, r, old.link, c); ok {
		w.WriteHeader(http.StatusNoContent)
	}
}

func (b *Bitbucket) restDeleteClient(w http.ResponseWriter, _ *http.Request, c Client) {
	b.deleteLink(c.link)
	w.WriteHeader(http.StatusNoContent)
}

// restResetClient makes another secret. The tokens that were granted stay.
func (b *Bitbucket) restResetClient(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	var reset Client
	c := b.findClient(r.PathValue("clientId"))
	if c != nil {
		c.Secret = web.RandomFrom(hexDigits, 64)
		reset = *c
	}
	b.mu.Unlock()
	if c == nil {
		b.clientProblem(w, r, http.StatusNotFound, "There is no client with the client ID "+r.PathValue("clientId")+".", nil)
		return
	}
	writeJSON(w, http.StatusOK, b.restClient(reset))
}
