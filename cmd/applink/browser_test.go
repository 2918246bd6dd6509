//go:build unix

package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// browser is what people do on web pages during a set-up. One implementation posts
// the forms, the other one clicks in Chromium. Each takes exactly the values that a
// person copied off the terminal, and ends the test when a page refuses.
type browser interface {
	// chooseApplication opens the list of links as admin and starts an OAuth 1 link.
	chooseApplication(linksURL, applicationURL string)
	// confirmURL leaves the window "Configure Application URL".
	confirmURL(applicationURL string)
	// describeLink leaves the window "Link applications", which ends the creation.
	describeLink(name string)
	// saveIncoming fills in "Incoming Authentication" of the link with that name.
	saveIncoming(link string, c consumer)
	// allow gives the access that the authorize URL asks for, as admin, and comes back.
	allow(authorizeURL string)

	// createIncoming goes from the list of links, as admin, over "External application"
	// and "Incoming" to a saved link, and reads its credentials.
	createIncoming(linksURL string, in incoming) (clientID, secret string)
	// allowLocally opens the page on this machine, accepts its certificate, goes on to
	// Bitbucket by its button, gives the access as admin, and comes back.
	allowLocally(localPage string)
	// beginIntegration fills in the form of Private Packagist for OAuth 2 and reads its
	// callback; saveIntegration ends it.
	beginIntegration(packagistURL, name, baseURL string) (callback string)
	saveIntegration(clientID, secret string)
	// editIntegration is beginIntegration of the existing integration with that name,
	// in the form "Edit Integration"; saveIntegration ends it too.
	editIntegration(packagistURL, name string) (callback string)

	// addIntegration fills in the form of Private Packagist and returns what it made.
	addIntegration(packagistURL, name, baseURL string) (clientID, publicKey string)
	// loginLink reads the login link of the integration with that name.
	loginLink(packagistURL, name string) string
	// signIn opens the login link of the integration with that name in a browser without
	// any session, logs into Bitbucket as that user, and returns the name that Private
	// Packagist then shows.
	signIn(link, name, user string) (signedInAs string)
}

// consumer is what "Incoming Authentication" takes.
type consumer struct{ key, name, publicKey string }

// incoming is what "Configure an incoming link" takes.
type incoming struct {
	name, redirectURL string
	permissions       []string
}

// versions have the looks of the pages that differ: the old list, the dialog with two
// types in both wordings, and the one with three.
var versions = []string{"7.17", "7.21", "8.19", "9.4", "10.2"}

// rehearsals are the scenarios, by the application that is connected.
var rehearsals = []struct {
	name string
	run  func(*rehearsal)
	most int // keys
}{
	{"own", (*rehearsal).ownApplication, 14},
	{"packagist-cloud", (*rehearsal).packagistCloud, 18},
}

// counted are the keys of each walk, which a table tells at the end.
type counted struct {
	mu    sync.Mutex
	walks []string
}

// add has a walk that took more than the most keys fail.
func (c *counted) add(t *testing.T, r *rehearsal, most int) {
	t.Helper()
	if r.keys > most {
		t.Errorf("it took %d keys, pastes and copies included; at most %d were to be", r.keys, most)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.walks = append(c.walks, fmt.Sprintf("%-32s %2d of at most %d", strings.SplitN(t.Name(), "/", 2)[1], r.keys, most))
}

// tell prints the table once all walks are over.
func (c *counted) tell(t *testing.T) {
	t.Cleanup(func() {
		slices.Sort(c.walks)
		t.Logf("keys pressed in applink from the first question on, a text typed, a paste and a copy counted as one:\n%s", strings.Join(c.walks, "\n"))
	})
}

// TestRehearsal walks through a whole "practice" in the terminal, the browser's part
// done by form posts.
func TestRehearsal(t *testing.T) {
	var keys counted
	keys.tell(t)
	for _, version := range versions {
		for _, r := range rehearsals {
			t.Run(version+"/"+r.name, func(t *testing.T) {
				if version != "7.21" {
					heavy(t)
				}
				t.Parallel()
				walk := rehearse(t, version, newForms(t))
				r.run(walk)
				keys.add(t, walk, r.most)
			})
		}
	}
}

// rehearsal is one walk through "practice": the person at the terminal, and the
// browser beside it.
type rehearsal struct {
	*terminal
	browser
	version              string
	bitbucket, packagist string // where they are, as the home screen tells
	from                 int    // where in the stream the value shown alone is asked for
	keys                 int    // that the person pressed, a text typed and a paste counted as one
}

func (r *rehearsal) send(keys string) {
	r.t.Helper()
	r.keys++
	r.terminal.send(keys)
}

func (r *rehearsal) paste(text string) {
	r.t.Helper()
	r.keys++
	r.terminal.paste(text)
}

var (
	practiceBase      = regexp.MustCompile(`Practice Bitbucket (\S+): (http://\S+)`)
	practicePackagist = regexp.MustCompile(`Practice Private Packagist: (http://\S+)`)
)

// rehearse starts a practice and begins its first set-up.
func rehearse(t *testing.T, version string, b browser) *rehearsal {
	t.Helper()
	r := rehearsalOn(t, start(t, 80, 24, environment(t.TempDir()), "practice", "--bitbucket", version), version, b)
	r.terminal.send(enter) // what is counted begins with the first question
	return r
}

// rehearsalOn reads the home screen of a practice.
func rehearsalOn(t *testing.T, tm *terminal, version string, b browser) *rehearsal {
	t.Helper()
	screen := tm.waitFor("Practice Private Packagist: http", "enter begin")
	base, packagist := practiceBase.FindStringSubmatch(screen), practicePackagist.FindStringSubmatch(screen)
	if base == nil || packagist == nil || base[1] != version+".0" {
		t.Fatalf("the home screen does not tell where version %s is:\n%s", version, screen)
	}
	return &rehearsal{terminal: tm, browser: b, version: version, bitbucket: base[2], packagist: packagist[1]}
}

const ownName = "Build farm"

func (r *rehearsal) ownApplication() { r.ownOverOAuth1(); r.leave() }

// ownOverOAuth1 connects an application whose private key applink keeps, up to a sign-in
// as proof.
func (r *rehearsal) ownOverOAuth1() {
	const url, name = "https://app.example.com/build", ownName
	r.at("Which application will use Bitbucket?")
	r.choose("Your own application")
	r.server("Your own application", "OAuth 1", entry{"Application URL", url}, entry{"Name", name})

	r.createLink(url, name)
	r.at("Incoming Authentication")
	r.saveIncoming(name, consumer{r.value("Consumer Key"), r.value("Consumer Name"), r.value("Public Key")})
	r.waitFor("✓ Bitbucket knows the consumer key and accepts our signature", "Proved. Going on in")

	r.at("Sign in once, as proof") // it went on without a key
	r.waitFor("the browser comes back here by itself")
	r.allow(r.page())
	r.waitFor("✓ ", "(admin) signed in, says Bitbucket")

	r.at(name + " is set up")
	r.summary("Proved the server", "the Client ID and its key", "a sign-in by admin", "Said nothing")
}

func (r *rehearsal) packagistCloud() { r.packagistOverOAuth1(); r.leave() }

// packagistOverOAuth1 connects Private Packagist, which keeps its private key, up to a
// user's sign-in through it.
func (r *rehearsal) packagistOverOAuth1() {
	const name = byHandName
	r.at("Which application will use Bitbucket?")
	r.choose("Private Packagist Cloud")
	r.server("Private Packagist Cloud", "OAuth 1") // the name is what is proposed
	r.at("Add the integration in Private Packagist")
	clientID, publicKey := r.addIntegration(r.packagist, r.value("Name"), r.value("Base URL"))
	r.send(enter)
	r.at("Copy out Client ID and Public Key")
	r.waitFor("▸ Client ID")
	r.paste(clientID)
	r.waitFor("▸ Public Key")
	r.pasteLines(publicKey)

	r.createLink(r.packagist, "Private Packagist")
	r.at("Incoming Authentication")
	r.saveIncoming("Private Packagist", consumer{r.value("Consumer Key"), r.value("Consumer Name"), r.value("Public Key")})
	r.waitFor("(weak proof)", "Proved. Going on in")

	r.at("Finish in Private Packagist")
	link := r.loginLink(r.packagist, name)
	if who := r.signIn(link, name, "jane"); who != "Jane Doe (jane)" {
		r.t.Errorf("Private Packagist is signed in to as %q", who)
	}
	r.send(enter)
	r.loginLinkIs(link)

	r.at(name + " is set up")
	r.same("login link", link)
	r.summary("; the Client ID 2", "Said Form, Finish")
}

// server fills in the form of the application, whose base URL practice proposes, proves
// the server, and takes a protocol where both are possible.
func (r *rehearsal) server(application, protocol string, fields ...entry) {
	r.t.Helper()
	r.at(application)
	r.form(fields...)
	r.at("Bitbucket's address")
	r.waitFor("✓ Bitbucket " + r.version + ".0 answers at")
	if r.version != "7.17" {
		r.at("Which OAuth version should the link use?")
		r.choose(protocol)
	}
}

// readmeVersion is the Bitbucket of the screen in the README.
const readmeVersion = "7.21"

// isInReadme checks that the README shows the screen as it is, but for the port of the
// practice Bitbucket.
func (r *rehearsal) isInReadme() {
	r.t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		r.t.Fatal(err)
	}
	lines := strings.Split(regexp.MustCompile(`127\.0\.0\.1:\d{5}`).ReplaceAllString(r.settled(), "127.0.0.1:12345"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if screen := strings.TrimRight(strings.Join(lines, "\n"), "\n"); !strings.Contains(string(readme), screen) {
		r.t.Errorf("the README shows another screen than\n%s", screen)
	}
}

// loginLinkIs answers with the login link that Private Packagist gives.
func (r *rehearsal) loginLinkIs(link string) {
	r.t.Helper()
	r.at(`Paste the URL behind "Login link".`)
	r.paste(link)
}

// createLink goes through the dialogs of Bitbucket, which are drawn on one page.
func (r *rehearsal) createLink(url, name string) {
	r.t.Helper()
	r.at("Create the link in Bitbucket")
	if r.version == readmeVersion && name == ownName {
		r.isInReadme()
	}
	links := r.page()
	r.chooseApplication(links, r.copied("1"))
	r.confirmURL(url)
	r.describeLink(r.value("Application Name"))
	r.send(enter)
}
