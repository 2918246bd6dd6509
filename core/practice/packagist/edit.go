package packagist

import (
	"net/http"
	"slices"
	"strings"

	"applink/core"
	"applink/core/practice/web"
)

// formPage fills the form of an integration, new or existing.
type formPage struct {
	Form        form
	Wrong       map[string]string // by field
	Integration *integration      // nil on "Add Integration"
	AppURL      string
}

// Callback is what the form shows for OAuth 2: two URLs, joined by one comma.
// Without a name its slugs are empty, and it is good for nothing; Bitbucket
// takes it all the same.
func (f formPage) Callback() string {
	slug := core.Slug(f.Form.Name)
	return f.AppURL + connectPath + slug + "," + f.AppURL + loginPath + slug
}

// newForm shows "Add Integration"; fields may be prefilled by the query.
func (p *Packagist) newForm(w http.ResponseWriter, r *http.Request) {
	form := readPackagistForm(r)
	if !r.URL.Query().Has("base_url") {
		form.BaseURL = p.options.BaseURL
		form.TrustEmail = true
	}
	p.showForm(w, r, http.StatusOK, "", formPage{Form: form})
}

func (p *Packagist) showForm(w http.ResponseWriter, r *http.Request, status int, flash string, page formPage) {
	title := "Add Integration"
	if page.Integration != nil {
		title = "Edit Integration"
	}
	page.AppURL = appURL(r)
	p.show(w, r, status, "form", view{Title: title, Tab: "integrations", Flash: flash, Content: page})
}

// create saves a new integration. OAuth 1 goes on to its "Edit Integration"
// page, which shows the values that were generated; OAuth 2 is ready.
func (p *Packagist) create(w http.ResponseWriter, r *http.Request) {
	form := readPackagistForm(r)
	if r.PostFormValue("action") == "show" { // the callback, where no script does; nothing is saved
		p.showForm(w, r, http.StatusOK, "", formPage{Form: form})
		return
	}
	wrong := form.check()
	slug := core.Slug(form.Name)
	if p.find(func(in *integration) bool { return in.Slug == slug }) != nil {
		wrong["name"] = "There is an integration of this name already."
	}
	if len(wrong) > 0 {
		p.showForm(w, r, http.StatusUnprocessableEntity, "", formPage{Form: form, Wrong: wrong})
		return
	}
	in := &integration{Name: form.Name, Slug: slug, LoginCode: web.Random(32)}
	in.take(form)
	if err := p.generate(in); err != nil {
		p.refuse(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	if !p.add(in) {
		p.showForm(w, r, http.StatusConflict, "", formPage{Form: form,
			Wrong: map[string]string{"name": "There is an integration of this name already."}})
		return
	}
	p.goOn(w, r, in, "created")
}

// take copies what the form may change: neither name nor platform.
func (in *integration) take(form form) {
	in.BaseURL, in.TrustEmail, in.TimeoutText, in.OAuth = form.BaseURL, form.TrustEmail, form.Timeout, form.OAuth
	switch {
	case form.OAuth == core.OAuth2:
		in.OAuth2ID, in.OAuth2Secret = form.OAuth2ID, form.OAuth2Secret
	case in.key != nil:
		in.ClientSecret = form.ClientSecret
	}
}

// generate makes what OAuth 1 needs, once.
func (p *Packagist) generate(in *integration) error {
	if in.OAuth != core.OAuth1 || in.key != nil {
		return nil
	}
	key, public, err := newPackagistKey(p.options.KeyBits, p.options.Now())
	if err != nil {
		return err
	}
	in.key, in.PublicKey = key, public
	in.ClientID, in.ClientSecret = "private-packagist-"+strings.ToLower(web.Random(16)), web.Random(32)
	return nil
}

// goOn leads to what is next after saving.
func (p *Packagist) goOn(w http.ResponseWriter, r *http.Request, in *integration, event string) {
	list := p.root() + "/integrations"
	if in.OAuth == core.OAuth2 {
		http.Redirect(w, r, list+"?"+event+"="+in.Slug, http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, list+"/"+in.Slug+"/edit?flash="+event, http.StatusSeeOther)
}

// add stores an integration unless its slug was taken in the meantime.
func (p *Packagist) add(in *integration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.integrations, func(x *integration) bool { return x.Slug == in.Slug }) {
		return false
	}
	p.integrations = append(p.integrations, in)
	return true
}

func (p *Packagist) editForm(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	p.showForm(w, r, http.StatusOK, p.savedFlash(r.FormValue("flash"), in), formPage{
		Integration: in,
		Form: form{Name: in.Name, Platform: string(core.PlatformDataCenter), BaseURL: in.BaseURL, OAuth: in.OAuth,
			TrustEmail: in.TrustEmail, Timeout: in.TimeoutText, ClientSecret: in.ClientSecret,
			OAuth2ID: in.OAuth2ID, OAuth2Secret: in.OAuth2Secret},
	})
}

// savedFlash is the message after saving, which differs between the looks. Seen
// is only that of OAuth 1.
func (p *Packagist) savedFlash(event string, in *integration) string {
	switch {
	case event == "created" && (p.options.SelfHosted || in.OAuth == core.OAuth2):
		return `Integration created: "` + in.Name + `"`
	case event == "created":
		return "Integration " + in.Name + " was successfully created. Use the information now available on this page " +
			"to finish setting up your integration with your Bitbucket Server."
	case event == "edited":
		return `Integration edited: "` + in.Name + `"`
	}
	return ""
}

// edit saves what can be changed later. A change of the OAuth version is the
// migration: name, slug, login link and synchronizations stay.
func (p *Packagist) edit(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	form := readPackagistForm(r)
	form.Name, form.Platform = in.Name, string(core.PlatformDataCenter)
	page := formPage{Form: form, Wrong: form.check(), Integration: in}
	if len(page.Wrong) > 0 {
		p.showForm(w, r, http.StatusUnprocessableEntity, "", page)
		return
	}
	in.take(form)
	if err := p.generate(in); err != nil {
		p.refuse(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	p.change(in.Slug, func(stored *integration) {
		in.Projects = stored.Projects
		*stored = *in
	})
	p.goOn(w, r, in, "edited")
}
