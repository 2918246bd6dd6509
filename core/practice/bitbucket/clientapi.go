package bitbucket

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"applink/core/practice/web"
)

// clientAPI is the resource that makes incoming OAuth 2 links over REST, for system
// administrators. Its shapes are those of a published build of the provider; no
// public script is known to call it.
type clientAPI struct{ *site }

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

func (a *clientAPI) mount(mux *http.ServeMux) {
	for _, version := range oauth2Versions {
		root := pathOAuth2 + version + "/client"
		for pattern, h := range map[string]http.HandlerFunc{
			"GET " + root:                       a.list,
			"POST " + root:                      a.add,
			"GET " + root + "/{id}":             a.withClient(a.get),
			"PUT " + root + "/{id}":             a.withClient(a.put),
			"DELETE " + root + "/{id}":          a.withClient(a.remove),
			"PUT " + root + "/reset/{clientId}": a.resetSecret,
		} {
			mux.HandleFunc(pattern, a.ifProvided(a.permit(h), a.noSuchResource))
		}
	}
}

// permit lets system administrators through, and tokens with their scope. Others get a 401, by which the
// provider is known to be there.
func (a *clientAPI) permit(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scope := scopeSystem
		if a.options.OAuth2.AdminLinks {
			scope = scopeAdmin
		}
		if a.permitted(w, r, callerOf(r).administers(scope) && !a.options.OAuth2.NoClientREST) {
			h(w, r)
		}
	}
}

func (a *clientAPI) restClient(c Client) restClient {
	return restClient{ID: c.link, ClientID: c.ID, Secret: c.Secret, Name: c.Name, UserKey: "admin",
		Redirects: a.options.OAuth2.redirectURLs(c.Redirect), Scope: strings.Join(c.Scopes, " ")}
}

// withClient finds the client of the path.
func (a *clientAPI) withClient(h func(http.ResponseWriter, *http.Request, Client)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, c := range a.Clients() {
			if c.link == r.PathValue("id") {
				h(w, r, c)
				return
			}
		}
		a.refuseWith(w, r, http.StatusNotFound, "There is no client with the ID "+r.PathValue("id")+".", nil)
	}
}

// refuseWith answers in the shape of the resource's own errors.
func (a *clientAPI) refuseWith(w http.ResponseWriter, r *http.Request, status int, message string, fields map[string]string) {
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
	a.refuse(r, status, strings.TrimSpace(message))
	writeJSON(w, status, answer)
}

func (a *clientAPI) list(w http.ResponseWriter, _ *http.Request) {
	all := []restClient{}
	for _, c := range a.Clients() {
		all = append(all, a.restClient(c))
	}
	writeJSON(w, http.StatusOK, all)
}

func (a *clientAPI) get(w http.ResponseWriter, _ *http.Request, c Client) {
	writeJSON(w, http.StatusOK, a.restClient(c))
}

// read reads what a link is to be, and has answered when it cannot be that.
func (a *clientAPI) read(w http.ResponseWriter, r *http.Request) (Client, bool) {
	var body restClient
	if err := decodeJSON(w, r, &body); err != nil {
		a.refuseWith(w, r, http.StatusBadRequest, err.Error(), nil)
		return Client{}, false
	}
	c := Client{Name: strings.TrimSpace(body.Name), Redirect: strings.Join(body.Redirects, ","), Scopes: strings.Fields(body.Scope)}
	problems := a.checkClient(c)
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
		a.refuseWith(w, r, http.StatusBadRequest, "", problems)
		return Client{}, false
	}
	return c, true
}

// save stores a link, and has answered when that is refused.
func (a *clientAPI) save(w http.ResponseWriter, r *http.Request, link string, c Client) (Client, bool) {
	saved, err := a.saveClient(link, c)
	if err != nil {
		a.refuseWith(w, r, http.StatusBadRequest, "", map[string]string{"name": err.Error()})
	}
	return saved, err == nil
}

func (a *clientAPI) add(w http.ResponseWriter, r *http.Request) {
	c, ok := a.read(w, r)
	if !ok {
		return
	}
	if c, ok = a.save(w, r, "", c); ok {
		writeJSON(w, http.StatusOK, a.restClient(c))
	}
}

func (a *clientAPI) put(w http.ResponseWriter, r *http.Request, old Client) {
	c, ok := a.read(w, r)
	if !ok {
		return
	}
	if _, ok = a.save(w, r, old.link, c); ok {
		w.WriteHeader(http.StatusNoContent)
	}
}

func (a *clientAPI) remove(w http.ResponseWriter, _ *http.Request, c Client) {
	a.deleteLink(c.link)
	w.WriteHeader(http.StatusNoContent)
}

// resetSecret makes another secret. The tokens that were granted stay.
func (a *clientAPI) resetSecret(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	var reset Client
	c := a.findClient(r.PathValue("clientId"))
	if c != nil {
		c.Secret = web.RandomFrom(hexDigits, 64)
		reset = *c
	}
	a.mu.Unlock()
	if c == nil {
		a.refuseWith(w, r, http.StatusNotFound, "There is no client with the client ID "+r.PathValue("clientId")+".", nil)
		return
	}
	writeJSON(w, http.StatusOK, a.restClient(reset))
}
