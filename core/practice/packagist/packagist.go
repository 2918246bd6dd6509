// Package packagist is a practice Private Packagist, on which an admin makes an integration
// with Bitbucket and users sign in with it. It signs and exchanges by clients of its own, a
// second opinion on the practice Bitbucket.
package packagist

import (
	"crypto/rsa"
	"crypto/x509"
	"html/template"
	"net/http"
	"sync"
	"time"

	"applink/core"
	"applink/core/practice/web"
)

// Options shape a practice Private Packagist. The zero value is usable.
type Options struct {
	Organization string           // "Acme" by default
	SelfHosted   bool             // the look of Private Packagist Self-Hosted
	KeyBits      int              // of the generated keys; 1024 by default, as the real one
	Now          func() time.Time // time.Now by default
	BaseURL      string           // prefilled Base URL of the form
	RootCAs      *x509.CertPool   // authorities for an https Base URL; nil means the system's
	TLS          bool             // Start serves https, with a certificate made on the spot
}

// Packagist is a practice Private Packagist: the settings pages on which an
// admin makes an integration with Bitbucket, and the sign-in that uses it. It
// keeps everything in memory, calls servers on this machine only, and asks
// nobody for a password: whoever opens the pages is the admin.
//
// It signs users in with OAuth 1 and OAuth 2 by clients of its own, so that a sign-in that
// succeeds is a second opinion on the practice Bitbucket.
type Packagist struct {
	options Options
	client  client
	pages   *template.Template
	mux     *http.ServeMux
	cookie  string         // names the browser's cookie, which forms must repeat
	users   *web.Jar[user] // who is signed in

	mu           sync.Mutex
	integrations []*integration // oldest first
	pending      map[string]attempt
	connected    map[account]user
}

// integration is one record of the list. What OAuth 1 needs is made
// when it is first chosen, and stays; what OAuth 2 needs comes from Bitbucket.
type integration struct {
	Name, Slug   string
	BaseURL      string
	OAuth        core.OAuth
	TrustEmail   bool
	TimeoutText  string // seconds as typed: "" is the default, "0" no limit
	ClientID     string
	ClientSecret string
	PublicKey    string // PEM of a certificate
	OAuth2ID     string
	OAuth2Secret string
	LoginCode    string // last part of the login link
	Projects     []string

	key *rsa.PrivateKey // nil while OAuth 1 was never chosen
}

// attempt is a sign-in on its way through Bitbucket, bound to the
// browser that began it.
type attempt struct {
	browser, slug, secret string
	path                  string // of the callback
	until                 time.Time
}

// New returns a practice Private Packagist without integrations. Its
// own address is the one under which it is called.
func New(o Options) *Packagist {
	if o.Organization == "" {
		o.Organization = "Acme"
	}
	if o.KeyBits == 0 {
		o.KeyBits = 1024
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// Cookies are shared by all ports of a host: each server names its own.
	cookie := "practice-packagist-" + web.Random(8)
	p := &Packagist{
		options: o,
		client:  newPackagistClient(o.RootCAs),
		pages:   web.ParsePages("packagist"),
		mux:     http.NewServeMux(),
		cookie:  cookie,
		users:   web.NewJar[user](cookie+"-user", "/"),
		pending: map[string]attempt{}, connected: map[account]user{},
	}
	p.routes()
	return p
}

func (p *Packagist) routes() {
	list := p.root() + "/integrations"
	p.mux.Handle("GET /{$}", http.RedirectHandler(list, http.StatusSeeOther))
	p.mux.HandleFunc("GET /style.css", servePackagist("style.css"))
	p.mux.HandleFunc("GET /form.js", servePackagist("form.js"))
	p.mux.HandleFunc("GET "+list, p.list)
	p.mux.HandleFunc("GET "+list+"/new", p.newForm)
	p.mux.HandleFunc("POST "+list+"/new", p.create)
	p.mux.HandleFunc("GET "+list+"/{slug}/edit", p.editForm)
	p.mux.HandleFunc("POST "+list+"/{slug}/edit", p.edit)
	p.mux.HandleFunc("GET "+list+"/{slug}/delete", p.deleteForm)
	p.mux.HandleFunc("POST "+list+"/{slug}/delete", p.delete)
	p.mux.HandleFunc("GET "+p.root()+"/synchronizations", p.synchronizations)
	p.mux.HandleFunc("POST "+p.root()+"/synchronizations", p.synchronize)
	if p.options.SelfHosted {
		p.mux.HandleFunc("GET /login", p.loginPage)
	} else {
		p.mux.HandleFunc("GET "+list+"/{slug}/login-link", p.loginLink)
		p.mux.HandleFunc("GET "+p.organizationPath()+"/login/{code}", p.loginPage)
	}
	p.mux.HandleFunc("POST /oauth/login/custom/{slug}", p.begin(loginPath))
	p.mux.HandleFunc("GET "+loginPath+"{slug}", p.finish(loginPath))
	p.mux.HandleFunc("POST /oauth/connect/{slug}", p.begin(connectPath))
	p.mux.HandleFunc("GET "+connectPath+"{slug}", p.finish(connectPath))
	p.mux.HandleFunc("GET /profile", p.profile)
	p.mux.HandleFunc("POST /logout", p.logout)
}

func (p *Packagist) organizationPath() string {
	return "/orgs/" + core.Slug(p.options.Organization)
}

// root is where the settings live: of the organization on Cloud, of the whole
// installation on Self-Hosted.
func (p *Packagist) root() string {
	if p.options.SelfHosted {
		return "/admin"
	}
	return p.organizationPath() + "/settings"
}

// ServeHTTP answers requests that were addressed to this machine.
func (p *Packagist) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !loopback(r.Host) {
		http.Error(w, "the practice Private Packagist answers on this machine only", http.StatusMisdirectedRequest)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "same-origin")
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	if r.Method == http.MethodPost && !web.XSRFValid(r, p.cookie, "token") {
		p.refuse(w, r, http.StatusForbidden, "This form is out of date. Open the page again and repeat the entry.")
		return
	}
	p.mux.ServeHTTP(w, r)
}

// browser is what tells one browser from another.
func (p *Packagist) browser(r *http.Request) string {
	c, err := r.Cookie(p.cookie)
	if err != nil {
		return ""
	}
	return c.Value
}
