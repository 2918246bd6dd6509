package bitbuckettest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func newSignedRequest(t *testing.T, s packagistSigner, method, address string) (*http.Request, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		return nil, err
	}
	return r, s.sign(r, "a token", packagistParam{"oauth_callback", "http://127.0.0.1:1/cb?x=ü"})
}

func startPackagist(t *testing.T, o PackagistOptions) *PackagistServer {
	t.Helper()
	s, err := StartPackagist(t.Context(), "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// page fetches a page of the server by path and returns its text.
func (s *PackagistServer) page(t *testing.T, path string) string {
	t.Helper()
	resp, err := http.Get(s.URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func wants(t *testing.T, page string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestPackagistIntegrationPages(t *testing.T) {
	const applinks = "http://127.0.0.1:7990/bitbucket/plugins/servlet/applinks/listApplicationLinks"
	for _, tt := range []struct {
		name       string
		selfHosted bool
		root       string
		flash      string
		form, list []string
		notOnList  string
	}{
		{"Cloud", false, "/orgs/acme/settings",
			"Integration On-premise Bitbucket was successfully created. Use the information now available on this page to finish setting up your integration with your Bitbucket Server.",
			nil, []string{"Login link", "may have to change your network or firewall"}, "aria-label=\"yes\""},
		{"Self-Hosted", true, "/admin", "Integration created: &#34;On-premise Bitbucket&#34;",
			[]string{"Trust validity of email addresses without verification", "API request timeout in seconds (leave empty for default, 0 for no limit)"},
			[]string{"aria-label=\"yes\""}, "Login link"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := startPackagist(t, PackagistOptions{SelfHosted: tt.selfHosted})
			wants(t, s.page(t, tt.root+"/integrations/new"), append(tt.form, "Add Integration", "Platform", "Base URL", "OAuth Version",
				"OAuth 1 (Bitbucket Data Center / Server v7.20 or older)", "Save Integration",
				"We will generate the setup instructions once the integration is created.")...)
			admin := NewPackagistAdmin(s.URL())
			id, key, err := admin.AddOAuth1(t.Context(), "On-premise Bitbucket", "http://127.0.0.1:7990/bitbucket/")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(key, "-----BEGIN CERTIFICATE-----") {
				t.Errorf("public key %q", key)
			}
			wants(t, s.page(t, tt.root+"/integrations/onpremisebitbucket/edit?flash=created"), tt.flash, "Edit Integration", id, applinks,
				s.URL()+"/", "General Application", "Leave empty", "Consumer Name", "Public Key", "Client Secret")
			list := s.page(t, tt.root+"/integrations")
			wants(t, list, append(tt.list, "Edit", "Delete", "is &gt;=7.21, then you can edit")...)
			if strings.Contains(list, tt.notOnList) {
				t.Errorf("the list holds %q", tt.notOnList)
			}
			second, _, err := admin.AddOAuth1(t.Context(), "Second", "http://localhost:7990")
			if err != nil || second == id {
				t.Errorf("second Client ID %q, first %q, %v", second, id, err)
			}
		})
	}
}

func TestPackagistFormRefuses(t *testing.T) {
	s := startPackagist(t, PackagistOptions{})
	admin := NewPackagistAdmin(s.URL())
	for _, tt := range []struct{ name, base, want string }{
		{"…", "http://127.0.0.1:1", "letters or digits"},
		{"Bitbucket", "", "Please enter the URL"},
		{"Bitbucket", "https://git.example.com", "This is practice"},
		{"Bitbucket", "http://127.0.0.1.example.com", "This is practice"},
		{"Bitbucket", "http://u:p@127.0.0.1", "base URL alone"},
		{"Bitbucket", "http://127.0.0.1/?a=b", "base URL alone"},
		{"Bitbucket", "ftp://127.0.0.1", "not a URL"},
	} {
		if _, _, err := admin.AddOAuth1(t.Context(), tt.name, tt.base); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("name %q, base URL %q: %v, want %q", tt.name, tt.base, err, tt.want)
		}
	}
	if _, _, err := admin.AddOAuth1(t.Context(), "Bitbucket", "http://[::1]:7990"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := admin.AddOAuth1(t.Context(), "BIT bucket", "http://[::1]:7990"); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("equal slug: %v", err)
	}
}

// fill posts a form that the admin finds on a page.
func (a *PackagistAdmin) fill(ctx context.Context, t *testing.T, path, form string, pairs ...string) *packagistView {
	t.Helper()
	page, err := packagistVisit(ctx, a.client, a.url+path)
	if err != nil {
		t.Fatal(err)
	}
	page, err = page.submit(ctx, form, pairs...)
	if err != nil {
		t.Fatal(err)
	}
	if page, err = page.follow(ctx); err != nil {
		t.Fatal(err)
	}
	return page
}

func TestPackagistEditAndDelete(t *testing.T) {
	for _, selfHosted := range []bool{false, true} {
		s := startPackagist(t, PackagistOptions{SelfHosted: selfHosted})
		admin := NewPackagistAdmin(s.URL())
		id, key, err := admin.AddOAuth1(t.Context(), "Bitbucket", "http://127.0.0.1:7990")
		if err != nil {
			t.Fatal(err)
		}
		path := s.root() + "/integrations/bitbucket"
		page := admin.fill(t.Context(), t, path+"/edit", "integration-form", "base_url", "http://127.0.0.1:7991", "name", "Other")
		if page.holds("flash") != `Integration edited: "Bitbucket"` || page.holds("base_url") != "http://127.0.0.1:7991" {
			t.Errorf("after editing: %q, %q", page.holds("flash"), page.holds("base_url"))
		}
		if page.holds("client_id") != id || page.holds("public_key") != key || page.holds("name") != "Bitbucket" {
			t.Error("editing changed what cannot be changed")
		}
		s.change("bitbucket", func(in *packagistIntegration) { in.Projects = []string{"PRJ"} })
		if !selfHosted {
			wants(t, s.page(t, s.root()+"/integrations"), `aria-disabled="true"`)
			wants(t, s.page(t, path+"/delete"), "cannot be deleted while a synchronization uses it")
			s.change("bitbucket", func(in *packagistIntegration) { in.Projects = nil })
		} else {
			wants(t, s.page(t, path+"/delete"), "Its synchronizations are deleted too: PRJ.")
		}
		page = admin.fill(t.Context(), t, path+"/delete", "delete-form")
		if page.holds("flash") != "Integration Bitbucket was deleted." || len(s.all()) != 0 {
			t.Errorf("after deleting: %q, %v", page.holds("flash"), s.all())
		}
	}
}

func TestPackagistGuardsItself(t *testing.T) {
	s := startPackagist(t, PackagistOptions{})
	resp, err := http.PostForm(s.URL()+"/orgs/acme/settings/integrations/new", url.Values{"name": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a form without token: %d", resp.StatusCode)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "http://packagist.example.com/", nil))
	if w.Code != http.StatusMisdirectedRequest {
		t.Errorf("a request for another host: %d", w.Code)
	}
	if _, err := StartPackagist(t.Context(), "0.0.0.0:0", PackagistOptions{}); err == nil {
		t.Errorf("listening on every address: %v", err)
	}
	if err := packagistOnlyLoopback("tcp", "192.0.2.1:80", nil); err == nil {
		t.Error("a call to another machine is not refused")
	}
}

func TestPackagistStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := StartPackagist(ctx, "127.0.0.1:0", PackagistOptions{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
