package bitbucket

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wantProblem compares everything that a client can notice of an OAuth error.
func wantProblem(t *testing.T, p *practice, a answer, status int, body string) {
	t.Helper()
	if a.StatusCode != status || a.body != body {
		t.Fatalf("got  %d %s\nwant %d %s", a.StatusCode, a.body, status, body)
	}
	if got := a.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded;charset=UTF-8" {
		t.Errorf("Content-Type: %s", got)
	}
	realm := `OAuth realm="` + escape(p.base) + `"`
	full := realm
	for _, part := range strings.Split(body, "&") {
		name, value, _ := strings.Cut(part, "=")
		full += ", " + name + `="` + value + `"`
	}
	want := []string{full}
	if status == 401 {
		want = []string{realm, full}
	}
	if got := a.Header.Values("WWW-Authenticate"); !slices.Equal(got, want) {
		t.Errorf("WWW-Authenticate: %q\nwant %q", got, want)
	}
	if a.Header.Get("X-AREQUESTID") != "" {
		t.Error("X-AREQUESTID survived the reset")
	}
}

const invalidCallback = "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_callback&oauth_problem_advice=" +
	"As%20per%20OAuth%20spec%20version%201.0%20Revision%20A%20Section%206.1%20%3Chttp%3A%2F%2Foauth.net%2Fcore%2F1.0a%23auth_step1%3E%2C%20" +
	"the%20oauth_callback%20parameter%20is%20required%20and%20must%20be%20either%20a%20valid%2C%20absolute%20URI%20using%20the%20http%20or%20https%20scheme%2C%20" +
	"or%20%27oob%27%20if%20the%20callback%20has%20been%20established%20out%20of%20band.%20The%20following%20invalid%20URI%20was%20supplied%20%27OOB%27"

// TestValidator has a row for every refusal of a request-token call.
func TestValidator(t *testing.T) {
	now := newClock().t.Unix()
	window := strconv.FormatInt(now-300, 10) + "-" + strconv.FormatInt(now+300, 10)
	at := func(offset int64) string { return strconv.FormatInt(now+offset, 10) }
	for _, c := range []struct {
		name   string
		change func(*signed)
		status int
		body   string // "" for the container's page
	}{
		{"no consumer key", func(s *signed) { s.drop("oauth_consumer_key") }, 400, "oauth_parameters_absent=oauth_consumer_key&oauth_problem=parameter_absent"},
		{"unknown consumer", func(s *signed) { s.set("oauth_consumer_key", "x") }, 401, "oauth_problem=consumer_key_unknown"},
		{"unknown consumer before callback", func(s *signed) { s.set("oauth_consumer_key", "x").set("oauth_callback", "OOB") }, 401, "oauth_problem=consumer_key_unknown"},
		{"bad callback before signature", func(s *signed) { s.set("oauth_callback", "OOB"); s.key = keyOf(2048) }, 400, invalidCallback},
		{"no method", func(s *signed) { s.drop("oauth_signature_method") }, 400, "oauth_parameters_absent=oauth_signature_method&oauth_problem=parameter_absent"},
		{"method before timestamp", func(s *signed) { s.drop("oauth_signature_method").drop("oauth_timestamp") }, 400, "oauth_parameters_absent=oauth_signature_method&oauth_problem=parameter_absent"},
		{"HMAC-SHA1", func(s *signed) { s.set("oauth_signature_method", "HMAC-SHA1") }, 400, "oauth_problem=signature_method_rejected"},
		{"lower case method", func(s *signed) { s.set("oauth_signature_method", "rsa-sha1") }, 400, "oauth_problem=signature_method_rejected"},
		{"repeated nonce", func(s *signed) { s.set("oauth_nonce", "a").add("oauth_nonce", "b") }, 400, "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_nonce%3Da%26oauth_nonce%3Db"},
		{"repeat before version", func(s *signed) { s.set("oauth_nonce", "a").add("oauth_nonce", "b").add("oauth_version", "2.0") }, 400, "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_nonce%3Da%26oauth_nonce%3Db"},
		{"version 2", func(s *signed) { s.add("oauth_version", "2.0") }, 400, "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0"},
		{"version 1.00", func(s *signed) { s.add("oauth_version", "1.00") }, 200, ""},
		{"version x", func(s *signed) { s.add("oauth_version", "x") }, 500, ""},
		{"no timestamp and nonce", func(s *signed) { s.drop("oauth_timestamp").drop("oauth_nonce") }, 400, "oauth_parameters_absent=oauth_timestamp%26oauth_nonce&oauth_problem=parameter_absent"},
		{"empty nonce", func(s *signed) { s.set("oauth_nonce", "") }, 200, ""},
		{"timestamp x", func(s *signed) { s.set("oauth_timestamp", "x") }, 500, ""},
		{"oldest timestamp", func(s *signed) { s.set("oauth_timestamp", at(-300)) }, 200, ""},
		{"too old", func(s *signed) { s.set("oauth_timestamp", at(-301)) }, 400, "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=" + window},
		{"newest timestamp", func(s *signed) { s.set("oauth_timestamp", at(300)) }, 200, ""},
		{"too new", func(s *signed) { s.set("oauth_timestamp", at(301)) }, 400, "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=" + window},
		{"callback without authority", func(s *signed) { s.set("oauth_callback", "http:x") }, 200, ""},
		{"loopback callback", func(s *signed) { s.set("oauth_callback", "http://127.0.0.1:1/cb") }, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPractice(t, Options{})
			s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
			c.change(s)
			a := p.send(s)
			switch {
			case c.status == 200 && a.StatusCode != 200:
				t.Fatalf("%d %s", a.StatusCode, a.body)
			case c.status == 500:
				wantContainerPage(t, a)
			case c.status != 200:
				wantProblem(t, p, a, c.status, c.body)
				if e := p.Events(); len(e) != 1 || e[0].Status != c.status || e[0].Path != pathRequestToken {
					t.Errorf("events: %+v", e)
				}
			}
		})
	}
}

func wantContainerPage(t *testing.T, a answer) {
	t.Helper()
	if a.StatusCode != 500 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") ||
		!strings.Contains(a.body, "HTTP Status 500") || len(a.Header.Values("WWW-Authenticate")) != 0 {
		t.Errorf("got %d %v %s", a.StatusCode, a.Header, a.body)
	}
}

func TestCallbacks(t *testing.T) {
	for value, good := range map[string]bool{"oob": true, "http://a/b?c=d": true, "https://a": true, "http:x": true,
		"": false, "OOB": false, "/cb": false, "HTTP://a": false, "ftp://a": false, "http://a b": false, "http:": false, "http://%zz": false} {
		if err := checkCallback(value, true); (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestRequestTokenReply(t *testing.T) {
	p := newPractice(t, Options{})
	a := p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"}))
	names := func(body string) (out []string) {
		for _, part := range strings.Split(body, "&") {
			name, _, _ := strings.Cut(part, "=")
			out = append(out, name)
		}
		return out
	}
	if a.Header.Get("Content-Type") != "text/plain" || !slices.Equal(names(a.body), []string{"oauth_token", "oauth_token_secret", "oauth_callback_confirmed"}) {
		t.Errorf("%v %s", a.Header, a.body)
	}
	v, _ := url.ParseQuery(a.body)
	if len(v.Get("oauth_token")) != 32 || len(v.Get("oauth_token_secret")) != 32 {
		t.Errorf("shapes: %s", a.body)
	}
	if a = p.send(p.sign("POST", pathRequestToken)); !slices.Equal(names(a.body), []string{"oauth_token", "oauth_token_secret"}) {
		t.Errorf("without callback: %s", a.body)
	}
	for _, path := range []string{pathRequestToken, pathAccessToken} {
		if a = p.get(path); a.StatusCode != 200 || a.body != "" {
			t.Errorf("GET %s: %d %q", path, a.StatusCode, a.body)
		}
	}
	got := p.accessTokenOK()
	if got.Get("oauth_expires_in") != "157680000" || got.Get("oauth_authorization_expires_in") != "160272000" || len(got.Get("oauth_session_handle")) != 32 {
		t.Errorf("access token: %v", got)
	}
}

func TestSignatures(t *testing.T) {
	p := newPractice(t, Options{})
	s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
	t.Run("wrong key of another size", func(t *testing.T) {
		s.key = keyOf(2048)
		wantContainerPage(t, p.send(s))
	})
	t.Run("nonce was consumed by the failure", func(t *testing.T) {
		s.key = keyOf(1024)
		wantProblem(t, p, p.send(s), 401, "oauth_problem=nonce_used")
	})
	t.Run("other path", func(t *testing.T) {
		s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
		s.base = "https://bb.example.com/ctx"
		header := s.header()
		sent := strings.TrimSuffix(header[strings.Index(header, `oauth_signature="`)+len(`oauth_signature="`):], `"`)
		s.base = p.base
		wantProblem(t, p, p.sendWith(s, header), 401, "oauth_problem=signature_invalid&oauth_signature="+sent+
			"&oauth_signature_base_string="+escape(s.baseString())+"&oauth_signature_method=RSA-SHA1")
	})
	t.Run("raw plus", func(t *testing.T) {
		for { // until a signature has one
			s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
			if header := s.header(); strings.Contains(header, "%2B") {
				wantContainerPage(t, p.sendWith(s, strings.ReplaceAll(header, "%2B", "+")))
				return
			}
		}
	})
	t.Run("empty", func(t *testing.T) {
		s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
		header := s.header()
		wantContainerPage(t, p.sendWith(s, header[:strings.Index(header, `oauth_signature="`)]+`oauth_signature=""`))
	})
	t.Run("bad escape", func(t *testing.T) {
		s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
		wantContainerPage(t, p.sendWith(s, s.header()+`, x="%zz"`))
	})
	t.Run("unquoted nonce is ignored", func(t *testing.T) {
		s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"}).drop("oauth_nonce")
		wantProblem(t, p, p.sendWith(s, s.header()+", oauth_nonce=abc"), 400, "oauth_parameters_absent=oauth_nonce&oauth_problem=parameter_absent")
	})
	t.Run("repeated and odd query parameters", func(t *testing.T) {
		s := p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"})
		s.query = []pair{{"a", "2"}, {"a", "1"}, {"b", "x; +*~/é"}, {"flag", ""}}
		if a := p.send(s); a.StatusCode != 200 {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	})
}

func TestNonces(t *testing.T) {
	p := newPractice(t, Options{})
	send := func(stamp int64) answer {
		return p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", "oob"}, pair{"oauth_nonce", "same"}, pair{"oauth_timestamp", strconv.FormatInt(stamp, 10)}))
	}
	now := p.clock.now().Unix()
	if a := send(now); a.StatusCode != 200 {
		t.Fatal(a.body)
	}
	p.clock.advance(59 * time.Second)
	wantProblem(t, p, send(now+1), 401, "oauth_problem=nonce_used")
	p.clock.advance(time.Second)
	if a := send(now + 2); a.StatusCode != 200 {
		t.Errorf("after 60 s: %s", a.body)
	}
	p.clock.advance(2 * time.Minute)
	wantProblem(t, p, send(now), 401, "oauth_problem=nonce_used") // the exact layer still knows it
}

func TestTimestampRounding(t *testing.T) {
	p := newPractice(t, Options{})
	p.clock.advance(500 * time.Millisecond)
	now := p.clock.now().Unix()
	a := p.send(p.sign("POST", pathRequestToken, pair{"oauth_timestamp", strconv.FormatInt(now-300, 10)}))
	want := strconv.FormatInt(now-299, 10) + "-" + strconv.FormatInt(now+301, 10)
	wantProblem(t, p, a, 400, "oauth_problem=timestamp_refused&oauth_acceptable_timestamps="+want)
}

// TestExchange has a row for every state of a token at the access-token
// endpoint. All of them are signed wrongly: the state is checked first.
func TestExchange(t *testing.T) {
	p := newPractice(t, Options{})
	p.AddConsumer(Consumer{Key: "other", PublicKey: spkiPEM(&keyOf(1024).PublicKey)})
	request := func(decide func(token string)) string {
		token := p.requestTokenOK("oob").Get("oauth_token")
		if decide != nil {
			decide(token)
		}
		return token
	}
	var code string
	yes := func(token string) { code = p.allow(token, true) }
	expired := request(nil)
	p.clock.advance(requestTokenLife + time.Millisecond)
	undecidedToken := request(nil)
	deniedToken := request(func(token string) { p.allow(token, false) })
	approvedToken := request(yes)
	for _, c := range []struct {
		name   string
		params []pair
		status int
		body   string
	}{
		{"absent", nil, 400, "oauth_parameters_absent=oauth_token&oauth_problem=parameter_absent"},
		{"unknown", []pair{{"oauth_token", "x"}}, 401, "oauth_problem=token_rejected"},
		{"expired", []pair{{"oauth_token", expired}}, 401, "oauth_problem=token_expired"},
		{"undecided", []pair{{"oauth_token", undecidedToken}}, 401, "oauth_problem=permission_unknown"},
		{"denied", []pair{{"oauth_token", deniedToken}}, 401, "oauth_problem=permission_denied"},
		{"other consumer", []pair{{"oauth_token", approvedToken}, {"oauth_consumer_key", "other"}}, 401, "oauth_problem=token_rejected"},
		{"no verifier", []pair{{"oauth_token", approvedToken}}, 400, "oauth_parameters_absent=oauth_verifier&oauth_problem=parameter_absent"},
		{"wrong verifier", []pair{{"oauth_token", approvedToken}, {"oauth_verifier", "x"}}, 401, "oauth_problem=token_rejected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := p.sign("POST", pathAccessToken, c.params...)
			s.key = keyOf(2048)
			wantProblem(t, p, p.send(s), c.status, c.body)
		})
	}
	again := func() answer {
		return p.send(p.sign("POST", pathAccessToken, pair{"oauth_token", approvedToken}, pair{"oauth_verifier", code}))
	}
	if a := again(); a.StatusCode != 200 {
		t.Fatal(a.body)
	}
	wantProblem(t, p, again(), 401, "oauth_problem=token_rejected")
}

func TestSecretAndRenewal(t *testing.T) {
	p := newPractice(t, Options{})
	request := p.requestTokenOK("oob")
	code := p.allow(request.Get("oauth_token"), true)
	first, _ := url.ParseQuery(p.send(p.sign("POST", pathAccessToken, pair{"oauth_token", request.Get("oauth_token")}, pair{"oauth_verifier", code})).body)
	if first.Get("oauth_token_secret") != request.Get("oauth_token_secret") {
		t.Error("the secret changed in the exchange")
	}
	renew := func(v url.Values, handle ...pair) answer {
		return p.send(p.sign("POST", pathAccessToken, append(handle, pair{"oauth_token", v.Get("oauth_token")})...))
	}
	wantProblem(t, p, renew(first), 400, "oauth_parameters_absent=oauth_session_handle&oauth_problem=parameter_absent")
	wantProblem(t, p, renew(first, pair{"oauth_session_handle", "x"}), 401, "oauth_problem=token_rejected")
	p.clock.advance(accessTokenLife + time.Second)
	wantProblem(t, p, p.send(p.sign("GET", "/rest/api/1.0/projects", pair{"oauth_token", first.Get("oauth_token")})), 401, "oauth_problem=token_expired")
	a := renew(first, pair{"oauth_session_handle", first.Get("oauth_session_handle")})
	second, _ := url.ParseQuery(a.body)
	if a.StatusCode != 200 || second.Get("oauth_token_secret") != first.Get("oauth_token_secret") || second.Get("oauth_session_handle") == first.Get("oauth_session_handle") {
		t.Fatalf("renewal: %d %s", a.StatusCode, a.body)
	}
	wantProblem(t, p, renew(first, pair{"oauth_session_handle", first.Get("oauth_session_handle")}), 401, "oauth_problem=token_rejected")
	p.clock.advance(sessionLife + time.Second)
	wantProblem(t, p, renew(second, pair{"oauth_session_handle", second.Get("oauth_session_handle")}), 401, "oauth_problem=permission_denied")
}

func TestAuthorizePageErrors(t *testing.T) {
	p := newPractice(t, Options{})
	used := p.requestTokenOK("oob").Get("oauth_token")
	p.allow(used, false)
	old := p.requestTokenOK("oob").Get("oauth_token")
	p.clock.advance(requestTokenLife + time.Second)
	access := p.accessTokenOK().Get("oauth_token")
	for query, want := range map[string]string{"": "parameter_absent", "?oauth_token=x": "token_rejected", "?oauth_token=" + access: "token_rejected",
		"?oauth_token=" + used: "token_used", "?oauth_token=" + old: "token_expired"} {
		a := p.get(pathAuthorize + query) // nobody is logged in
		status := (&problem{name: want}).status()
		values := a.Header.Values("WWW-Authenticate")
		if a.StatusCode != status || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || len(values) != 1+(status-400) ||
			!strings.Contains(values[len(values)-1], want) || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %v", query, a.StatusCode, a.Header)
		}
	}
	fresh := p.requestTokenOK("oob").Get("oauth_token")
	a := p.get(pathAuthorize + "?oauth_token=" + fresh)
	want := "/bitbucket/login?next=" + url.QueryEscape(pathAuthorize+"?oauth_token="+fresh)
	if a.StatusCode != 302 || a.Header.Get("Location") != want {
		t.Errorf("not logged in: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
}

func TestConsumerCallback(t *testing.T) {
	p := newPractice(t, Options{Consumers: []Consumer{{Key: "app", PublicKey: spkiPEM(&keyOf(1024).PublicKey), Callback: "http://127.0.0.1:9/cb"}}})
	token := p.requestTokenOK("oob").Get("oauth_token")
	if got := p.allow(token, true); !strings.HasPrefix(got, "http://127.0.0.1:9/cb?oauth_token="+token+"&oauth_verifier=") {
		t.Errorf("oob with a consumer callback: %q", got)
	}
	a := p.send(p.sign("POST", pathRequestToken)) // OAuth 1.0: no callback
	v, _ := url.ParseQuery(a.body)
	if got := p.allow(v.Get("oauth_token"), true); got != "http://127.0.0.1:9/cb?oauth_token="+v.Get("oauth_token") {
		t.Errorf("OAuth 1.0: %q", got)
	}
	if a := p.send(p.sign("POST", pathAccessToken, pair{"oauth_token", v.Get("oauth_token")})); a.StatusCode != 200 {
		t.Errorf("OAuth 1.0 needs no verifier: %s", a.body)
	}
}

func TestThreeLeggedOff(t *testing.T) {
	p := newPractice(t, Options{Consumers: []Consumer{{Key: "app", PublicKey: spkiPEM(&keyOf(1024).PublicKey), NoThreeLO: true}}})
	wantProblem(t, p, p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", "OOB"})), http.StatusUnauthorized, "oauth_problem=permission_denied")
}
