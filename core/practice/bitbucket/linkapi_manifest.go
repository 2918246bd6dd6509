package bitbucket

import (
	"encoding/xml"
	"net/http"
	"strings"
)

// The resources by which a server says what it is. The faults Jira and
// Confluence answer in their place.

const applinksVersion = "9.1.5" // of the Application Links plug-in

type manifest struct {
	XMLName         xml.Name `json:"-" xml:"manifest"`
	ID              string   `json:"id" xml:"id"`
	Name            string   `json:"name" xml:"name"`
	TypeID          string   `json:"typeId" xml:"typeId"`
	Version         string   `json:"version" xml:"version"`
	BuildNumber     string   `json:"buildNumber" xml:"buildNumber"`
	ApplinksVersion string   `json:"applinksVersion" xml:"applinksVersion"`
	PublicSignup    bool     `json:"publicSignup" xml:"publicSignup"`
	URL             string   `json:"url" xml:"url"`
}

const serverID = "2cbd3e5a-6ba1-36d4-b3c6-0c7d4a1f9e21" // of every practice server

// manifest is anonymous, XML unless JSON is asked for.
func (a *linkAPI) manifest(w http.ResponseWriter, r *http.Request) {
	m := manifest{ID: serverID, Name: "Bitbucket", TypeID: "stash", Version: a.Version(), BuildNumber: a.buildNumber(),
		ApplinksVersion: applinksVersion, URL: a.base(r)}
	switch {
	case a.faults.on(Jira):
		m.Name, m.TypeID, m.Version, m.BuildNumber = "Jira", "jira", jiraVersion, "9120000"
	case a.faults.on(Confluence):
		m.Name, m.TypeID, m.Version, m.BuildNumber = "Confluence", "confluence", confluenceVersion, "9012"
	}
	if strings.Contains(r.Header.Get("Accept"), "json") {
		writeJSON(w, http.StatusOK, m)
		return
	}
	writeXML(w, m)
}

func writeXML(w http.ResponseWriter, v any) {
	out, err := xml.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
	w.Write(append([]byte(xml.Header), out...))
}

// consumerInfo is what other products read to make Bitbucket their consumer.
func (o *oauth1) consumerInfo(w http.ResponseWriter, _ *http.Request) {
	writeXML(w, struct {
		XMLName xml.Name `xml:"consumer"`
		Key     string   `xml:"key"`
		Name    string   `xml:"name"`
	}{Key: "Stash:practice", Name: "Bitbucket"})
}

const (
	jiraVersion       = "9.12.0"
	confluenceVersion = "8.5.0"
)

// impersonate answers as Jira or Confluence would, and reports whether it did.
func (d *disturber) impersonate(w http.ResponseWriter, r *http.Request) bool {
	jira, confluence := d.faults.on(Jira), d.faults.on(Confluence)
	if !jira && !confluence {
		return false
	}
	w.Header().Set("X-AUSERNAME", "anonymous") // both say so; Bitbucket says nothing
	path := r.URL.Path
	switch {
	case jira && path == "/rest/api/2/serverInfo":
		writeJSON(w, http.StatusOK, map[string]any{"baseUrl": d.base(r), "version": jiraVersion, "deploymentType": "Server",
			"buildNumber": 9120000, "serverTitle": "Jira"})
	case strings.HasPrefix(path, "/rest/applinks/") || !strings.HasPrefix(path, "/rest/"):
		return false
	default:
		d.noSuchResource(w, r)
	}
	return true
}
