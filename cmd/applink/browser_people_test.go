//go:build unix

package main

import (
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
	c.open(authorizeURL)
	c.button("Allow")
	c.expect(cameBack)
}

func (c *chromium) addIntegration(packagistURL, name, baseURL string) (clientID, publicKey string) {
	c.t.Helper()
	c.open(packagistURL)
	c.link("Add Integration")
	c.paste("Name", name)
	c.tick("Platform")
	onPage(c, "choosing the platform", chromedp.KeyEvent("Bitbucket Data Center / Server"))
	c.paste("Base URL", baseURL)
	c.tick("OAuth 1 (Bitbucket Data Center / Server v7.20 or older)")
	c.button("Save Integration")
	c.expect("Edit Integration")
	return c.holds("Client ID / Key"), c.holds("Public Key")
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
