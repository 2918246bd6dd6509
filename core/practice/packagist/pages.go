package packagist

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"applink/assets"
	"applink/core"
	"applink/core/practice/web"
)

// view is what every template is filled with.
type view struct {
	Title        string
	Tab          string // "integrations", "synchronizations" or "" outside the settings
	Organization string
	SelfHosted   bool
	Root         string // path of the settings
	AppURL       string // own address, without a slash at the end
	Token        string // XSRF token of the forms
	User         *user
	Flash        string
	Content      any
}

// servePackagist answers with a file beside the templates.
func servePackagist(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, assets.FS, "web/packagist/"+name)
	}
}

// show renders a page; what the whole site shares is filled in here.
func (p *Packagist) show(w http.ResponseWriter, r *http.Request, status int, name string, page view) {
	page.Organization, page.SelfHosted = p.options.Organization, p.options.SelfHosted
	page.Root, page.AppURL = p.root(), appURL(r)
	page.Token = web.XSRFToken(w, r, p.cookie, "/")
	if user, ok := p.users.Get(r); ok {
		page.User = &user
	}
	web.Render(w, status, p.pages, name, page)
}

func (p *Packagist) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	p.show(w, r, status, "refused", view{Title: http.StatusText(status), Content: why})
}

// appURL is the address under which this server was called.
func appURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// find returns a copy of the integration that a predicate picks, or nil.
func (p *Packagist) find(is func(*integration) bool) *integration {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.integrations, is)
	if i < 0 {
		return nil
	}
	copied := *p.integrations[i]
	copied.Projects = slices.Clone(copied.Projects)
	return &copied
}

// named returns a copy of the integration of the request's path; when there is
// none it answers the request and returns nil.
func (p *Packagist) named(w http.ResponseWriter, r *http.Request) *integration {
	in := p.find(func(in *integration) bool { return in.Slug == r.PathValue("slug") })
	if in == nil {
		p.refuse(w, r, http.StatusNotFound, "There is no such integration. It may have been deleted.")
	}
	return in
}

// change runs a function on the stored integration, if it still exists.
func (p *Packagist) change(slug string, f func(*integration)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, in := range p.integrations {
		if in.Slug == slug {
			f(in)
		}
	}
}

func (p *Packagist) all() []integration {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]integration, len(p.integrations))
	for i, in := range p.integrations {
		list[i] = *in
		list[i].Projects = slices.Clone(in.Projects)
	}
	return list
}

// Upgradable reports whether the list offers to move to OAuth 2.
func (in integration) Upgradable() bool { return in.OAuth == core.OAuth1 }

func (p *Packagist) list(w http.ResponseWriter, r *http.Request) {
	flash := ""
	if name := r.FormValue("deleted"); name != "" {
		flash = "Integration " + name + " was deleted."
	}
	for _, event := range []string{"created", "edited"} {
		slug := r.FormValue(event)
		if in := p.find(func(in *integration) bool { return in.Slug == slug }); in != nil {
			flash = p.savedFlash(event, in)
		}
	}
	p.show(w, r, http.StatusOK, "list", view{Title: "Integrations", Tab: "integrations",
		Flash: flash, Content: p.all()})
}

func (p *Packagist) loginLink(w http.ResponseWriter, r *http.Request) {
	if in := p.named(w, r); in != nil {
		p.show(w, r, http.StatusOK, "loginlink", view{Title: "Login link", Tab: "integrations",
			Content: map[string]string{"Name": in.Name,
				"URL": appURL(r) + p.organizationPath() + "/login/" + in.LoginCode}})
	}
}

func (p *Packagist) deleteForm(w http.ResponseWriter, r *http.Request) {
	if in := p.named(w, r); in != nil {
		p.show(w, r, http.StatusOK, "delete", view{Title: "Delete Integration", Tab: "integrations", Content: in})
	}
}

// delete removes an integration. Cloud refuses it while a synchronization uses
// the integration; Self-Hosted deletes the synchronizations too.
func (p *Packagist) delete(w http.ResponseWriter, r *http.Request) {
	in := p.named(w, r)
	if in == nil {
		return
	}
	if len(in.Projects) > 0 && !p.options.SelfHosted {
		p.show(w, r, http.StatusConflict, "delete", view{Title: "Delete Integration", Tab: "integrations", Content: in})
		return
	}
	p.mu.Lock()
	p.integrations = slices.DeleteFunc(p.integrations, func(x *integration) bool { return x.Slug == in.Slug })
	maps.DeleteFunc(p.connected, func(at account, _ user) bool { return at.slug == in.Slug })
	p.mu.Unlock()
	http.Redirect(w, r, p.root()+"/integrations?deleted="+url.QueryEscape(in.Name), http.StatusSeeOther)
}
