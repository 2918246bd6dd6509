package bitbucket

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	typeJSON   = "application/json;charset=UTF-8"
	pathStatus = "/status"
)

// rest are the REST resources that sign-in and synchronization read.
// "latest" is an alias of "1.0".
type rest struct{ *site }

func (a *rest) mount(mux *http.ServeMux) {
	for _, root := range []string{"/rest/api/1.0", "/rest/api/latest"} {
		mux.HandleFunc("GET "+root+"/application-properties", a.applicationProperties)
		mux.HandleFunc("GET "+root+"/users", a.listUsers)
		mux.HandleFunc("GET "+root+"/users/{slug}", a.getUser)
		mux.HandleFunc("GET "+root+"/inbox/pull-requests/count", a.countInbox)
		mux.HandleFunc("GET "+root+"/projects", a.public(a.listProjects))
		mux.HandleFunc("GET "+root+"/projects/{key}", a.public(a.getProject))
		mux.HandleFunc("GET "+root+"/projects/{key}/repos", a.public(a.listProjectRepos))
		mux.HandleFunc("GET "+root+"/projects/{key}/repos/{slug}", a.public(a.getRepo))
		mux.HandleFunc("GET "+root+"/repos", a.public(a.listRepos))
		mux.HandleFunc("GET "+root+"/profile/recent/repos", a.listRecentRepos)
	}
	mux.HandleFunc("GET /rest/authconfig/1.0/login-options", a.loginOptions)
	mux.HandleFunc("GET "+pathStatus, a.status)
	mux.HandleFunc("GET "+pathWhoami, a.whoami)
}

// public is for what may be seen without a login where public access is on.
func (a *rest) public(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !a.options.REST.NoPublicAccess || a.permitted(w, r, callerOf(r).user != nil) {
			h(w, r)
		}
	}
}

// noSuch is the 404 of an entity; class is below com.atlassian.bitbucket.
func (a *rest) noSuch(w http.ResponseWriter, r *http.Request, class, message string) {
	a.refuse(r, http.StatusNotFound, message)
	full := "com.atlassian.bitbucket." + class
	writeRESTError(w, http.StatusNotFound, message, full)
}

type properties struct {
	Version     string `json:"version"`
	BuildNumber string `json:"buildNumber"`
	BuildDate   string `json:"buildDate"`
	DisplayName string `json:"displayName"`
}

const buildDate = "1616539597394" // of no importance; milliseconds

func (a *rest) applicationProperties(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, properties{a.Version(), a.buildNumber(), buildDate, "Bitbucket"})
}

type restLinks struct {
	Self []restHref `json:"self"`
}

type restHref struct {
	Href string `json:"href"`
}

type restUser struct {
	Name        string    `json:"name"`
	Email       string    `json:"emailAddress"`
	ID          int       `json:"id"`
	DisplayName string    `json:"displayName"`
	Active      bool      `json:"active"`
	Slug        string    `json:"slug"`
	Type        string    `json:"type"`
	Links       restLinks `json:"links"`
}

func (a *rest) restUser(r *http.Request, u *User) restUser {
	self := a.base(r) + "/users/" + url.PathEscape(u.slug())
	return restUser{u.Name, u.Email, u.ID, u.displayName(), !u.Inactive, u.slug(), "NORMAL", restLinks{[]restHref{{self}}}}
}

// listUsers filters by a part of the name, the display name or the address.
func (a *rest) listUsers(w http.ResponseWriter, r *http.Request) {
	if !a.permitted(w, r, callerOf(r).user != nil) {
		return
	}
	filter := strings.ToLower(r.URL.Query().Get("filter"))
	var found []restUser
	for i := range a.users {
		u := &a.users[i]
		if strings.Contains(strings.ToLower(u.Name+"\n"+u.displayName()+"\n"+u.Email), filter) {
			found = append(found, a.restUser(r, u))
		}
	}
	writePage(a, w, r, found, func(restUser) bool { return true })
}

func (a *rest) getUser(w http.ResponseWriter, r *http.Request) {
	if !a.permitted(w, r, callerOf(r).user != nil) {
		return
	}
	slug := r.PathValue("slug")
	for i := range a.users {
		if u := &a.users[i]; u.slug() == slug {
			writeJSON(w, http.StatusOK, a.restUser(r, u))
			return
		}
	}
	a.noSuch(w, r, "user.NoSuchUserException", "User "+slug+" does not exist.")
}

func (a *rest) countInbox(w http.ResponseWriter, r *http.Request) {
	if a.permitted(w, r, callerOf(r).user != nil) {
		writeJSON(w, http.StatusOK, map[string]int{"count": 0})
	}
}

// whoami answers with the user's name, or with nothing.
func (a *rest) whoami(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	if u := callerOf(r).user; u != nil && !a.faults.on(EmptyWhoami) {
		fmt.Fprint(w, u.Name)
	}
}

func (a *rest) loginOptions(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, struct {
		Results []map[string]string `json:"results"` // not values, as everywhere else
		Last    bool                `json:"isLastPage"`
		Limit   int                 `json:"limit"`
		Size    int                 `json:"size"`
		Start   int                 `json:"start"`
	}{[]map[string]string{{"type": "LOGIN_FORM"}}, true, 50, 1, 0})
}

func (a *rest) status(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"state": "RUNNING"})
}
