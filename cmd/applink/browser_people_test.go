//go:build unix

package main

import (
	"context"
	"strings"

	"github.com/chromedp/chromedp"
)

// What people do on the pages in Chromium, in the words of the pages.

func (c *chromium) logIn(user string) {
	c.t.Helper()
	c.paste("Username", user)
	c.paste("Password", user)
	c.button("Log in")
}

func (c *chromium) chooseApplication(linksURL, applicationURL string) {
	c.t.Helper()
	c.open(linksURL)
	c.logIn("admin")
	const field = "Enter the URL of the application you want to link"
	if c.sees("label", field) { // before 7.20
		c.paste(field, applicationURL)
		c.button("Create new link")
		return
	}
	c.link("Create link")
	product := "Atlassian product via OAuth 1.0"
	if !c.sees("label", product) {
		product = "Atlassian product"
	}
	c.tick(product)
	c.paste("Application URL", applicationURL)
	c.button("Continue")
}

func (c *chromium) confirmURL(applicationURL string) {
	c.t.Helper()
	c.expect("Configure Application URL")
	if got := c.holds("New URL"); got != applicationURL {
		c.t.Fatalf("the application URL became %q", got)
	}
	c.button("Continue")
}

func (c *chromium) describeLink(name string) {
	c.t.Helper()
	c.expect("Link applications")
	c.paste("Application Name", name)
	if kind := c.holds("Application Type"); kind != "generic" {
		c.t.Fatalf("the type is %q, not Generic Application", kind)
	}
	c.button("Continue")
	c.expect("Application Link '" + name + "' created successfully.")
}

func (c *chromium) saveIncoming(link string, in consumer) {
	c.t.Helper()
	c.link("Edit " + link) // the pencil
	c.link("Incoming Authentication")
	c.paste("Consumer Key", in.key)
	c.paste("Consumer Name", in.name)
	c.paste("Public Key", in.publicKey)
	c.button("Save")
}

func (c *chromium) allow(authorizeURL string) {
	c.t.Helper()
	if c.admin != nil {
		c = c.admin // the one that is logged in
	}
	c.open(authorizeURL)
	c.button("Allow")
	c.expect(cameBack)
}

func (c *chromium) addIntegration(packagistURL, name, baseURL string) (clientID, publicKey string) {
	c.t.Helper()
	c.fillIntegration(packagistURL, name, baseURL)
	c.tick("OAuth 1 (Bitbucket Data Center / Server v7.20 or older)")
	c.button("Save Integration")
	c.expect("Edit Integration")
	return c.holds("Client ID / Key"), c.holds("Public Key")
}

// fillIntegration opens "Add Integration" and fills it in up to the protocol.
func (c *chromium) fillIntegration(packagistURL, name, baseURL string) {
	c.t.Helper()
	c.open(packagistURL)
	c.link("Add Integration")
	c.paste("Name", name)
	c.tick("Platform")
	onPage(c, "choosing the platform", chromedp.KeyEvent("Bitbucket Data Center / Server"))
	c.paste("Base URL", baseURL)
}

func (c *chromium) loginLink(packagistURL, name string) string {
	c.t.Helper()
	c.open(packagistURL)
	c.link("Login link of " + name)
	return c.holds("Login link")
}

func (c *chromium) signIn(link, name, user string) string {
	c.t.Helper()
	other := newChromium(c.t, c.window)
	other.open(link)
	other.button("Log in with " + name)
	other.logIn(user)
	other.button("Allow")
	return other.text("#signed-in-as")
}

// expect checks that the page says so.
func (c *chromium) expect(words string) {
	c.t.Helper()
	if text := c.text("body"); !strings.Contains(text, words) {
		c.t.Fatalf("the page does not say %q:\n%s", words, text)
	}
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

func (c *chromium) allowLocally(localPage string) {
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
	a.link("Go on to Bitbucket")
	a.button("Allow")
	a.expect(cameBack)
}

func (c *chromium) beginIntegration(packagistURL, name, baseURL string) (callback string) {
	c.t.Helper()
	c.fillIntegration(packagistURL, name, baseURL)
	c.tick("OAuth 2")
	return c.holds("Callback URL / Redirect URL")
}

func (c *chromium) editIntegration(packagistURL, name string) (callback string) {
	c.t.Helper()
	c.open(packagistURL)
	c.link("Edit " + name)
	c.tick("OAuth 2")
	return c.holds("Callback URL / Redirect URL")
}

func (c *chromium) saveIntegration(clientID, secret string) {
	c.t.Helper()
	c.paste("Client ID / Key", clientID)
	c.paste("Client Secret", secret)
	save := "Save Integration"
	if !c.sees("button", save) {
		save = "Edit Integration"
	}
	c.button(save)
}
