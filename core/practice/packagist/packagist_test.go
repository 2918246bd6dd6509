package packagist

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"applink/core/practice/browser"
)

func newSignedRequest(t *testing.T, s signer, method, address string) (*http.Request, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		return nil, err
	}
	return r, s.sign(r, "a token", param{"oauth_callback", "http://127.0.0.1:1/cb?x=ü"})
}

func startPackagist(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// page fetches a page of the server by path and returns its text.
func (s *Server) page(t *testing.T, path string) string {
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

func TestIntegrationPages(t *testing.T) {
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
			s := startPackagist(t, Options{SelfHosted: tt.selfHosted})
			wants(t, s.page(t, tt.root+"/integrations/new"), append(tt.form, "Add Integration", "Platform", "Base URL", "OAuth Version",
				"OAuth 1 (Bitbucket Data Center / Server v7.20 or older)", "Save Integration",
				"We will generate the setup instructions once the integration is created.")...)
			admin := browser.NewPackagistAdmin(s.URL())
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

func TestFormRefuses(t *testing.T) {
	s := startPackagist(t, Options{})
	admin := browser.NewPackagistAdmin(s.URL())
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
func fill(ctx context.Context, t *testing.T, a *browser.PackagistAdmin, path, form string, pairs ...string) *browser.Page {
	t.Helper()
	page, err := a.Open(ctx, path)
	if err == nil {
		page, err = a.FillIn(ctx, page, form, pairs...)
	}
	if err == nil {
		page, err = a.Follow(ctx, page)
	}
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestEditAndDelete(t *testing.T) {
	for _, selfHosted := range []bool{false, true} {
		s := startPackagist(t, Options{SelfHosted: selfHosted})
		admin := browser.NewPackagistAdmin(s.URL())
		id, key, err := admin.AddOAuth1(t.Context(), "Bitbucket", "http://127.0.0.1:7990")
		if err != nil {
			t.Fatal(err)
		}
		path := s.root() + "/integrations/bitbucket"
		page := fill(t.Context(), t, admin, path+"/edit", "integration-form", "base_url", "http://127.0.0.1:7991", "name", "Other")
		if page.Value("flash") != `Integration edited: "Bitbucket"` || page.Value("base_url") != "http://127.0.0.1:7991" {
			t.Errorf("after editing: %q, %q", page.Value("flash"), page.Value("base_url"))
		}
		if page.Value("client_id") != id || page.Value("public_key") != key || page.Value("name") != "Bitbucket" {
			t.Error("editing changed what cannot be changed")
		}
		s.change("bitbucket", func(in *integration) { in.Projects = []string{"PRJ"} })
		if !selfHosted {
			wants(t, s.page(t, s.root()+"/integrations"), `aria-disabled="true"`)
			wants(t, s.page(t, path+"/delete"), "cannot be deleted while a synchronization uses it")
			s.change("bitbucket", func(in *integration) { in.Projects = nil })
		} else {
			wants(t, s.page(t, path+"/delete"), "Its synchronizations are deleted too: PRJ.")
		}
		page = fill(t.Context(), t, admin, path+"/delete", "delete-form")
		if page.Value("flash") != "Integration Bitbucket was deleted." || len(s.all()) != 0 {
			t.Errorf("after deleting: %q, %v", page.Value("flash"), s.all())
		}
	}
}

func TestGuardsItself(t *testing.T) {
	s := startPackagist(t, Options{})
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
	if _, err := Start(t.Context(), "0.0.0.0:0", Options{}); err == nil {
		t.Errorf("listening on every address: %v", err)
	}
	if err := onlyLoopback("tcp", "192.0.2.1:80", nil); err == nil {
		t.Error("a call to another machine is not refused")
	}
}

func TestStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, "127.0.0.1:0", Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for deadline := time.Now().Add(5 * time.Second); ; {
		resp, err := http.Get(s.URL())
		if err != nil {
			break
		}
		resp.Body.Close()
		if time.Now().After(deadline) {
			t.Fatal("it still answers")
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
