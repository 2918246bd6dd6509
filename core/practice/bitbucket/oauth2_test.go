package bitbucket

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"applink/core/practice/browser"
)

func TestTokenAnswer(t *testing.T) {
	p := newOAuth2(t, Options{})
	a := p.tokenRequest("grant_type", "authorization_code", "code", p.codeOf())
	shape := regexp.MustCompile(`^\{"access_token":"(eyJhbGciOiJIUzI1NiJ9\.[\w-]+\.[\w-]+)","token_type":"bearer","expires_in":3600,` +
		`"refresh_token":"(eyJhbGciOiJIUzI1NiJ9\.[\w-]+\.[\w-]+)","scope":"REPO_READ","created_at":(\d+)\}\n$`)
	m := shape.FindStringSubmatch(a.body)
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/json;charset=UTF-8" || m == nil {
		t.Fatalf("%d %v %s", a.StatusCode, a.Header, a.body)
	}
	if m[1] == m[2] || m[3] != strconv.FormatInt(p.clock.now().Unix(), 10) {
		t.Error(a.body)
	}
	payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(m[1], ".")[1])
	if !regexp.MustCompile(`^\{"id":"[0-9a-f]{32}"\}$`).Match(payload) {
		t.Errorf("payload %s", payload)
	}
}

// TestOAuth2AuthorizeAnswers opens requests in a browser that is logged in.
func TestOAuth2AuthorizeAnswers(t *testing.T) {
	challenge := []string{"code_challenge", appChallenge, "code_challenge_method"}
	verifier128 := strings.Repeat("a", 128)
	for name, c := range map[string]struct {
		options OAuth2Options
		change  []string
		want    string // error; "" for a code
	}{
		"read":                     {},
		"write":                    {change: []string{"scope", "REPO_WRITE"}},
		"two":                      {change: []string{"scope", "PUBLIC_REPOS REPO_READ"}},
		"above the link":           {change: []string{"scope", "REPO_ADMIN"}, want: "invalid_scope"},
		"above the link, cut":      {OAuth2Options{CutScopes: true}, []string{"scope", "REPO_READ REPO_ADMIN"}, ""},
		"above the link, cut away": {OAuth2Options{CutScopes: true}, []string{"scope", "REPO_ADMIN"}, "invalid_scope"},
		"beside the chain":         {change: []string{"scope", "ACCOUNT_WRITE"}, want: "invalid_scope"},
		"of the Cloud":             {change: []string{"scope", "repository account"}, want: "invalid_scope"},
		"openid":                   {change: []string{"scope", "openid REPO_READ"}, want: "invalid_scope"},
		"leading space":            {change: []string{"scope", " REPO_READ"}, want: "invalid_scope"},
		"no scope":                 {change: []string{"scope", "-"}, want: "invalid_scope"},
		"no scope, optional":       {OAuth2Options{ScopeOptional: true}, []string{"scope", "-"}, ""},
		"token":                    {change: []string{"response_type", "token"}, want: "unsupported_response_type"},
		"no response_type":         {change: []string{"response_type", "-"}, want: "invalid_request"},
		"S256":                     {change: append(challenge, "S256")},
		"s256":                     {change: append(challenge, "s256")},
		"plain":                    {change: append(challenge, "plain")},
		"no method":                {change: append(challenge, "-")},
		"sha256":                   {change: append(challenge, "sha256"), want: "invalid_request"},
		"sha256, taken":            {OAuth2Options{MethodSHA256: true}, append(challenge, "sha256"), ""},
		"method alone":             {change: []string{"code_challenge_method", "S256"}, want: "invalid_request"},
		"short challenge":          {change: []string{"code_challenge", "abc", "code_challenge_method", "plain"}, want: "invalid_request"},
		"128 characters":           {change: []string{"code_challenge", verifier128, "code_challenge_method", "plain"}},
		"129 characters":           {change: []string{"code_challenge", verifier128 + "a", "code_challenge_method", "plain"}, want: "invalid_request"},
		"128 characters, refused":  {OAuth2Options{Verifier127: true}, []string{"code_challenge", verifier128, "code_challenge_method", "plain"}, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newOAuth2(t, Options{OAuth2: c.options})
			q := p.decide2As("jane", p.authorizeURL(c.change...), true)
			if q.Get("error") != c.want || (q.Get("code") != "") != (c.want == "") || q.Get("state") != "xyz" {
				t.Errorf("%v", q)
			}
		})
	}
}

func TestAuthorizeShowsNoRedirectForStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		options  Options
		change   []string
		redirect string // of the link
		want     string // in the page; "" for the consent page
	}{
		"unknown client":       {change: []string{"client_id", "other"}, want: "no incoming link has the client ID other"},
		"no client":            {change: []string{"client_id", "-"}, want: "no incoming link"},
		"no redirect":          {change: []string{"redirect_uri", "-"}, want: "is not the Redirect URL"},
		"another redirect":     {change: []string{"redirect_uri", "https://evil.example/"}, want: "is not the Redirect URL"},
		"slash at the end":     {change: []string{"redirect_uri", appRedirect + "/"}, want: "is not the Redirect URL"},
		"whole list":           {redirect: "https://a.example/1,https://a.example/2", change: []string{"redirect_uri", "https://a.example/1,https://a.example/2"}, want: "is not the Redirect URL"},
		"first of the list":    {redirect: "https://a.example/1,https://a.example/2", change: []string{"redirect_uri", "https://a.example/1"}},
		"second of the list":   {redirect: "https://a.example/1,https://a.example/2", change: []string{"redirect_uri", "https://a.example/2"}},
		"no list, its first":   {options: Options{OAuth2: OAuth2Options{OneRedirect: true}}, redirect: "https://a.example/1,https://a.example/2", change: []string{"redirect_uri", "https://a.example/1"}, want: "is not the Redirect URL"},
		"no list, whole":       {options: Options{OAuth2: OAuth2Options{OneRedirect: true}}, redirect: "https://a.example/1,https://a.example/2", change: []string{"redirect_uri", "https://a.example/1,https://a.example/2"}},
		"another port":         {redirect: "http://127.0.0.1:1/cb", change: []string{"redirect_uri", "http://127.0.0.1:2/cb"}, want: "is not the Redirect URL"},
		"any port":             {options: Options{OAuth2: OAuth2Options{LoopbackPort: true}}, redirect: "http://127.0.0.1:1/cb", change: []string{"redirect_uri", "http://127.0.0.1:2/cb"}},
		"any port, other path": {options: Options{OAuth2: OAuth2Options{LoopbackPort: true}}, redirect: "http://127.0.0.1:1/cb", change: []string{"redirect_uri", "http://127.0.0.1:2/"}, want: "is not the Redirect URL"},
		"any port, elsewhere":  {options: Options{OAuth2: OAuth2Options{LoopbackPort: true}}, redirect: "https://a.example:1/", change: []string{"redirect_uri", "https://a.example:2/"}, want: "is not the Redirect URL"},
		"nothing registered":   {options: Options{Faults: []Fault{RedirectRefused}}, want: "is not the Redirect URL"},
		"no client known":      {options: Options{Faults: []Fault{NoConsumer}}, want: "no incoming link"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.redirect != "" {
				c.options.Clients = []Client{{ID: "app", Secret: appSecret, Redirect: c.redirect, Scopes: []string{"REPO_READ"}}}
			}
			p := newOAuth2(t, c.options)
			browser := adminOf(p)
			s, err := browser.Open(context.Background(), p.authorizeURL(c.change...))
			// An unknown client has no consent page; a redirect is looked at after it.
			if client := strings.Contains(c.want, "no incoming link"); (err == nil && s.Has("consent-form")) == client {
				t.Errorf("consent page: %v", err)
			}
			if c.want == "" {
				return
			}
			if to, err := browser.Authorize(context.Background(), p.authorizeURL(c.change...), true); err == nil {
				t.Errorf("redirected to %s", to)
			}
			early := c.options
			early.OAuth2.RedirectFirst = true
			p = newOAuth2(t, early)
			a := do(t, must(http.NewRequest("GET", p.authorizeURL(c.change...), nil)))
			if a.StatusCode != 400 || a.Header.Get("Location") != "" || !strings.Contains(a.body, c.want) {
				t.Errorf("%d %s %s", a.StatusCode, a.Header.Get("Location"), a.body)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestDenyAndConsentAgain(t *testing.T) {
	p := newOAuth2(t, Options{})
	if q := p.decide2As("jane", p.authorizeURL(), false); q.Encode() != "error=access_denied&state=xyz" {
		t.Errorf("denied: %s", q.Encode())
	}
	if q := p.decide2As("jane", p.authorizeURL("state", "-"), false); q.Encode() != "error=access_denied" {
		t.Errorf("denied without state: %s", q.Encode())
	}
	p.newTokens()
	browser := browser.NewAdmin(p.base)
	if err := browser.Login(context.Background(), "jane", "jane"); err != nil {
		t.Fatal(err)
	}
	s, err := browser.Open(context.Background(), p.authorizeURL("scope", "REPO_WRITE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The App", "jane", "Pull and clone public repositories", "Create and comment on pull requests", "Push to repositories", "Allow", "Deny"} {
		if !strings.Contains(s.Text(), want) {
			t.Errorf("the consent page lacks %q", want)
		}
	}
	if strings.Contains(s.Text(), "Change the settings") {
		t.Error("the consent page promises too much")
	}
}

// TestStateThroughLogin signs in on the way, which changes what is not plain.
func TestStateThroughLogin(t *testing.T) {
	for sent, want := range map[string]string{
		"xyz": "xyz", "AZaz09-_": "AZaz09-_", "a%20b": "a b", "a+b": "a b", "a b": "a b", "a&b": "a", "Zm8=": "Zm8", "100%": "100%", "": "",
	} {
		for _, verbatim := range []bool{false, true} {
			p := newOAuth2(t, Options{OAuth2: OAuth2Options{VerbatimState: verbatim}})
			ctx := context.Background()
			browser := browser.NewAdmin(p.base)
			login, err := browser.Open(ctx, p.authorizeURL("state", sent))
			if err != nil {
				t.Fatal(err)
			}
			f, err := login.Form("login-form")
			if err != nil {
				t.Fatal(err)
			}
			f.Fill("j_username", "jane", "j_password", "jane")
			consent, err := browser.Submit(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			to, err := browser.Authorize(ctx, consent.URL.String(), true)
			if err != nil {
				t.Fatal(err)
			}
			u, _ := url.Parse(to)
			expected := want
			if verbatim {
				expected = sent
			}
			if got := u.Query().Get("state"); got != expected {
				t.Errorf("verbatim %v: %q came back as %q", verbatim, sent, got)
			}
		}
	}
}

// TestTokenErrors changes one thing of a request that would succeed.
func TestTokenErrors(t *testing.T) {
	withoutSecret := OAuth2Options{NoSecretCheck: true}
	for name, c := range map[string]struct {
		options OAuth2Options
		ask     []string // of the authorize request
		change  []string // of the token request
		wait    time.Duration
		status  int
		want    string
	}{
		"good":                     {},
		"ten seconds":              {wait: 10 * time.Second},
		"eleven seconds":           {wait: 11 * time.Second, status: 400, want: "invalid_request"},
		"ten minutes, set":         {options: OAuth2Options{CodeLife: 10 * time.Minute}, wait: 599 * time.Second},
		"unknown code":             {change: []string{"code", "0123"}, status: 400, want: "invalid_request"},
		"no code":                  {change: []string{"code", "-"}, status: 400, want: "invalid_request"},
		"wrong secret":             {change: []string{"client_secret", "no"}, status: 401, want: "invalid_client"},
		"wrong secret, 400":        {options: OAuth2Options{ClientStatus: 400}, change: []string{"client_secret", "no"}, status: 400, want: "invalid_client"},
		"no secret":                {change: []string{"client_secret", "-"}, status: 401, want: "invalid_client"},
		"no secret, PKCE":          {ask: []string{"code_challenge", appChallenge, "code_challenge_method", "S256"}, change: []string{"client_secret", "-", "code_verifier", appVerifier}, status: 401, want: "invalid_client"},
		"no secret, unchecked":     {options: withoutSecret, ask: []string{"code_challenge", appChallenge, "code_challenge_method", "S256"}, change: []string{"client_secret", "-", "code_verifier", appVerifier}},
		"unknown client":           {change: []string{"client_id", "other"}, status: 401, want: "invalid_client"},
		"another client's":         {change: []string{"client_id", "second", "client_secret", "second"}, status: 400, want: "invalid_request"},
		"no redirect":              {change: []string{"redirect_uri", "-"}, status: 400, want: "invalid_request"},
		"another redirect":         {change: []string{"redirect_uri", appRedirect + "/"}, status: 400, want: "invalid_grant"},
		"no grant type":            {change: []string{"grant_type", "-"}, status: 400, want: "invalid_request"},
		"password":                 {change: []string{"grant_type", "password"}, status: 400, want: "unsupported_grant_type"},
		"client credentials":       {change: []string{"grant_type", "client_credentials"}, status: 400, want: "unsupported_grant_type"},
		"S256":                     {ask: []string{"code_challenge", appChallenge, "code_challenge_method", "S256"}, change: []string{"code_verifier", appVerifier}},
		"s256":                     {ask: []string{"code_challenge", appChallenge, "code_challenge_method", "s256"}, change: []string{"code_verifier", appVerifier}},
		"plain":                    {ask: []string{"code_challenge", appVerifier, "code_challenge_method", "plain"}, change: []string{"code_verifier", appVerifier}},
		"plain, unnamed":           {ask: []string{"code_challenge", appVerifier}, change: []string{"code_verifier", appVerifier}},
		"wrong verifier":           {ask: []string{"code_challenge", appChallenge, "code_challenge_method", "S256"}, change: []string{"code_verifier", appChallenge}, status: 400, want: "invalid_grant"},
		"no verifier":              {ask: []string{"code_challenge", appChallenge, "code_challenge_method", "S256"}, status: 400, want: "invalid_grant"},
		"verifier of nothing":      {change: []string{"code_verifier", appVerifier}, status: 400, want: "invalid_grant"},
		"verifier of 42":           {ask: []string{"code_challenge", s256(appVerifier[:42]), "code_challenge_method", "S256"}, change: []string{"code_verifier", appVerifier[:42]}, status: 400, want: "invalid_grant"},
		"verifier of 127":          {ask: []string{"code_challenge", s256(strings.Repeat("b", 127)), "code_challenge_method", "S256"}, change: []string{"code_verifier", strings.Repeat("b", 127)}},
		"verifier of 128":          {ask: []string{"code_challenge", s256(strings.Repeat("b", 128)), "code_challenge_method", "S256"}, change: []string{"code_verifier", strings.Repeat("b", 128)}},
		"verifier of 128, refused": {options: OAuth2Options{Verifier127: true}, ask: []string{"code_challenge", s256(strings.Repeat("b", 128)), "code_challenge_method", "S256"}, change: []string{"code_verifier", strings.Repeat("b", 128)}, status: 400, want: "invalid_grant"},
		"client first":             {options: OAuth2Options{ClientFirst: true}, change: []string{"code", "0123", "client_secret", "no"}, status: 401, want: "invalid_client"},
		"code first":               {change: []string{"code", "0123", "client_secret", "no"}, status: 400, want: "invalid_request"},
		"code called a grant":      {options: OAuth2Options{CodeRefusal: "invalid_grant"}, change: []string{"code", "0123"}, status: 400, want: "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newOAuth2(t, Options{OAuth2: c.options})
			must(p.AddClient(Client{ID: "second", Secret: "second", Redirect: appRedirect}))
			code := p.codeOf(c.ask...)
			p.clock.advance(c.wait)
			a := p.tokenRequest(append([]string{"grant_type", "authorization_code", "code", code}, c.change...)...)
			if c.want == "" {
				p.tokensOK(a)
				return
			}
			if a.StatusCode != c.status || !strings.HasPrefix(a.body, `{"error":"`+c.want+`","error_description":"`) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			if events := p.Events(); len(events) == 0 || !strings.HasPrefix(events[len(events)-1].Why, c.want) {
				t.Errorf("not in the journal: %v", events)
			}
		})
	}
}

// A code serves once. A try that fails leaves it, and a second use ends what the first
// one gave.
func TestCodeIsForOneUse(t *testing.T) {
	p := newOAuth2(t, Options{})
	code := p.codeOf("code_challenge", appChallenge, "code_challenge_method", "S256")
	ask := func(pairs ...string) answer {
		return p.tokenRequest(append([]string{"grant_type", "authorization_code", "code", code, "code_verifier", appVerifier}, pairs...)...)
	}
	if a := ask("client_secret", "no"); a.StatusCode != 401 {
		t.Errorf("wrong secret: %d", a.StatusCode)
	}
	if a := ask("code_verifier", appChallenge); a.StatusCode != 400 {
		t.Errorf("wrong verifier: %d", a.StatusCode)
	}
	first := p.tokensOK(ask())
	if a := p.with(first.AccessToken, "/rest/api/1.0/users/jane"); a.StatusCode != 200 {
		t.Errorf("after the first use: %d", a.StatusCode)
	}
	if a := ask(); a.StatusCode != 400 {
		t.Errorf("second use: %d %s", a.StatusCode, a.body)
	}
	if a := p.with(first.AccessToken, "/rest/api/1.0/users/jane"); a.StatusCode != 401 {
		t.Errorf("the tokens of the first use: %d", a.StatusCode)
	}
	strict := newOAuth2(t, Options{OAuth2: OAuth2Options{TryUsesCode: true}})
	code = strict.codeOf("code_challenge", appChallenge, "code_challenge_method", "S256")
	strict.tokenRequest("grant_type", "authorization_code", "code", code, "code_verifier", appChallenge)
	if a := strict.tokenRequest("grant_type", "authorization_code", "code", code, "code_verifier", appVerifier); a.StatusCode != 400 {
		t.Errorf("after a try that uses the code up: %d", a.StatusCode)
	}
}

// The provider's other resources, and what holds of all of them.
func TestRevocationAndMetadata(t *testing.T) {
	p := newOAuth2(t, Options{})
	tokens := p.newTokens()
	revoke := func(pairs ...string) answer {
		return p.post("/rest/oauth2/latest/revoke", fields(url.Values{"client_id": {"app"}, "client_secret": {appSecret}, "token": {tokens.RefreshToken}}, pairs...))
	}
	for name, c := range map[string]struct {
		change []string
		status int
	}{
		"wrong secret":  {[]string{"client_secret", "no"}, 401},
		"no token":      {[]string{"token", "-"}, 400},
		"unknown token": {[]string{"token", "made-up"}, 200},
	} {
		if a := revoke(c.change...); a.StatusCode != c.status || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", name, a.StatusCode, a.Header)
		}
	}
	if a := p.with(tokens.AccessToken, "/rest/api/1.0/users/jane"); a.StatusCode != 200 {
		t.Errorf("revoked by nothing: %d", a.StatusCode)
	}
	if a := revoke(); a.StatusCode != 200 {
		t.Errorf("revoking: %d %s", a.StatusCode, a.body)
	}
	if a := p.with(tokens.AccessToken, "/rest/api/1.0/users/jane"); a.StatusCode != 401 {
		t.Errorf("after it: %d", a.StatusCode)
	}
	if a := do(t, must(http.NewRequest("GET", p.base+"/rest/oauth2/latest/token", nil))); a.StatusCode != 405 || a.Header.Get("Allow") != "POST" {
		t.Errorf("GET token: %d %v", a.StatusCode, a.Header)
	}
	a := do(t, must(http.NewRequest("GET", p.base+"/rest/oauth2/latest/.well-known/oauth-authorization-server", nil)))
	if a.StatusCode != 200 || !strings.Contains(a.body, p.base+"/rest/oauth2/latest/revoke") {
		t.Errorf("metadata: %d %s", a.StatusCode, a.body)
	}
	a = p.tokenRequest("grant_type", "authorization_code", "code", p.codeOf())
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Pragma") != "no-cache" {
		t.Errorf("token: %v", a.Header)
	}
}

// An access token passes as the password of HTTP Basic below /rest, and nowhere else.
func TestTokenAsPassword(t *testing.T) {
	for off, want := range map[bool]int{false: 200, true: 401} {
		p := newOAuth2(t, Options{OAuth2: OAuth2Options{BasicTokenOff: off}})
		token := p.newTokens().AccessToken
		r := must(http.NewRequest("GET", p.base+"/rest/api/1.0/users/jane", nil))
		r.SetBasicAuth("jane", token)
		if a := do(t, r); a.StatusCode != want {
			t.Errorf("off %v: %d", off, a.StatusCode)
		}
		r = must(http.NewRequest("GET", p.base+"/plugins/servlet/applinks/whoami", nil))
		r.SetBasicAuth("jane", token)
		if a := do(t, r); a.StatusCode != 401 {
			t.Errorf("outside /rest: %d", a.StatusCode)
		}
	}
}

// TestWaysToAsk sends the same token request in other forms.
func TestWaysToAsk(t *testing.T) {
	for name, c := range map[string]struct {
		options OAuth2Options
		path    string
		media   string
		where   string
		status  int
		body    string
	}{
		"form":              {path: "latest", media: "application/x-www-form-urlencoded", where: "body", status: 200},
		"form with charset": {path: "1.0", media: "application/x-www-form-urlencoded;charset=UTF-8", where: "body", status: 200},
		"query":             {path: "latest", where: "query", status: 200},
		"JSON":              {path: "latest", media: "application/json", where: "body", status: 500, body: "The @FormParam is utilized when the content type of the request entity is not application/x-www-form-urlencoded"},
		"Basic":             {path: "latest", media: "application/x-www-form-urlencoded", where: "basic", status: 401, body: "IncorrectPasswordAuthenticationException"},
		"Basic, taken":      {options: OAuth2Options{BasicAuth: true}, path: "latest", media: "application/x-www-form-urlencoded", where: "basic", status: 200},
		"no such version":   {path: "2.0", media: "application/x-www-form-urlencoded", where: "body", status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			p := newOAuth2(t, Options{OAuth2: c.options})
			form := url.Values{"grant_type": {"authorization_code"}, "code": {p.codeOf()}, "redirect_uri": {appRedirect}, "client_id": {"app"}, "client_secret": {appSecret}}
			target, body := p.base+"/rest/oauth2/"+c.path+"/token", form.Encode()
			if c.where == "query" {
				target, body = target+"?"+body, ""
			}
			if c.where == "basic" {
				form.Del("client_id")
				form.Del("client_secret")
				body = form.Encode()
			}
			req := must(http.NewRequest("POST", target, strings.NewReader(body)))
			if c.media != "" {
				req.Header.Set("Content-Type", c.media)
			}
			if c.where == "basic" {
				req.SetBasicAuth("app", appSecret)
			}
			if a := do(t, req); a.StatusCode != c.status || !strings.Contains(a.body, c.body) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
}

func TestRefreshRotates(t *testing.T) {
	p := newOAuth2(t, Options{OAuth2: OAuth2Options{}})
	old := p.newTokens("scope", "PUBLIC_REPOS REPO_READ")
	if old.Scope != "PUBLIC_REPOS REPO_READ" {
		t.Errorf("scope %q", old.Scope)
	}
	p.clock.advance(2 * time.Hour)
	young := p.tokensOK(p.refresh(old.RefreshToken))
	if young.AccessToken == old.AccessToken || young.RefreshToken == old.RefreshToken || young.CreatedAt != p.clock.now().Unix() || young.Scope != old.Scope {
		t.Errorf("%+v", young)
	}
	const dead = `{"error":"invalid_grant","error_description":"The provided refresh_token is invalid"}`
	for name, a := range map[string]answer{
		"rotated":       p.refresh(old.RefreshToken),
		"access token":  p.refresh(young.AccessToken),
		"unknown":       p.refresh("nonsense"),
		"other client":  p.refresh(young.RefreshToken, "client_id", must(p.AddClient(Client{ID: "second", Secret: "s", Redirect: appRedirect})).ID, "client_secret", "s"),
		"after 90 days": func() answer { p.clock.advance(7_776_001 * time.Second); return p.refresh(young.RefreshToken) }(),
	} {
		if a.StatusCode != 400 || strings.TrimSpace(a.body) != dead {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

func TestRefreshKillsTheOldAccessToken(t *testing.T) {
	p := newOAuth2(t, Options{})
	old := p.newTokens()
	young := p.tokensOK(p.refresh(old.RefreshToken))
	if a := p.refresh("-"); a.StatusCode != 400 || !strings.Contains(a.body, "invalid_request") {
		t.Errorf("no refresh token: %d %s", a.StatusCode, a.body)
	}
	if a := p.with(old.AccessToken, "/rest/api/1.0/projects"); a.Header.Get("X-AUSERNAME") != "" {
		t.Errorf("old: %d", a.StatusCode)
	}
	if a := p.with(young.AccessToken, "/rest/api/1.0/projects"); a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "jane" {
		t.Errorf("new: %d", a.StatusCode)
	}
}

func TestRefreshWithoutRedirect(t *testing.T) {
	for needed, want := range map[bool]int{true: 400, false: 200} {
		p := newOAuth2(t, Options{OAuth2: OAuth2Options{RefreshNeedsRedirect: needed}})
		if a := p.refresh(p.newTokens().RefreshToken, "redirect_uri", "-"); a.StatusCode != want {
			t.Errorf("needed %v: %d %s", needed, a.StatusCode, a.body)
		}
	}
}

func TestLifetimes(t *testing.T) {
	p := newOAuth2(t, Options{OAuth2: OAuth2Options{AccessLife: time.Minute, RefreshLife: time.Hour}})
	tokens := p.newTokens()
	if tokens.ExpiresIn != 60 {
		t.Errorf("expires_in %d", tokens.ExpiresIn)
	}
	p.clock.advance(61 * time.Second)
	if a := p.with(tokens.AccessToken, "/rest/api/1.0/projects"); a.Header.Get("X-AUSERNAME") != "" {
		t.Errorf("after a minute: %d", a.StatusCode)
	}
	p.clock.advance(time.Hour)
	if a := p.refresh(tokens.RefreshToken); a.StatusCode != 400 {
		t.Errorf("after an hour: %d", a.StatusCode)
	}
	for _, o := range []OAuth2Options{{CodeLife: 11 * time.Minute}, {AccessLife: -1}} {
		if _, err := New(Options{OAuth2: o}); err == nil {
			t.Errorf("%+v passes", o)
		}
	}
}
