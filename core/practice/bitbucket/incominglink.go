package bitbucket

import (
	"net/http"
	"slices"
	"strings"

	"applink/core/practice/web"
)

// Titles of the pages of external applications.
const (
	titleIncoming = "Configure an incoming link"
	titleOutgoing = "Configure an outgoing link"
)

// incomingLink is the form "Configure an incoming link".
type incomingLink struct {
	ID     string // of the link; "" for a new one
	Form   Client
	Errors map[string]string
	Lifted bool // the https rules are
}

// gridColumn is one column of "Application permissions".
type gridColumn struct {
	Name  string
	Boxes []gridBox
}

type gridBox struct {
	scope
	Ticked bool
}

// Columns is the permission grid with what is ticked.
func (p incomingLink) Columns() []gridColumn {
	var columns []gridColumn
	for _, name := range scopeColumns {
		c := gridColumn{Name: name}
		for _, s := range column(name) {
			c.Boxes = append(c.Boxes, gridBox{s, slices.Contains(p.Form.Scopes, s.Key)})
		}
		columns = append(columns, c)
	}
	return columns
}

// Preview is the list below the grid; style sheets show what the boxes allow.
func (p incomingLink) Preview() []scope { return scopes }

// providerPage lets an administrator through where OAuth 2 can be configured.
func (b *Bitbucket) providerPage(h http.HandlerFunc) http.HandlerFunc {
	return b.adminPage(b.ifProvided(h, func(w http.ResponseWriter, r *http.Request) {
		if b.baseURLFits(r) {
			b.notFound(w, r)
			return
		}
		b.refuse(r, http.StatusConflict, "the base URL is not https")
		b.renderMessage(w, r, http.StatusConflict, titleIncoming,
			"OAuth 2.0 cannot be configured because the base URL "+b.base(r)+" is not https. "+
				"The property atlassian.oauth2.provider.skip.base.url.https.requirement would lift this rule.")
	}))
}

func (b *Bitbucket) providerForm(h http.HandlerFunc) http.HandlerFunc {
	return b.providerPage(func(w http.ResponseWriter, r *http.Request) {
		if b.hasXSRF(w, r) {
			h(w, r)
		}
	})
}

// showNewIncoming is where "External application" leads.
func (b *Bitbucket) showNewIncoming(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("direction") == "outgoing" {
		b.render(w, r, "external", titleOutgoing, nil)
		return
	}
	b.showIncomingForm(w, r, incomingLink{})
}

func (b *Bitbucket) showIncomingForm(w http.ResponseWriter, r *http.Request, form incomingLink) {
	form.Lifted = !strings.HasPrefix(b.base(r), "https://") && b.plainRedirects()
	for _, name := range []string{"name", "redirectUrl", "scopes"} {
		if why := form.Errors[name]; why != "" {
			b.renderAgain(w, r, "provider", titleIncoming, form, why)
			return
		}
	}
	b.render(w, r, "provider", titleIncoming, form)
}

// saveNewIncoming and saveIncomingLink take the form and show the credentials.
func (b *Bitbucket) saveNewIncoming(w http.ResponseWriter, r *http.Request) { b.saveProvider(w, r, "") }

func (b *Bitbucket) saveIncomingLink(w http.ResponseWriter, r *http.Request, l link) {
	b.saveProvider(w, r, l.id)
}

func (b *Bitbucket) saveProvider(w http.ResponseWriter, r *http.Request, id string) {
	c := Client{Name: strings.TrimSpace(r.PostFormValue("name")), Redirect: strings.TrimSpace(r.PostFormValue("redirectUrl"))}
	for _, s := range scopes {
		if s.Group != "" && isTicked(r, s.Key) {
			c.Scopes = append(c.Scopes, s.Key)
		}
	}
	problems := b.checkClient(c)
	if len(problems) == 0 {
		saved, err := b.saveClient(id, c)
		if err == nil {
			http.Redirect(w, r, b.context+pathOAuth2Link+"/"+saved.link+"/credentials?saved", http.StatusFound)
			return
		}
		problems["name"] = err.Error()
	}
	b.showIncomingForm(w, r, incomingLink{ID: id, Form: c, Errors: problems})
}

func (b *Bitbucket) editIncomingLink(w http.ResponseWriter, r *http.Request, l link) {
	b.showIncomingForm(w, r, incomingLink{ID: l.id, Form: *l.client})
}

// showCredentials can be read again at any time.
func (b *Bitbucket) showCredentials(w http.ResponseWriter, r *http.Request, l link) {
	p := b.page(w, r, "Application credentials", *l.client)
	if r.URL.Query().Has("saved") {
		p.Message = "Application link '" + l.name + "' saved."
	}
	web.Render(w, http.StatusOK, b.pages, "credentials", p)
}
