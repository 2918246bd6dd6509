package bitbucket

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestServletMethods asks the OAuth servlets by every method. What they do not
// have is the container's business, and never an empty 200.
func TestServletMethods(t *testing.T) {
	for _, profile := range []Profile{SharedPlugin, NetOAuth} {
		p := newPractice(t, Options{Profile: profile})
		for _, path := range []string{pathRequestToken, pathAccessToken, pathAuthorize} {
			for method, want := range map[string]int{"PUT": 405, "DELETE": 405, "OPTIONS": 405, "TRACE": 405, "PATCH": 501, "PROPFIND": 501} {
				a := do(t, must(http.NewRequest(method, p.base+path, nil)))
				if a.StatusCode != want || a.Header.Get("Allow") == "" || a.body == "" {
					t.Errorf("%q: %s %s: %d, Allow %q", profile, method, path, a.StatusCode, a.Header.Get("Allow"))
				}
			}
		}
		for _, method := range []string{"GET", "HEAD"} {
			want := map[Profile]int{SharedPlugin: 200, NetOAuth: 405}[profile]
			a := do(t, must(http.NewRequest(method, p.base+pathRequestToken, nil)))
			if a.StatusCode != want || want == 200 && (a.body != "" || a.Header.Get("Allow") != "") {
				t.Errorf("%q: %s: %d %q", profile, method, a.StatusCode, a.body)
			}
		}
	}
}

// The token of the consent form is checked before the request token and before
// anybody is logged in.
func TestConsentNeedsItsTokenFirst(t *testing.T) {
	p := newPractice(t, Options{})
	fresh := p.requestTokenOK("oob").Get("oauth_token")
	for name, form := range map[string]url.Values{
		"nothing":           {},
		"no atl_token":      {"oauth_token": {fresh}, "approve": {"x"}},
		"another atl_token": {"oauth_token": {fresh}, "approve": {"x"}, "atl_token": {strings.Repeat("x", 40)}},
		"unknown token":     {"oauth_token": {"none"}, "approve": {"x"}},
	} {
		r := must(http.NewRequest("POST", p.base+pathAuthorize, strings.NewReader(form.Encode())))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: xsrfCookie, Value: strings.Repeat("y", 40)})
		a := do(t, r)
		if a.StatusCode != 403 || !strings.Contains(a.body, "Xsrf token validation failed") || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", name, a.StatusCode, a.Header)
		}
	}
	if code := p.allow(fresh, true); len(code) != 6 {
		t.Errorf("the form itself: %q", code)
	}
}

func TestUnknownRoutes(t *testing.T) {
	const uri, status = `{"message":"null for uri: BASE/rest/none/1.0?a=b","status-code":404}`, `{"message":"HTTP 404 Not Found","status-code":404,"sub-code":-1}`
	const elements = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><status><status-code>404</status-code><message>HTTP 404 Not Found</message></status>`
	for _, c := range []struct {
		version string
		route   Route
		want    string
	}{
		{"7.17", "", uri}, {"7.21", "", uri}, {"8.19", "", uri}, {"9.4", "", uri},
		{"10.0", "", elements}, {"10.2", "", elements}, {"10.4", "", status}, {"11.0", "", status},
		{"9.4", RouteXML, elements}, {"8.19", RouteJSON, status}, {"10.4", RouteURI, uri},
	} {
		p := newPractice(t, Options{Version: c.version, REST: RESTOptions{UnknownRoute: c.route}})
		a := p.as("jane", "GET", "/rest/none/1.0?a=b", "")
		kind := "application/json"
		if strings.HasPrefix(c.want, "<") {
			kind = "application/xml"
		}
		if a.StatusCode != 404 || strings.TrimSpace(a.body) != strings.ReplaceAll(c.want, "BASE", p.base) || !strings.HasPrefix(a.Header.Get("Content-Type"), kind) {
			t.Errorf("%s %s: %d %s", c.version, c.route, a.StatusCode, a.body)
		}
	}
}

// What a script of the field sends sets a link up; without asking for JSON it
// reads XML; the newer path deletes with 204.
func TestLinkOverRESTWithoutAccept(t *testing.T) {
	p := newPractice(t, Options{Consumers: []Consumer{}})
	send := func(accept, method, path, body string) answer {
		r := must(http.NewRequest(method, p.base+path, strings.NewReader(body)))
		r.SetBasicAuth("admin", "admin")
		r.Header.Set("Content-Type", "application/json")
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		a := do(t, r)
		kind := a.Header.Get("Content-Type")
		switch wantJSON := strings.Contains(accept, "json"); {
		case a.body == "":
		case wantJSON && !(strings.HasPrefix(kind, "application/json") && json.Valid([]byte(a.body))):
			t.Errorf("%s %s: %s %s", method, path, kind, a.body)
		case !wantJSON && !(strings.HasPrefix(kind, "application/xml") && xml.Unmarshal([]byte(a.body), new(struct{})) == nil):
			t.Errorf("%s %s: %s %s", method, path, kind, a.body)
		}
		return a
	}
	const root = "/rest/applinks/3.0"
	made := send("", "PUT", root+"/applicationlink", `{"name":"N & M","rpcUrl":"https://app.example","displayUrl":"https://app.example","typeId":"generic"}`)
	_, href, _ := strings.Cut(made.body, "<href>"+p.base)
	href, _, _ = strings.Cut(href, "</href>")
	id := href[strings.LastIndex(href, "/")+1:]
	if made.StatusCode != 201 || len(id) != 36 || href != root+"/applicationlink/"+id {
		t.Fatalf("made: %d %s", made.StatusCode, made.body)
	}
	consumer := "/rest/applinks-oauth/1.0/applicationlink/" + id + "/authentication/consumer"
	incoming, _ := json.Marshal(map[string]any{"key": "app", "name": "N", "description": nil, "sharedSecret": nil, "publicKey": spkiPEM(&keyOf(1024).PublicKey),
		"outgoing": false, "twoLOAllowed": false, "executingTwoLOUser": nil, "twoLOImpersonationAllowed": nil})
	if a := send("*/*", "PUT", consumer, string(incoming)); a.StatusCode != 201 {
		t.Fatalf("consumer: %d %s", a.StatusCode, a.body)
	}
	p.requestTokenOK("oob")
	item := `{"id":"` + id + `","name":"N & M","displayUrl":"https://app.example","rpcUrl":"https://app.example","type":"generic","primary":true,"system":false,"properties":{},"data":{}}`
	if a := send("application/json", "GET", root+"/applinks", ""); strings.TrimSpace(a.body) != "["+item+"]" {
		t.Errorf("list: %s", a.body)
	}
	for path, want := range map[string]string{
		root + "/applinks":              "<applicationLinks><applicationLink><id>" + id + "</id><name>N &amp; M</name>",
		root + "/applinks/" + id:        "<applicationLink><id>" + id + "</id>",
		root + "/applicationlink":       "<applicationLinks><applicationLinks><id>" + id + "</id>",
		root + "/applicationlink/" + id: "<isPrimary>true</isPrimary>",
		root + "/status/" + id:          "<working>false</working>",
		consumer:                        "<key>app</key>",
		root + "/applicationlink/none":  "<status><status-code>404</status-code>",
	} {
		if a := send("", "GET", path, ""); !strings.Contains(a.body, want) {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := send("application/xml, text/xml", "GET", root+"/applinks/"+id, ""); a.StatusCode != 200 {
		t.Errorf("XML asked for: %d", a.StatusCode)
	}
	if a := send("", "DELETE", root+"/applinks/"+id, ""); a.StatusCode != 204 || a.body != "" {
		t.Errorf("deleting: %d %q", a.StatusCode, a.body)
	}
	if a := send("", "DELETE", root+"/applinks/"+id, ""); a.StatusCode != 404 {
		t.Errorf("deleting again: %d", a.StatusCode)
	}
	wantProblem(t, p, p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})), 401, "oauth_problem=consumer_key_unknown")
}

func TestProjectListOfTen(t *testing.T) {
	for _, c := range []struct {
		version string
		public  bool
		status  int
		has     string
	}{
		{"9.4", false, 200, `"PRJ"`},
		{"10.0", false, 401, "security.exception.AuthenticationRequiredException"},
		{"10.4", true, 200, `"PRJ"`},
	} {
		p := newPractice(t, Options{Version: c.version, REST: RESTOptions{PublicProjectList: c.public}})
		if a := p.get("/rest/api/1.0/projects"); a.StatusCode != c.status || !strings.Contains(a.body, c.has) {
			t.Errorf("%s: %d %s", c.version, a.StatusCode, a.body)
		}
		if a := p.as("jane", "GET", "/rest/api/1.0/projects", ""); a.StatusCode != 200 {
			t.Errorf("%s, jane: %d", c.version, a.StatusCode)
		}
	}
}

func TestNonceWithTimestamp(t *testing.T) {
	p := newPractice(t, Options{OAuth1: OAuth1Options{NonceWithTimestamp: true}})
	send := func(stamp int64) answer {
		return p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"}, pair{"oauth_nonce", "same"}, pair{"oauth_timestamp", strconv.FormatInt(stamp, 10)}))
	}
	now := p.clock.now().Unix()
	for i, want := range []int{200, 200, 401} {
		if a := send(now + int64(i%2)); a.StatusCode != want {
			t.Errorf("request %d: %d %s", i, a.StatusCode, a.body)
		}
		p.clock.advance(time.Second)
	}
}
