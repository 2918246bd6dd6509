package bitbucket

import (
	"net/http"
	"strings"
)

const pathTwoFactor = "/plugins/servlet/twofactor/config"

// sessions are the login, the page that it leads to, and the settings of the two-factor
// app.
type sessions struct{ *site }

func (ss *sessions) mount(mux *http.ServeMux) {
	to := func(path string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-XSS-Protection", "1; mode=block")
			w.Header().Set("X-Frame-Options", "SAMEORIGIN")
			ss.redirect(w, r, path)
		}
	}
	mux.HandleFunc("GET /{$}", to("/dashboard"))
	mux.HandleFunc("GET /admin", to(pathLinks))
	mux.HandleFunc("GET /dashboard", ss.user(ss.dashboard))
	mux.HandleFunc("GET /login", ss.loginPage)
	mux.HandleFunc("POST /j_atl_security_check", ss.login)
	mux.HandleFunc("POST /logout", ss.logout)
	mux.HandleFunc("GET "+pathTwoFactor, ss.admin(ss.showTwoFactor))
	mux.HandleFunc("POST "+pathTwoFactor, ss.admin(ss.saveTwoFactor))
}

func (ss *sessions) dashboard(w http.ResponseWriter, r *http.Request) {
	ss.render(w, r, "dashboard", page{Title: "Your work", Body: visibleRepos(callerOf(r).user)})
}

type loginForm struct {
	Name, Next string
	Captcha    string // the word to type; "" where none is asked for
}

func (ss *sessions) loginPage(w http.ResponseWriter, r *http.Request) {
	ss.render(w, r, "login", page{Title: "Log in", Body: loginForm{Next: r.URL.Query().Get("next")}})
}

// login checks name and password and goes where the browser wanted to go.
func (ss *sessions) login(w http.ResponseWriter, r *http.Request) {
	form := loginForm{Name: r.PostFormValue("j_username"), Next: r.PostFormValue("next")}
	asked := ss.asksCaptcha(ss.userNamed(form.Name))
	if asked {
		form.Captcha = captchaWord
	}
	u := ss.checkPassword(form.Name, r.PostFormValue("j_password"))
	var why string
	switch {
	case asked && !strings.EqualFold(strings.TrimSpace(r.PostFormValue("captcha")), captchaWord):
		why = "Too many logins failed. Type the word that is shown, too."
	case u == nil:
		why = "Invalid username or password."
	case u.lockout() != nil:
		why = u.lockout().message
	}
	if why != "" {
		ss.render(w, r, "login", page{Title: "Log in", Body: form, Error: why})
		return
	}
	ss.mu.Lock()
	ss.solved[u.ID] = ss.solved[u.ID] || asked
	ss.mu.Unlock()
	ss.jar.Drop(r)
	ss.jar.Put(w, u)
	ss.redirect(w, r, localPath(form.Next))
}

// localPath keeps a return path on this server.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/dashboard"
	}
	return next
}

func (ss *sessions) logout(w http.ResponseWriter, r *http.Request) {
	if !ss.hasXSRF(w, r) {
		return
	}
	ss.jar.Drop(r)
	ss.redirect(w, r, "/login")
}

// showTwoFactor is the settings page of the two-factor app, there while the
// fault is on.
func (ss *sessions) showTwoFactor(w http.ResponseWriter, r *http.Request) {
	if !ss.faults.on(TwoFactor) {
		ss.notFound(w, r)
		return
	}
	ss.render(w, r, "twofactor", page{Title: "2FA Configuration", Message: after(r, "saved", "The settings were saved."), Body: ss.whitelisted()})
}

func (ss *sessions) saveTwoFactor(w http.ResponseWriter, r *http.Request) {
	ss.mu.Lock()
	ss.whitelist = r.PostFormValue("oauthWhitelist") != ""
	ss.mu.Unlock()
	ss.redirect(w, r, pathTwoFactor+"?saved")
}
