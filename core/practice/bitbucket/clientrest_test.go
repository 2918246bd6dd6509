package bitbucket

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// rest sends JSON to the client resource as a user, whose password is the name; as
// nobody when that is empty.
func (p *practice) rest(user, method, path, body string) answer {
	p.t.Helper()
	r := must(http.NewRequest(method, p.base+"/rest/oauth2/latest/client"+path, strings.NewReader(body)))
	r.Header.Set("Content-Type", "application/json")
	if user != "" {
		r.SetBasicAuth(user, user)
	}
	return do(p.t, r)
}

// A link is made, read, changed, given another secret and deleted over REST, and works
// meanwhile.
func TestClientResource(t *testing.T) {
	p := newOAuth2(t, Options{})
	a := p.rest("admin", "POST", "", `{"name":"Made","redirects":["https://a.example/1","https://a.example/2"],"scope":"REPO_READ"}`)
	var made restClient
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.StatusCode != 200 {
		t.Fatalf("%d %s, %v", a.StatusCode, a.body, err)
	}
	if made.ID == "" || len(made.ClientID) != 32 || len(made.Secret) != 64 || made.Name != "Made" || len(made.Redirects) != 2 || made.Scope != "REPO_READ" || made.UserKey == "" {
		t.Errorf("made %+v", made)
	}
	knows := func(secret string) bool {
		return p.post("/rest/oauth2/latest/revoke", fields(nil, "client_id", made.ClientID, "client_secret", secret, "token", "x")).StatusCode == 200
	}
	if !knows(made.Secret) {
		t.Error("the made client is not known")
	}
	var all []restClient
	if a = p.rest("admin", "GET", "", ""); json.Unmarshal([]byte(a.body), &all) != nil || len(all) != 2 {
		t.Errorf("the list is %d %s", a.StatusCode, a.body)
	}
	if a = p.rest("admin", "PUT", "/"+made.ID, `{"name":"Changed","redirects":["https://a.example/3"],"scope":"REPO_WRITE"}`); a.StatusCode != 204 || a.body != "" {
		t.Errorf("change: %d %s", a.StatusCode, a.body)
	}
	var changed restClient
	if a = p.rest("admin", "GET", "/"+made.ID, ""); json.Unmarshal([]byte(a.body), &changed) != nil || changed.Name != "Changed" ||
		changed.Scope != "REPO_WRITE" || changed.Redirects[0] != "https://a.example/3" || changed.Secret != made.Secret {
		t.Errorf("changed: %d %s", a.StatusCode, a.body)
	}
	var reset restClient
	if a = p.rest("admin", "PUT", "/reset/"+made.ClientID, ""); json.Unmarshal([]byte(a.body), &reset) != nil || reset.Secret == made.Secret {
		t.Errorf("another secret: %d %s", a.StatusCode, a.body)
	}
	if knows(made.Secret) || !knows(reset.Secret) {
		t.Error("the secret was not replaced")
	}
	if a = p.rest("admin", "DELETE", "/"+made.ID, ""); a.StatusCode != 204 || knows(reset.Secret) {
		t.Errorf("deletion: %d %s", a.StatusCode, a.body)
	}
}

func TestClientResourceRefuses(t *testing.T) {
	p := newOAuth2(t, Options{})
	for _, call := range []string{"GET ", "POST ", "GET /1", "PUT /1", "DELETE /1", "PUT /reset/app"} {
		method, path, _ := strings.Cut(call, " ")
		for _, user := range []string{"", "jane"} {
			if a := p.rest(user, method, path, "{}"); a.StatusCode != 401 {
				t.Errorf("%s as %q: %d %s", call, user, a.StatusCode, a.body)
			}
		}
	}
	long := "https://a.example/" + strings.Repeat("a", redirectLimit)
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		field                    string // "" where the error is of the whole
	}{
		{"no name", "POST", "", `{"redirects":["https://a.example/"],"scope":"REPO_READ"}`, 400, "name"},
		{"a name that is taken", "POST", "", `{"name":"The App","redirects":["https://a.example/"],"scope":"REPO_READ"}`, 400, "name"},
		{"no redirect", "POST", "", `{"name":"A","scope":"REPO_READ"}`, 400, "redirects"},
		{"a fragment", "POST", "", `{"name":"A","redirects":["https://a.example/#x"],"scope":"REPO_READ"}`, 400, "redirects"},
		{"a path alone", "POST", "", `{"name":"A","redirects":["/callback"],"scope":"REPO_READ"}`, 400, "redirects"},
		{"too long", "POST", "", `{"name":"A","redirects":["` + long + `"],"scope":"REPO_READ"}`, 400, "redirects"},
		{"unknown scope", "POST", "", `{"name":"A","redirects":["https://a.example/"],"scope":"repository"}`, 400, "scope"},
		{"no such link", "GET", "/none", "", 404, ""},
		{"no such link to change", "PUT", "/none", "{}", 404, ""},
		{"no such client", "PUT", "/reset/none", "", 404, ""},
	} {
		a := p.rest("admin", tt.method, tt.path, tt.body)
		var told struct {
			Errors []string            `json:"errors"`
			Fields map[string][]string `json:"fieldErrors"`
		}
		if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.StatusCode != tt.status || told.Errors == nil || told.Fields == nil {
			t.Errorf("%s: %d %s", tt.name, a.StatusCode, a.body)
		}
		if of := len(told.Fields[tt.field]); tt.field != "" && of == 0 || tt.field == "" && len(told.Errors) == 0 {
			t.Errorf("%s: %s", tt.name, a.body)
		}
	}
}
