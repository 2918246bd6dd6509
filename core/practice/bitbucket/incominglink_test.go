package bitbucket

import (
	"context"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"applink/assets"
	"applink/core/practice/browser"
)

// slugCallback is Private Packagist's pair of callbacks.
const slugCallback = "https://packagist.example/oauth/register/service/bb,https://packagist.example/oauth/login/check-custom/bb"

func TestCreateIncomingLinkForPackagist(t *testing.T) {
	p := newOAuth2(t, Options{Version: "9.4", Clients: []Client{}})
	ctx, admin := context.Background(), adminOf(p)
	id, clientID, secret, err := admin.CreateIncomingLink(ctx, browser.IncomingForm{Name: "Private Packagist", RedirectURL: slugCallback, Permissions: []string{"Repositories: Read"}})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(clientID) || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(secret) {
		t.Errorf("credentials %q %q", clientID, secret)
	}
	c := p.Clients()
	if len(c) != 1 || c[0].ID != clientID || c[0].Secret != secret || c[0].Redirect != slugCallback || !slices.Equal(c[0].Scopes, []string{"REPO_READ"}) {
		t.Errorf("%+v", c)
	}
	list := p.sheet(admin, pathLinks).Text()
	for _, want := range []string{"Private Packagist", "Generic application", "Incoming", "Non-Atlassian", "View credentials", "Edit", "Delete"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if again, hidden, err := admin.ViewCredentials(ctx, id); err != nil || again != clientID || hidden != secret {
		t.Errorf("credentials again: %q %v", again, err)
	}
	if err := admin.UpdateIncomingLink(ctx, id, browser.IncomingForm{Name: "Packagist", RedirectURL: appRedirect}); err != nil {
		t.Fatal(err)
	}
	if c := p.Clients()[0]; c.Name != "Packagist" || c.ID != clientID || c.Redirect != appRedirect || len(c.Scopes) != 0 {
		t.Errorf("after the change: %+v", c)
	}
	if err := admin.DeleteClient(ctx, id); err != nil || len(p.Clients()) != 0 {
		t.Errorf("deleting: %v", err)
	}
}

func TestIncomingFormWords(t *testing.T) {
	p := newOAuth2(t, Options{Version: "9.4"})
	text := p.sheet(adminOf(p), pathOAuth2Link).Text()
	for _, want := range []string{"Configure an incoming link", "Name *", "Application details", "Redirect URL *", "Application permissions",
		"System adminAdminProjectsRepositoriesAccount", "Write Write Admin Read Write Admin Write", "This configuration will allow the application to:",
		"Pull and clone public repositories", "Pull and clone repositories", "Create and comment on pull requests", "Save Cancel",
		"atlassian.oauth2.provider.skip.base.url.https.requirement", "atlassian.oauth2.provider.skip.redirect.url.https.requirement"} {
		if !strings.Contains(text, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	outgoing := p.sheet(adminOf(p), pathOAuth2Link+"?direction=outgoing")
	if outgoing.Heading() != "Configure an outgoing link" || outgoing.Has("provider-form") {
		t.Errorf("outgoing: %s", outgoing.Text())
	}
}

// TestPreviewFollowsTheScopes holds the style sheet against the table of scopes.
func TestPreviewFollowsTheScopes(t *testing.T) {
	css := string(must(fs.ReadFile(assets.FS, "web/style.css")))
	for _, s := range scopes {
		rule := regexp.MustCompile(`\.provider:has\((.*):checked\) \.by-` + s.Key + `\b`).FindStringSubmatch(css)
		if s.Group == "" {
			continue
		}
		if rule == nil {
			t.Errorf("no rule for %s", s.Key)
			continue
		}
		var want []string
		for _, box := range scopes {
			if box.Group != "" && covers([]string{box.Key}, s.Key) {
				want = append(want, "#"+box.Key)
			}
		}
		if got := regexp.MustCompile(`#\w+`).FindAllString(rule[1], -1); !slices.Equal(got, want) {
			t.Errorf("%s is shown for %v, want %v", s.Key, got, want)
		}
	}
}

func TestIncomingFormRefuses(t *testing.T) {
	const https = "Redirect URL is invalid: URL must use https"
	strict, plain := Options{RequireHTTPS: true, PublicURL: "https://bb.example/bitbucket"}, Options{}
	skipping, localhost := strict, strict
	skipping.OAuth2.SkipRedirectURLHTTPS = true
	localhost.OAuth2.LocalhostRedirect = true
	for name, c := range map[string]struct {
		options  Options
		name     string
		redirect string
		want     string
	}{
		"good":                   {strict, "New", "https://new.example/", ""},
		"list":                   {strict, "New", slugCallback, ""},
		"empty slug":             {strict, "New", "https://p.example/oauth/register/service/,https://p.example/oauth/login/check-custom/", ""},
		"http":                   {strict, "New", "http://new.example/", https},
		"http in a list":         {strict, "New", "https://new.example/,http://new.example/", https},
		"http on localhost":      {strict, "New", "http://localhost:34106/", https},
		"http on 127.0.0.1":      {strict, "New", "http://127.0.0.1:34106/", https},
		"localhost, let through": {localhost, "New", "http://localhost:34106/", ""},
		"other, not let through": {localhost, "New", "http://127.0.0.1:34106/", https},
		"http, property":         {skipping, "New", "http://new.example/", ""},
		"http, practice":         {plain, "New", "http://new.example/", ""},
		"comma and space":        {plain, "New", "https://a.example, https://b.example", "Redirect URL is invalid: URL must be absolute"},
		"no scheme":              {plain, "New", "new.example/cb", "Redirect URL is invalid: URL must be absolute"},
		"fragment":               {plain, "New", "https://new.example/#x", "Redirect URL is invalid: URL must not have a fragment"},
		"no redirect":            {plain, "New", " ", "Redirect URL is required."},
		"no name":                {plain, "", "https://new.example/", "Name is required."},
		"name taken":             {plain, "the app", "https://new.example/", "An application link with this name exists already."},
	} {
		t.Run(name, func(t *testing.T) {
			p := newOAuth2(t, c.options)
			admin := adminOf(p)
			_, err := admin.SaveIncoming(context.Background(), p.sheet(admin, pathOAuth2Link), browser.IncomingForm{Name: c.name, RedirectURL: c.redirect})
			switch {
			case c.want == "" && err != nil, c.want != "" && (err == nil || err.Error() != c.want):
				t.Errorf("%v, want %q", err, c.want)
			}
			want := 1
			if c.want == "" {
				want = 2
			}
			if n := len(p.Clients()); n != want {
				t.Errorf("%d clients", n)
			}
		})
	}
	p := newOAuth2(t, Options{})
	if _, err := adminOf(p).SaveIncoming(context.Background(), p.sheet(adminOf(p), pathOAuth2Link), browser.IncomingForm{Permissions: []string{"Repositories: Delete"}}); err == nil {
		t.Error("a box that is not there")
	}
}

// TestProviderNeedsHTTPS asks servers whose base URL is http or https.
func TestProviderNeedsHTTPS(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		present bool
	}{
		"practice":         {Options{}, true},
		"rules":            {Options{RequireHTTPS: true}, false},
		"rules and https":  {Options{PublicURL: "https://bb.example/bitbucket"}, true},
		"rules, property":  {Options{RequireHTTPS: true, OAuth2: OAuth2Options{SkipBaseURLHTTPS: true}}, true},
		"too old":          {Options{Version: "7.19"}, false},
		"first with it":    {Options{Version: "7.20"}, true},
		"switched off":     {Options{Faults: []Fault{ProviderAbsent}}, false},
		"no context path":  {Options{ContextPath: "/"}, true},
		"newest of all":    {Options{Version: "10.2"}, true},
		"https by public":  {Options{PublicURL: "https://bb.example"}, true},
		"rules over plain": {Options{RequireHTTPS: true, PublicURL: "http://bb.example"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newOAuth2(t, withClients(c.options))
			admin := adminOf(p)
			_, err := admin.Open(context.Background(), p.base+pathOAuth2Link)
			if a := p.get("/rest/oauth2/latest/client"); (a.StatusCode == 401) != c.present || (err == nil) != c.present {
				t.Errorf("probe %d, form %v", a.StatusCode, err)
			}
		})
	}
}

func withClients(o Options) Options {
	o.Clients = []Client{}
	return o
}

func TestClientsByCall(t *testing.T) {
	p := newOAuth2(t, Options{})
	made, err := p.AddClient(Client{Redirect: appRedirect})
	if err != nil || len(made.ID) != 32 || len(made.Secret) != 64 || made.Name != made.ID {
		t.Errorf("%+v %v", made, err)
	}
	for _, c := range []Client{{ID: "app", Redirect: appRedirect}, {Name: "The App", Redirect: appRedirect}, {Name: "x"}, {Name: "x", Redirect: appRedirect, Scopes: []string{"account"}}} {
		if _, err := p.AddClient(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	if !p.RemoveClient("app") || p.RemoveClient("app") || len(p.Clients()) != 1 {
		t.Error("removing")
	}
	if _, err := New(Options{RequireHTTPS: true, Clients: []Client{{ID: "x", Redirect: "http://127.0.0.1/"}}}); err == nil {
		t.Error("a plain redirect in options")
	}
}

// TestKindsOfLinks keeps the pages and resources of OAuth 1 and 2 apart.
func TestKindsOfLinks(t *testing.T) {
	p := newOAuth2(t, Options{})
	must(p.AddConsumer(Consumer{Key: "one", PublicKey: spkiPEM(&keyOf(1024).PublicKey)}))
	admin := adminOf(p)
	client, consumer := p.Clients()[0].link, p.Consumers()[0].ID
	if s := p.sheet(admin, pathConfigure+client); s.Heading() != titleIncoming {
		t.Error(s.Heading())
	}
	if s := p.sheet(admin, pathOAuth2Link+"/"+consumer); s.Heading() != "Configure one" {
		t.Error(s.Heading())
	}
	if s := p.sheet(admin, pathDelete+client); strings.Contains(s.Text(), "()") || !strings.Contains(s.Text(), "Its client ID and all access tokens") {
		t.Error(s.Text())
	}
	ask := func(path string) answer {
		req := must(http.NewRequest("GET", p.base+path, nil))
		req.SetBasicAuth("admin", "admin")
		return do(t, req)
	}
	if a := ask("/rest/applinks/3.0/applicationlink"); strings.Contains(a.body, client) || !strings.Contains(a.body, consumer) {
		t.Error(a.body)
	}
	if a := ask("/rest/applinks/3.0/applicationlink/" + client); a.StatusCode != 404 {
		t.Errorf("%d", a.StatusCode)
	}
}

// TestOverTLS starts a server with a certificate of its own.
func TestOverTLS(t *testing.T) {
	ctx := context.Background()
	s, err := Start(ctx, "localhost:0", Options{TLS: true, Clients: []Client{{ID: "app", Secret: appSecret, Redirect: appRedirect}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	base := must(url.Parse(s.BaseURL()))
	if base.Scheme != "https" || base.Hostname() != "localhost" {
		t.Errorf("base URL %s", base)
	}
	if err := browser.NewAdmin(s.BaseURL()).Login(ctx, "jane", "jane"); err == nil {
		t.Error("an unknown certificate passes")
	}
	if err := browser.NewAdmin(s.BaseURL()).Trust(s.CertPool()).Login(ctx, "jane", "jane"); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(string(s.CertPEM()), "-----BEGIN CERTIFICATE-----\n") {
		t.Errorf("%s", s.CertPEM())
	}
	if _, err := s.Bitbucket.AddClient(Client{Redirect: "http://localhost/"}); err == nil {
		t.Error("https, and a plain redirect passes")
	}
	plain, err := Start(ctx, "localhost:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if plain.CertPEM() != nil || plain.CertPool() != nil {
		t.Error("http has a certificate")
	}
}
