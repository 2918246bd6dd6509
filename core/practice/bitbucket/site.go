package bitbucket

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"applink/core/practice/web"
)

// site is the store with what every part of the server answers with: pages, errors, and
// the guards in front of them.
type site struct {
	*store
	pages *template.Template
	jar   *web.Jar[*User] // who is logged in
}

func newSite(s *store) *site {
	return &site{s, web.ParsePages("bitbucket"), web.NewJar[*User]("BITBUCKETSESSIONID", s.context+"/")}
}

func (s *site) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /assets/style.css", web.ServeStyle)
	mux.HandleFunc("/rest/", s.noSuchResource)
	mux.HandleFunc("/", s.notFound)
}

const xsrfCookie = "atl.xsrf.token"

// page is what every template of the practice Bitbucket gets. A handler sets the title,
// the body and what is to be said; render fills in the rest.
type page struct {
	Title   string
	Message string
	Error   string // goes into the journal too
	Body    any    // of the one page

	Base      string // context path, for links
	BaseURL   string // for people
	Version   string
	User      *User
	XSRF      string
	NewLook   bool
	TwoFactor bool // the two-factor app is installed
}

// render answers 200 with one page.
func (s *site) render(w http.ResponseWriter, r *http.Request, name string, p page) {
	if p.Error != "" {
		s.refuse(r, http.StatusOK, p.Error)
	}
	s.renderWith(w, r, http.StatusOK, name, p)
}

// renderMessage shows a page of one sentence.
func (s *site) renderMessage(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	s.renderWith(w, r, status, "message", page{Title: title, Body: text})
}

func (s *site) renderWith(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	p.Base, p.BaseURL, p.Version, p.User = s.context, s.base(r), s.Version(), callerOf(r).user
	p.XSRF = web.XSRFToken(w, r, xsrfCookie, s.context+"/")
	p.NewLook, p.TwoFactor = s.newLook(), s.faults.on(TwoFactor)
	web.Render(w, status, s.pages, name, p)
}

// after returns the message that a page shows when a form has led to it, marked in the
// query; else "".
func after(r *http.Request, mark, message string) string {
	if r.URL.Query().Has(mark) {
		return message
	}
	return ""
}

// redirect sends the browser to a path below the context path.
func (s *site) redirect(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, s.context+path, http.StatusFound)
}

func (s *site) notFound(w http.ResponseWriter, r *http.Request) {
	s.renderMessage(w, r, http.StatusNotFound, "Oops", "The page you requested does not exist on this practice server.")
}

// askLogin sends a browser without a session to the login page, with the way back.
func (s *site) askLogin(w http.ResponseWriter, r *http.Request) {
	next := r.URL.Path
	if r.URL.RawQuery != "" {
		next += "?" + r.URL.RawQuery
	}
	s.redirect(w, r, "/login?next="+url.QueryEscape(next))
}

// hasXSRF answers 403 to a form without the right token.
func (s *site) hasXSRF(w http.ResponseWriter, r *http.Request) bool {
	if web.XSRFValid(r, xsrfCookie, "atl_token") {
		return true
	}
	s.refuse(r, http.StatusForbidden, "Xsrf token validation failed")
	s.renderMessage(w, r, http.StatusForbidden, "Xsrf token validation failed",
		"The form was too old, or it did not come from this server. Go back, load the page again and send it once more.")
	return false
}

// user lets whoever is logged in through to a page, and to a form with the right token.
func (s *site) user(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case callerOf(r).user == nil:
			s.askLogin(w, r)
		case r.Method != http.MethodPost || s.hasXSRF(w, r):
			h(w, r)
		}
	}
}

// admin is user for the system administrator alone.
func (s *site) admin(h http.HandlerFunc) http.HandlerFunc {
	return s.user(func(w http.ResponseWriter, r *http.Request) {
		if callerOf(r).isAdmin() {
			h(w, r)
			return
		}
		s.refuse(r, http.StatusForbidden, "not a system administrator")
		s.renderMessage(w, r, http.StatusForbidden, "Access denied",
			"You do not have permission to access this page. Application links need a system administrator; here that is admin, with password admin.")
	})
}

// ifProvided chooses by whether the server has an OAuth 2 provider.
func (s *site) ifProvided(h, otherwise http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.provided(r) {
			h(w, r)
			return
		}
		otherwise(w, r)
	}
}

// afterOAuth applies the faults that strike a request whose signature or token
// is good.
func (s *site) afterOAuth(w *response, r *http.Request, known caller) (who caller, ok bool) {
	switch {
	case s.faults.on(Anonymous):
		return caller{}, true
	case s.faults.on(TwoFactor) && !s.whitelisted() && strings.HasPrefix(r.URL.Path, "/rest/"):
		s.refuse(r, http.StatusOK, "two-factor app")
		s.renderMessage(w, r, http.StatusOK, "Two-factor authentication",
			"2FA for Bitbucket: U2F & TOTP. Enter the code of your authenticator to go on.")
		return caller{}, false
	}
	return known, true
}

// whitelisted tells whether the two-factor app lets OAuth pass.
func (s *site) whitelisted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.whitelist
}
