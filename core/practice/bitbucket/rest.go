package bitbucket

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	typeJSON   = "application/json;charset=UTF-8"
	pathStatus = "/status"
)

// RESTOptions are the points of the REST resources on which the evidence about
// Bitbucket disagrees. The zero value is what was recorded most.
type RESTOptions struct {
	PlainUserName      bool  // X-AUSERNAME is not URL-encoded
	NullNextOnLastPage bool  // the last page has nextPageStart as null; else it lacks it
	NoPublicAccess     bool  // feature.public.access=false: who is not logged in sees nothing
	PublicProjectList  bool  // the project list of 10.x answers callers without a user, as before
	UnknownRoute       Route // what a path gets that no resource has; by version when empty
	CaptchaStatus      int   // of HTTP Basic where a CAPTCHA is due; 401 with JSON, or 403 with a header
	RateLimitHeaders   bool  // X-RateLimit-* beside Retry-After, as Jira and Confluence have them
}

// Route is the shape of the 404 of a path that no resource has.
type Route string

// The shapes, which changed with the REST platform.
const (
	RouteByVersion Route = ""
	RouteURI       Route = "uri"  // JSON that names the URL: recorded on 7.x
	RouteXML       Route = "xml"  // recorded on 10.2
	RouteJSON      Route = "json" // JSON that repeats the status: recorded on 10.4
)

// restRoutes are the REST resources that sign-in and synchronization read.
// "latest" is an alias of "1.0".
func (b *Bitbucket) restRoutes(mux *http.ServeMux) {
	for _, root := range []string{"/rest/api/1.0", "/rest/api/latest"} {
		mux.HandleFunc("GET "+root+"/application-properties", b.applicationProperties)
		mux.HandleFunc("GET "+root+"/users", b.listUsers)
		mux.HandleFunc("GET "+root+"/users/{slug}", b.getUser)
		mux.HandleFunc("GET "+root+"/projects", b.public(b.listProjects))
		mux.HandleFunc("GET "+root+"/projects/{key}", b.public(b.getProject))
		mux.HandleFunc("GET "+root+"/projects/{key}/repos", b.public(b.listProjectRepos))
		mux.HandleFunc("GET "+root+"/projects/{key}/repos/{slug}", b.public(b.getRepo))
		mux.HandleFunc("GET "+root+"/repos", b.public(b.listRepos))
	}
	mux.HandleFunc("GET /rest/authconfig/1.0/login-options", b.loginOptions)
	mux.HandleFunc("GET "+pathStatus, b.status)
	mux.HandleFunc("/rest/", b.noSuchResource)
}

// public is for what may be seen without a login where public access is on.
func (b *Bitbucket) public(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !b.o.REST.NoPublicAccess || b.permitted(w, r, callerOf(r).user != nil) {
			h(w, r)
		}
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	if h.Get("Cache-Control") == "" {
		h.Add("Cache-Control", "private, no-cache")
		h.Add("Cache-Control", "no-cache, no-transform")
		h.Set("Pragma", "no-cache")
	}
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v)
}

type restError struct {
	Context   *string `json:"context"`
	Message   string  `json:"message"`
	Exception *string `json:"exceptionName"`
}

// writeRESTError answers with Bitbucket's envelope. field and class may be nil.
func writeRESTError(w http.ResponseWriter, status int, field *string, message string, class *string) {
	writeJSON(w, status, map[string][]restError{"errors": {{field, message, class}}})
}

// noSuch is the 404 of an entity; class is below com.atlassian.bitbucket.
func (b *Bitbucket) noSuch(w http.ResponseWriter, r *http.Request, class, message string) {
	b.refuse(r, http.StatusNotFound, message)
	full := "com.atlassian.bitbucket." + class
	writeRESTError(w, http.StatusNotFound, nil, message, &full)
}

// permitted answers 401 when nobody is logged in. The class changed with the
// REST platform of 10.0.
func (b *Bitbucket) permitted(w http.ResponseWriter, r *http.Request, allowed bool) bool {
	if allowed {
		return true
	}
	class := "com.atlassian.bitbucket.AuthorisationException"
	if callerOf(r).user == nil && b.version.AtLeast("10.0") {
		class = "com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException"
	}
	const message = "You are not permitted to access this resource"
	b.refuse(r, http.StatusUnauthorized, message)
	writeRESTError(w, http.StatusUnauthorized, nil, message, &class)
	return false
}

// noSuchResource is the 404 of a path that no resource has; it is not
// Bitbucket's envelope. Between the versions on which a shape was recorded, it
// changes where the platform did: with 10.0, and with 10.4.
func (b *Bitbucket) noSuchResource(w http.ResponseWriter, r *http.Request) {
	b.refuse(r, http.StatusNotFound, "no such resource")
	route := b.o.REST.UnknownRoute
	switch {
	case route != RouteByVersion:
	case !b.version.AtLeast("10.0"):
		route = RouteURI
	case !b.version.AtLeast("10.4"):
		route = RouteXML
	default:
		route = RouteJSON
	}
	const message = "HTTP 404 Not Found"
	switch route {
	case RouteXML:
		writeElements(w, http.StatusNotFound, "status", restStatus{http.StatusNotFound, message})
	case RouteURI:
		address := b.containerURL(r)
		if r.URL.RawQuery != "" {
			address += "?" + r.URL.RawQuery
		}
		writeJSON(w, http.StatusNotFound, struct {
			Message string `json:"message"`
			Status  int    `json:"status-code"`
		}{"null for uri: " + address, http.StatusNotFound})
	default:
		writeJSON(w, http.StatusNotFound, struct {
			Message string `json:"message"`
			Status  int    `json:"status-code"`
			Sub     int    `json:"sub-code"`
		}{message, http.StatusNotFound, -1})
	}
}

// restStatus is an answer of the REST platform and its plug-ins that says how it
// went.
type restStatus struct {
	Status  int    `json:"status-code"`
	Message string `json:"message"`
}

type properties struct {
	Version     string `json:"version"`
	BuildNumber string `json:"buildNumber"`
	BuildDate   string `json:"buildDate"`
	DisplayName string `json:"displayName"`
}

const buildDate = "1616539597394" // of no importance; milliseconds

func (b *Bitbucket) applicationProperties(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, properties{b.Version(), b.buildNumber(), buildDate, "Bitbucket"})
}

// buildNumber is major × 1 000 000 + minor × 1 000 + patch.
func (b *Bitbucket) buildNumber() string {
	var major, minor, patch int
	fmt.Sscanf(b.Version(), "%d.%d.%d", &major, &minor, &patch)
	return fmt.Sprint(major*1_000_000 + minor*1_000 + patch)
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

func (b *Bitbucket) restUser(r *http.Request, u *User) restUser {
	self := b.base(r) + "/users/" + url.PathEscape(u.slug())
	return restUser{u.Name, u.Email, u.ID, u.displayName(), !u.Inactive, u.slug(), "NORMAL", restLinks{[]restHref{{self}}}}
}

// listUsers filters by a part of the name, the display name or the address.
func (b *Bitbucket) listUsers(w http.ResponseWriter, r *http.Request) {
	if !b.permitted(w, r, callerOf(r).user != nil) {
		return
	}
	filter := strings.ToLower(r.URL.Query().Get("filter"))
	var found []restUser
	for i := range b.users {
		u := &b.users[i]
		if strings.Contains(strings.ToLower(u.Name+"\n"+u.displayName()+"\n"+u.Email), filter) {
			found = append(found, b.restUser(r, u))
		}
	}
	writePage(b, w, r, found, func(restUser) bool { return true })
}

func (b *Bitbucket) getUser(w http.ResponseWriter, r *http.Request) {
	if !b.permitted(w, r, callerOf(r).user != nil) {
		return
	}
	slug := r.PathValue("slug")
	for i := range b.users {
		if u := &b.users[i]; u.slug() == slug {
			writeJSON(w, http.StatusOK, b.restUser(r, u))
			return
		}
	}
	b.noSuch(w, r, "user.NoSuchUserException", "User "+slug+" does not exist.")
}

// whoami answers with the user's name, or with nothing.
func (b *Bitbucket) whoami(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	if u := callerOf(r).user; u != nil && !b.faults.on(EmptyWhoami) {
		fmt.Fprint(w, u.Name)
	}
}

func (b *Bitbucket) loginOptions(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, struct {
		Results []map[string]string `json:"results"` // not values, as everywhere else
		Last    bool                `json:"isLastPage"`
		Limit   int                 `json:"limit"`
		Size    int                 `json:"size"`
		Start   int                 `json:"start"`
	}{[]map[string]string{{"type": "LOGIN_FORM"}}, true, 50, 1, 0})
}

func (b *Bitbucket) status(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"state": "RUNNING"})
}
