package bitbucket

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"applink/core/practice/browser"
)

// A user who may not log in is told why, by a form and by Basic, and a wrong password
// is not that.
func TestUserWhoMayNotLogIn(t *testing.T) {
	p := newPractice(t, Options{Users: []User{
		{ID: 7, Name: "gone", Password: "gone", Unlicensed: true}, {ID: 8, Name: "left", Password: "left", Inactive: true}}})
	for _, c := range []struct{ user, class, says string }{
		{"gone", "auth.NoAccessAuthenticationException", "You are not currently licensed to use Bitbucket."},
		{"left", "auth.InactiveUserAuthenticationException", "is inactive"},
		{"nobody", "auth.IncorrectPasswordAuthenticationException", "Invalid username or password."},
	} {
		a := p.as(c.user, "GET", "/rest/api/1.0/repos", "")
		if a.StatusCode != 401 || !strings.Contains(a.body, c.class) || a.Header.Get("X-AUSERNAME") != "" {
			t.Errorf("%s: %d %s", c.user, a.StatusCode, a.body)
		}
		if err := browser.NewAdmin(p.base).Login(context.Background(), c.user, c.user); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s in the browser: %v", c.user, err)
		}
	}
	if a := p.as("admin", "GET", "/rest/api/1.0/users/left", ""); !strings.Contains(a.body, `"active":false`) {
		t.Errorf("the record of a deactivated user: %s", a.body)
	}
}

// An account that is locked out later loses what it granted: a token gets Bitbucket's
// envelope, whether it comes as Bearer or as a password, and keeps the pages (see TestFaults for a signature).
func TestLockedOutAfterTheSignIn(t *testing.T) {
	for fault, class := range map[Fault]string{NoLicence: "NoAccessAuthenticationException", NotActive: "InactiveUserAuthenticationException"} {
		p := newOAuth2(t, Options{})
		token := p.newTokens().AccessToken
		if err := p.SetFault(fault, true); err != nil {
			t.Fatal(err)
		}
		basic := must(http.NewRequest("GET", p.base+"/rest/api/1.0/repos", nil))
		basic.SetBasicAuth("jane", token)
		for name, a := range map[string]answer{
			"bearer": p.with(token, "/rest/api/1.0/repos"), "token as a password": do(t, basic), "password": p.as("jane", "GET", "/rest/api/1.0/repos", "")} {
			if a.StatusCode != 401 || !strings.Contains(a.body, "com.atlassian.bitbucket.auth."+class) || a.Header.Get("X-AUSERNAME") != "" {
				t.Errorf("%s, %s: %d %s", fault, name, a.StatusCode, a.body)
			}
		}
		if err := browser.NewAdmin(p.base).Login(context.Background(), "jane", "jane"); err != nil {
			t.Errorf("%s: the pages are not usable: %v", fault, err)
		}
		p.SetFault(fault, false)
		if a := p.with(token, "/rest/api/1.0/repos"); a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "jane" {
			t.Errorf("%s, afterwards: %d", fault, a.StatusCode)
		}
	}
}

// A CAPTCHA is due for passwords alone, also right ones, until the login form was
// filled in with it.
func TestCaptcha(t *testing.T) {
	for _, status := range []int{0, 403} {
		p := newOAuth2(t, Options{REST: RESTOptions{CaptchaStatus: status}})
		token := p.newTokens().AccessToken
		p.SetFault(Captcha, true)
		basic := func(user, password string) answer {
			r := must(http.NewRequest("GET", p.base+"/rest/api/1.0/repos", nil))
			r.SetBasicAuth(user, password)
			return do(t, r)
		}
		for _, password := range []string{"jane", "wrong"} {
			a := basic("jane", password)
			reason := a.Header.Get("X-Authentication-Denied-Reason")
			switch {
			case status == 0 && (a.StatusCode != 401 || !strings.Contains(a.body, "auth.CaptchaRequiredAuthenticationException") || reason != ""):
				t.Errorf("%s: %d %s", password, a.StatusCode, a.body)
			case status == 403 && (a.StatusCode != 403 || a.body != "" || reason != "CAPTCHA_CHALLENGE; login-url="+p.base+"/login"):
				t.Errorf("%s: %d %q %s", password, a.StatusCode, reason, a.body)
			}
		}
		if a := basic("nobody", "x"); a.StatusCode != 401 || !strings.Contains(a.body, "IncorrectPassword") {
			t.Errorf("nobody: %d %s", a.StatusCode, a.body)
		}
		for name, a := range map[string]answer{"bearer": p.with(token, "/rest/api/1.0/repos"), "token as a password": basic("jane", token)} {
			if a.StatusCode != 200 || a.Header.Get("X-AUSERNAME") != "jane" {
				t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
			}
		}

		ctx, jane := context.Background(), browser.NewAdmin(p.base)
		if err := jane.Login(ctx, "jane", "jane"); err == nil || !strings.Contains(err.Error(), "Too many logins failed") {
			t.Errorf("without the word: %v", err)
		}
		fill := func(pairs ...string) *browser.Page {
			f := must(p.sheet(jane, "/login").Form("login-form"))
			f.Fill("j_username", "jane", "j_password", "jane")
			f.Values.Set("captcha", pairs[0])
			return must(jane.Follow(ctx, must(jane.Send(ctx, f))))
		}
		if s := fill("other"); !strings.Contains(s.Text(), captchaWord) || s.Alert() == "" {
			t.Errorf("another word: %s", s.Text())
		}
		if a := basic("jane", "jane"); a.StatusCode/100 == 2 {
			t.Error("another word was taken")
		}
		if s := fill(captchaWord); s.Alert() != "" {
			t.Errorf("the word: %s", s.Alert())
		}
		if a := basic("jane", "jane"); a.StatusCode != 200 {
			t.Errorf("after the word: %d %s", a.StatusCode, a.body)
		}
		if a := basic("admin", "admin"); a.StatusCode == 200 {
			t.Error("one user's word is another's")
		}
	}
}

// The client resource takes a system administrator, with the scope of one.
func TestClientResourceNeedsSystemAdmin(t *testing.T) {
	for enough, want := range map[bool]int{false: 401, true: 200} {
		p := newOAuth2(t, Options{OAuth2: OAuth2Options{AdminLinks: enough},
			Clients: []Client{{ID: "app", Secret: appSecret, Redirect: appRedirect, Scopes: []string{"SYSTEM_ADMIN"}}}})
		token := func(user, scope string) string {
			code := p.decide2As(user, p.authorizeURL("scope", scope), true).Get("code")
			return p.tokensOK(p.tokenRequest("grant_type", "authorization_code", "code", code)).AccessToken
		}
		const path = "/rest/oauth2/latest/client"
		for _, c := range []struct {
			user, scope string
			status      int
		}{{"admin", "ADMIN_WRITE", want}, {"admin", "SYSTEM_ADMIN", 200}, {"jane", "SYSTEM_ADMIN", 401}, {"admin", "PROJECT_ADMIN", 401}} {
			if a := p.with(token(c.user, c.scope), path); a.StatusCode != c.status {
				t.Errorf("ADMIN_WRITE enough %v, %s with %s: %d", enough, c.user, c.scope, a.StatusCode)
			}
		}
	}
}

// What is no JSON is told in the shape of the resource, too, and a name is as long as
// its characters.
func TestClientResourceTellsInItsShape(t *testing.T) {
	p := newOAuth2(t, Options{})
	a := p.rest("admin", "POST", "", "{")
	var told struct {
		Errors []string            `json:"errors"`
		Fields map[string][]string `json:"fieldErrors"`
	}
	if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.StatusCode != 400 || len(told.Errors) != 1 || told.Fields == nil {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	redirect := "https://a.example/" + strings.Repeat("ä", redirectLimit-len("https://a.example/"))
	for more, want := range map[string]int{"": 200, "ä": 400} {
		if a := p.rest("admin", "POST", "", `{"name":"N`+more+`","redirects":["`+redirect+more+`"],"scope":"REPO_READ"}`); a.StatusCode != want {
			t.Errorf("%q: %d %s", more, a.StatusCode, a.body)
		}
	}
}

// Authorizing goes on by 302, or by 303, at each of its redirects.
func TestAuthorizeRedirectStatus(t *testing.T) {
	for _, want := range []int{302, 303} {
		o := OAuth2Options{}
		if want == 303 {
			o.RedirectStatus = 303
		}
		p := newOAuth2(t, Options{OAuth2: o})
		for _, scope := range []string{"REPO_READ", "none"} {
			a := do(t, must(http.NewRequest("GET", p.authorizeURL("scope", scope), nil)))
			if a.StatusCode != want || a.Header.Get("Location") == "" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Pragma") != "no-cache" {
				t.Errorf("%s: %d %v", scope, a.StatusCode, a.Header)
			}
		}
		if token := p.newTokens().AccessToken; p.with(token, pathWhoami).body != "jane" {
			t.Errorf("%d: the sign-in failed", want)
		}
	}
}

// A code that has expired is refused at once, or only from the next cleanup on.
func TestExpiredCode(t *testing.T) {
	for late, after := range map[bool]time.Duration{false: codeLife, true: codeLife + time.Minute} {
		p := newOAuth2(t, Options{OAuth2: OAuth2Options{LateCode: late}})
		for _, c := range []struct {
			age    time.Duration
			status int
		}{{after, 200}, {after + time.Second, 400}} {
			code := p.codeOf()
			p.clock.advance(c.age)
			if a := p.tokenRequest("grant_type", "authorization_code", "code", code); a.StatusCode != c.status {
				t.Errorf("late %v, after %s: %d %s", late, c.age, a.StatusCode, a.body)
			}
		}
	}
}

// The list of recent repositories always needs a user.
func TestRecentReposNeedAUser(t *testing.T) {
	const path = "/rest/api/1.0/profile/recent/repos"
	p := newOAuth2(t, Options{})
	for name, a := range map[string]answer{"nobody": p.get(path), "dead token": p.with("dead", path)} {
		if a.StatusCode != 401 || !strings.Contains(a.body, "You are not permitted to access this resource") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := p.with(p.newTokens().AccessToken, path); a.StatusCode != 200 || !strings.Contains(a.body, `"isLastPage":true`) {
		t.Errorf("jane: %d %s", a.StatusCode, a.body)
	}
}
