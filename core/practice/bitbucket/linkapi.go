package bitbucket

import (
	"net/http"
)

const bodyLimit = 1 << 20 // bytes of a JSON body

// linkAPI are the REST resources that create and read application links without
// a browser.
type linkAPI struct{ *site }

func (a *linkAPI) mount(mux *http.ServeMux) {
	for _, version := range []string{"1.0", "2.0", "3.0", "latest"} {
		root := "/rest/applinks/" + version
		mux.HandleFunc("GET "+root+"/manifest", a.manifest)
		mux.HandleFunc("GET "+root+"/applicationlink", a.adminREST(a.restListLinks))
		mux.HandleFunc("GET "+root+"/applinks", a.adminREST(a.restListApplinks))
		mux.HandleFunc("GET "+root+"/applinks/{id}", a.adminREST(a.restGetApplink))
		mux.HandleFunc("DELETE "+root+"/applinks/{id}", a.adminREST(a.restDeleteApplink))
		mux.HandleFunc("PUT "+root+"/applicationlink", a.adminREST(a.restPutLink))
		mux.HandleFunc("GET "+root+"/applicationlink/{id}", a.adminREST(a.restGetLink))
		mux.HandleFunc("DELETE "+root+"/applicationlink/{id}", a.adminREST(a.restDeleteLink))
		mux.HandleFunc("PUT "+root+"/applicationlink/{id}/authentication/provider", a.adminREST(a.restPutProvider))
		mux.HandleFunc("GET "+root+"/status/{id}", a.adminREST(a.restLinkStatus))
		mux.HandleFunc("GET "+root+"/applicationlinkForm/manifest.json", a.adminREST(a.restProbe))
		mux.HandleFunc("POST "+root+"/applicationlinkForm/createAppLink", a.adminREST(a.restCreateForm))
	}
	for _, version := range []string{"1.0", "latest"} {
		auth := "/rest/applinks-oauth/" + version + "/applicationlink/{id}/authentication"
		mux.HandleFunc("GET "+auth, a.adminREST(a.restGetAuthentication))
		mux.HandleFunc("GET "+auth+"/consumer", a.adminREST(a.restGetConsumer))
		mux.HandleFunc("PUT "+auth+"/consumer", a.adminREST(a.restPutConsumer))
	}
}

func (a *linkAPI) adminREST(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a.permitted(w, r, callerOf(r).isAdmin()) {
			h(w, r)
		}
	}
}

// badRequest is the 400 of the Application Links plug-in.
func (a *linkAPI) badRequest(w http.ResponseWriter, r *http.Request, status int, message string) {
	a.refuse(r, status, message)
	writeApplinks(w, r, status, "status", restStatus{status, message})
}

// readJSON ignores properties that it does not know.
func (a *linkAPI) readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	err := decodeJSON(w, r, v)
	if err != nil {
		a.badRequest(w, r, http.StatusBadRequest, err.Error())
	}
	return err == nil
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

func (a *linkAPI) restLink(r *http.Request, l link) restLink {
	return restLink{ID: l.id, TypeID: l.typeID, Name: l.name, DisplayURL: l.url, RPCURL: l.rpcURL, IsPrimary: a.isPrimary(l),
		Links: []map[string]string{{"href": a.linkHref(r, l.id), "rel": "self"}}}
}

func (a *linkAPI) linkHref(r *http.Request, id string) string {
	return a.base(r) + "/rest/applinks/3.0/applicationlink/" + id
}

func (a *linkAPI) restListLinks(w http.ResponseWriter, r *http.Request) {
	all := []restLink{}
	for _, l := range a.classicLinks() {
		all = append(all, a.restLink(r, l))
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

func (a *linkAPI) restApplink(l link) restApplink {
	return restApplink{ID: l.id, Name: l.name, DisplayURL: l.url, RPCURL: l.rpcURL, Type: l.typeID, Primary: a.isPrimary(l)}
}

func (a *linkAPI) restListApplinks(w http.ResponseWriter, r *http.Request) {
	all := []restApplink{}
	for _, l := range a.classicLinks() {
		all = append(all, a.restApplink(l))
	}
	writeApplinks(w, r, http.StatusOK, "applicationLink", all)
}

func (a *linkAPI) restGetApplink(w http.ResponseWriter, r *http.Request) {
	if l, ok := a.withLink(w, r); ok {
		writeApplinks(w, r, http.StatusOK, "applicationLink", a.restApplink(l))
	}
}

func (a *linkAPI) restDeleteApplink(w http.ResponseWriter, r *http.Request) {
	if l, ok := a.withLink(w, r); ok {
		a.deleteLink(l.id)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (a *linkAPI) restPutLink(w http.ResponseWriter, r *http.Request) {
	var in restLink
	if !a.readJSON(w, r, &in) {
		return
	}
	l, err := a.addLink(in.Name, in.RPCURL, in.TypeID)
	if err != nil {
		a.badRequest(w, r, http.StatusBadRequest, err.Error())
		return
	}
	if in.DisplayURL != "" {
		a.changeLink(l.id, func(l *link) { l.url = in.DisplayURL })
	}
	writeApplinks(w, r, http.StatusCreated, "created", map[string][]map[string]string{
		"resources-created": {{"href": a.linkHref(r, l.id), "rel": "self"}}})
}

// withLink answers 404 for a link that is not there.
func (a *linkAPI) withLink(w http.ResponseWriter, r *http.Request) (link, bool) {
	l, ok := a.linkWithID(r.PathValue("id"))
	if !ok || l.client != nil {
		a.badRequest(w, r, http.StatusNotFound, "No application link found for id "+r.PathValue("id"))
	}
	return l, ok && l.client == nil
}

func (a *linkAPI) restGetLink(w http.ResponseWriter, r *http.Request) {
	if l, ok := a.withLink(w, r); ok {
		writeApplinks(w, r, http.StatusOK, "applicationLink", a.restLink(r, l))
	}
}

func (a *linkAPI) restDeleteLink(w http.ResponseWriter, r *http.Request) {
	if l, ok := a.withLink(w, r); ok {
		a.deleteLink(l.id)
		writeApplinks(w, r, http.StatusOK, "status", restStatus{http.StatusOK, "Application link deleted"})
	}
}

func (a *linkAPI) restLinkStatus(w http.ResponseWriter, r *http.Request) {
	if l, ok := a.withLink(w, r); ok {
		writeApplinks(w, r, http.StatusOK, "status", map[string]any{"link": a.restLink(r, l), "working": false,
			"error": map[string]string{"category": "NON_ATLASSIAN", "type": "NON_ATLASSIAN"}})
	}
}

func (a *linkAPI) restPutProvider(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Config map[string]string `json:"config"`
	}
	l, ok := a.withLink(w, r)
	if !ok || !a.readJSON(w, r, &in) {
		return
	}
	a.changeLink(l.id, func(l *link) {
		l.outgoing.ConsumerKey = in.Config["consumerKey.outbound"]
		l.outgoing.RequestTokenURL = in.Config["serviceProvider.requestTokenUrl"]
		l.outgoing.Authorize = in.Config["serviceProvider.authorizeUrl"]
		l.outgoing.AccessTokenURL = in.Config["serviceProvider.accessTokenUrl"]
	})
	writeApplinks(w, r, http.StatusCreated, "status", struct{}{})
}

// restProbe is what the page asks before it offers "Configure Application URL".
func (a *linkAPI) restProbe(w http.ResponseWriter, r *http.Request) {
	for _, l := range a.classicLinks() {
		if sameURL(l.rpcURL, r.URL.Query().Get("url")) {
			a.badRequest(w, r, http.StatusConflict, errURLTaken.Error())
			return
		}
	}
	out := map[string]string{}
	if !a.options.ApplicationsUp {
		out["code"] = "applinks.warning.unknown.host"
		out["warning"] = "No response was received from the URL you entered - it may not be valid. Please fix the URL below, if needed, and click Continue."
	}
	writeApplinks(w, r, http.StatusOK, "manifest", out)
}

func (a *linkAPI) restCreateForm(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Link restLink `json:"applicationLink"`
	}
	if !a.readJSON(w, r, &in) {
		return
	}
	l, err := a.addLink(in.Link.Name, in.Link.RPCURL, in.Link.TypeID)
	if err != nil {
		a.badRequest(w, r, http.StatusBadRequest, err.Error())
		return
	}
	writeApplinks(w, r, http.StatusOK, "created", map[string]any{"applicationLink": a.restLink(r, *l), "autoConfigurationSuccessful": true})
}
