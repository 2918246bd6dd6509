//go:build unix

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"html"
	"io"
	"net/http"
	"strings"
	"testing"

	drive "applink/core/practice/browser"
)

// forms is a browser that only posts the forms which are on the pages.
type forms struct {
	t         *testing.T
	base      string // of Bitbucket
	roots     *x509.CertPool
	admin     *drive.Admin
	packagist *drive.PackagistAdmin
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

// The form posts go through all windows at once, so the first ones wait for the last.
func (f *forms) chooseApplication(linksURL, applicationURL string) {
	f.t.Helper()
	base, ok := strings.CutSuffix(linksURL, "/plugins/servlet/applinks/listApplicationLinks")
	if !ok {
		f.t.Fatalf("%q is not the list of links", linksURL)
	}
	f.base, f.url = base, applicationURL
	f.admin = signedInOver(f.t, f.base, "admin", f.roots)
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
	f.link, err = f.admin.CreateOAuth1Link(f.t.Context(), drive.LinkForm{ApplicationURL: f.url, Name: name})
	f.must(err)
}

func (f *forms) saveIncoming(_ string, c consumer) {
	f.t.Helper()
	f.must(f.admin.UpdateIncoming(f.t.Context(), f.link,
		drive.LinkForm{ConsumerKey: c.key, ConsumerName: c.name, PublicKey: c.publicKey}))
}

func (f *forms) allow(authorizeURL string) {
	f.t.Helper()
	to, err := f.admin.Authorize(f.t.Context(), authorizeURL, true)
	f.must(err)
	if page := f.read(to); !strings.Contains(page, cameBack) {
		f.t.Errorf("the browser came back to\n%s", page)
	}
}

// read opens a page of this machine's listener. Clicking through the browser's warning is,
// for form posts, a client that trusts whatever certificate it shows.
func (f *forms) read(url string) string {
	f.t.Helper()
	trusting := &http.Client{Timeout: pagePatience, Transport: &http.Transport{DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := trusting.Get(url)
	f.must(err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	f.must(err)
	return string(page)
}

func (f *forms) allowLocally(localPage string) {
	f.t.Helper()
	page := f.read(localPage)
	_, rest, found := strings.Cut(page, `href="`)
	if !found {
		f.t.Fatalf("nothing leads on to Bitbucket:\n%s", page)
	}
	url, _, _ := strings.Cut(rest, `"`)
	f.allow(html.UnescapeString(url))
}

// cameBack is what the page says that the browser comes back to.
const cameBack = "go back to the terminal"

func (f *forms) addIntegration(packagistURL, name, baseURL string) (clientID, publicKey string) {
	f.t.Helper()
	f.packagist = drive.NewPackagistAdmin(packagistURL)
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
		return signedInOver(f.t, f.base, user, f.roots).Authorize(ctx, url, true)
	})
	f.must(err)
	return who
}

func (f *forms) createIncoming(linksURL string, in incoming) (clientID, secret string) {
	f.t.Helper()
	f.chooseApplication(linksURL, "")
	_, clientID, secret, err := f.admin.CreateIncomingLink(f.t.Context(),
		drive.IncomingForm{Name: in.name, RedirectURL: in.redirectURL, Permissions: in.permissions})
	f.must(err)
	return clientID, secret
}

func (f *forms) beginIntegration(packagistURL, name, baseURL string) (callback string) {
	f.t.Helper()
	return f.formOAuth2(packagistURL, func(ctx context.Context, p *drive.PackagistAdmin, link carrying) error {
		return p.AddOAuth2(ctx, name, baseURL, link)
	})
}

func (f *forms) editIntegration(packagistURL, name string) (callback string) {
	f.t.Helper()
	return f.formOAuth2(packagistURL, func(ctx context.Context, p *drive.PackagistAdmin, link carrying) error {
		return p.SwitchToOAuth2(ctx, name, link)
	})
}

// carrying is what happens between the callback that an open form shows and the
// Client ID and secret that are brought to it.
type carrying = drive.CreateLink

// formOAuth2 leaves a form open at its callback.
func (f *forms) formOAuth2(packagistURL string, open func(context.Context, *drive.PackagistAdmin, carrying) error) (callback string) {
	f.t.Helper()
	f.packagist = drive.NewPackagistAdmin(packagistURL).Trust(f.roots)
	f.carried, f.saved = make(chan [2]string, 1), make(chan error, 1)
	shown := make(chan string, 1)
	ctx := f.t.Context()
	go func() {
		f.saved <- open(ctx, f.packagist, func(_ context.Context, callback string) (string, string, error) {
			shown <- callback
			select {
			case c := <-f.carried:
				return c[0], c[1], nil
			case <-ctx.Done():
				return "", "", ctx.Err()
			}
		})
	}()
	select {
	case callback = <-shown:
	case err := <-f.saved:
		f.t.Fatalf("the form shows no callback: %v", err)
	}
	return callback
}

func (f *forms) saveIntegration(clientID, secret string) {
	f.t.Helper()
	f.carried <- [2]string{clientID, secret}
	f.must(<-f.saved)
}
