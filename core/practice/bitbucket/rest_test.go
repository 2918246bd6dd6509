package bitbucket

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// as sends a REST call with Basic authentication; an empty user is anonymous.
func (p *practice) as(user, method, path, body string) answer {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if user != "" {
		req.SetBasicAuth(user, user)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return do(p.t, req)
}

func TestRESTErrors(t *testing.T) {
	const denied = `{"errors":[{"context":null,"message":"You are not permitted to access this resource","exceptionName":"com.atlassian.bitbucket.AuthorisationException"}]}`
	for _, c := range []struct {
		version, user, path string
		status              int
		body                string
	}{
		{"7.21", "", "/rest/api/1.0/users/jane", 401, denied},
		{"9.4", "", "/rest/api/latest/inbox/pull-requests/count", 401, denied},
		{"10.2", "", "/rest/api/1.0/users/jane", 401, strings.Replace(denied, "com.atlassian.bitbucket.AuthorisationException", "com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException", 1)},
		{"10.2", "jane", "/rest/oauth2/1.0/client", 401, denied},
		{"7.17", "", "/rest/oauth2/1.0/client", 404, `{"message":"null for uri: BASE/rest/oauth2/1.0/client","status-code":404}`},
		{"7.21", "", "/rest/oauth2/1.0/client", 401, denied},
		{"7.21", "jane", "/rest/api/1.0/users/x", 404, `{"errors":[{"context":null,"message":"User x does not exist.","exceptionName":"com.atlassian.bitbucket.user.NoSuchUserException"}]}`},
		{"7.21", "jane", "/rest/api/1.0/projects/X/repos", 404, `{"errors":[{"context":null,"message":"Project X does not exist.","exceptionName":"com.atlassian.bitbucket.project.NoSuchProjectException"}]}`},
		{"7.21", "jane", "/rest/api/1.0/projects/PRJ/repos/x", 404, `{"errors":[{"context":null,"message":"Repository PRJ/x does not exist.","exceptionName":"com.atlassian.bitbucket.repository.NoSuchRepositoryException"}]}`},
		{"7.21", "nobody", "/rest/api/1.0/repos", 401, `{"errors":[{"context":null,"message":"Authentication failed. Please check your credentials and try again.","exceptionName":"com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"}]}`},
	} {
		p := newPractice(t, Options{Version: c.version})
		a := p.as(c.user, "GET", c.path, "")
		if a.StatusCode != c.status || strings.TrimSpace(a.body) != strings.ReplaceAll(c.body, "BASE", p.base) {
			t.Errorf("%s %s: %d %s", c.version, c.path, a.StatusCode, a.body)
		}
		want := []string(nil)
		if c.status == 401 {
			want = []string{`OAuth realm="` + escape(p.base) + `"`}
		}
		if got := a.Header.Values("WWW-Authenticate"); !slices.Equal(got, want) {
			t.Errorf("%s %s: challenges %q", c.version, c.path, got)
		}
	}
}

func TestOAuth2Probe(t *testing.T) {
	for base, want := range map[string]int{"": 404, "https://bb.example/bitbucket": 401} {
		p := newPractice(t, Options{Version: "8.19", RequireHTTPS: true, PublicURL: base})
		if a := p.get("/rest/oauth2/1.0/client"); a.StatusCode != want {
			t.Errorf("base URL %q: %d", base, a.StatusCode)
		}
	}
}

func TestRESTAnswers(t *testing.T) {
	p := newPractice(t, Options{ContextPath: "/"})
	for _, c := range []struct{ user, path, body string }{
		{"", "/rest/api/1.0/application-properties", properties7},
		{"jane", "/rest/api/1.0/users/jane", `{"name":"jane","emailAddress":"jane@example.com","id":42,"displayName":"Jane Doe","active":true,"slug":"jane","type":"NORMAL","links":{"self":[{"href":"BASE/users/jane"}]}}`},
		{"jane", "/rest/api/latest/inbox/pull-requests/count", `{"count":0}`},
		{"", "/rest/authconfig/1.0/login-options", `{"results":[{"type":"LOGIN_FORM"}],"isLastPage":true,"limit":50,"size":1,"start":0}`},
		{"", "/status", `{"state":"RUNNING"}`},
		{"jane", "/plugins/servlet/applinks/whoami", "jane"},
		{"", "/plugins/servlet/applinks/whoami", ""},
	} {
		a := p.as(c.user, "GET", c.path, "")
		if want := strings.ReplaceAll(c.body, "BASE", p.base); a.StatusCode != 200 || strings.TrimSpace(a.body) != want {
			t.Errorf("%s: %d %s", c.path, a.StatusCode, a.body)
		}
		if got := a.Header.Get("X-AUSERNAME"); got != c.user || !strings.HasPrefix(a.Header.Get("X-AREQUESTID"), "@") {
			t.Errorf("%s: X-AUSERNAME %q", c.path, got)
		}
	}
}

func TestPaging(t *testing.T) {
	p := newPractice(t, Options{})
	type page struct {
		Size, Limit, Start int
		IsLastPage         bool
		NextPageStart      *int
		Values             []struct{ Slug string }
	}
	read := func(user, query string) (v page) {
		a := p.as(user, "GET", "/rest/api/1.0/repos"+query, "")
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := read("jane", "?limit=1"); v.Size != 1 || v.IsLastPage || v.NextPageStart == nil || *v.NextPageStart != 2 {
		t.Errorf("first page: %+v", v)
	}
	if v := read("jane", "?limit=1&start=4"); v.Size != 1 || !v.IsLastPage || v.NextPageStart != nil || v.Values[0].Slug != "runbooks" {
		t.Errorf("last page: %+v", v)
	}
	if v := read("admin", "?limit=5000"); v.Limit != 1000 || v.Size != 4 {
		t.Errorf("capped: %+v", v)
	}
	if v := read("", ""); v.Size != 1 || v.Limit != 25 {
		t.Errorf("anonymous: %+v", v)
	}
	if v := read("", "?permission=REPO_READ"); v.Size != 0 || !v.IsLastPage || v.Values == nil {
		t.Errorf("anonymous with permission: %+v", v)
	}
}

func TestLinkOverREST(t *testing.T) {
	p := newPractice(t, Options{Consumers: []Consumer{}})
	call := func(want int, method, path, body string) string {
		t.Helper()
		a := p.as("admin", method, path, body)
		if a.StatusCode != want {
			t.Fatalf("%s %s: %d %s", method, path, a.StatusCode, a.body)
		}
		return a.body
	}
	const create = `{"name":"NAME","rpcUrl":"https://app.example","displayUrl":"https://app.example","typeId":"generic"}`
	var created struct {
		Resources []struct{ Href string } `json:"resources-created"`
	}
	if err := json.Unmarshal([]byte(call(201, "PUT", "/rest/applinks/3.0/applicationlink", create)), &created); err != nil {
		t.Fatal(err)
	}
	href := strings.TrimPrefix(created.Resources[0].Href, p.base)
	consumer := strings.Replace(href, "/rest/applinks/3.0", "/rest/applinks-oauth/1.0", 1) + "/authentication/consumer"
	put := func(key string) string {
		out, _ := json.Marshal(map[string]any{"key": "app", "name": "N", "publicKey": key, "callback": "https://x/cb", "outgoing": false, "unknown": 1})
		return string(out)
	}
	call(400, "PUT", "/rest/applinks/3.0/applicationlink", create)
	call(404, "GET", consumer, "")
	call(400, "PUT", consumer, `{"key":"","publicKey":"x"}`)
	call(400, "PUT", consumer, put(certificatePEM(keyOf(1024))))
	call(201, "PUT", consumer, put(spkiPEM(&keyOf(1024).PublicKey)))
	if got := call(200, "GET", consumer, ""); !strings.Contains(got, `"publicKey":"`+spkiBase64(&keyOf(1024).PublicKey)+`"`) || !strings.Contains(got, `"callback":"https://x/cb"`) {
		t.Errorf("read back: %s", got)
	}
	call(201, "PUT", href+"/authentication/provider", `{"config":{"consumerKey.outbound":"o"}}`)
	call(409, "GET", "/rest/applinks/1.0/applicationlinkForm/manifest.json?url=https://app.example/", "")
	if got := call(200, "GET", "/rest/applinks/1.0/applicationlinkForm/manifest.json?url=https://x", ""); !strings.Contains(got, "applinks.warning.unknown.host") {
		t.Errorf("probe: %s", got)
	}
	if got := call(200, "GET", "/rest/applinks/3.0/applinks", ""); !strings.HasPrefix(got, `[{"id":"`) {
		t.Errorf("list: %s", got)
	}
	p.requestTokenOK("oob")
	if a := p.as("jane", "DELETE", href, ""); a.StatusCode != 401 {
		t.Errorf("jane: %d", a.StatusCode)
	}
	call(200, "DELETE", href, "")
	call(404, "GET", href, "")
}

func TestStart(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "example.com:0", "nothing"} {
		if _, err := Start(context.Background(), listen, Options{}); err == nil {
			t.Errorf("%s was bound", listen)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := Start(ctx, "127.0.0.1:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(s.BaseURL())
	if err != nil || res.StatusCode != 302 || res.Header.Get("Location") != "/bitbucket/" {
		t.Fatalf("%v, %v", res, err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{"version": {Version: "x"}, "new UI": {NewUI: "x"}, "URL": {PublicURL: "bb"}, "fault": {Faults: []Fault{"x"}},
		"key": {Consumers: []Consumer{{Key: "a", PublicKey: "x"}}}, "no key": {Consumers: []Consumer{{PublicKey: spkiPEM(&keyOf(1024).PublicKey)}}}} {
		if _, err := New(o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestRESTOptions asks for the other side of what the evidence leaves open.
func TestRESTOptions(t *testing.T) {
	users := []User{{ID: 7, Name: "jo@acme", Password: "jo"}}
	for _, c := range []struct {
		options RESTOptions
		name    string
		next    bool
		limit   string
	}{
		{RESTOptions{}, "jo%40acme", false, ""},
		{RESTOptions{PlainUserName: true, NullNextOnLastPage: true, RateLimitHeaders: true}, "jo@acme", true, "60"},
	} {
		p := newPractice(t, Options{Users: users, REST: c.options})
		ask := func() answer {
			req := must(http.NewRequest("GET", p.base+"/rest/api/1.0/projects", nil))
			req.SetBasicAuth("jo@acme", "jo")
			return do(t, req)
		}
		if a := ask(); a.Header.Get("X-AUSERNAME") != c.name || strings.Contains(a.body, `"nextPageStart":null`) != c.next || !c.next && strings.Contains(a.body, "nextPageStart") {
			t.Errorf("%+v: %q %s", c.options, a.Header.Get("X-AUSERNAME"), a.body)
		}
		p.SetFault(RateLimited, true)
		if a := ask(); a.StatusCode != 429 || a.Header.Get("X-RateLimit-Limit") != c.limit {
			t.Errorf("%+v: %d %v", c.options, a.StatusCode, a.Header)
		}
	}
}
