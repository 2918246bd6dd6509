package main

import (
	"os"
	"strings"
	"testing"

	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
	"applink/core/seal"
)

// ownLinkByHand makes a link as an admin without applink did, and returns its private
// key, encrypted with the passphrase x.
func ownLinkByHand(t *testing.T, server *practice.Server, id string) string {
	t.Helper()
	text, err := os.ReadFile(encryptedKey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := seal.DecryptPrivateKey(seal.NewText(string(text)), seal.NewText("x"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	form := drive.LinkForm{ApplicationURL: "https://ci.example.com", Name: id, ConsumerKey: id, PublicKey: public}
	if _, err := signedIn(t, server.BaseURL(), "admin").CreateOAuth1Link(t.Context(), form); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPlainMigrateTakesOverFirst: of a link that was set up by hand nothing is stored.
// It is taken over, and then the move begins.
func TestPlainMigrateTakesOverFirst(t *testing.T) {
	for _, args := range [][]string{{"migrate", "Build farm"}, {"migrate", "--all"}} {
		cleanHome(t)
		server := startBitbucket(t, "8.19")
		key := ownLinkByHand(t, server, "ci")
		c := startTalk(t, args...)
		c.say("") // agrees to take it over
		c.answer("Which application uses the link?", "Your own application")
		c.answer("What is the URL", "https://ci.example.com")
		if args[1] == "--all" {
			c.answer("be called?", "Build farm")
		} else {
			c.answer("be called?", "") // as it was named
		}
		c.answer("What is the link for?", "1")
		c.answer("Number", "1")
		c.answer("base URL?", server.BaseURL())
		c.see("Proved (reach)")
		c.answer("Press Enter to go on", "")
		c.answer("Which OAuth version does the link use?", "")
		c.answer("Which Client ID", "cj")
		c.see("the path of its file; it is not shown: ")
		c.say(strings.Split(strings.TrimSpace(key), "\n")...)
		c.see("What is the passphrase")
		c.see("while you type: ")
		c.say("y")
		c.see(finding.WrongPassphrase.String())
		c.see("while you type: ")
		c.say("x")
		c.see("Not yet: ")
		c.see("press Enter")
		c.say("back")
		c.see("keep the one that is stored): ")
		c.say("back")
		c.answer("Which Client ID", "ci")
		c.see("keep the one that is stored): ")
		c.say("")
		c.see("Proved (consumer)")
		c.answer("Press Enter to go on", "")
		c.see("Build farm is taken over")
		c.answer("Press Enter to go on with the move to OAuth 2", "")
		c.answer("Where should Bitbucket send the browser back to?", "quit")
		text, code := c.end()
		if code != 0 || !strings.Contains(c.errOut.String(), "Nothing is stored") {
			t.Errorf("exit code %d\n%s", code, c.errOut.String())
		}
		for _, line := range strings.Split(strings.TrimSpace(key), "\n") {
			if strings.Contains(text, line) {
				t.Fatal("a line of the private key was printed")
			}
		}
		if show := runApplink(t, "", "show", "buildfarm"); !strings.Contains(show.out, "OAuth 1 active") || !strings.Contains(show.out, "OAuth 2 draft") {
			t.Errorf("show:\n%s", show.out)
		}
	}
}

// TestPlainAdoptWithFlags: what the flags leave open is asked for, an encrypted key's
// passphrase too.
func TestPlainAdoptWithFlags(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "7.17")
	ownLinkByHand(t, server, "ci")
	c := startTalk(t, "adopt", "--application=own", "--app-url=https://ci.example.com", "--name=CI", "--purpose=sign-in",
		"--base-url="+server.BaseURL(), "--oauth=1", "--client-id=ci", "--private-key="+encryptedKey)
	c.answer("Number", "1") // the platform
	c.see("Proved (reach)")
	c.answer("Press Enter to go on", "")
	c.see("(default: the one that was given): ")
	c.say("")
	c.see("What is the passphrase")
	c.see("while you type: ")
	c.say("x")
	c.see("Proved (consumer)")
	c.answer("Press Enter to go on", "")
	c.answer("CI is taken over", "")
	if text, code := c.end(); code != 0 || strings.Contains(text, "PRIVATE") || strings.Contains(text, "applink migrate") {
		t.Errorf("exit code %d\n%s", code, text)
	}
}
