package packagist

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"applink/core"
)

// patience is how long a sign-in may take on Bitbucket's pages; the
// request tokens of Bitbucket live as long.
const patience = 10 * time.Minute

// choice is one "Log in with" button.
type choice struct{ Name, Slug, Host string }

// loginPage shows the ways to sign in: the one integration of a login link on
// Cloud, all of them on Self-Hosted.
func (p *Packagist) loginPage(w http.ResponseWriter, r *http.Request) {
	var choices []choice
	for _, in := range p.all() {
		if p.options.SelfHosted || in.LoginCode == r.PathValue("code") {
			choices = append(choices, choice{in.Name, in.Slug, host(in.BaseURL)})
		}
	}
	if len(choices) == 0 && !p.options.SelfHosted {
		p.refuse(w, r, http.StatusNotFound, "This login link is not known. Its integration may have been deleted.")
		return
	}
	p.show(w, r, http.StatusOK, "login", view{Title: "Log into " + p.options.Organization, Content: choices})
}

func host(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	return u.Host
}

// dance returns the protocol that the integration signs users in with.
func (p *Packagist) dance(in *integration, callback string) dance {
	if in.OAuth == core.OAuth2 {
		return oAuth2{base: in.BaseURL, id: in.OAuth2ID, secret: in.OAuth2Secret, callback: callback, client: p.client}
	}
	return oAuth1{base: in.BaseURL, callback: callback, client: p.client,
		signer: signer{consumer: in.ClientID, key: in.key, now: p.options.Now}}
}

// The two callbacks, each with the slug of the integration behind it.
const (
	loginPath   = "/oauth/login/check-custom/"
	connectPath = "/oauth/register/service/"
)

// begin sends the browser to Bitbucket, to come back on one of the callbacks.
func (p *Packagist) begin(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := p.named(w, r)
		if in == nil {
			return
		}
		ctx, cancel := p.client.within(r.Context(), timeout(in.TimeoutText))
		defer cancel()
		authorize, state, secret, err := p.dance(in, appURL(r)+path+in.Slug).begin(ctx)
		if err != nil {
			p.showTrouble(w, r, in, err)
			return
		}
		now := p.options.Now()
		p.mu.Lock()
		maps.DeleteFunc(p.pending, func(_ string, x attempt) bool { return now.After(x.until) })
		p.pending[state] = attempt{p.browser(r), in.Slug, secret, path, now.Add(patience)}
		p.mu.Unlock()
		http.Redirect(w, r, authorize, http.StatusSeeOther)
	}
}

// finish is the callback. A sign-in can be finished once, in the browser that
// began it.
func (p *Packagist) finish(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := p.named(w, r)
		if in == nil {
			return
		}
		dance := p.dance(in, appURL(r)+path+in.Slug)
		pending, ok := p.take(dance.state(r.URL.Query()), p.browser(r), in.Slug, path)
		if !ok {
			p.showTrouble(w, r, in, &failure{Doing: "coming back from Bitbucket",
				Why: "This browser has no such sign-in under way. It may have taken longer than 10 minutes, or be finished already."})
			return
		}
		ctx, cancel := p.client.within(r.Context(), timeout(in.TimeoutText))
		defer cancel()
		user, err := dance.finish(ctx, pending.secret, r.URL.Query())
		if err != nil {
			p.showTrouble(w, r, in, err)
			return
		}
		user.Integration = in.Slug
		p.mu.Lock()
		p.connected[account{p.browser(r), in.Slug}] = user
		p.mu.Unlock()
		if path == loginPath {
			p.users.Put(w, user)
		}
		http.Redirect(w, r, "/profile", http.StatusSeeOther)
	}
}

func (p *Packagist) take(state, browser, slug, path string) (attempt, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pending, ok := p.pending[state]
	if !ok || pending.browser != browser || pending.slug != slug || pending.path != path {
		return attempt{}, false
	}
	delete(p.pending, state)
	return pending, !p.options.Now().After(pending.until)
}

// account binds a browser's profile to an integration; signing in does
// so too.
type account struct{ browser, slug string }

// account returns who is connected through an integration.
func (p *Packagist) account(r *http.Request, slug string) (user, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user, ok := p.connected[account{p.browser(r), slug}]
	return user, ok
}

// troublePage fills the page of a failed sign-in.
type troublePage struct {
	Name, Slug string
	Trouble    *failure
}

func (p *Packagist) showTrouble(w http.ResponseWriter, r *http.Request, in *integration, err error) {
	var trouble *failure
	if !errors.As(err, &trouble) {
		trouble = &failure{Doing: "signing in", Why: err.Error()}
	}
	p.show(w, r, http.StatusBadGateway, "trouble", view{Title: "Login failed",
		Content: troublePage{in.Name, in.Slug, trouble}})
}

// connection is one row of "Connected Accounts".
type connection struct {
	Name, Slug string
	User       string // "" while not connected
}

func (p *Packagist) profile(w http.ResponseWriter, r *http.Request) {
	var rows []connection
	for _, in := range p.all() {
		row := connection{Name: in.Name, Slug: in.Slug}
		if user, ok := p.account(r, in.Slug); ok {
			row.User = user.String()
		}
		rows = append(rows, row)
	}
	p.show(w, r, http.StatusOK, "profile", view{Title: "Profile", Content: rows})
}

func (p *Packagist) logout(w http.ResponseWriter, r *http.Request) {
	p.users.Drop(r)
	p.mu.Lock()
	maps.DeleteFunc(p.connected, func(at account, _ user) bool { return at.browser == p.browser(r) })
	p.mu.Unlock()
	http.Redirect(w, r, "/profile", http.StatusSeeOther)
}
