//go:build unix

package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"applink/core/bitbucket/bitbuckettest"
)

// forms is a browser that only posts the forms which are on the pages.
type forms struct {
	t         *testing.T
	base      string // of Bitbucket
	admin     *bitbuckettest.Admin
	packagist *bitbuckettest.PackagistAdmin
	link      string         // its id
	url       string         // of the application
	carried   chan [2]string // Client ID and secret, on their way into the open form
	saved     chan error     // what saving that form gave
}

func newForms(t *testing.T) browser { return &forms{t: t} }

func (f *forms) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *forms) logIn(user string) *bitbuckettest.Admin {
	f.t.Helper()
	a := bitbuckettest.NewAdmin(f.base)
	f.must(a.Login(f.t.Context(), user, user))
	return a
}

// The form posts go through all windows at once, so the first ones wait for the last.
func (f *forms) chooseApplication(linksURL, applicationURL string) {
	f.t.Helper()
	base, ok := strings.CutSuffix(linksURL, "/plugins/servlet/applinks/listApplicationLinks")
	if !ok {
		f.t.Fatalf("%q is not the list of links", linksURL)
	}
	f.base, f.url = base, applicationURL
	f.admin = f.logIn("admin")
}

func (f *forms) confirmURL(applicationURL string) {
	f.t.Helper()
	if applicationURL != f.url {
		f.t.Errorf("the application URL %q became %q", f.url, applicationURL)
	}
}

func (f *forms) describeLink(name string) {
	f.t.Helper()
	var err error
	f.link, err = f.admin.CreateOAuth1Link(f.t.Context(), bitbuckettest.LinkForm{ApplicationURL: f.url, Name: name})
	f.must(err)
}

func (f *forms) saveIncoming(_ string, c consumer) {
	f.t.Helper()
	f.must(f.admin.UpdateIncoming(f.t.Context(), f.link,
		bitbuckettest.LinkForm{ConsumerKey: c.key, ConsumerName: c.name, PublicKey: c.publicKey}))
}

func (f *forms) allow(authorizeURL string) {
	f.t.Helper()
	to, err := f.admin.Authorize(f.t.Context(), authorizeURL, true)
	f.must(err)
	resp, err := http.Get(to)
	f.must(err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	f.must(err)
	if !strings.Contains(string(page), cameBack) {
		f.t.Errorf("the browser came back to\n%s", page)
	}
}

// cameBack is what the page says that the browser comes back to.
const cameBack = "go back to the terminal"

func (f *forms) addIntegration(packagistURL, name, baseURL string) (clientID, publicKey string) {
	f.t.Helper()
	f.packagist = bitbuckettest.NewPackagistAdmin(packagistURL)
	clientID, publicKey, err := f.packagist.AddOAuth1(f.t.Context(), name, baseURL)
	f.must(err)
	return clientID, publicKey
}

func (f *forms) loginLink(_, _ string) string {
	f.t.Helper()
	link, err := f.packagist.LoginLink(f.t.Context())
	f.must(err)
	return link
}

func (f *forms) signIn(link, _, user string) string {
	f.t.Helper()
	who, err := f.packagist.SignIn(f.t.Context(), link, func(ctx context.Context, url string) (string, error) {
		return f.logIn(user).Authorize(ctx, url, true)
	})
	f.must(err)
	return who
}
