package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
)

// errURLMissing is said when a link is created without an address.
const errURLMissing = "Please enter the URL of the application you want to link."

// applicationType is one choice of the dialog "Create link".
type applicationType struct{ Value, Label, Help string }

// Values of the field applicationType.
const (
	typeAtlassian       = "atlassian"
	typeAtlassianOAuth2 = "atlassian-oauth2"
	typeExternal        = "external"
)

// The versions that changed the words of the dialog. Its second wording was seen
// in January 2025, on a version that is not known; 8.19 is our choice.
const (
	firstOAuth1Wording = "8.19"
	firstThreeTypes    = "10.1"
)

// applicationTypes are the choices that this version offers.
func (ls *links) applicationTypes() []applicationType {
	const products = "Link to Jira, Confluence, Bitbucket, Bamboo, Crowd, Fisheye and Crucible."
	first := applicationType{typeAtlassian, "Atlassian product", products}
	if ls.version.AtLeast(firstOAuth1Wording) {
		first.Label = "Atlassian product via OAuth 1.0"
	}
	types := []applicationType{first}
	if ls.version.AtLeast(firstThreeTypes) {
		types = append(types, applicationType{typeAtlassianOAuth2, "Atlassian product via OAuth 2.0", products})
	}
	return append(types, applicationType{typeExternal, "External application", "Link to an external application using OAuth 2.0."})
}

// creation is what the dialogs hand from one to the next.
type creation struct {
	Types     []applicationType
	Type      string // chosen
	Direction string // "incoming" or "outgoing"
	URL       string // of the application
	Entered   string // as it was first typed
	AskUseURL bool

	Name     string
	TypeID   string
	Outgoing outgoing
	Incoming bool // "Create incoming link"
	Consumer incoming
	Errors   map[string]string

	LinkTypes []struct{ ID, Name string }
	BaseURL   string
}

// Titles of the dialogs.
const (
	titleCreate    = "Create link"
	titleConfigure = "Configure Application URL"
	titleLink      = "Link applications"
)

// showCreate is the dialog "Create link" of the new look.
func (ls *links) showCreate(w http.ResponseWriter, r *http.Request) {
	if !ls.newLook() {
		ls.redirect(w, r, pathLinks)
		return
	}
	ls.render(w, r, "create", page{Title: titleCreate, Body: creation{Types: ls.applicationTypes()}})
}

// chooseType takes the dialog "Create link", or in the old look the field of the
// list page.
func (ls *links) chooseType(w http.ResponseWriter, r *http.Request) {
	c := creation{Types: ls.applicationTypes(), Type: r.PostFormValue("applicationType"),
		Direction: r.PostFormValue("direction"), URL: strings.TrimSpace(r.PostFormValue("applicationUrl"))}
	if !ls.newLook() {
		if c.URL == "" {
			ls.redirect(w, r, pathLinks+"?error="+url.QueryEscape(errURLMissing))
			return
		}
		ls.askURL(w, r, c.URL)
		return
	}
	switch {
	case c.Type == typeExternal && (c.Direction == "incoming" || c.Direction == "outgoing"):
		ls.redirect(w, r, pathOAuth2Link+"?direction="+c.Direction)
	case c.Type == typeExternal:
		ls.render(w, r, "create", page{Title: titleCreate, Body: c, Error: "Please choose a direction."})
	case c.Type == typeAtlassianOAuth2 && ls.version.AtLeast(firstThreeTypes):
		ls.renderMessage(w, r, http.StatusOK, "Atlassian product via OAuth 2.0",
			"This type links two Atlassian products. For an application that signs with OAuth 1, go back and choose “Atlassian product via OAuth 1.0”.")
	case c.Type != typeAtlassian:
		ls.render(w, r, "create", page{Title: titleCreate, Body: c, Error: "Please choose an application type."})
	case c.URL == "":
		ls.render(w, r, "create", page{Title: titleCreate, Body: c, Error: errURLMissing})
	default:
		ls.askURL(w, r, c.URL)
	}
}

// askURL shows "Configure Application URL" when the application does not
// answer. Practice never calls it: an option decides.
func (ls *links) askURL(w http.ResponseWriter, r *http.Request, entered string) {
	full := entered
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	c := creation{Entered: entered, URL: full, AskUseURL: ls.options.AskUseThisURL}
	if ls.options.ApplicationsUp {
		ls.showLinkDialog(w, r, c, "")
		return
	}
	ls.render(w, r, "appurl", page{Title: titleConfigure, Body: c})
}

func (ls *links) confirmURL(w http.ResponseWriter, r *http.Request) {
	c := creation{Entered: r.PostFormValue("enteredUrl"), URL: strings.TrimSpace(r.PostFormValue("newUrl")), AskUseURL: ls.options.AskUseThisURL}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || !isHTTP(u.Scheme):
		ls.render(w, r, "appurl", page{Title: titleConfigure, Body: c, Error: "The URL you entered is not valid."})
	case c.AskUseURL && r.PostFormValue("useThisUrl") == "":
		ls.render(w, r, "appurl", page{Title: titleConfigure, Body: c, Error: "No response was received. Tick “Use this URL” to go on with it."})
	default:
		ls.showLinkDialog(w, r, c, "")
	}
}

func (ls *links) showLinkDialog(w http.ResponseWriter, r *http.Request, c creation, why string) {
	c.LinkTypes, c.BaseURL = linkTypes, ls.base(r)
	if c.TypeID == "" {
		c.TypeID = "generic"
	}
	if why != "" {
		ls.render(w, r, "applink", page{Title: titleLink, Body: c, Error: why})
		return
	}
	ls.render(w, r, "applink", page{Title: titleLink, Body: c})
}

func creationOf(r *http.Request) creation {
	return creation{URL: r.PostFormValue("applicationUrl"), Name: strings.TrimSpace(r.PostFormValue("applicationName")),
		TypeID: r.PostFormValue("applicationType"), Outgoing: outgoingOf(r), Incoming: r.PostFormValue("createIncomingLink") != ""}
}

// describeLink takes "Link applications".
func (ls *links) describeLink(w http.ResponseWriter, r *http.Request) {
	c := creationOf(r)
	if c.Incoming && c.Name != "" {
		ls.render(w, r, "appincoming", page{Title: titleLink, Body: c})
		return
	}
	l, err := ls.addLink(c.Name, c.URL, c.TypeID)
	if err != nil {
		ls.showLinkDialog(w, r, c, err.Error())
		return
	}
	ls.finishCreation(w, r, l, c)
}

// describeIncoming takes the page that "Create incoming link" adds.
func (ls *links) describeIncoming(w http.ResponseWriter, r *http.Request) {
	c := creationOf(r)
	c.Incoming, c.Consumer = true, incomingOf(r)
	consumer, problems := c.Consumer.check()
	if problems != nil {
		c.Errors = problems
		ls.render(w, r, "appincoming", page{Title: titleLink, Body: c, Error: firstProblem(problems)})
		return
	}
	l, err := ls.addLink(c.Name, c.URL, c.TypeID)
	if err == nil {
		if err = ls.setConsumer(l.id, consumer); err != nil {
			ls.deleteLink(l.id)
		}
	}
	if err != nil {
		ls.render(w, r, "appincoming", page{Title: titleLink, Body: c, Error: err.Error()})
		return
	}
	ls.finishCreation(w, r, l, c)
}

func (ls *links) finishCreation(w http.ResponseWriter, r *http.Request, l *link, c creation) {
	ls.changeLink(l.id, func(l *link) { l.outgoing = c.Outgoing })
	ls.redirect(w, r, pathLinks+"?created="+l.id)
}
