package bitbucket

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"applink/core/practice/browser"
)

// adminOf logs a browser in as the system administrator.
func adminOf(p *practice) *browser.Admin {
	p.t.Helper()
	admin := browser.NewAdmin(p.base)
	if err := admin.Login(context.Background(), "admin", "admin"); err != nil {
		p.t.Fatal(err)
	}
	return admin
}

func (p *practice) sheet(a *browser.Admin, path string) *browser.Page {
	p.t.Helper()
	s, err := a.Open(context.Background(), path)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// TestWordsOfEachVersion looks for what an admin of that version reads.
func TestWordsOfEachVersion(t *testing.T) {
	old := []string{"Configure Application Links", "Create new link", "Version", "Generic Application", "NON-ATLASSIAN", "PRIMARY"}
	look := []string{"Application links", "Create link", "Direction", "Incoming", "Non-Atlassian"}
	for _, c := range []struct {
		version, threshold string
		list               []string
		dialog             []string
		not                string
	}{
		{"7.17", "", old, nil, ""},
		{"7.20", "7.21", old, nil, ""},
		{"7.20", "", look, []string{"Atlassian product", "External application"}, "via OAuth"},
		{"7.21", "", look, []string{"Select the type of application you want to connect to.", "Link to an external application using OAuth 2.0."}, "via OAuth"},
		{"8.19", "", look, []string{"Atlassian product via OAuth 1.0", "External application"}, "via OAuth 2.0"},
		{"9.4", "", look, []string{"Atlassian product via OAuth 1.0"}, "via OAuth 2.0"},
		{"10.2", "", look, []string{"Atlassian product via OAuth 1.0", "Atlassian product via OAuth 2.0", "External application"}, "nothing of the kind"},
	} {
		p := newPractice(t, Options{Version: c.version, NewUI: c.threshold})
		admin := adminOf(p)
		text := p.sheet(admin, pathLinks).Text()
		for _, want := range c.list {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the list lacks %q", c.version, want)
			}
		}
		if c.dialog == nil {
			continue
		}
		text = p.sheet(admin, pathCreate).Text()
		for _, want := range c.dialog {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the dialog lacks %q", c.version, want)
			}
		}
		if strings.Contains(text, c.not) {
			t.Errorf("%s: the dialog has %q", c.version, c.not)
		}
	}
}

func TestEmptyListAndPracticeNote(t *testing.T) {
	p := newPractice(t, Options{Consumers: []Consumer{}})
	text := p.sheet(adminOf(p), pathLinks).Text()
	for _, want := range []string{"You haven't linked any applications yet", "Practice server"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
}

func TestIncomingTabShowsTheFacts(t *testing.T) {
	p := newPractice(t, Options{})
	text := p.sheet(adminOf(p), pathConfigure+p.Consumers()[0].ID).Text() +
		p.sheet(adminOf(p), pathIncoming+p.Consumers()[0].ID).Text()
	for _, want := range []string{"Configure The App", "Application Details", "Outgoing Authentication", "Incoming Authentication",
		"This application Bitbucket (Bitbucket Server) can be configured to allow incoming requests from The App (Generic Application) using these authentication methods:",
		"Consumer Key *", "Consumer Name *", "Description", "Public Key *", "Consumer Callback URL", "Allow 2-Legged OAuth", "Execute as",
		"Allow user impersonation through 2-Legged OAuth", "Save", "Close"} {
		if !strings.Contains(text, want) {
			t.Errorf("the dialog lacks %q", want)
		}
	}
}

// TestCreateIncomingLink takes the way that the guides do not recommend.
func TestCreateIncomingLink(t *testing.T) {
	p := newPractice(t, Options{ApplicationsUp: true, Consumers: []Consumer{}})
	ctx := context.Background()
	admin := adminOf(p)
	dialog, err := admin.ChooseApplication(ctx, "app.example")
	if err != nil {
		t.Fatal(err)
	}
	second, err := admin.FillIn(ctx, dialog, "applink-form", "applicationName", "App", "createIncomingLink", "true")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.FillIn(ctx, second, "appincoming-form", "key", "app", "consumerName", "App"); err == nil || err.Error() != "Consumer public key is required." {
		t.Errorf("without a key: %v", err)
	}
	list, err := admin.FillIn(ctx, second, "appincoming-form", "key", "app", "consumerName", "App", "publicKey", certificatePEM(keyOf(1024)))
	if err != nil || !strings.Contains(list.Text(), "Application Link 'App' created successfully.") {
		t.Fatal(err)
	}
	if c := p.Consumers(); len(c) != 1 || c[0].ApplicationURL != "http://app.example" {
		t.Errorf("%+v", c)
	}
	p.requestTokenOK("oob")
}

func TestOtherProductHasNoForm(t *testing.T) {
	p := newPractice(t, Options{ApplicationsUp: true})
	admin := adminOf(p)
	l, err := p.addLink("Jira", "https://jira.example", "jira")
	if err != nil {
		t.Fatal(err)
	}
	if s := p.sheet(admin, pathIncoming+l.id); s.Has("incoming-form") || !strings.Contains(s.Text(), "“Generic Application”") {
		t.Error("a form for a Jira")
	}
}

func TestWhitelistEndsTheTwoFactorFault(t *testing.T) {
	p := newPractice(t, Options{Faults: []Fault{TwoFactor}})
	token := pair{"oauth_token", p.accessTokenOK().Get("oauth_token")}
	ask := func() answer { return p.send(p.sign("GET", "/rest/api/1.0/application-properties", token)) }
	if a := ask(); !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		t.Fatal("the fault does nothing")
	}
	admin := adminOf(p)
	s := p.sheet(admin, pathTwoFactor)
	if !strings.Contains(s.Text(), "Enable OAuth whitelist") {
		t.Error("the box is missing")
	}
	if _, err := admin.FillIn(context.Background(), s, "twofactor-form", "oauthWhitelist", "true"); err != nil {
		t.Fatal(err)
	}
	if a := ask(); strings.TrimSpace(a.body) != properties7 {
		t.Errorf("after enabling it: %s", a.body)
	}
}

func TestOwnTokensCanBeRevoked(t *testing.T) {
	p := newPractice(t, Options{})
	token := p.accessTokenOK().Get("oauth_token")
	jane := browser.NewAdmin(p.base)
	ctx := context.Background()
	if err := jane.Login(ctx, "jane", "jane"); err != nil {
		t.Fatal(err)
	}
	s := p.sheet(jane, pathUserTokens)
	if !strings.Contains(s.Text(), "The App") {
		t.Fatal("the token is not listed")
	}
	xsrf := jane.HTTP.Jar.Cookies(s.URL)
	values := url.Values{"token": {token}}
	for _, c := range xsrf {
		if c.Name == xsrfCookie {
			values.Set("atl_token", c.Value)
		}
	}
	if _, err := jane.Submit(ctx, &browser.Form{Action: p.base + pathUserTokens, Values: values}); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, p, p.send(p.sign("GET", pathWhoami, pair{"oauth_token", token})), 401, "oauth_problem=token_rejected")
}

func TestLoginReturnsOnThisServerOnly(t *testing.T) {
	for next, want := range map[string]string{"/admin": "/admin", "": "/dashboard", "//evil.example": "/dashboard", "https://evil.example": "/dashboard", `/\evil`: "/dashboard"} {
		if got := localPath(next); got != want {
			t.Errorf("%q: %q", next, got)
		}
	}
}
