package bitbucket

import (
	"net/http"
	"slices"
	"strings"
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
func (ls *links) providerPage(h http.HandlerFunc) http.HandlerFunc {
	return ls.admin(ls.ifProvided(h, func(w http.ResponseWriter, r *http.Request) {
		if ls.baseURLFits(r) {
			ls.notFound(w, r)
			return
		}
		ls.refuse(r, http.StatusConflict, "the base URL is not https")
		ls.renderMessage(w, r, http.StatusConflict, titleIncoming,
			"OAuth 2.0 cannot be configured because the base URL "+ls.base(r)+" is not https. "+
				"The property atlassian.oauth2.provider.skip.base.url.https.requirement would lift this rule.")
	}))
}

// showNewIncoming is where "External application" leads.
func (ls *links) showNewIncoming(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("direction") == "outgoing" {
		ls.render(w, r, "external", page{Title: titleOutgoing})
		return
	}
	ls.showIncomingForm(w, r, incomingLink{})
}

func (ls *links) showIncomingForm(w http.ResponseWriter, r *http.Request, form incomingLink) {
	form.Lifted = !strings.HasPrefix(ls.base(r), "https://") && ls.plainRedirects()
	for _, name := range []string{"name", "redirectUrl", "scopes"} {
		if why := form.Errors[name]; why != "" {
			ls.render(w, r, "provider", page{Title: titleIncoming, Body: form, Error: why})
			return
		}
	}
	ls.render(w, r, "provider", page{Title: titleIncoming, Body: form})
}

// saveNewIncoming and saveIncomingLink take the form and show the credentials.
func (ls *links) saveNewIncoming(w http.ResponseWriter, r *http.Request) { ls.saveProvider(w, r, "") }

func (ls *links) saveIncomingLink(w http.ResponseWriter, r *http.Request, l link) {
	ls.saveProvider(w, r, l.id)
}

func (ls *links) saveProvider(w http.ResponseWriter, r *http.Request, id string) {
	c := Client{Name: strings.TrimSpace(r.PostFormValue("name")), Redirect: strings.TrimSpace(r.PostFormValue("redirectUrl"))}
	for _, s := range scopes {
		if s.Group != "" && isTicked(r, s.Key) {
			c.Scopes = append(c.Scopes, s.Key)
		}
	}
	problems := ls.checkClient(c)
	if len(problems) == 0 {
		saved, err := ls.saveClient(id, c)
		if err == nil {
			ls.redirect(w, r, pathOAuth2Link+"/"+saved.link+"/credentials?saved")
			return
		}
		problems["name"] = err.Error()
	}
	ls.showIncomingForm(w, r, incomingLink{ID: id, Form: c, Errors: problems})
}

func (ls *links) editIncomingLink(w http.ResponseWriter, r *http.Request, l link) {
	ls.showIncomingForm(w, r, incomingLink{ID: l.id, Form: *l.client})
}

// showCredentials can be read again at any time.
func (ls *links) showCredentials(w http.ResponseWriter, r *http.Request, l link) {
	ls.render(w, r, "credentials", page{Title: "Application credentials", Body: *l.client,
		Message: after(r, "saved", "Application link '"+l.name+"' saved.")})
}
