//go:build unix

package main

import (
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// versions2 have the looks of OAuth 2's pages that differ.
var versions2 = []string{"7.21", "8.19", "9.4", "10.2"}

// rehearsals2 are the scenarios over OAuth 2.
var rehearsals2 = []struct {
	name string
	run  func(*rehearsal)
	most int // keys
}{
	{"own", (*rehearsal).ownOverOAuth2, 15},
	{"packagist-cloud", (*rehearsal).packagistOverOAuth2, 18},
	{"own-moved", (*rehearsal).ownMoved, 10},
	{"packagist-cloud-moved", (*rehearsal).packagistMoved, 10},
}

// TestRehearsalOAuth2 walks through a whole "practice" over OAuth 2, the browser's
// part done by form posts.
func TestRehearsalOAuth2(t *testing.T) {
	var keys counted
	keys.tell(t)
	for _, version := range versions2 {
		for _, r := range rehearsals2 {
			t.Run(version+"/"+r.name, func(t *testing.T) {
				if version != "7.21" || r.name != "own" {
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

// TestChromiumOAuth2 is the same with the pages in Chromium, its page about the
// certificate of this machine's listener too.
func TestChromiumOAuth2(t *testing.T) {
	window := startChromium(t)
	var keys counted
	keys.tell(t)
	for _, version := range versions2 {
		for _, r := range rehearsals2 {
			t.Run(version+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				walk := rehearse(t, version, newChromium(t, window))
				r.run(walk)
				keys.add(t, walk, r.most)
			})
		}
	}
}

// localCallback is a redirect URL on this machine at a port that is free now, so that
// rehearsals can run beside each other.
func localCallback(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + int(callbackPort.Add(1))%10000)
		l, err := net.Listen("tcp", "localhost:"+port)
		if err != nil {
			continue
		}
		l.Close()
		return "https://localhost:" + port + "/callback"
	}
	t.Fatal("no port is free")
	return ""
}

// callbackPort counts through ports that no connection of other tests is given by the
// system while nobody listens there.
var callbackPort atomic.Uint32

func init() { callbackPort.Store(uint32(os.Getpid())) }

// ownOverOAuth2 connects an application whose secret applink keeps, up to a sign-in
// that comes back to this machine.
func (r *rehearsal) ownOverOAuth2() {
	const name = "Build farm"
	r.at("Which application will use Bitbucket?")
	r.choose("Your own application")
	r.server("Your own application", "OAuth 2", entry{"Application URL", "https://app.example.com/build"}, entry{"Name", name})
	secret := r.linkOverOAuth2()
	r.at(name + " is set up")
	r.summary("Proved the server", "the Client ID and secret", "a sign-in by admin")
	if strings.Contains(r.stream(), secret) {
		r.t.Error("the client secret was shown")
	}
	r.leave()
}

// ownMoved sets up a link over OAuth 1 and moves it to OAuth 2.
func (r *rehearsal) ownMoved() {
	r.ownOverOAuth1()
	r.keys = 0
	r.send("m")
	r.linkOverOAuth2()
	r.at(ownName + " is set up")
	r.summary("Link OAuth 2", "the Client ID and secret", "a sign-in by admin")
	r.leave()
}

// packagistMoved moves the link of Private Packagist.
func (r *rehearsal) packagistMoved() {
	r.packagistOverOAuth1()
	r.keys = 0
	r.send("m")
	r.at("Edit the integration in Private Packagist")
	callback := r.editIntegration(r.packagist, byHandName)
	r.send(enter)
	r.at(`Paste the field "Callback URL / Redirect URL".`)
	r.paste(callback)
	r.at("Create the link in Bitbucket")
	id, secret := r.createIncoming(r.page(), incoming{r.value("Name"), r.value("Redirect URL"), []string{"Repositories: Read"}})
	r.send(enter)
	r.credentials(id, secret)
	r.at("Finish in Private Packagist")
	r.saveIntegration(id, secret)
	r.send(enter)
	r.at(byHandName + " is set up")
	r.summary("Link OAuth 2", "the Client ID and secret", "Finish")
	r.leave()
}

// linkOverOAuth2 goes from the redirect URL to the proof of a link that is held here.
func (r *rehearsal) linkOverOAuth2() (secret string) {
	r.t.Helper()
	callback := localCallback(r.t.(*testing.T))
	r.at("Where should Bitbucket send the browser back to?")
	r.waitFor("https://localhost:8473/callback") // what is proposed
	r.answer("Where should Bitbucket send the browser back to?", callback)
	r.at("Create the link in Bitbucket")
	id, secret := r.createIncoming(r.page(), incoming{name: r.value("Name"), redirectURL: r.value("Redirect URL")})
	r.send(enter)
	r.credentials(id, secret)
	r.waitFor("✓ Bitbucket knows the Client ID and accepts the Client secret", "Proved.")
	r.signInLocally()
	r.waitFor("✓ ", "signed in, and the tokens were renewed once")
	return secret
}

// credentials carries what Bitbucket made.
func (r *rehearsal) credentials(id, secret string) {
	r.t.Helper()
	r.waitFor("Paste the Client ID that Bitbucket shows.", "▸ enter")
	r.paste(id)
	r.waitFor("Paste the Client secret", "▸ enter")
	r.paste(secret)
}

// signInLocally signs in, and the browser comes back to this machine, whose certificate it
// accepted before.
func (r *rehearsal) signInLocally() {
	r.t.Helper()
	r.at("Sign in once, as proof")
	r.waitFor("o opens the local page")
	r.allowLocally(r.page())
}

// packagistOverOAuth2 connects Private Packagist, up to a user's sign-in through it.
func (r *rehearsal) packagistOverOAuth2() {
	const name = byHandName
	r.at("Which application will use Bitbucket?")
	r.choose("Private Packagist Cloud")
	r.server("Private Packagist Cloud", "OAuth 2")
	r.at("Start the form in Private Packagist")
	callback := r.beginIntegration(r.packagist, r.value("Name"), r.value("Base URL"))
	r.send(enter)
	r.at(`Paste the field "Callback URL / Redirect URL".`)
	r.paste(callback)
	r.at("Create the link in Bitbucket")
	id, secret := r.createIncoming(r.page(), incoming{r.value("Name"), r.value("Redirect URL"), []string{"Repositories: Read"}})
	r.send(enter)
	r.credentials(id, secret)
	r.waitFor("✓ Bitbucket knows the Client ID and accepts the Client secret", "not kept")
	r.at("Finish in Private Packagist")
	r.same("Client ID / Key", id)
	r.saveIntegration(id, secret)
	link := r.loginLink(r.packagist, name)
	if who := r.signIn(link, name, "jane"); who != "Jane Doe (jane)" {
		r.t.Errorf("Private Packagist is signed in to as %q", who)
	}
	r.send(enter)
	r.loginLinkIs(link)
	r.at(name + " is set up")
	r.summary("the Client ID and secret", "Said Form, Create link, Finish")
	if strings.Contains(r.stream(), secret) {
		r.t.Error("the client secret was shown")
	}
	r.leave()
}
