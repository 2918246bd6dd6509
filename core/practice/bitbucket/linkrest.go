package bitbucket

import (
	"encoding/json"
	"net/http"
)

const bodyLimit = 1 << 20 // bytes of a JSON body

// linkRESTRoutes are the calls that create and read application links without
// a browser.
func (b *Bitbucket) linkRESTRoutes(mux *http.ServeMux) {
	for _, version := range []string{"1.0", "2.0", "3.0", "latest"} {
		root := "/rest/applinks/" + version
		mux.HandleFunc("GET "+root+"/manifest", b.manifest)
		mux.HandleFunc("GET "+root+"/applicationlink", b.adminREST(b.restListLinks))
		mux.HandleFunc("GET "+root+"/applinks", b.adminREST(b.restListApplinks))
		mux.HandleFunc("GET "+root+"/applinks/{id}", b.adminREST(b.restGetApplink))
		mux.HandleFunc("DELETE "+root+"/applinks/{id}", b.adminREST(b.restDeleteApplink))
		mux.HandleFunc("PUT "+root+"/applicationlink", b.adminREST(b.restPutLink))
		mux.HandleFunc("GET "+root+"/applicationlink/{id}", b.adminREST(b.restGetLink))
		mux.HandleFunc("DELETE "+root+"/applicationlink/{id}", b.adminREST(b.restDeleteLink))
		mux.HandleFunc("PUT "+root+"/applicationlink/{id}/authentication/provider", b.adminREST(b.restPutProvider))
		mux.HandleFunc("GET "+root+"/status/{id}", b.adminREST(b.restLinkStatus))
		mux.HandleFunc("GET "+root+"/applicationlinkForm/manifest.json", b.adminREST(b.restProbe))
		mux.HandleFunc("POST "+root+"/applicationlinkForm/createAppLink", b.adminREST(b.restCreateForm))
	}
	for _, version := range []string{"1.0", "latest"} {
		auth := "/rest/applinks-oauth/" + version + "/applicationlink/{id}/authentication"
		mux.HandleFunc("GET "+auth, b.adminREST(b.restGetAuthentication))
		mux.HandleFunc("GET "+auth+"/consumer", b.adminREST(b.restGetConsumer))
		mux.HandleFunc("PUT "+auth+"/consumer", b.adminREST(b.restPutConsumer))
	}
}

func (b *Bitbucket) adminREST(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if b.permitted(w, r, callerOf(r).isAdmin()) {
			h(w, r)
		}
	}
}

// badRequest is the 400 of the Application Links plug-in.
func (b *Bitbucket) badRequest(w http.ResponseWriter, r *http.Request, status int, message string) {
	b.refuse(r, status, message)
	writeApplinks(w, r, status, "status", restStatus{status, message})
}

// readJSON ignores properties that it does not know.
func (b *Bitbucket) readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	err := decodeJSON(w, r, v)
	if err != nil {
		b.badRequest(w, r, http.StatusBadRequest, err.Error())
	}
	return err == nil
}

func decodeJSON(w http.ResponseWriter, r *http.Request, v any) error {
	return json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(v)
}

type restLink struct {
	ID         string `json:"id"`
	TypeID     string `json:"typeId"`
	Name       string `json:"name"`
	DisplayURL string `json:"displayUrl"`
	RPCURL     string `json:"rpcUrl"`
	IsPrimary  bool   `json:"isPrimary"`
	IsSystem   bool   `json:"isSystem"`
	Links      any    `json:"link"`
}

func (b *Bitbucket) restLink(r *http.Request, l link) restLink {
	return restLink{ID: l.id, TypeID: l.typeID, Name: l.name, DisplayURL: l.url, RPCURL: l.rpcURL, IsPrimary: b.isPrimary(l),
		Links: []map[string]string{{"href": b.linkHref(r, l.id), "rel": "self"}}}
}

// isPrimary reports whether a link is the first of its type.
func (b *Bitbucket) isPrimary(l link) bool {
	for _, other := range b.classicLinks() {
		if other.typeID == l.typeID {
			return other.id == l.id
		}
	}
	return false
}

func (b *Bitbucket) linkHref(r *http.Request, id string) string {
	return b.base(r) + "/rest/applinks/3.0/applicationlink/" + id
}

func (b *Bitbucket) restListLinks(w http.ResponseWriter, r *http.Request) {
	all := []restLink{}
	for _, l := range b.classicLinks() {
		all = append(all, b.restLink(r, l))
	}
	writeApplinks(w, r, http.StatusOK, "applicationLinks", map[string][]restLink{"applicationLinks": all})
}

// restApplink is a link as the newer resource shows it.
type restApplink struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	DisplayURL string   `json:"displayUrl"`
	RPCURL     string   `json:"rpcUrl"`
	Type       string   `json:"type"`
	Primary    bool     `json:"primary"`
	System     bool     `json:"system"`
	Properties struct{} `json:"properties"`
	Data       struct{} `json:"data"`
}

func (b *Bitbucket) restApplink(l link) restApplink {
	return restApplink{ID: l.id, Name: l.name, DisplayURL: l.url, RPCURL: l.rpcURL, Type: l.typeID, Primary: b.isPrimary(l)}
}

func (b *Bitbucket) restListApplinks(w http.ResponseWriter, r *http.Request) {
	all := []restApplink{}
	for _, l := range b.classicLinks() {
		all = append(all, b.restApplink(l))
	}
	writeApplinks(w, r, http.StatusOK, "applicationLink", all)
}

func (b *Bitbucket) restGetApplink(w http.ResponseWriter, r *http.Request) {
	if l, ok := b.withLink(w, r); ok {
		writeApplinks(w, r, http.StatusOK, "applicationLink", b.restApplink(l))
	}
}

func (b *Bitbucket) restDeleteApplink(w http.ResponseWriter, r *http.Request) {
	if l, ok := b.withLink(w, r); ok {
		b.deleteLink(l.id)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (b *Bitbucket) restPutLink(w http.ResponseWriter, r *http.Request) {
	var in restLink
	if !b.readJSON(w, r, &in) {
		return
	}
	l, err := b.addLink(in.Name, in.RPCURL, in.TypeID)
	if err != nil {
		b.badRequest(w, r, http.StatusBadRequest, err.Error())
		return
	}
	if in.DisplayURL != "" {
		b.changeLink(l.id, func(l *link) { l.url = in.DisplayURL })
	}
	writeApplinks(w, r, http.StatusCreated, "created", map[string][]map[string]string{
		"resources-created": {{"href": b.linkHref(r, l.id), "rel": "self"}}})
}

// withLink answers 404 for a link that is not there.
func (b *Bitbucket) withLink(w http.ResponseWriter, r *http.Request) (link, bool) {
	l, ok := b.linkWithID(r.PathValue("id"))
	if !ok || l.client != nil {
		b.badRequest(w, r, http.StatusNotFound, "No application link found for id "+r.PathValue("id"))
	}
	return l, ok && l.client == nil
}

func (b *Bitbucket) restGetLink(w http.ResponseWriter, r *http.Request) {
	if l, ok := b.withLink(w, r); ok {
		writeApplinks(w, r, http.StatusOK, "applicationLink", b.restLink(r, l))
	}
}

func (b *Bitbucket) restDeleteLink(w http.ResponseWriter, r *http.Request) {
	if l, ok := b.withLink(w, r); ok {
		b.deleteLink(l.id)
		writeApplinks(w, r, http.StatusOK, "status", restStatus{http.StatusOK, "Application link deleted"})
	}
}

func (b *Bitbucket) restLinkStatus(w http.ResponseWriter, r *http.Request) {
	if l, ok := b.withLink(w, r); ok {
		writeApplinks(w, r, http.StatusOK, "status", map[string]any{"link": b.restLink(r, l), "working": false,
			"error": map[string]string{"category": "NON_ATLASSIAN", "type": "NON_ATLASSIAN"}})
	}
}

func (b *Bitbucket) restPutProvider(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Config map[string]string `json:"config"`
	}
	l, ok := b.withLink(w, r)
	if !ok || !b.readJSON(w, r, &in) {
		return
	}
	b.changeLink(l.id, func(l *link) {
		l.outgoing.ConsumerKey = in.Config["consumerKey.outbound"]
		l.outgoing.RequestTokenURL = in.Config["serviceProvider.requestTokenUrl"]
		l.outgoing.Authorize = in.Config["serviceProvider.authorizeUrl"]
		l.outgoing.AccessTokenURL = in.Config["serviceProvider.accessTokenUrl"]
	})
	writeApplinks(w, r, http.StatusCreated, "status", struct{}{})
}

// restProbe is what the page asks before it offers "Configure Application URL".
func (b *Bitbucket) restProbe(w http.ResponseWriter, r *http.Request) {
	for _, l := range b.classicLinks() {
		if sameURL(l.rpcURL, r.URL.Query().Get("url")) {
			b.badRequest(w, r, http.StatusConflict, errURLTaken.Error())
			return
		}
	}
	writeApplinks(w, r, http.StatusOK, "manifest", map[string]string{"code": "applinks.warning.unknown.host",
		"warning": "No response was received from the URL you entered - it may not be valid. Please fix the URL below, if needed, and click Continue."})
}

func (b *Bitbucket) restCreateForm(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Link restLink `json:"applicationLink"`
	}
	if !b.readJSON(w, r, &in) {
		return
	}
	l, err := b.addLink(in.Link.Name, in.Link.RPCURL, in.Link.TypeID)
	if err != nil {
		b.badRequest(w, r, http.StatusBadRequest, err.Error())
		return
	}
	writeApplinks(w, r, http.StatusOK, "created", map[string]any{"applicationLink": b.restLink(r, *l), "autoConfigurationSuccessful": true})
}
