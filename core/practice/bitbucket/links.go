package bitbucket

import (
	"net/http"
	"strings"
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

// links are the administration pages of application links.
type links struct{ *site }

func (ls *links) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+pathLinks, ls.admin(ls.listLinks))
	mux.HandleFunc("GET "+pathCreate, ls.admin(ls.showCreate))
	mux.HandleFunc("POST "+pathCreate, ls.admin(ls.chooseType))
	mux.HandleFunc("POST "+pathCreate+"/url", ls.admin(ls.confirmURL))
	mux.HandleFunc("POST "+pathCreate+"/link", ls.admin(ls.describeLink))
	mux.HandleFunc("POST "+pathCreate+"/incoming", ls.admin(ls.describeIncoming))
	mux.HandleFunc("GET "+pathConfigure+"{id}", ls.onLink(ls.classicOnly(ls.showDetails)))
	mux.HandleFunc("POST "+pathConfigure+"{id}", ls.onLink(ls.classicOnly(ls.saveDetails)))
	mux.HandleFunc("GET "+pathOutgoing+"{id}", ls.onLink(ls.classicOnly(ls.showOutgoing)))
	mux.HandleFunc("POST "+pathOutgoing+"{id}", ls.onLink(ls.classicOnly(ls.saveOutgoing)))
	mux.HandleFunc("GET "+pathIncoming+"{id}", ls.onLink(ls.classicOnly(ls.showIncoming)))
	mux.HandleFunc("POST "+pathIncoming+"{id}", ls.onLink(ls.classicOnly(ls.saveIncoming)))
	mux.HandleFunc("GET "+pathByURL+"{id}", ls.onLink(ls.classicOnly(ls.showByURL)))
	mux.HandleFunc("GET "+pathDelete+"{id}", ls.onLink(ls.showDelete))
	mux.HandleFunc("POST "+pathDelete+"{id}", ls.onLink(ls.confirmDelete))
	mux.HandleFunc("GET "+pathOAuth2Link, ls.providerPage(ls.showNewIncoming))
	mux.HandleFunc("POST "+pathOAuth2Link, ls.providerPage(ls.saveNewIncoming))
	mux.HandleFunc("GET "+pathOAuth2Link+"/{id}", ls.onLink(ls.clientOnly(ls.editIncomingLink)))
	mux.HandleFunc("POST "+pathOAuth2Link+"/{id}", ls.onLink(ls.clientOnly(ls.saveIncomingLink)))
	mux.HandleFunc("GET "+pathOAuth2Link+"/{id}/credentials", ls.onLink(ls.clientOnly(ls.showCredentials)))
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
func (ls *links) listLinks(w http.ResponseWriter, r *http.Request) {
	title := "Configure Application Links"
	if ls.newLook() {
		title = "Application links"
	}
	var rows []row
	for _, l := range ls.allLinks() {
		x := l.row()
		x.Primary = !x.Client && ls.isPrimary(l)
		rows = append(rows, x)
	}
	p := page{Title: title, Body: rows, Message: after(r, "deleted", "The application link was deleted.")}
	query := r.URL.Query()
	if l, ok := ls.linkWithID(query.Get("created")); ok {
		p.Message = "Application Link '" + l.name + "' created successfully."
	}
	if query.Get("error") == errURLMissing {
		p.Error = errURLMissing
	}
	ls.render(w, r, "links", p)
}

// linkHandler answers on a page of one link.
type linkHandler func(http.ResponseWriter, *http.Request, link)

// classicOnly and clientOnly send the one kind of link to the pages that the
// other does not have.
func (ls *links) classicOnly(h linkHandler) linkHandler {
	return func(w http.ResponseWriter, r *http.Request, l link) {
		if l.client != nil {
			ls.redirect(w, r, pathOAuth2Link+"/"+l.id)
			return
		}
		h(w, r, l)
	}
}

func (ls *links) clientOnly(h linkHandler) linkHandler {
	return func(w http.ResponseWriter, r *http.Request, l link) {
		if l.client == nil {
			ls.redirect(w, r, pathConfigure+l.id)
			return
		}
		h(w, r, l)
	}
}

// onLink lets an administrator through to a page of one link.
func (ls *links) onLink(h linkHandler) http.HandlerFunc {
	return ls.admin(func(w http.ResponseWriter, r *http.Request) {
		l, ok := ls.linkWithID(r.PathValue("id"))
		if !ok {
			ls.renderMessage(w, r, http.StatusNotFound, "No such application link", "The application link does not exist any more.")
			return
		}
		h(w, r, l)
	})
}

func (ls *links) showDelete(w http.ResponseWriter, r *http.Request, l link) {
	ls.render(w, r, "delete", page{Title: "Delete application link", Body: l.row()})
}

func (ls *links) confirmDelete(w http.ResponseWriter, r *http.Request, l link) {
	ls.deleteLink(l.id)
	ls.redirect(w, r, pathLinks+"?deleted")
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

func (ls *links) showDetails(w http.ResponseWriter, r *http.Request, l link) {
	ls.render(w, r, "configure", page{Title: "Configure " + l.name, Body: details{Tab: "details", Link: l.row(), TypeID: l.typeID}})
}

func (ls *links) saveDetails(w http.ResponseWriter, r *http.Request, l link) {
	name, display := strings.TrimSpace(r.PostFormValue("applicationName")), strings.TrimSpace(r.PostFormValue("displayUrl"))
	tab := details{Tab: "details", Link: l.row(), TypeID: l.typeID}
	if name == "" {
		ls.render(w, r, "configure", page{Title: "Configure " + l.name, Body: tab, Error: errNoName.Error()})
		return
	}
	ls.changeLink(l.id, func(l *link) {
		l.name, l.url = name, display
		if l.consumer != nil {
			c := *l.consumer
			c.LinkName, c.ApplicationURL = name, display
			l.consumer = &c
		}
	})
	ls.redirect(w, r, pathConfigure+l.id)
}

func (ls *links) showOutgoing(w http.ResponseWriter, r *http.Request, l link) {
	ls.render(w, r, "configure", page{Title: "Configure " + l.name, Body: details{Tab: "outgoing", Link: l.row(), TypeID: l.typeID, Form: l.outgoing}})
}

func (ls *links) saveOutgoing(w http.ResponseWriter, r *http.Request, l link) {
	ls.changeLink(l.id, func(l *link) { l.outgoing = outgoingOf(r) })
	ls.redirect(w, r, pathOutgoing+l.id)
}

func outgoingOf(r *http.Request) outgoing {
	return outgoing{ProviderName: r.PostFormValue("serviceProviderName"), ConsumerKey: r.PostFormValue("consumerKey"),
		SharedSecret: r.PostFormValue("sharedSecret"), RequestTokenURL: r.PostFormValue("requestTokenUrl"),
		AccessTokenURL: r.PostFormValue("accessTokenUrl"), Authorize: r.PostFormValue("authorizeUrl")}
}
