package bitbucket

import (
	"net/http"

	"applink/core/practice/web"
)

const xsrfCookie = "atl.xsrf.token"

// page is what every template of the practice Bitbucket gets.
type page struct {
	Title     string
	Base      string // context path, for links
	BaseURL   string // for people
	Version   string
	User      *User
	XSRF      string
	NewLook   bool
	TwoFactor bool // the two-factor app is installed
	Message   string
	Error     string
	Body      any // of the one page
}

func (b *Bitbucket) page(w http.ResponseWriter, r *http.Request, title string, body any) page {
	return page{Title: title, Base: b.context, BaseURL: b.base(r), Version: b.Version(), User: callerOf(r).user,
		XSRF: web.XSRFToken(w, r, xsrfCookie, b.context+"/"), NewLook: b.newLook(),
		TwoFactor: b.faults.on(TwoFactor), Body: body}
}

// render answers 200 with one page.
func (b *Bitbucket) render(w http.ResponseWriter, r *http.Request, name, title string, body any) {
	web.Render(w, http.StatusOK, b.pages, name, b.page(w, r, title, body))
}

// renderAgain shows a form again with what is wrong.
func (b *Bitbucket) renderAgain(w http.ResponseWriter, r *http.Request, name, title string, body any, why string) {
	p := b.page(w, r, title, body)
	p.Error = why
	b.refuse(r, http.StatusOK, why)
	web.Render(w, http.StatusOK, b.pages, name, p)
}

// renderMessage shows a page of one sentence.
func (b *Bitbucket) renderMessage(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	web.Render(w, status, b.pages, "message", b.page(w, r, title, text))
}

func (b *Bitbucket) notFound(w http.ResponseWriter, r *http.Request) {
	b.renderMessage(w, r, http.StatusNotFound, "Oops", "The page you requested does not exist on this practice server.")
}

// loggedIn sends a browser without a session to the login page and back.
func (b *Bitbucket) loggedIn(w http.ResponseWriter, r *http.Request) bool {
	if callerOf(r).user != nil {
		return true
	}
	http.Redirect(w, r, b.loginURL(r), http.StatusFound)
	return false
}

// isAdmin lets only the system administrator through.
func (b *Bitbucket) isAdmin(w http.ResponseWriter, r *http.Request) bool {
	if !b.loggedIn(w, r) {
		return false
	}
	if callerOf(r).isAdmin() {
		return true
	}
	b.refuse(r, http.StatusForbidden, "not a system administrator")
	b.renderMessage(w, r, http.StatusForbidden, "Access denied",
		"You do not have permission to access this page. Application links need a system administrator; here that is admin, with password admin.")
	return false
}

// hasXSRF answers 403 to a form without the right token.
func (b *Bitbucket) hasXSRF(w http.ResponseWriter, r *http.Request) bool {
	if web.XSRFValid(r, xsrfCookie, "atl_token") {
		return true
	}
	b.refuse(r, http.StatusForbidden, "Xsrf token validation failed")
	b.renderMessage(w, r, http.StatusForbidden, "Xsrf token validation failed",
		"The form was too old, or it did not come from this server. Go back, load the page again and send it once more.")
	return false
}

// adminPage and adminForm wrap the handlers of the administration pages.
func (b *Bitbucket) adminPage(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if b.isAdmin(w, r) {
			h(w, r)
		}
	}
}

func (b *Bitbucket) adminForm(h http.HandlerFunc) http.HandlerFunc {
	return b.adminPage(func(w http.ResponseWriter, r *http.Request) {
		if b.hasXSRF(w, r) {
			h(w, r)
		}
	})
}
