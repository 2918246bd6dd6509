package bitbucket

import (
	"net/http"
	"strings"

	"applink/core/practice/web"
)

// The pages of application links, below the context path. Those under
// auth/conf and the list are Bitbucket's own; in Bitbucket the dialogs have no
// address, here each is a page.
const (
	pathLinks      = "/plugins/servlet/applinks/listApplicationLinks"
	pathCreate     = "/plugins/servlet/applinks/create"
	pathConfigure  = "/plugins/servlet/applinks/configure/"
	pathDelete     = "/plugins/servlet/applinks/delete/"
	pathIncoming   = "/plugins/servlet/applinks/auth/conf/oauth/add-consumer-manually/"
	pathByURL      = "/plugins/servlet/applinks/auth/conf/oauth/add-consumer-by-url/"
	pathOutgoing   = "/plugins/servlet/applinks/auth/conf/oauth/outbound/"
	pathOAuth2Link = "/plugins/servlet/oauth2/provider"
)

func (b *Bitbucket) linkRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+pathLinks, b.adminPage(b.listLinks))
	mux.HandleFunc("GET "+pathCreate, b.adminPage(b.showCreate))
	mux.HandleFunc("POST "+pathCreate, b.adminForm(b.chooseType))
	mux.HandleFunc("POST "+pathCreate+"/url", b.adminForm(b.confirmURL))
	mux.HandleFunc("POST "+pathCreate+"/link", b.adminForm(b.describeLink))
	mux.HandleFunc("POST "+pathCreate+"/incoming", b.adminForm(b.describeIncoming))
	mux.HandleFunc("GET "+pathConfigure+"{id}", b.linkPage(b.classicOnly(b.showDetails)))
	mux.HandleFunc("POST "+pathConfigure+"{id}", b.linkForm(b.classicOnly(b.saveDetails)))
	mux.HandleFunc("GET "+pathOutgoing+"{id}", b.linkPage(b.classicOnly(b.showOutgoing)))
	mux.HandleFunc("POST "+pathOutgoing+"{id}", b.linkForm(b.classicOnly(b.saveOutgoing)))
	mux.HandleFunc("GET "+pathIncoming+"{id}", b.linkPage(b.classicOnly(b.showIncoming)))
	mux.HandleFunc("POST "+pathIncoming+"{id}", b.linkForm(b.classicOnly(b.saveIncoming)))
	mux.HandleFunc("GET "+pathByURL+"{id}", b.linkPage(b.classicOnly(b.showByURL)))
	mux.HandleFunc("GET "+pathDelete+"{id}", b.linkPage(b.showDelete))
	mux.HandleFunc("POST "+pathDelete+"{id}", b.linkForm(b.confirmDelete))
	mux.HandleFunc("GET "+pathOAuth2Link, b.providerPage(b.showNewIncoming))
	mux.HandleFunc("POST "+pathOAuth2Link, b.providerForm(b.saveNewIncoming))
	mux.HandleFunc("GET "+pathOAuth2Link+"/{id}", b.linkPage(b.clientOnly(b.editIncomingLink)))
	mux.HandleFunc("POST "+pathOAuth2Link+"/{id}", b.linkForm(b.clientOnly(b.saveIncomingLink)))
	mux.HandleFunc("GET "+pathOAuth2Link+"/{id}/credentials", b.linkPage(b.clientOnly(b.showCredentials)))
}

// row is one line of the list.
type row struct {
	ID, Name, URL, Type, Direction string
	Primary                        bool
	Client                         bool // an incoming OAuth 2 link
}

func (l link) row() row {
	x := row{ID: l.id, Name: l.name, URL: l.url, Type: typeName(l.typeID), Direction: "—", Client: l.client != nil}
	switch in, out := l.consumer != nil || l.client != nil, l.outgoing != (outgoing{}); {
	case in && out:
		x.Direction = "Both"
	case in:
		x.Direction = "Incoming"
	case out:
		x.Direction = "Outgoing"
	}
	return x
}

// listLinks is the page "Configure Application Links", in the new look
// "Application links".
func (b *Bitbucket) listLinks(w http.ResponseWriter, r *http.Request) {
	title := "Configure Application Links"
	if b.newLook() {
		title = "Application links"
	}
	var rows []row
	primary := map[string]bool{}
	for _, l := range b.allLinks() {
		x := l.row()
		if !x.Client {
			x.Primary = !primary[l.typeID] // the first of its type
			primary[l.typeID] = true
		}
		rows = append(rows, x)
	}
	p := b.page(w, r, title, rows)
	query := r.URL.Query()
	if l, ok := b.linkWithID(query.Get("created")); ok {
		p.Message = "Application Link '" + l.name + "' created successfully."
	}
	if query.Has("deleted") {
		p.Message = "The application link was deleted."
	}
	p.Error = query.Get("error")
	if p.Error != errURLMissing {
		p.Error = ""
	}
	web.Render(w, http.StatusOK, b.pages, "links", p)
}

// linkHandler answers on a page of one link.
type linkHandler func(http.ResponseWriter, *http.Request, link)

// classicOnly and clientOnly send the one kind of link to the pages that the
// other does not have.
func (b *Bitbucket) classicOnly(h linkHandler) linkHandler {
	return func(w http.ResponseWriter, r *http.Request, l link) {
		if l.client != nil {
			http.Redirect(w, r, b.context+pathOAuth2Link+"/"+l.id, http.StatusFound)
			return
		}
		h(w, r, l)
	}
}

func (b *Bitbucket) clientOnly(h linkHandler) linkHandler {
	return func(w http.ResponseWriter, r *http.Request, l link) {
		if l.client == nil {
			http.Redirect(w, r, b.context+pathConfigure+l.id, http.StatusFound)
			return
		}
		h(w, r, l)
	}
}

// linkPage and linkForm wrap the handlers of one link's pages.
func (b *Bitbucket) linkPage(h linkHandler) http.HandlerFunc {
	return b.adminPage(func(w http.ResponseWriter, r *http.Request) {
		l, ok := b.linkWithID(r.PathValue("id"))
		if !ok {
			b.renderMessage(w, r, http.StatusNotFound, "No such application link", "The application link does not exist any more.")
			return
		}
		h(w, r, l)
	})
}

func (b *Bitbucket) linkForm(h linkHandler) http.HandlerFunc {
	return b.linkPage(func(w http.ResponseWriter, r *http.Request, l link) {
		if b.hasXSRF(w, r) {
			h(w, r, l)
		}
	})
}

func (b *Bitbucket) showDelete(w http.ResponseWriter, r *http.Request, l link) {
	b.render(w, r, "delete", "Delete application link", l.row())
}

func (b *Bitbucket) confirmDelete(w http.ResponseWriter, r *http.Request, l link) {
	b.deleteLink(l.id)
	http.Redirect(w, r, b.context+pathLinks+"?deleted", http.StatusFound)
}

// details is the tab "Application Details", and what all tabs share.
type details struct {
	Tab     string // "details", "outgoing" or "incoming"
	Link    row
	TypeID  string
	Form    any
	Errors  map[string]string // by field name
	Present bool              // incoming authentication is configured
}

func (b *Bitbucket) showDetails(w http.ResponseWriter, r *http.Request, l link) {
	b.render(w, r, "configure", "Configure "+l.name, details{Tab: "details", Link: l.row(), TypeID: l.typeID})
}

func (b *Bitbucket) saveDetails(w http.ResponseWriter, r *http.Request, l link) {
	name, display := strings.TrimSpace(r.PostFormValue("applicationName")), strings.TrimSpace(r.PostFormValue("displayUrl"))
	tab := details{Tab: "details", Link: l.row(), TypeID: l.typeID}
	if name == "" {
		b.renderAgain(w, r, "configure", "Configure "+l.name, tab, errNoName.Error())
		return
	}
	b.changeLink(l.id, func(l *link) {
		l.name, l.url = name, display
		if l.consumer != nil {
			c := *l.consumer
			c.LinkName, c.ApplicationURL = name, display
			l.consumer = &c
		}
	})
	http.Redirect(w, r, b.context+pathConfigure+l.id, http.StatusFound)
}

func (b *Bitbucket) showOutgoing(w http.ResponseWriter, r *http.Request, l link) {
	b.render(w, r, "configure", "Configure "+l.name, details{Tab: "outgoing", Link: l.row(), TypeID: l.typeID, Form: l.outgoing})
}

func (b *Bitbucket) saveOutgoing(w http.ResponseWriter, r *http.Request, l link) {
	b.changeLink(l.id, func(l *link) { l.outgoing = outgoingOf(r) })
	http.Redirect(w, r, b.context+pathOutgoing+l.id, http.StatusFound)
}

func outgoingOf(r *http.Request) outgoing {
	return outgoing{ProviderName: r.PostFormValue("serviceProviderName"), ConsumerKey: r.PostFormValue("consumerKey"),
		SharedSecret: r.PostFormValue("sharedSecret"), RequestTokenURL: r.PostFormValue("requestTokenUrl"),
		AccessTokenURL: r.PostFormValue("accessTokenUrl"), Authorize: r.PostFormValue("authorizeUrl")}
}
