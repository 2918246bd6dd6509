package bitbucket

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"applink/core/practice/browser"
)

// TestScopesOnREST asks as admin and as jane with tokens of several scopes: the
// smaller of scope and right decides.
func TestScopesOnREST(t *testing.T) {
	p := newOAuth2(t, Options{Clients: []Client{{ID: "app", Secret: appSecret, Redirect: appRedirect, Scopes: []string{"SYSTEM_ADMIN", "ACCOUNT_WRITE"}}}})
	tokens := map[string]string{}
	for _, c := range []struct {
		user, scope, path string
		status            int
		body              string
	}{
		{"jane", "PUBLIC_REPOS", "/rest/api/1.0/application-properties", 200, properties7},
		{"jane", "PUBLIC_REPOS", "/rest/api/1.0/users/jane", 200, `"id":42`},
		{"jane", "PUBLIC_REPOS", "/rest/api/1.0/projects", 200, `"size":1,`},
		{"jane", "REPO_READ", "/rest/api/1.0/projects", 200, `"size":2,`},
		{"jane", "ACCOUNT_WRITE", "/rest/api/1.0/projects", 200, `"size":1,`},
		{"jane", "PUBLIC_REPOS", "/rest/api/1.0/repos", 200, `"size":1,`},
		{"jane", "REPO_READ", "/rest/api/1.0/repos", 200, `"size":3,`},
		{"jane", "SYSTEM_ADMIN", "/rest/api/1.0/repos", 200, `"size":3,`},
		{"admin", "PROJECT_ADMIN", "/rest/api/1.0/repos", 200, `"size":4,`},
		{"jane", "PUBLIC_REPOS", "/rest/api/1.0/projects/OPS", 401, "com.atlassian.bitbucket.AuthorisationException"},
		{"jane", "REPO_READ", "/rest/api/1.0/projects/OPS", 200, `"key":"OPS"`},
		{"jane", "PUBLIC_REPOS", "/rest/api/1.0/projects/PRJ/repos/billing", 401, "AuthorisationException"},
		{"jane", "REPO_ADMIN", "/rest/api/1.0/projects/PRJ/repos/billing", 200, `"slug":"billing"`},
		{"admin", "REPO_ADMIN", "/rest/applinks/3.0/applicationlink", 401, "AuthorisationException"},
		{"admin", "ADMIN_WRITE", "/rest/applinks/3.0/applicationlink", 200, "applicationLinks"},
		{"jane", "ADMIN_WRITE", "/rest/applinks/3.0/applicationlink", 401, "AuthorisationException"},
		{"admin", "SYSTEM_ADMIN", "/rest/oauth2/1.0/client", 200, `"clientId":"app"`},
		{"jane", "PUBLIC_REPOS", "/plugins/servlet/applinks/whoami", 200, "jane"},
	} {
		key := c.user + " " + c.scope
		if tokens[key] == "" {
			code := p.decide2As(c.user, p.authorizeURL("scope", c.scope), true).Get("code")
			tokens[key] = p.tokensOK(p.tokenRequest("grant_type", "authorization_code", "code", code)).AccessToken
		}
		a := p.with(tokens[key], c.path)
		if a.StatusCode != c.status || !strings.Contains(a.body, c.body) || a.Header.Get("X-AUSERNAME") != c.user {
			t.Errorf("%s %s: %d %v\n%s", key, c.path, a.StatusCode, a.Header, a.body)
		}
	}
}

func TestBearerThatIsNotValid(t *testing.T) {
	const path = "/rest/api/1.0/application-properties"
	for name, c := range map[string]struct {
		options OAuth2Options
		spoil   func(p *practice, tokens tokenReply) string // returns the token to send
	}{
		"nonsense":                 {spoil: func(*practice, tokenReply) string { return "nonsense" }},
		"refresh token":            {spoil: func(_ *practice, x tokenReply) string { return x.RefreshToken }},
		"expired":                  {spoil: func(p *practice, x tokenReply) string { p.clock.advance(3601 * 1e9); return x.AccessToken }},
		"client removed":           {spoil: func(p *practice, x tokenReply) string { p.RemoveClient("app"); return x.AccessToken }},
		"access tokens off":        {options: OAuth2Options{AccessTokensOff: true}, spoil: func(_ *practice, x tokenReply) string { return x.AccessToken }},
		"revoked, from the server": {spoil: func(p *practice, x tokenReply) string { p.SetFault(TokenRevoked, true); return x.AccessToken }},
	} {
		t.Run(name, func(t *testing.T) {
			// Where public access is on, the call is anonymous.
			p := newOAuth2(t, Options{OAuth2: c.options})
			a := p.with(c.spoil(p, p.newTokens()), path)
			if a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "" || strings.TrimSpace(a.body) != properties7 {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			refusing := c.options
			refusing.RefuseDeadBearer = true
			for _, o := range []Options{{OAuth2: refusing}, {OAuth2: c.options, REST: RESTOptions{NoPublicAccess: true}}} {
				p := newOAuth2(t, o)
				a = p.with(c.spoil(p, p.newTokens()), path)
				if a.StatusCode != 401 || !strings.Contains(a.body, "IncorrectPasswordAuthenticationException") ||
					!strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "OAuth realm=") {
					t.Errorf("%d %v %s", a.StatusCode, a.Header, a.body)
				}
			}
		})
	}
}

func TestBearerOutsideREST(t *testing.T) {
	for only, status := range map[bool]int{false: 200, true: 302} {
		p := newOAuth2(t, Options{OAuth2: OAuth2Options{BearerOnRESTOnly: only}})
		tokens := p.newTokens()
		if a := p.with(tokens.AccessToken, pathWhoami); a.StatusCode != status {
			t.Errorf("only %v: %d", only, a.StatusCode)
		}
		if a := p.with(tokens.AccessToken, "/rest/api/1.0/projects"); a.StatusCode != 200 {
			t.Errorf("only %v, inside: %d", only, a.StatusCode)
		}
	}
}

// TestAdminPagesNeedTheScope keeps a token of an administrator out.
func TestAdminPagesNeedTheScope(t *testing.T) {
	p := newOAuth2(t, Options{})
	code := p.decide2As("admin", p.authorizeURL(), true).Get("code")
	tokens := p.tokensOK(p.tokenRequest("grant_type", "authorization_code", "code", code))
	if a := p.with(tokens.AccessToken, pathLinks); a.StatusCode != 403 {
		t.Errorf("%d", a.StatusCode)
	}
}

func TestAuthorizedApplications(t *testing.T) {
	p := newOAuth2(t, Options{})
	tokens, again := p.newTokens(), p.newTokens("scope", "PUBLIC_REPOS")
	ctx := context.Background()
	browser := browser.NewAdmin(p.base)
	if err := browser.Login(ctx, "jane", "jane"); err != nil {
		t.Fatal(err)
	}
	if s := p.sheet(browser, pathAuthorized); strings.Count(s.Text(), "The App") != 1 || !strings.Contains(s.Text(), "Create and comment on pull requests") {
		t.Error(s.Text())
	}
	if s := p.sheet(adminOf(p), pathAuthorized); strings.Contains(s.Text(), "The App") {
		t.Error("admin sees jane's")
	}
	if err := browser.RevokeApplication(ctx, "app"); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{tokens.AccessToken, again.AccessToken} {
		if a := p.with(token, "/rest/api/1.0/projects"); a.Header.Get("X-AUSERNAME") != "" {
			t.Errorf("access: %d", a.StatusCode)
		}
	}
	if a := p.refresh(tokens.RefreshToken); a.StatusCode != 400 || !strings.Contains(a.body, "invalid_grant") {
		t.Errorf("refresh: %d %s", a.StatusCode, a.body)
	}
	if err := browser.RevokeApplication(ctx, "app"); err == nil {
		t.Error("revoked twice")
	}
}

// TestOAuth2Faults switches each fault of the provider on and asks what it
// spoils.
func TestOAuth2Faults(t *testing.T) {
	p := newOAuth2(t, Options{})
	tokens := p.newTokens()
	properties := func() answer { return p.with(tokens.AccessToken, "/rest/api/1.0/application-properties") }
	probe := func() answer { return p.get("/rest/oauth2/latest/client") }
	exchange := func() answer { return p.tokenRequest("grant_type", "authorization_code", "code", p.codeOf()) }
	authorize := func() answer { return do(t, must(http.NewRequest("GET", p.authorizeURL(), nil))) }
	allow := func() answer {
		_, err := adminOf(p).Authorize(context.Background(), p.authorizeURL(), true)
		return answer{Response: &http.Response{StatusCode: 400}, body: fmt.Sprint(err)}
	}
	for _, c := range []struct {
		fault  Fault
		ask    func() answer
		status int
		body   string
		header string
	}{
		{ProviderAbsent, probe, 404, `"status-code":404`, ""},
		{ProviderAbsent, authorize, 404, `"status-code":404`, ""},
		{ProviderAbsent, func() answer { return p.refresh("x") }, 404, `"status-code":404`, ""},
		{RedirectRefused, allow, 400, "is not the Redirect URL", ""},
		{ScopeRefused, authorize, 302, "", "Location: error=invalid_scope&error_description="},
		{CodeSlow, exchange, 400, "invalid_request", ""},
		{GrantRefused, exchange, 400, "unsupported_grant_type", ""},
		{TokenUnusable, exchange, 200, `{"token_type":"bearer","expires_in":3600,"created_at":`, ""},
		{TokenRevoked, properties, 200, "displayName", ""},
		{TokenRevoked, func() answer { return p.refresh(tokens.RefreshToken) }, 400, "invalid_grant", ""},
		{NoConsumer, func() answer { return p.refresh(tokens.RefreshToken) }, 401, "invalid_client", ""},
		{TwoFactor, properties, 200, "2FA for Bitbucket", "Content-Type: text/html"},
		{RateLimited, properties, 429, "too many requests", "Retry-After: 5"},
		{RateLimited, exchange, 200, "access_token", ""},
		{LoginRedirect, authorize, 302, "", "Location: " + pathConsent},
		{LoginRedirect, properties, 302, "", "Location: /login?next="},
		{Anonymous, properties, 200, "displayName", ""},
	} {
		if err := p.SetFault(c.fault, true); err != nil {
			t.Fatal(err)
		}
		a := c.ask()
		name, part, _ := strings.Cut(c.header, ": ")
		if a.StatusCode != c.status || !strings.Contains(a.body, c.body) || !strings.Contains(a.Header.Get(name), part) {
			t.Errorf("%s: %d %v\n%s", c.fault, a.StatusCode, a.Header, a.body)
		}
		if (c.fault == Anonymous || c.fault == TokenRevoked) && a.Header.Get("X-AUSERNAME") != "" {
			t.Error("anonymous has a name")
		}
		p.SetFault(c.fault, false)
	}
	if a := properties(); a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "jane" {
		t.Errorf("afterwards: %d", a.StatusCode)
	}
}

// TestRefreshLost loses the answer of a refresh that took effect.
func TestRefreshLost(t *testing.T) {
	p := newOAuth2(t, Options{})
	tokens := p.newTokens()
	p.SetFault(RefreshLost, true)
	form := strings.NewReader(fields(nil, "grant_type", "refresh_token", "refresh_token", tokens.RefreshToken,
		"client_id", "app", "client_secret", appSecret, "redirect_uri", appRedirect).Encode())
	res, err := http.Post(p.base+"/rest/oauth2/latest/token", "application/x-www-form-urlencoded", form)
	if err == nil {
		res.Body.Close()
		t.Fatalf("answered %d", res.StatusCode)
	}
	p.SetFault(RefreshLost, false)
	if a := p.refresh(tokens.RefreshToken); a.StatusCode != 400 || !strings.Contains(a.body, "invalid_grant") {
		t.Errorf("the old token: %d %s", a.StatusCode, a.body)
	}
}
