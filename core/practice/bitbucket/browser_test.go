package bitbucket

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"applink/core/practice/browser"
)

var versions = []string{"7.17", "7.21", "8.19", "9.4", "10.2"}

func TestAdminGoesThroughTheWholeProcedure(t *testing.T) {
	for _, version := range versions {
		for _, ask := range []bool{false, true} {
			t.Run(version, func(t *testing.T) {
				p := newPractice(t, Options{Version: version, AskUseThisURL: ask, Consumers: []Consumer{}})
				ctx := context.Background()
				admin := browser.NewAdmin(p.base)
				if err := admin.Login(ctx, "admin", "admin"); err != nil {
					t.Fatal(err)
				}
				id, err := admin.CreateOAuth1Link(ctx, browser.LinkForm{ApplicationURL: "https://packagist.com", Name: "Private Packagist",
					ConsumerKey: "app", PublicKey: spkiPEM(&keyOf(1024).PublicKey)})
				if err != nil {
					t.Fatal(err)
				}
				all := p.Consumers()
				if len(all) != 1 || all[0].ID != id || all[0].Key != "app" || all[0].Name != "Private Packagist" || all[0].Callback != "" {
					t.Fatalf("consumers: %+v", all)
				}
				p.accessTokenOK()
				if err := admin.UpdateIncoming(ctx, id, browser.LinkForm{Name: "N", ConsumerKey: "other", PublicKey: spkiPEM(&keyOf(2048).PublicKey), Callback: "https://x.example/cb"}); err != nil {
					t.Fatal(err)
				}
				if c := p.Consumers()[0]; c.Key != "other" || c.Callback != "https://x.example/cb/" {
					t.Errorf("after the update: %+v", c)
				}
				if err := admin.DeleteLink(ctx, id); err != nil {
					t.Fatal(err)
				}
				if len(p.Consumers()) != 0 {
					t.Error("the link is still there")
				}
			})
		}
	}
}

func TestAuthorizeAnswers(t *testing.T) {
	p := newPractice(t, Options{})
	for _, c := range []struct {
		callback string
		allow    bool
		want     string // prefix, %t for the token
	}{
		{"oob", true, ""},
		{"oob", false, ""},
		{"http://127.0.0.1:1/cb?x=1", true, "http://127.0.0.1:1/cb?x=1&oauth_token=%t&oauth_verifier="},
		{"http://127.0.0.1:1/cb", false, "http://127.0.0.1:1/cb?oauth_token=%t&oauth_verifier=denied"},
	} {
		token := p.requestTokenOK(c.callback).Get("oauth_token")
		got := p.allow(token, c.allow)
		if want := strings.ReplaceAll(c.want, "%t", token); !strings.HasPrefix(got, want) || c.callback == "oob" && len(got) != map[bool]int{true: 6, false: 0}[c.allow] {
			t.Errorf("%s, %v: %q", c.callback, c.allow, got)
		}
	}
}

func TestAdminIsRefused(t *testing.T) {
	p := newPractice(t, Options{})
	ctx := context.Background()
	if err := browser.NewAdmin(p.base).Login(ctx, "admin", "wrong"); err == nil || !strings.Contains(err.Error(), "Invalid username or password.") {
		t.Errorf("wrong password: %v", err)
	}
	jane := browser.NewAdmin(p.base)
	if err := jane.Login(ctx, "jane", "jane"); err != nil {
		t.Fatal(err)
	}
	if _, err := jane.CreateOAuth1Link(ctx, browser.LinkForm{ApplicationURL: "https://x", Name: "X"}); err == nil || !strings.Contains(err.Error(), "403: Access denied") {
		t.Errorf("jane: %v", err)
	}
	admin := browser.NewAdmin(p.base)
	if err := admin.Login(ctx, "admin", "admin"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		form browser.LinkForm
		want string
	}{
		{browser.LinkForm{ApplicationURL: "https://app.example/", Name: "Y"}, errURLTaken.Error()},
		{browser.LinkForm{ApplicationURL: "https://other.example", Name: "the app"}, errNameTaken.Error()},
		{browser.LinkForm{ApplicationURL: "https://other.example"}, errNoName.Error()},
		{browser.LinkForm{Name: "Z"}, errURLMissing},
		{browser.LinkForm{ApplicationURL: "https://1.example", Name: "A", ConsumerKey: "app", PublicKey: spkiPEM(&keyOf(1024).PublicKey)}, "This consumer key exists already."},
		{browser.LinkForm{ApplicationURL: "https://2.example", Name: "B", ConsumerKey: "b"}, "Consumer public key is required."},
		{browser.LinkForm{ApplicationURL: "https://3.example", Name: "C", PublicKey: "ssh-rsa AAAA"}, "Consumer key is required."},
		{browser.LinkForm{ApplicationURL: "https://4.example", Name: "D", ConsumerKey: "d", PublicKey: "ssh-rsa AAAA"}, "Must be a valid public key."},
	} {
		if _, err := admin.CreateOAuth1Link(ctx, c.form); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.form, err, c.want)
		}
	}
}

func TestFormsNeedTheXSRFToken(t *testing.T) {
	p := newPractice(t, Options{})
	admin := browser.NewAdmin(p.base)
	ctx := context.Background()
	if err := admin.Login(ctx, "admin", "admin"); err != nil {
		t.Fatal(err)
	}
	id := p.Consumers()[0].ID
	for _, path := range []string{pathCreate, pathCreate + "/link", pathConfigure + id, pathIncoming + id, pathDelete + id, pathUserTokens, "/logout", pathOAuth2Link, pathConsent, pathAuthorized} {
		_, err := admin.Submit(ctx, &browser.Form{Action: p.base + path, Values: url.Values{"atl_token": {"wrong"}}})
		if err == nil || !strings.Contains(err.Error(), "403: Xsrf token validation failed") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if len(p.Consumers()) != 1 {
		t.Error("the link is gone")
	}
}
