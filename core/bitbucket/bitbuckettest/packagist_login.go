package bitbuckettest

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"applink/core"
)

// packagistPatience is how long a sign-in may take on Bitbucket's pages; the
// request tokens of Bitbucket live as long.
const packagistPatience = 10 * time.Minute

// packagistChoice is one "Log in with" button.
type packagistChoice struct{ Name, Slug, Host string }

// loginPage shows the ways to sign in: the one integration of a login link on
// Cloud, all of them on Self-Hosted.
func (p *Packagist) loginPage(w http.ResponseWriter, r *http.Request) {
	var choices []packagistChoice
	for _, in := range p.all() {
		if p.options.SelfHosted || in.LoginCode == r.PathValue("code") {
			choices = append(choices, packagistChoice{in.Name, in.Slug, packagistHost(in.BaseURL)})
		}
	}
	if len(choices) == 0 && !p.options.SelfHosted {
		p.refuse(w, r, http.StatusNotFound, "This login link is not known. Its integration may have been deleted.")
		return
	}
	p.show(w, r, http.StatusOK, "login", packagistPage{Title: "Log into " + p.options.Organization, Content: choices})
}

func packagistHost(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	return u.Host
}

// dance returns the protocol that the integration signs users in with.
func (p *Packagist) dance(in *packagistIntegration, callback string) packagistDance {
	if in.OAuth == core.OAuth2 {
		return packagistOAuth2{base: in.BaseURL, id: in.OAuth2ID, secret: in.OAuth2Secret, callback: callback, client: p.client}
	}
	return packagistOAuth1{base: in.BaseURL, callback: callback, client: p.client,
		signer: packagistSigner{consumer: in.ClientID, key: in.key, now: p.options.Now}}
}

// The two callbacks, each with the slug of the integration behind it.
const (
	packagistLoginPath   = "/oauth/login/check-custom/"
	packagistConnectPath = "/oauth/register/service/"
)

// begin sends the browser to Bitbucket, to come back on one of the callbacks.
func (p *Packagist) begin(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := p.named(w, r)
		if in == nil {
			return
		}
		ctx, cancel := p.client.within(r.Context(), packagistTimeout(in.TimeoutText))
		defer cancel()
		authorize, state, secret, err := p.dance(in, packagistAppURL(r)+path+in.Slug).begin(ctx)
		if err != nil {
			p.showTrouble(w, r, in, err)
			return
		}
		now := p.options.Now()
		p.mu.Lock()
		maps.DeleteFunc(p.pending, func(_ string, x packagistPending) bool { return now.After(x.until) })
		p.pending[state] = packagistPending{p.browser(r), in.Slug, secret, path, now.Add(packagistPatience)}
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
		dance := p.dance(in, packagistAppURL(r)+path+in.Slug)
		pending, ok := p.take(dance.state(r.URL.Query()), p.browser(r), in.Slug, path)
		if !ok {
			p.showTrouble(w, r, in, &packagistTrouble{Doing: "coming back from Bitbucket",
				Why: "This browser has no such sign-in under way. It may have taken longer than 10 minutes, or be finished already."})
			return
		}
		ctx, cancel := p.client.within(r.Context(), packagistTimeout(in.TimeoutText))
		defer cancel()
		user, err := dance.finish(ctx, pending.secret, r.URL.Query())
		if err != nil {
			p.showTrouble(w, r, in, err)
			return
		}
		user.Integration = in.Slug
		p.mu.Lock()
		p.connected[packagistAccount{p.browser(r), in.Slug}] = user
		p.mu.Unlock()
		if path == packagistLoginPath {
			p.users.put(w, r, user, false)
		}
		http.Redirect(w, r, "/profile", http.StatusSeeOther)
	}
}

func (p *Packagist) take(state, browser, slug, path string) (packagistPending, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pending, ok := p.pending[state]
	if !ok || pending.browser != browser || pending.slug != slug || pending.path != path {
		return packagistPending{}, false
	}
	delete(p.pending, state)
	return pending, !p.options.Now().After(pending.until)
}

// packagistAccount binds a browser's profile to an integration; signing in does
// so too.
type packagistAccount struct{ browser, slug string }

// account returns who is connected through an integration.
func (p *Packagist) account(r *http.Request, slug string) (packagistUser, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user, ok := p.connected[packagistAccount{p.browser(r), slug}]
	return user, ok
}

// packagistTroublePage fills the page of a failed sign-in.
type packagistTroublePage struct {
	Name, Slug string
	Trouble    *packagistTrouble
}

func (p *Packagist) showTrouble(w http.ResponseWriter, r *http.Request, in *packagistIntegration, err error) {
	var trouble *packagistTrouble
	if !errors.As(err, &trouble) {
		trouble = &packagistTrouble{Doing: "signing in", Why: err.Error()}
	}
	p.show(w, r, http.StatusBadGateway, "trouble", packagistPage{Title: "Login failed",
		Content: packagistTroublePage{in.Name, in.Slug, trouble}})
}

// packagistConnection is one row of "Connected Accounts".
type packagistConnection struct {
	Name, Slug string
	User       string // "" while not connected
}

func (p *Packagist) profile(w http.ResponseWriter, r *http.Request) {
	var rows []packagistConnection
	for _, in := range p.all() {
		row := packagistConnection{Name: in.Name, Slug: in.Slug}
		if user, ok := p.account(r, in.Slug); ok {
			row.User = user.String()
		}
		rows = append(rows, row)
	}
	p.show(w, r, http.StatusOK, "profile", packagistPage{Title: "Profile", Content: rows})
}

func (p *Packagist) logout(w http.ResponseWriter, r *http.Request) {
	p.users.drop(r)
	p.mu.Lock()
	maps.DeleteFunc(p.connected, func(at packagistAccount, _ packagistUser) bool { return at.browser == p.browser(r) })
	p.mu.Unlock()
	http.Redirect(w, r, "/profile", http.StatusSeeOther)
}
