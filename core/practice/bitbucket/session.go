package bitbucket

import (
	"net/http"
	"strings"

	"applink/core/practice/web"
)

const pathTwoFactor = "/plugins/servlet/twofactor/config"

func (b *Bitbucket) sessionRoutes(mux *http.ServeMux) {
	to := func(path string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-XSS-Protection", "1; mode=block")
			w.Header().Set("X-Frame-Options", "SAMEORIGIN")
			http.Redirect(w, r, b.context+path, http.StatusFound)
		}
	}
	mux.HandleFunc("GET /{$}", to("/dashboard"))
	mux.HandleFunc("GET /admin", to(pathLinks))
	mux.HandleFunc("GET /dashboard", b.dashboard)
	mux.HandleFunc("GET /login", b.loginPage)
	mux.HandleFunc("POST /j_atl_security_check", b.login)
	mux.HandleFunc("POST /logout", b.logout)
	mux.HandleFunc("GET "+pathTwoFactor, b.adminPage(b.showTwoFactor))
	mux.HandleFunc("POST "+pathTwoFactor, b.adminForm(b.saveTwoFactor))
}

func (b *Bitbucket) dashboard(w http.ResponseWriter, r *http.Request) {
	if b.loggedIn(w, r) {
		b.render(w, r, "dashboard", "Your work", visibleRepos(callerOf(r).user))
	}
}

type loginForm struct {
	Name, Next string
	Captcha    string // the word to type; "" where none is asked for
}

func (b *Bitbucket) loginPage(w http.ResponseWriter, r *http.Request) {
	b.render(w, r, "login", "Log in", loginForm{Next: r.URL.Query().Get("next")})
}

// login checks name and password and goes where the browser wanted to go.
func (b *Bitbucket) login(w http.ResponseWriter, r *http.Request) {
	form := loginForm{Name: r.PostFormValue("j_username"), Next: r.PostFormValue("next")}
	asked := b.asksCaptcha(b.userNamed(form.Name))
	if asked {
		form.Captcha = captchaWord
	}
	u := b.checkPassword(form.Name, r.PostFormValue("j_password"))
	switch {
	case asked && !strings.EqualFold(strings.TrimSpace(r.PostFormValue("captcha")), captchaWord):
		b.renderAgain(w, r, "login", "Log in", form, "Too many logins failed. Type the word that is shown, too.")
		return
	case u == nil:
		b.renderAgain(w, r, "login", "Log in", form, "Invalid username or password.")
		return
	case u.lockout() != nil:
		b.renderAgain(w, r, "login", "Log in", form, u.lockout().message)
		return
	}
	b.mu.Lock()
	b.solved[u.ID] = b.solved[u.ID] || asked
	b.mu.Unlock()
	b.sessions.Drop(r)
	b.sessions.Put(w, r, u, false)
	http.Redirect(w, r, b.context+localPath(form.Next), http.StatusFound)
}

// localPath keeps a return path on this server.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/dashboard"
	}
	return next
}

func (b *Bitbucket) logout(w http.ResponseWriter, r *http.Request) {
	if !b.hasXSRF(w, r) {
		return
	}
	b.sessions.Drop(r)
	http.Redirect(w, r, b.context+"/login", http.StatusFound)
}

// showTwoFactor is the settings page of the two-factor app, there while the
// fault is on.
func (b *Bitbucket) showTwoFactor(w http.ResponseWriter, r *http.Request) {
	if !b.faults.on(TwoFactor) {
		b.notFound(w, r)
		return
	}
	p := b.page(w, r, "2FA Configuration", b.whitelisted())
	if r.URL.Query().Has("saved") {
		p.Message = "The settings were saved."
	}
	web.Render(w, http.StatusOK, b.pages, "twofactor", p)
}

func (b *Bitbucket) saveTwoFactor(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.whitelist = r.PostFormValue("oauthWhitelist") != ""
	b.mu.Unlock()
	http.Redirect(w, r, b.context+pathTwoFactor+"?saved", http.StatusFound)
}
