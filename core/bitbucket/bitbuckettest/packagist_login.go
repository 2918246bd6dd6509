package bitbuckettest

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"
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
func (p *Packagist) dance(in *packagistIntegration) packagistDance {
	return packagistOAuth1{
		base:   in.BaseURL,
		signer: packagistSigner{consumer: in.ClientID, key: in.key, now: p.options.Now},
		client: p.client,
	}
}

func (p *Packagist) beginLogin(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	ctx, cancel := p.client.within(r.Context(), packagistTimeout(in.TimeoutText))
	defer cancel()
	callback := packagistAppURL(r) + "/oauth/login/check-custom/" + in.Slug
	authorize, state, secret, err := p.dance(in).begin(ctx, callback)
	if err != nil {
		p.showTrouble(w, r, in, err)
		return
	}
	now := p.options.Now()
	p.mu.Lock()
	maps.DeleteFunc(p.pending, func(_ string, x packagistPending) bool { return now.After(x.until) })
	p.pending[state] = packagistPending{p.browser(r), in.Slug, secret, now.Add(packagistPatience)}
	p.mu.Unlock()
	http.Redirect(w, r, authorize, http.StatusSeeOther)
}

// finishLogin is the callback. A sign-in can be finished once, in the browser
// that began it.
func (p *Packagist) finishLogin(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	dance := p.dance(in)
	pending, ok := p.take(dance.state(r.URL.Query()), p.browser(r), in.Slug)
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
	p.users.put(w, r, user, false)
	http.Redirect(w, r, "/profile", http.StatusSeeOther)
}

func (p *Packagist) take(state, browser, slug string) (packagistPending, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pending, ok := p.pending[state]
	if !ok || pending.browser != browser || pending.slug != slug {
		return packagistPending{}, false
	}
	delete(p.pending, state)
	return pending, !p.options.Now().After(pending.until)
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

func (p *Packagist) profile(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, "profile", packagistPage{Title: "Profile"})
}

func (p *Packagist) logout(w http.ResponseWriter, r *http.Request) {
	p.users.drop(r)
	http.Redirect(w, r, "/profile", http.StatusSeeOther)
}
