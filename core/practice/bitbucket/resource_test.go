package bitbucket

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const properties7 = `{"version":"7.21.0","buildNumber":"7021000","buildDate":"1616539597394","displayName":"Bitbucket"}`

func TestSignedResource(t *testing.T) {
	p := newPractice(t, Options{})
	token := pair{"oauth_token", p.accessTokenOK().Get("oauth_token")}
	a := p.send(p.sign("GET", "/rest/api/1.0/application-properties", token))
	if a.StatusCode != 200 || strings.TrimSpace(a.body) != properties7 || a.Header.Get("X-AUSERNAME") != "jane" || a.Header.Get("X-AUSERID") != "42" {
		t.Errorf("%d %v %s", a.StatusCode, a.Header, a.body)
	}
	if a := p.send(p.sign("GET", pathWhoami, token)); a.body != "jane" || a.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("whoami: %q", a.body)
	}
	for _, missing := range six {
		s := p.sign("GET", "/rest/api/1.0/application-properties", token)
		header := s.drop(missing).header()
		if missing == "oauth_signature" {
			header = header[:strings.Index(header, ", oauth_signature=")]
		}
		if a := p.sendWith(s, header); a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "" {
			t.Errorf("without %s: %d, user %q", missing, a.StatusCode, a.Header.Get("X-AUSERNAME"))
		}
	}
	t.Run("in the query", func(t *testing.T) {
		s := p.sign("GET", pathWhoami, token)
		s.query, s.params = s.params, nil
		s.query = append(s.query, pair{"oauth_signature", rsaSHA1(s.key, s.baseString())})
		if a := p.sendWith(s, ""); a.body != "jane" {
			t.Errorf("%d %q", a.StatusCode, a.body)
		}
	})
	t.Run("raw path", func(t *testing.T) {
		if a := p.send(p.sign("GET", "/plugins//servlet/applinks/whoami", token)); a.body != "jane" {
			t.Errorf("%d %q", a.StatusCode, a.body)
		}
	})
	t.Run("revoked", func(t *testing.T) {
		if !p.oauth1.revoke(p.userNamed("jane"), token.value) {
			t.Fatal("nothing to revoke")
		}
		wantProblem(t, p, p.send(p.sign("GET", pathWhoami, token)), 401, "oauth_problem=token_rejected")
	})
}

func TestResourceErrors(t *testing.T) {
	p := newPractice(t, Options{})
	token := pair{"oauth_token", p.accessTokenOK().Get("oauth_token")}
	wantProblem(t, p, p.send(p.sign("GET", "/rest/api/1.0/repos", pair{"oauth_token", "x"})), 401, "oauth_problem=token_rejected")
	wantProblem(t, p, p.send(p.sign("GET", "/rest/api/1.0/repos", token, pair{"oauth_consumer_key", "x"})), 401, "oauth_problem=token_rejected")
	wantProblem(t, p, p.send(p.sign("GET", "/rest/api/1.0/repos", token, pair{"oauth_version", "3"})), 400, "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0")

	s := p.sign("GET", "/rest/api/1.0/repos", token)
	s.key = keyOf(2048)
	header := s.header()
	a := p.sendWith(s, header)
	want := strings.Replace(header, "OAuth ", `OAuth realm="`+escape(p.base)+`", `, 1)
	if values := a.Header.Values("WWW-Authenticate"); a.StatusCode != 500 || a.body != "" || len(values) != 1 || values[0] != want {
		t.Errorf("another size: %d %q\n%q\nwant %q", a.StatusCode, a.body, values, want)
	}

	p.RemoveConsumer("app")
	wantProblem(t, p, p.send(p.sign("GET", "/rest/api/1.0/repos", token)), 401, "oauth_problem=token_rejected")
}

func TestTwoLegged(t *testing.T) {
	key := spkiPEM(&keyOf(1024).PublicKey)
	whoami := func(c Consumer, query ...pair) answer {
		c.Key, c.PublicKey = "app", key
		p := newPractice(t, Options{Consumers: []Consumer{c}, Users: []User{{ID: 7, Name: "gone", Unlicensed: true}}})
		s := p.sign("GET", pathWhoami, pair{"oauth_token", ""})
		s.query = query
		return p.send(s)
	}
	for name, c := range map[string]struct {
		consumer Consumer
		query    []pair
		user     string
		status   int
	}{
		"off":               {Consumer{}, nil, "", 401},
		"anonymous":         {Consumer{TwoLO: true}, nil, "", 200},
		"execute as":        {Consumer{TwoLO: true, ExecuteAs: "jane"}, nil, "jane", 200},
		"impersonation":     {Consumer{Impersonation: true}, []pair{{"user_id", "admin"}}, "admin", 200},
		"other name":        {Consumer{Impersonation: true}, []pair{{"xoauth_requestor_id", "jane"}}, "jane", 200},
		"impersonation off": {Consumer{TwoLO: true}, []pair{{"user_id", "admin"}}, "", 401},
		"without licence":   {Consumer{Impersonation: true}, []pair{{"user_id", "gone"}}, "", 401},
		"nobody's name":     {Consumer{Impersonation: true}, []pair{{"xoauth_requestor_id", "no.one"}}, "", 200},
	} {
		a := whoami(c.consumer, c.query...)
		values := a.Header.Values("WWW-Authenticate")
		if a.StatusCode != c.status || a.body != c.user {
			t.Errorf("%s: %d %q", name, a.StatusCode, a.body)
		}
		if c.status == 401 && (len(values) != 2 || strings.Contains(values[0], ",") || !strings.Contains(values[1], `oauth_consumer_key="app"`) || strings.Contains(values[1], "oauth_problem")) {
			t.Errorf("%s: %q", name, values)
		}
	}
}

// Who is meant is read from the query, and not from the Authorization header.
func TestTwoLeggedByHeader(t *testing.T) {
	p := newPractice(t, Options{Consumers: []Consumer{{Key: "app", PublicKey: spkiPEM(&keyOf(1024).PublicKey), TwoLO: true, Impersonation: true, ExecuteAs: "jane"}}})
	s := p.sign("GET", pathWhoami, pair{"oauth_token", ""}, pair{"xoauth_requestor_id", "admin"})
	if a := p.send(s); a.StatusCode != 200 || a.body != "jane" {
		t.Errorf("in the header: %d %q", a.StatusCode, a.body)
	}
	s = p.sign("GET", pathWhoami, pair{"oauth_token", ""})
	s.query = []pair{{"xoauth_requestor_id", "admin"}}
	if a := p.send(s); a.StatusCode != 200 || a.body != "admin" {
		t.Errorf("in the query: %d %q", a.StatusCode, a.body)
	}
}

func TestPublicURLIsWhatIsSigned(t *testing.T) {
	p := newPractice(t, Options{PublicURL: "https://Git.Example.com:443/bitbucket"})
	s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
	a := p.send(s)
	if a.StatusCode != 401 || !strings.Contains(a.body, escape("POST&"+escape("https://git.example.com/bitbucket"+pathRequestToken))) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	s = p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
	s.base = "https://git.example.com/bitbucket"
	if a := p.send(s); a.StatusCode != 200 {
		t.Errorf("signed for the public URL: %d %s", a.StatusCode, a.body)
	}
}

func TestBaseStringExample(t *testing.T) {
	m := message{method: "post", url: "HTTPS://BB.Example.com:443/Ctx/plugins", pairs: []pair{{"b", "2 +"}, {"a", "~*"}, {"oauth_signature", "x"}}}
	if got, want := m.baseString(), "POST&https%3A%2F%2Fbb.example.com%2FCtx%2Fplugins&a%3D~%252A%26b%3D2%2520%252B"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for raw, want := range map[string]string{"http://h:80": "http://h/", "http://h:443/": "http://h:443/", "https://h:80/a%2Fb//c": "https://h:80/a%2Fb//c", "http://[::1]:80/x": "http://[::1]/x"} {
		if got := normalURL(raw); got != want {
			t.Errorf("%s: %s", raw, got)
		}
	}
}

// TestProfile has a row for each point on which the evidence disagrees.
func TestProfile(t *testing.T) {
	p := newPractice(t, Options{Profile: NetOAuth})
	if a := p.get(pathRequestToken); a.StatusCode != 405 {
		t.Errorf("GET: %d", a.StatusCode)
	}
	body := func(s *signed) string { return p.send(s).body }
	step := func(params ...pair) *signed { return p.sign("POST", pathRequestToken, params...) }
	for name, c := range map[string]struct {
		got, want string
	}{
		"HMAC-SHA1":        {body(step(pair{"oauth_signature_method", "HMAC-SHA1"})), "oauth_problem=signature_invalid&"},
		"unknown method":   {body(step(pair{"oauth_signature_method", "X"})), "oauth_problem=signature_method_rejected&oauth_acceptable_signature_methods=HMAC-SHA1%26PLAINTEXT%26RSA-SHA1"},
		"timestamp first":  {body(step().drop("oauth_timestamp").drop("oauth_signature_method")), "oauth_parameters_absent=oauth_timestamp&"},
		"signature first":  {body(step(pair{"oauth_callback", "OOB"}, pair{"oauth_version", "2"})), "oauth_problem=version_rejected"},
		"always confirmed": {body(step())[strings.LastIndex(body(step()), "&")+1:], "oauth_callback_confirmed=true"},
	} {
		if !strings.HasPrefix(c.got, c.want) {
			t.Errorf("%s: %s", name, c.got)
		}
	}
	values := p.send(step(pair{"oauth_version", "2"})).Header.Values("WWW-Authenticate")
	if len(values) != 1 || !strings.HasPrefix(values[0], `OAuth realm="`+escape(p.base+pathRequestToken)+`"`) {
		t.Errorf("realm: %q", values)
	}
	request := p.requestTokenOK("oob")
	if len(request.Get("oauth_token")) != 36 || len(request.Get("oauth_token_secret")) != 80 {
		t.Errorf("shapes: %v", request)
	}
	granted := p.accessTokenOK()
	s := p.sign("POST", pathAccessToken, pair{"oauth_token", granted.Get("oauth_token")}, pair{"oauth_session_handle", granted.Get("oauth_session_handle")})
	wantContainerPage(t, p.send(s))
	q := p.sign("GET", pathWhoami, pair{"oauth_token", granted.Get("oauth_token")})
	q.query, q.params = q.params, nil
	q.query = append(q.query, pair{"oauth_signature", rsaSHA1(q.key, q.baseString())})
	if a := p.sendWith(q, ""); a.StatusCode != 200 || a.body != "" {
		t.Errorf("in the query: %d %q", a.StatusCode, a.body)
	}
}

// TestFaults switches each fault on while the server runs and asks what it
// spoils.
func TestFaults(t *testing.T) {
	p := newPractice(t, Options{})
	token := pair{"oauth_token", p.accessTokenOK().Get("oauth_token")}
	rest := func() answer { return p.send(p.sign("GET", "/rest/api/1.0/application-properties", token)) }
	step := func() answer { return p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})) }
	seen := map[Fault]bool{Slow: true, Huge: true, Reset: true} // tested on their own
	for _, f := range []Fault{ProviderAbsent, RedirectRefused, ScopeRefused, CodeSlow, GrantRefused, TokenUnusable, TokenRevoked, RefreshLost} {
		seen[f] = true // see TestOAuth2Faults
	}
	for _, c := range []struct {
		fault  Fault
		ask    func() answer
		status int
		body   string // a part of it
		header string // Name: part of the value
	}{
		{ClockSkew, step, 400, "timestamp_refused&oauth_acceptable_timestamps=" + strconv.FormatInt(p.clock.now().Unix()-432-300, 10), ""},
		{NoConsumer, step, 401, "consumer_key_unknown", ""},
		{NoThreeLegged, step, 401, "permission_denied", ""},
		{TwoFactor, rest, 200, "2FA for Bitbucket", "Content-Type: text/html"},
		{LoginRedirect, rest, 302, "", "Location: /bitbucket/login?next="},
		{EmptyWhoami, func() answer { return p.send(p.sign("GET", pathWhoami, token)) }, 200, "", "X-AUSERNAME: jane"},
		{ProxyScheme, step, 401, "POST%26https%253A", ""},
		{ProxyHost, step, 401, "bitbucket.internal", ""},
		{ProxyPort, step, 401, "7999", ""},
		{Maintenance, rest, 503, "maintenance", ""},
		{RateLimited, rest, 429, "too many requests", "Retry-After: 5"},
		{HTML, rest, 200, "<html", "Content-Type: text/html"},
		{Jira, rest, 404, "404", ""},
		{Confluence, func() answer { return p.get("/rest/applinks/1.0/manifest") }, 200, "<typeId>confluence</typeId>", ""},
		{Anonymous, rest, 200, `"displayName":"Bitbucket"`, ""},
		{Captcha, func() answer { return p.as("jane", "GET", "/rest/api/1.0/repos", "") }, 401, "CaptchaRequired", ""},
		{NoLicence, rest, 401, "", "WWW-Authenticate: OAuth realm="},
		{NotActive, rest, 401, "", "WWW-Authenticate: OAuth realm="},
	} {
		seen[c.fault] = true
		if err := p.SetFault(c.fault, true); err != nil {
			t.Fatal(err)
		}
		a := c.ask()
		name, part, _ := strings.Cut(c.header, ": ")
		if a.StatusCode != c.status || !strings.Contains(a.body, c.body) || !strings.Contains(a.Header.Get(name), part) {
			t.Errorf("%s: %d %v\n%s", c.fault, a.StatusCode, a.Header, a.body)
		}
		if c.fault == Anonymous && a.Header.Get("X-AUSERNAME") != "" {
			t.Error("anonymous has a name")
		}
		p.SetFault(c.fault, false)
	}
	if a := rest(); a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "jane" {
		t.Errorf("afterwards: %d", a.StatusCode)
	}
	for _, f := range Faults() {
		if !seen[f.Fault] || f.What == "" {
			t.Errorf("fault %s is not tested", f.Fault)
		}
	}
	if p.SetFault("x", true) == nil {
		t.Error("unknown fault")
	}
}

func TestConnectionFaults(t *testing.T) {
	p := newPractice(t, Options{Faults: []Fault{Reset}})
	ask := func(client *http.Client) (*http.Response, error) {
		return client.Get(p.base + "/rest/api/1.0/application-properties")
	}
	if res, err := ask(http.DefaultClient); err == nil {
		t.Errorf("reset: %d", res.StatusCode)
	}
	p.SetFault(Reset, false)
	p.SetFault(Huge, true)
	res, err := ask(http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := res.Body.Read(make([]byte, 4<<20))
	res.Body.Close()
	if n == 0 || res.ContentLength > 0 {
		t.Errorf("huge: %d bytes, length %d", n, res.ContentLength)
	}
	p.SetFault(Huge, false)
	p.SetFault(Slow, true)
	if _, err := ask(&http.Client{Timeout: 20 * time.Millisecond}); err == nil {
		t.Error("slow was not slow")
	}
}
