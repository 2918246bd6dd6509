package main

import (
	"regexp"
	"strings"
	"testing"

	drive "applink/core/practice/browser"
)

var authorizeURL2 = regexp.MustCompile(`http://\S+/rest/oauth2/latest/authorize\S+`)

// TestPlainOAuth2 walks through the whole procedure over OAuth 2 for one's own
// application: the credentials come from Bitbucket, the secret is kept unseen.
func TestPlainOAuth2(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	c := startTalk(t, "setup")
	c.answer("Which application will use Bitbucket?", "own")
	c.answer("What is the URL", "https://app.example.com")
	c.answer("be called?", "Build farm")
	c.answer("What is the link for?", "2")
	c.answer("Number", "1")
	c.see("base URL?")
	c.say(server.BaseURL())
	c.see("Proved (reach)")
	c.answer("Press Enter to go on", "")
	c.answer("Which OAuth version", "")
	c.see("send the browser back to?")
	c.say("https://app.example.com/oauth/callback")
	admin := signedIn(t, server.BaseURL(), "admin")
	_, id, secret, err := admin.CreateIncomingLink(t.Context(), drive.IncomingForm{Name: "Build farm",
		RedirectURL: "https://app.example.com/oauth/callback", Permissions: []string{"Repositories: Read"}})
	if err != nil {
		t.Fatal(err)
	}
	c.answer("Press Enter when this is done", "")
	c.answer("Paste the Client ID", id)
	c.see("Client secret that Bitbucket shows")
	c.say(secret)
	c.see("(client)")
	c.answer("Press Enter to go on", "")
	c.see("Press Enter to begin")
	c.say("")
	jane := signedIn(t, server.BaseURL(), "jane")
	back, err := jane.Authorize(t.Context(), authorizeURL2.FindString(c.see("Paste the whole address")), true)
	if err != nil {
		t.Fatal(err)
	}
	c.say(back)
	c.see("signed in as jane")
	c.answer("Press Enter to go on", "")
	c.answer("is set up", "")
	text, code := c.end()
	if code != exitOK || unreadable.MatchString(text) {
		t.Errorf("exit code %d\n%s", code, text)
	}
	show := runApplink(t, "", "show", "buildfarm", "--json")
	for _, said := range []string{text, c.errOut.String(), show.out} {
		if strings.Contains(said, secret) {
			t.Errorf("the secret is told in\n%s", said)
		}
	}
}
