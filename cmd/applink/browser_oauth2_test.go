//go:build unix

package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"applink/core/bitbucket/bitbuckettest"
)

// versions2 have the looks of OAuth 2's pages that differ.
var versions2 = []string{"7.21", "8.19", "10.2"}

// rehearsals2 are the scenarios over OAuth 2.
var rehearsals2 = []struct {
	name string
	run  func(*rehearsal)
}{
	{"own", (*rehearsal).ownOverOAuth2},
	{"packagist-cloud", (*rehearsal).packagistOverOAuth2},
}

// TestRehearsalOAuth2 walks through a whole "practice" over OAuth 2, the browser's
// part done by form posts.
func TestRehearsalOAuth2(t *testing.T) {
	for _, version := range versions2 {
		for _, r := range rehearsals2 {
			t.Run(version+"/"+r.name, func(t *testing.T) {
				if version != "7.21" || r.name != "own" {
					heavy(t)
				}
				t.Parallel()
				r.run(rehearse(t, version, newForms(t)))
			})
		}
	}
}

// TestChromiumOAuth2 is the same with the pages in Chromium, its page about the
// certificate of this machine's listener too.
func TestChromiumOAuth2(t *testing.T) {
	window := startChromium(t)
	for _, version := range versions2 {
		for _, r := range rehearsals2 {
			t.Run(version+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				r.run(rehearse(t, version, newChromium(t, window)))
			})
		}
	}
}

// localCallback is a redirect URL on this machine at a port that is free now, so that
// rehearsals can run beside each other.
func localCallback(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(closedPort(t))
	if err != nil {
		t.Fatal(err)
	}
	return "https://localhost:" + port + "/callback"
}

// ownOverOAuth2 connects an application whose secret applink keeps, up to a sign-in
// that comes back to this machine.
func (r *rehearsal) ownOverOAuth2() {
	const name = "Build farm"
	r.at("Which application will use Bitbucket?")
	r.choose("Your own application")
	r.answer("What is the URL of the application?", "https://app.example.com/build")
	r.serverFor(name)
	r.choose("OAuth 2")
	secret := r.linkOverOAuth2(name)
	r.send(enter)
	r.at("Which URL do your users open to sign in?")
	r.send(enter)
	r.at(name + " is set up")
	r.summary("Server proved", "Credentials proved", "Authorize proved")
	if strings.Contains(r.stream(), secret) {
		r.t.Error("the client secret was shown")
	}
	r.leave()
}

// linkOverOAuth2 goes from the redirect URL to the proof of a link that is held here.
func (r *rehearsal) linkOverOAuth2(name string) (secret string) {
	r.t.Helper()
	callback := localCallback(r.t.(*testing.T))
	r.at("Where should Bitbucket send the browser back to?")
	r.waitFor("https://localhost:8473/callback") // what is proposed
	r.answer("Where should Bitbucket send the browser back to?", callback)
	r.at("Create the link in Bitbucket")
	links := r.page()
	r.send(enter)
	r.at("Configure an incoming link")
	r.same("Name", name)
	id, secret := r.createIncoming(links, incoming{name: r.value("Name"), redirectURL: r.value("Redirect URL")})
	r.send(enter)
	r.answer("Paste the Client ID that Bitbucket shows.", id)
	r.at("Paste the Client secret that Bitbucket shows.")
	r.paste(secret)
	r.send(enter)
	r.waitFor("✓ Bitbucket knows the Client ID and accepts the Client secret", "Proved.")
	r.send(enter)
	r.noTwoFactor()
	r.at("Sign in once, as proof")
	r.allowLocally(r.value("local page"), r.value("authorize URL"))
	r.waitFor("signed in, and the tokens were renewed once", "Proved.")
	return secret
}

// packagistOverOAuth2 connects Private Packagist, up to a user's sign-in through it.
func (r *rehearsal) packagistOverOAuth2() {
	const name = "On-premise Bitbucket"
	r.at("Which application will use Bitbucket?")
	r.choose("Private Packagist Cloud")
	r.serverFor(name)
	r.choose("OAuth 2")
	r.at("Start the form in Private Packagist")
	callback := r.beginIntegration(r.packagist, r.value("Name"), r.value("Base URL"))
	r.send(enter)
	r.at(`Paste the field "Callback URL / Redirect URL".`)
	r.paste(callback)
	r.send(enter)
	r.at("Create the link in Bitbucket")
	links := r.page()
	r.send(enter)
	r.at("Configure an incoming link")
	r.same("Redirect URL", callback)
	id, secret := r.createIncoming(links, incoming{r.value("Name"), r.value("Redirect URL"), []string{"Repositories: Read"}})
	r.send(enter)
	r.answer("Paste the Client ID that Bitbucket shows.", id)
	r.noTwoFactor()
	r.at("Finish in Private Packagist")
	r.same("Client ID / Key", id)
	r.saveIntegration(id, secret)
	link := r.loginLink(r.packagist, name)
	if who := r.signIn(link, name, "jane"); who != "Jane Doe (jane)" {
		r.t.Errorf("Private Packagist is signed in to as %q", who)
	}
	r.send(enter)
	r.answer(`Paste the URL behind "Login link".`, link)
	r.at("The login link")
	r.send(enter)
	r.at(name + " is set up")
	r.summary("Server proved", "Finish said, not proved")
	r.leave()
}

func (f *forms) createIncoming(linksURL string, in incoming) (clientID, secret string) {
	f.t.Helper()
	f.chooseApplication(linksURL, "")
	_, clientID, secret, err := f.admin.CreateIncomingLink(f.t.Context(),
		bitbuckettest.IncomingForm{Name: in.name, RedirectURL: in.redirectURL, Permissions: in.permissions})
	f.must(err)
	return clientID, secret
}

// Clicking through the browser's warning is, for form posts, a client that trusts
// whatever this machine's listener shows.
func (f *forms) allowLocally(localPage, authorizeURL string) {
	f.t.Helper()
	trusting := &http.Client{Timeout: pagePatience, Transport: &http.Transport{DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	read := func(url string) string {
		resp, err := trusting.Get(url)
		f.must(err)
		defer resp.Body.Close()
		page, err := io.ReadAll(resp.Body)
		f.must(err)
		return string(page)
	}
	read(localPage)
	to, err := f.admin.Authorize(f.t.Context(), authorizeURL, true)
	f.must(err)
	if page := read(to); !strings.Contains(page, cameBack) {
		f.t.Errorf("the browser came back to\n%s", page)
	}
}

func (f *forms) beginIntegration(packagistURL, name, baseURL string) (callback string) {
	f.t.Helper()
	f.packagist = bitbuckettest.NewPackagistAdmin(packagistURL)
	f.carried, f.saved = make(chan [2]string, 1), make(chan error, 1)
	shown := make(chan string, 1)
	ctx := f.t.Context()
	go func() {
		f.saved <- f.packagist.AddOAuth2(ctx, name, baseURL, func(_ context.Context, callback string) (string, string, error) {
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

func (c *chromium) createIncoming(linksURL string, in incoming) (clientID, secret string) {
	c.t.Helper()
	a := newChromium(c.t, c.window)
	c.admin = a
	a.open(linksURL)
	a.logIn("admin")
	a.link("Create link")
	a.tick("External application")
	a.tick("Incoming")
	a.button("Continue")
	a.expect("Configure an incoming link")
	a.paste("Name", in.name)
	a.paste("Redirect URL", in.redirectURL)
	for _, box := range in.permissions {
		onPage(a, "ticking "+box, chromedp.Click(chromedp.JSPath(seen("input", box))))
	}
	a.button("Save")
	return a.holds("Client ID"), a.holds("Client secret")
}

func (c *chromium) allowLocally(localPage, authorizeURL string) {
	c.t.Helper()
	a := c.admin
	ctx, cancel := context.WithTimeout(a.tab, pagePatience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(localPage)); err == nil || !strings.Contains(err.Error(), "ERR_CERT") {
		a.t.Fatalf("Chromium trusts the certificate of %s: %v", localPage, err)
	}
	onPage(a, "pressing Advanced", chromedp.Click(chromedp.CSS("#details-button")))
	onPage(a, "proceeding", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("#proceed-link")))
		return chromedp.Void{}, err
	})
	a.allow(authorizeURL)
}

func (c *chromium) beginIntegration(packagistURL, name, baseURL string) (callback string) {
	c.t.Helper()
	c.open(packagistURL)
	c.link("Add Integration")
	c.paste("Name", name)
	c.tick("Platform")
	onPage(c, "choosing the platform", chromedp.KeyEvent("Bitbucket Data Center / Server"))
	c.paste("Base URL", baseURL)
	c.tick("OAuth 2")
	return c.holds("Callback URL / Redirect URL")
}

func (c *chromium) saveIntegration(clientID, secret string) {
	c.t.Helper()
	c.paste("Client ID / Key", clientID)
	c.paste("Client Secret", secret)
	c.button("Save Integration")
}
