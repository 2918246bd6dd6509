package diagnose

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

const (
	tokenURL = "https://git.acme.com/b/rest/oauth2/latest/token"
	jsonType = "application/json;charset=UTF-8"
)

func asked(status int, body string) core.Exchange {
	return replied(tokenURL, status, body, "Content-Type", jsonType)
}

func TestOAuth2Refusals(t *testing.T) {
	code := OAuth2Call{ID: "5f1c", Redirect: "https://localhost:1/callback", Scope: "REPO_READ", Age: 75 * time.Second}
	pasted := code
	pasted.Pasted = true
	refresh := OAuth2Call{ID: "5f1c", Refresh: true}
	interrupted := refresh
	interrupted.Interrupted = time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("CET", 3600))
	for _, tt := range []struct {
		name  string
		body  string
		call  OAuth2Call
		code  core.Code
		pairs []string
	}{
		{"refresh token dead", `{"error":"invalid_grant","error_description":"The provided refresh_token is invalid"}`, refresh, finding.RefreshRejected.Code(), nil},
		{"refresh interrupted", `{"error":"invalid_grant"}`, interrupted, finding.RefreshInterrupted.Code(), []string{"at", "2026-03-01 11:00:00 UTC"}},
		{"code", `{"error":"invalid_grant"}`, code, finding.CodeRejected.Code(), []string{"age", "1 min 15 s"}},
		{"code, age unknown", `{"error":"invalid_grant"}`, OAuth2Call{}, finding.CodeRejected.Code(), []string{"age", ""}},
		{"pasted", `{"error":"invalid_grant"}`, pasted, finding.CodeExpired.Code(), []string{"age", "1 min 15 s"}},
		{"redirect", `{"error":"invalid_grant","error_description":"Invalid \"redirect_uri\" in request."}`, code, finding.RedirectMismatch.Code(), []string{"redirect", code.Redirect}},
		{"redirect in words", `{"error":"invalid_request","error_description":"Redirect URL is invalid"}`, code, finding.RedirectMismatch.Code(), nil},
		{"client", `{"error":"invalid_client"}`, code, finding.InvalidClient.Code(), []string{"id", "5f1c"}},
		{"client on refresh", `{"error":"invalid_client"}`, refresh, finding.InvalidClient.Code(), []string{"id", "5f1c"}},
		{"scope", `{"error":"invalid_scope"}`, code, finding.InvalidScope.Code(), []string{"scope", "REPO_READ"}},
		{"denied", `{"error":"access_denied"}`, code, finding.OAuth2AccessDenied.Code(), nil},
		{"grant", `{"error":"unsupported_grant_type"}`, refresh, finding.GrantUnsupported.Code(), nil},
		{"this client may not", `{"error":"unauthorized_client"}`, code, finding.GrantUnsupported.Code(), nil},
		{"client, called invalid_request", `{"error":"invalid_request","error_description":"The provided client_secret is invalid"}`, code, finding.InvalidClient.Code(), nil},
		{"client, called unauthorized_client", `{"error":"unauthorized_client","error_description":"Invalid client credentials"}`, code, finding.InvalidClient.Code(), nil},
		{"code, called invalid_request", `{"error":"invalid_request","error_description":"The provided code is invalid"}`, code, finding.CodeRejected.Code(), nil},
		{"refresh token, called invalid_request", `{"error":"invalid_request","error_description":"The provided refresh_token is invalid"}`, refresh, finding.RefreshRejected.Code(), nil},
		{"code missing", `{"error":"invalid_request","error_description":"The code is missing"}`, code, finding.OAuth2RefusedWithoutReason.Code(), nil},
		{"challenge", `{"error":"invalid_request","error_description":"The code_challenge is invalid"}`, code, finding.OAuth2RefusedWithoutReason.Code(), nil},
		{"unknown", `{"error":"invalid_request"}`, code, finding.OAuth2RefusedWithoutReason.Code(), []string{"status", "400"}},
	} {
		for _, status := range []int{200, 400, 401} { // which is not documented
			f := OAuth2(asked(status, tt.body), tt.call)
			if status != 400 && tt.name == "unknown" {
				tt.pairs = nil
			}
			check(t, tt.name, f, tt.code, tt.pairs...)
		}
	}
}

func TestOAuth2Answers(t *testing.T) {
	const both = `{"access_token":"••••","token_type":"bearer","expires_in":3600,"refresh_token":"••••"}`
	html := func(status int, body string) core.Exchange {
		return replied(tokenURL, status, body, "Content-Type", "text/html")
	}
	lost := func(err error) core.Exchange { return core.Exchange{URL: tokenURL, Err: err} }
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	refresh, doubt := OAuth2Call{Refresh: true}, OAuth2Call{Refresh: true, Ambiguous: true}
	for _, tt := range []struct {
		name  string
		ex    core.Exchange
		call  OAuth2Call
		code  core.Code
		pairs []string
	}{
		{"both", asked(200, both), OAuth2Call{}, "", nil},
		{"both refreshed", asked(200, both), refresh, "", nil},
		{"not rotated", asked(200, `{"access_token":"a","token_type":"Bearer"}`), refresh, "", nil},
		{"no refresh token", asked(200, `{"access_token":"a","token_type":"Bearer"}`), OAuth2Call{}, finding.OAuth2TokenResponseInvalid.Code(), []string{"missing", "refresh_token"}},
		{"no access token", asked(200, `{"refresh_token":"a","token_type":"Bearer"}`), OAuth2Call{}, finding.OAuth2TokenResponseInvalid.Code(), []string{"missing", "access_token"}},
		{"another type", asked(200, `{"access_token":"a","token_type":"mac"}`), OAuth2Call{}, finding.OAuth2TokenResponseInvalid.Code(), []string{"missing", "token_type bearer"}},
		{"no JSON", asked(200, `access_token=a`), OAuth2Call{}, finding.OAuth2TokenResponseInvalid.Code(), []string{"missing", "a JSON object"}},
		{"page", html(200, "<title>Hello</title>"), OAuth2Call{}, finding.UnexpectedHTML.Code(), nil},
		{"login page", html(200, `<input type="password">`), OAuth2Call{}, finding.LoginPage.Code(), nil},
		{"login", replied(tokenURL, 302, "", "Location", "/b/login"), OAuth2Call{}, finding.LoginPage.Code(), nil},
		{"absent", html(404, ""), OAuth2Call{}, finding.OAuth2NotFound.Code(), []string{"url", tokenURL}},
		{"bare 401", html(401, ""), OAuth2Call{}, finding.OAuth2RefusedWithoutReason.Code(), []string{"status", "401"}},
		{"bare 400", asked(400, "{}"), OAuth2Call{}, finding.OAuth2RefusedWithoutReason.Code(), []string{"status", "400"}},
		{"http on a TLS port", replied("http://h/rest/oauth2/latest/token", 400, "Client sent an HTTP request to an HTTPS server."), OAuth2Call{}, finding.HTTPSExpected.Code(), nil},
		{"limited", asked(429, ""), refresh, finding.RateLimited.Code(), nil},
		{"JSON body", asked(500, `{"message":"@FormParam"}`), OAuth2Call{}, finding.ServerError.Code(), nil},
		{"server error", asked(502, ""), OAuth2Call{}, finding.ServerError.Code(), nil},
		{"broken off", lost(io.EOF), OAuth2Call{}, finding.ConnectionReset.Code(), nil},
		{"nobody listens", lost(refused), refresh, finding.ConnectionRefused.Code(), nil},
		{"refresh, server error", asked(502, ""), refresh, finding.RefreshInconclusive.Code(), []string{"status", "502"}},
		{"refresh, server error in JSON", asked(500, `{"error":"server_error"}`), doubt, finding.RefreshInconclusive.Code(), nil},
		{"refresh, broken off", lost(io.EOF), doubt, finding.RefreshInconclusive.Code(), []string{"status", "no answer"}},
		{"refresh, page", html(200, "<title>Hello</title>"), doubt, finding.RefreshInconclusive.Code(), []string{"status", "200"}},
	} {
		check(t, tt.name, OAuth2(tt.ex, tt.call), tt.code, tt.pairs...)
	}
}

func TestAuthorizeRefusals(t *testing.T) {
	call := OAuth2Call{Scope: "NONE", Redirect: "https://localhost:1/callback"}
	for code, want := range map[string]core.Code{
		"invalid_scope": finding.InvalidScope.Code(), "access_denied": finding.OAuth2AccessDenied.Code(), "unsupported_response_type": finding.GrantUnsupported.Code(),
		"unauthorized_client": finding.GrantUnsupported.Code(), "server_error": finding.OAuth2RefusedWithoutReason.Code(), "": finding.OAuth2RefusedWithoutReason.Code(),
	} {
		check(t, code, Authorize(code, "some words", call), want)
	}
	check(t, "redirect", Authorize("invalid_request", "redirect_uri does not match", call), finding.RedirectMismatch.Code(), "redirect", call.Redirect)
}

func TestBearer(t *testing.T) {
	rest := "https://git.acme.com/b/rest/api/1.0/projects"
	for _, tt := range []struct {
		name string
		ex   core.Exchange
		code core.Code
	}{
		{"known", replied(rest, 200, "{}", "X-AUSERNAME", "jane"), ""},
		{"anonymous", replied(rest, 200, "{}"), finding.OAuth2UserUnknown.Code()},
		{"expired", replied(rest, 401, "{}"), finding.AccessTokenInvalid.Code()},
		{"forbidden at the gate", replied(rest, 403, "{}"), finding.AccessTokenInvalid.Code()},
		{"no permission", replied(rest, 401, "{}", "X-AUSERNAME", "jane"), finding.UnexpectedResponse.Code()},
		{"page", replied(rest, 200, "<title>2FA</title>", "Content-Type", "text/html"), finding.SignedCallHTML.Code()},
		{"login", replied(rest, 302, "", "Location", "/b/login"), finding.LoginPage.Code()},
		{"nothing there", replied(rest, 404, "{}", "X-AUSERNAME", "jane"), finding.NotFound.Code()},
		{"broken off", core.Exchange{URL: rest, Err: io.EOF}, finding.ConnectionReset.Code()},
	} {
		check(t, tt.name, Bearer(tt.ex), tt.code)
	}
}

// The authorize page without a session: what is certain is told, and where a browser
// may get on it is nil.
func TestAuthorizePage(t *testing.T) {
	const page = "https://git.acme.com/b/rest/oauth2/latest/authorize"
	call := OAuth2Call{ID: "5f1c", Redirect: "https://localhost:1/callback", Scope: "REPO_READ"}
	html := func(status int, body string, header ...string) core.Exchange {
		return replied(page+"?client_id=5f1c", status, body, append(header, "Content-Type", "text/html")...)
	}
	to := func(location string) core.Exchange { return replied(page, 302, "", "Location", location) }
	for _, tt := range []struct {
		name  string
		ex    core.Exchange
		code  core.Code
		pairs []string
	}{
		{"consent", to("/b/plugins/servlet/oauth2/consent?client_id=5f1c"), "", nil},
		{"login", to("/b/login?next=/plugins/servlet/oauth2/consent"), "", nil},
		{"single sign-on", to("https://sso.acme.com/adfs/ls"), "", nil},
		{"single sign-on by another product", to("https://jira.acme.com/login.jsp"), "", nil},
		{"single sign-on by GitLab beside it", to("https://git.acme.com/users/sign_in"), "", nil},
		{"login page", html(200, `<title>Log in - Bitbucket</title><input type="password">`), "", nil},
		{"sign-in page of GitHub", html(200, `<title>Sign in to GitHub</title><input type="password">`), "", nil},
		{"browser asked for a ticket", html(401, "", "WWW-Authenticate", "Negotiate"), "", nil},
		{"refused to programs", html(403, "<title>Forbidden</title>"), "", nil},
		{"limited", html(429, ""), "", nil},
		{"too large", core.Exchange{URL: page, Status: 200, Err: errors.New("too large")}, "", nil},
		{"denied without a user", to(call.Redirect + "?error=access_denied&state=x"), "", nil},
		{"has to sign in", to(call.Redirect + "?error=login_required&state=x"), "", nil},
		{"error at somebody else's", to("https://elsewhere.example/?error=invalid_scope"), "", nil},

		{"absent", html(404, "<title>Not found</title>"), finding.OAuth2NotFound.Code(), []string{"url", page}},
		{"maintenance", html(503, "<title>Bitbucket</title>"), finding.Unavailable.Code(), nil},
		{"starting", to("/b/maintenance?next=/"), finding.Unavailable.Code(), nil},
		{"server error", html(500, "<title>Oops</title>"), finding.ServerError.Code(), nil},
		{"error page", html(400, "<title>Unknown client</title>"), finding.OAuth2ErrorPage.Code(), []string{"title", "Unknown client", "redirect", call.Redirect, "id", "5f1c", "status", "400"}},
		{"error page without words", asked(400, ""), finding.OAuth2ErrorPage.Code(), nil},
		{"scope", to(call.Redirect + "?error=invalid_scope&state=x"), finding.InvalidScope.Code(), []string{"scope", "REPO_READ"}},
		{"redirect", replied(page, 400, `{"error":"invalid_request","error_description":"redirect_uri does not match"}`), finding.RedirectMismatch.Code(), []string{"redirect", call.Redirect}},
		{"client", replied(page, 401, `{"error":"invalid_client"}`), finding.InvalidClient.Code(), []string{"id", "5f1c"}},
		{"Jira", to("/b/login.jsp?os_destination=x"), finding.IsJira.Code(), nil},
		{"Confluence", html(200, "<title>Log In - Confluence</title>"), finding.IsConfluence.Code(), nil},
		{"GitLab", html(404, "<title>Not Found - GitLab</title>"), finding.NotBitbucket.Code(), nil},
		{"nobody listens", core.Exchange{URL: page, Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}, finding.ConnectionRefused.Code(), nil},
	} {
		check(t, tt.name, AuthorizePage(tt.ex, call), tt.code, tt.pairs...)
	}
}
