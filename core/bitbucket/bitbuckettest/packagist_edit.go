package bitbuckettest

import (
	"net/http"
	"slices"
	"strings"

	"applink/core"
)

// packagistFormPage fills the form of an integration, new or existing.
type packagistFormPage struct {
	Form        packagistForm
	Wrong       map[string]string     // by field
	Integration *packagistIntegration // nil on "Add Integration"
}

// CallbackSlug is the slug of the callback that the form shows for OAuth 2.
func (f packagistFormPage) CallbackSlug() string { return core.Slug(f.Form.Name) }

// newForm shows "Add Integration"; fields may be prefilled by the query.
func (p *Packagist) newForm(w http.ResponseWriter, r *http.Request) {
	form := readPackagistForm(r)
	if !r.URL.Query().Has("base_url") {
		form.BaseURL = p.options.BaseURL
		form.TrustEmail = true
	}
	p.showForm(w, r, http.StatusOK, "", packagistFormPage{Form: form})
}

func (p *Packagist) showForm(w http.ResponseWriter, r *http.Request, status int, flash string, page packagistFormPage) {
	title := "Add Integration"
	if page.Integration != nil {
		title = "Edit Integration"
	}
	p.show(w, r, status, "form", packagistPage{Title: title, Tab: "integrations", Flash: flash, Content: page})
}

// create saves a new integration and goes on to its "Edit Integration" page,
// which shows the values that were generated.
func (p *Packagist) create(w http.ResponseWriter, r *http.Request) {
	form := readPackagistForm(r)
	wrong := form.check()
	slug := core.Slug(form.Name)
	if p.find(func(in *packagistIntegration) bool { return in.Slug == slug }) != nil {
		wrong["name"] = "There is an integration of this name already."
	}
	if len(wrong) > 0 {
		p.showForm(w, r, http.StatusUnprocessableEntity, "", packagistFormPage{Form: form, Wrong: wrong})
		return
	}
	if form.OAuth == core.OAuth2 {
		p.showOAuth2(w, r, packagistFormPage{Form: form})
		return
	}
	key, public, err := newPackagistKey(p.options.KeyBits, p.options.Now())
	if err != nil {
		p.refuse(w, r, http.StatusInternalServerError, "The key pair could not be made: "+err.Error()+".")
		return
	}
	in := &packagistIntegration{
		Name: form.Name, Slug: slug, BaseURL: form.BaseURL, OAuth: form.OAuth,
		TrustEmail: form.TrustEmail, TimeoutText: form.Timeout,
		ClientID:     "private-packagist-" + strings.ToLower(randomString(16)),
		ClientSecret: randomString(32),
		PublicKey:    public,
		LoginCode:    randomString(32),
		key:          key,
	}
	if !p.add(in) {
		p.showForm(w, r, http.StatusConflict, "", packagistFormPage{Form: form,
			Wrong: map[string]string{"name": "There is an integration of this name already."}})
		return
	}
	http.Redirect(w, r, p.root()+"/integrations/"+slug+"/edit?flash=created", http.StatusSeeOther)
}

// add stores an integration unless its slug was taken in the meantime.
func (p *Packagist) add(in *packagistIntegration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.integrations, func(x *packagistIntegration) bool { return x.Slug == in.Slug }) {
		return false
	}
	p.integrations = append(p.integrations, in)
	return true
}

// showOAuth2 says honestly where the practice ends, and how to go on.
func (p *Packagist) showOAuth2(w http.ResponseWriter, r *http.Request, page packagistFormPage) {
	p.show(w, r, http.StatusOK, "oauth2", packagistPage{Title: "OAuth 2", Tab: "integrations", Content: page})
}

func (p *Packagist) editForm(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	p.showForm(w, r, http.StatusOK, p.savedFlash(r.FormValue("flash"), in.Name), packagistFormPage{
		Integration: in,
		Form: packagistForm{Name: in.Name, Platform: string(core.PlatformDataCenter), BaseURL: in.BaseURL, OAuth: in.OAuth,
			TrustEmail: in.TrustEmail, Timeout: in.TimeoutText, ClientSecret: in.ClientSecret},
	})
}

// savedFlash is the message after saving, which differs between the looks.
func (p *Packagist) savedFlash(event, name string) string {
	switch {
	case event == "created" && p.options.SelfHosted:
		return `Integration created: "` + name + `"`
	case event == "created":
		return "Integration " + name + " was successfully created. Use the information now available on this page " +
			"to finish setting up your integration with your Bitbucket Server."
	case event == "edited":
		return `Integration edited: "` + name + `"`
	}
	return ""
}

// edit saves what can be changed later: neither name nor platform can.
func (p *Packagist) edit(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	form := readPackagistForm(r)
	form.Name, form.Platform = in.Name, string(core.PlatformDataCenter)
	page := packagistFormPage{Form: form, Wrong: form.check(), Integration: in}
	if len(page.Wrong) > 0 {
		p.showForm(w, r, http.StatusUnprocessableEntity, "", page)
		return
	}
	if form.OAuth == core.OAuth2 {
		p.showOAuth2(w, r, page)
		return
	}
	p.change(in.Slug, func(in *packagistIntegration) {
		in.BaseURL, in.TrustEmail, in.TimeoutText = form.BaseURL, form.TrustEmail, form.Timeout
		in.ClientSecret = form.ClientSecret
	})
	http.Redirect(w, r, p.root()+"/integrations/"+in.Slug+"/edit?flash=edited", http.StatusSeeOther)
}
