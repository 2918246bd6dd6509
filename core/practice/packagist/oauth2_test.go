package packagist

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"applink/core"
	practice "applink/core/practice/bitbucket"
	"applink/core/practice/browser"
)

// linkBy creates the incoming link with the callback of the form, as the admin
// of a practice Bitbucket.
func linkBy(b *practice.Server, name string) func(context.Context, string) (string, string, error) {
	return func(ctx context.Context, callback string) (string, string, error) {
		admin := browser.NewAdmin(b.BaseURL()).Trust(b.CertPool())
		if err := admin.Login(ctx, "admin", "admin"); err != nil {
			return "", "", err
		}
		_, id, secret, err := admin.CreateIncomingLink(ctx, browser.IncomingForm{Name: name, RedirectURL: callback, Permissions: []string{"Repositories: Read"}})
		return id, secret, err
	}
}

// newOAuth2Trip is a practice Bitbucket with an incoming OAuth 2 link for the
// integration of a practice Private Packagist.
func newOAuth2Trip(t *testing.T, bo practice.Options, po Options) (*roundTrip, *practice.Server) {
	t.Helper()
	b := must(practice.Start(t.Context(), "127.0.0.1:0", bo))
	t.Cleanup(func() { b.Close() })
	po.RootCAs = b.CertPool()
	rt := &roundTrip{bitbucket: b.Bitbucket, packagist: startPackagist(t, po), base: b.BaseURL()}
	rt.admin = browser.NewPackagistAdmin(rt.packagist.URL()).Trust(rt.packagist.CertPool())
	if err := rt.admin.AddOAuth2(t.Context(), "On-premise Bitbucket", rt.base, linkBy(b, "Private Packagist")); err != nil {
		t.Fatal(err)
	}
	rt.link = must(rt.admin.LoginLink(t.Context()))
	return rt, b
}

func TestSignsInOverOAuth2(t *testing.T) {
	users := []practice.User{{ID: 7, Name: "jo@acme", Password: "jo@acme", Slug: "jo_acme", DisplayName: "Jo"}}
	for _, tt := range []struct {
		name      string
		bitbucket practice.Options
		packagist Options
		user      string
		want      string
	}{
		{"Cloud", practice.Options{Version: "7.21"}, Options{}, "jane", "Jane Doe (jane)"},
		{"Self-Hosted", practice.Options{Version: "9.4"}, Options{SelfHosted: true}, "jane", "Jane Doe (jane)"},
		{"three types", practice.Options{Version: "10.2"}, Options{}, "jane", "Jane Doe (jane)"},
		{"slug is not the name", practice.Options{Version: "8.19", Users: users}, Options{}, "jo@acme", "Jo (jo@acme)"},
		{"https", practice.Options{Version: "9.4", TLS: true}, Options{TLS: true}, "jane", "Jane Doe (jane)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt, b := newOAuth2Trip(t, tt.bitbucket, tt.packagist)
			consent := func(ctx context.Context, authorizeURL string) (string, error) {
				user := browser.NewAdmin(rt.base).Trust(b.CertPool())
				if err := user.Login(ctx, tt.user, tt.user); err != nil {
					return "", err
				}
				return user.Authorize(ctx, authorizeURL, true)
			}
			if got, err := rt.admin.SignIn(t.Context(), rt.link, consent); err != nil || got != tt.want {
				t.Errorf("signed in as %q, want %q: %v", got, tt.want, err)
			}
			if got, err := rt.admin.Connect(t.Context(), "On-premise Bitbucket", consent); err != nil || got != tt.want {
				t.Errorf("connected as %q, want %q: %v", got, tt.want, err)
			}
		})
	}
}

func TestShowsWhatOAuth2Answered(t *testing.T) {
	change := func(f func(*integration)) func(*roundTrip) {
		return func(rt *roundTrip) { rt.packagist.change("onpremisebitbucket", f) }
	}
	fault := func(f practice.Fault) func(*roundTrip) { return func(rt *roundTrip) { rt.bitbucket.SetFault(f, true) } }
	for name, tt := range map[string]struct {
		spoil func(*roundTrip)
		deny  bool
		want  []string
	}{
		"denied":       {spoil: func(*roundTrip) {}, deny: true, want: []string{"Access was denied"}},
		"wrong secret": {spoil: change(func(in *integration) { in.OAuth2Secret = "no" }), want: []string{"exchanging the code", "401 Unauthorized", "invalid_client"}},
		"wrong ID":     {spoil: change(func(in *integration) { in.OAuth2ID = "no" }), want: []string{"no incoming link"}},
		"link deleted": {spoil: func(rt *roundTrip) { rt.bitbucket.RemoveClient(rt.bitbucket.Clients()[0].ID) }, want: []string{"no incoming link"}},
		"empty slug": {spoil: func(rt *roundTrip) {
			c := rt.bitbucket.Clients()[0]
			c.Redirect = formPage{AppURL: rt.packagist.URL()}.Callback()
			must(rt.bitbucket.ChangeClient(c))
		}, want: []string{"is not the Redirect URL"}},
		"nothing ticked": {spoil: func(rt *roundTrip) {
			c := rt.bitbucket.Clients()[0]
			c.Scopes = nil
			must(rt.bitbucket.ChangeClient(c))
		}, want: []string{"invalid_scope"}},
		"code too old":    {spoil: fault(practice.CodeSlow), want: []string{"exchanging the code", "400 Bad Request", "invalid_request"}},
		"answer unusable": {spoil: fault(practice.TokenUnusable), want: []string{"exchanging the code", "no access_token"}},
		"anonymous":       {spoil: fault(practice.Anonymous), want: []string{"asking who signed in", "X-AUSERNAME"}},
		"absent":          {spoil: fault(practice.ProviderAbsent), want: []string{"404"}},
	} {
		t.Run(name, func(t *testing.T) {
			rt, _ := newOAuth2Trip(t, practice.Options{}, Options{})
			tt.spoil(rt)
			_, err := rt.admin.SignIn(t.Context(), rt.link, rt.consent("jane", !tt.deny))
			if err == nil {
				t.Fatal("signed in")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the page does not say %q: %v", want, err)
				}
			}
		})
	}
}

// TestCallbackFollowsTheName reads the callback as the form shows it
// without a script.
func TestCallbackFollowsTheName(t *testing.T) {
	s := startPackagist(t, Options{BaseURL: "http://127.0.0.1:7990/bitbucket"})
	admin := browser.NewPackagistAdmin(s.URL())
	const path = "/orgs/acme/settings/integrations/new"
	fresh := s.page(t, path)
	wants(t, fresh, "Repositories: Read", "Client ID / Key", "Client Secret", "Callback URL / Redirect URL", "Save Integration",
		"/oauth/register/service/,"+s.URL()+"/oauth/login/check-custom/<", "/bitbucket/plugins/servlet/applinks/listApplicationLinks", `src="/form.js"`)
	wants(t, s.page(t, "/form.js"), "/oauth/register/service/${slug},${app}/oauth/login/check-custom/${slug}")
	for name, slug := range map[string]string{"On-premise Bitbucket": "onpremisebitbucket", "Bitbucket Data Center": "bitbucketdatacenter", "…": ""} {
		page := fill(t.Context(), t, admin, path, "integration-form", "name", name, "oauth_version", "2", "oauth2_client_id", "typed", "action", "show")
		want := s.URL() + "/oauth/register/service/" + slug + "," + s.URL() + "/oauth/login/check-custom/" + slug
		if got := page.Value("oauth2_callback_url"); got != want || page.Value("name") != name || page.Value("oauth2_client_id") != "typed" || page.Has("problem") {
			t.Errorf("%q: callback %q, want %q", name, got, want)
		}
	}
	page := fill(t.Context(), t, admin, path, "integration-form", "name", "Early", "platform", "data-center", "oauth_version", "2")
	if !page.Has("oauth2_client_id_problem") || !page.Has("oauth2_client_secret_problem") || len(s.all()) != 0 {
		t.Error("saved before Bitbucket gave ID and secret")
	}
	wants(t, s.page(t, path+"?name=N&base_url=http%3A%2F%2F127.0.0.1&oauth_version=1&platform=data-center"),
		`value="N"`, `value="1" checked`, `value="data-center" selected`)
}

// TestMigrates moves an integration with a synchronization to OAuth 2.
func TestMigrates(t *testing.T) {
	for _, selfHosted := range []bool{false, true} {
		rt := newRoundTrip(t, practice.Options{Version: "8.19"}, Options{SelfHosted: selfHosted})
		rt.packagist.change("onpremisebitbucket", func(in *integration) { in.Projects = []string{"PRJ"} })
		before := rt.packagist.all()[0]
		var callback, clientID string
		err := rt.admin.SwitchToOAuth2(t.Context(), "On-premise Bitbucket", func(ctx context.Context, shown string) (string, string, error) {
			callback = shown
			c, err := rt.bitbucket.AddClient(practice.Client{Name: "Packagist, OAuth 2", Redirect: shown, Scopes: []string{"REPO_READ"}})
			clientID = c.ID
			return c.ID, c.Secret, err
		})
		if err != nil {
			t.Fatal(err)
		}
		after := rt.packagist.all()[0]
		if want := rt.packagist.URL() + "/oauth/register/service/onpremisebitbucket,"; !strings.HasPrefix(callback, want) {
			t.Errorf("callback %q", callback)
		}
		if after.OAuth != core.OAuth2 || after.Name != before.Name || after.Slug != before.Slug || after.LoginCode != before.LoginCode ||
			len(after.Projects) != 1 || after.Upgradable() {
			t.Errorf("after the switch: %+v", after)
		}
		if got, err := rt.admin.SignIn(t.Context(), rt.link, rt.consent("jane", true)); err != nil || got != "Jane Doe (jane)" {
			t.Errorf("signed in as %q: %v", got, err)
		}
		jane := browser.NewAdmin(rt.base)
		if err := jane.Login(t.Context(), "jane", "jane"); err != nil {
			t.Fatal(err)
		}
		if err := jane.RevokeApplication(t.Context(), clientID); err != nil {
			t.Errorf("no grant over OAuth 2: %v", err)
		}
	}
}

// TestGoesBack is documented nowhere; here the old key is still good.
func TestGoesBack(t *testing.T) {
	rt := newRoundTrip(t, practice.Options{}, Options{})
	before := rt.packagist.all()[0]
	path := rt.packagist.root() + "/integrations/onpremisebitbucket/edit"
	fill(t.Context(), t, rt.admin, path, "integration-form", "oauth_version", "2", "oauth2_client_id", "x", "oauth2_client_secret", "y")
	fill(t.Context(), t, rt.admin, path, "integration-form", "oauth_version", "1")
	after := rt.packagist.all()[0]
	if after.OAuth != core.OAuth1 || after.ClientID != before.ClientID || after.PublicKey != before.PublicKey || after.OAuth2ID != "x" {
		t.Errorf("%+v", after)
	}
	if _, err := rt.admin.SignIn(t.Context(), rt.link, rt.consent("jane", true)); err != nil {
		t.Error(err)
	}
	rt2, _ := newOAuth2Trip(t, practice.Options{}, Options{})
	page := fill(t.Context(), t, rt2.admin, path, "integration-form", "oauth_version", "1")
	if !strings.HasPrefix(page.Value("public_key"), "-----BEGIN CERTIFICATE-----") || page.Value("client_id") == "" || page.Value("client_secret") == "" {
		t.Error("no key was made")
	}
}

func TestSynchronizesOverOAuth2(t *testing.T) {
	rt, _ := newOAuth2Trip(t, practice.Options{Version: "9.4"}, Options{})
	if _, err := rt.admin.Connect(t.Context(), "On-premise Bitbucket", rt.consent("jane", true)); err != nil {
		t.Fatal(err)
	}
	page := fill(t.Context(), t, rt.admin, rt.packagist.root()+"/synchronizations", "add-onpremisebitbucket", "project", "PRJ")
	if page.Has("problem") || len(rt.packagist.all()[0].Projects) != 1 {
		t.Errorf("%q", page.Value("problem"))
	}
	fill(t.Context(), t, rt.admin, "/profile", "connect-onpremisebitbucket")
}

// TestSlowConsent comes back after the sign-in was given up.
func TestSlowConsent(t *testing.T) {
	var late atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	rt, _ := newOAuth2Trip(t, practice.Options{}, Options{Now: now})
	_, err := rt.admin.SignIn(t.Context(), rt.link, func(ctx context.Context, authorizeURL string) (string, error) {
		late.Store(int64(patience + time.Second))
		return rt.consent("jane", true)(ctx, authorizeURL)
	})
	if err == nil || !strings.Contains(err.Error(), "no such sign-in under way") {
		t.Errorf("%v", err)
	}
}
