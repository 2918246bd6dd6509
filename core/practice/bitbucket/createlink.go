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
func (b *Bitbucket) applicationTypes() []applicationType {
	const products = "Link to Jira, Confluence, Bitbucket, Bamboo, Crowd, Fisheye and Crucible."
	first := applicationType{typeAtlassian, "Atlassian product", products}
	if b.version.AtLeast(firstOAuth1Wording) {
		first.Label = "Atlassian product via OAuth 1.0"
	}
	types := []applicationType{first}
	if b.version.AtLeast(firstThreeTypes) {
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
func (b *Bitbucket) showCreate(w http.ResponseWriter, r *http.Request) {
	if !b.newLook() {
		http.Redirect(w, r, b.context+pathLinks, http.StatusFound)
		return
	}
	b.render(w, r, "create", titleCreate, creation{Types: b.applicationTypes()})
}

// chooseType takes the dialog "Create link", or in the old look the field of the
// list page.
func (b *Bitbucket) chooseType(w http.ResponseWriter, r *http.Request) {
	c := creation{Types: b.applicationTypes(), Type: r.PostFormValue("applicationType"),
		Direction: r.PostFormValue("direction"), URL: strings.TrimSpace(r.PostFormValue("applicationUrl"))}
	if !b.newLook() {
		if c.URL == "" {
			http.Redirect(w, r, b.context+pathLinks+"?error="+url.QueryEscape(errURLMissing), http.StatusFound)
			return
		}
		b.askURL(w, r, c.URL)
		return
	}
	switch {
	case c.Type == typeExternal && (c.Direction == "incoming" || c.Direction == "outgoing"):
		http.Redirect(w, r, b.context+pathOAuth2Link+"?direction="+c.Direction, http.StatusFound)
	case c.Type == typeExternal:
		b.renderAgain(w, r, "create", titleCreate, c, "Please choose a direction.")
	case c.Type == typeAtlassianOAuth2 && b.version.AtLeast(firstThreeTypes):
		b.renderMessage(w, r, http.StatusOK, "Atlassian product via OAuth 2.0",
			"This type links two Atlassian products. For an application that signs with OAuth 1, go back and choose “Atlassian product via OAuth 1.0”.")
	case c.Type != typeAtlassian:
		b.renderAgain(w, r, "create", titleCreate, c, "Please choose an application type.")
	case c.URL == "":
		b.renderAgain(w, r, "create", titleCreate, c, errURLMissing)
	default:
		b.askURL(w, r, c.URL)
	}
}

// askURL shows "Configure Application URL", as for every application that does not answer:
// practice calls none.
func (b *Bitbucket) askURL(w http.ResponseWriter, r *http.Request, entered string) {
	full := entered
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	b.render(w, r, "appurl", titleConfigure, creation{Entered: entered, URL: full})
}

func (b *Bitbucket) confirmURL(w http.ResponseWriter, r *http.Request) {
	c := creation{Entered: r.PostFormValue("enteredUrl"), URL: strings.TrimSpace(r.PostFormValue("newUrl"))}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || !isHTTP(u.Scheme) {
		b.renderAgain(w, r, "appurl", titleConfigure, c, "The URL you entered is not valid.")
		return
	}
	b.showLinkDialog(w, r, c, "")
}

func (b *Bitbucket) showLinkDialog(w http.ResponseWriter, r *http.Request, c creation, why string) {
	c.LinkTypes, c.BaseURL = linkTypes, b.base(r)
	if c.TypeID == "" {
		c.TypeID = "generic"
	}
	if why != "" {
		b.renderAgain(w, r, "applink", titleLink, c, why)
		return
	}
	b.render(w, r, "applink", titleLink, c)
}

func creationOf(r *http.Request) creation {
	return creation{URL: r.PostFormValue("applicationUrl"), Name: strings.TrimSpace(r.PostFormValue("applicationName")),
		TypeID: r.PostFormValue("applicationType"), Outgoing: outgoingOf(r), Incoming: r.PostFormValue("createIncomingLink") != ""}
}

// describeLink takes "Link applications".
func (b *Bitbucket) describeLink(w http.ResponseWriter, r *http.Request) {
	c := creationOf(r)
	if c.Incoming && c.Name != "" {
		b.render(w, r, "appincoming", titleLink, c)
		return
	}
	l, err := b.addLink(c.Name, c.URL, c.TypeID)
	if err != nil {
		b.showLinkDialog(w, r, c, err.Error())
		return
	}
	b.finishCreation(w, r, l, c)
}

// describeIncoming takes the page that "Create incoming link" adds.
func (b *Bitbucket) describeIncoming(w http.ResponseWriter, r *http.Request) {
	c := creationOf(r)
	c.Incoming, c.Consumer = true, incomingOf(r)
	consumer, problems := c.Consumer.check()
	if problems != nil {
		c.Errors = problems
		b.renderAgain(w, r, "appincoming", titleLink, c, firstProblem(problems))
		return
	}
	l, err := b.addLink(c.Name, c.URL, c.TypeID)
	if err == nil {
		if err = b.setConsumer(l.id, consumer); err != nil {
			b.deleteLink(l.id)
		}
	}
	if err != nil {
		b.renderAgain(w, r, "appincoming", titleLink, c, err.Error())
		return
	}
	b.finishCreation(w, r, l, c)
}

func (b *Bitbucket) finishCreation(w http.ResponseWriter, r *http.Request, l *link, c creation) {
	b.changeLink(l.id, func(l *link) { l.outgoing = c.Outgoing })
	http.Redirect(w, r, b.context+pathLinks+"?created="+l.id, http.StatusFound)
}
