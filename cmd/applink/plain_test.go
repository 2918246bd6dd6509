package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
)

var authorizeURL = regexp.MustCompile(`http://\S+/plugins/servlet/oauth/authorize\S+`)

// TestPlainOwnApplication walks through the whole procedure for one's own
// application, the browser's part done by form posts.
func TestPlainOwnApplication(t *testing.T) {
	for _, version := range []string{"7.17", "8.19"} {
		t.Run(version, func(t *testing.T) {
			cleanHome(t)
			server := startBitbucket(t, version)
			c := startTalk(t, "setup")
			c.answer("Which application will use Bitbucket?", "Your own application")
			c.answer("What is the URL", "https://app.example.com")
			c.answer("be called?", "Build farm")
			c.answer("What is the link for?", "1")
			c.answer("Number", "1")
			c.answer("base URL?", server.BaseURL()+"/projects")
			c.see(finding.PageNotBaseURL.String())
			c.say("") // takes the suggestion
			c.see("Proved (reach)")
			c.answer("Press Enter to go on", "")
			if version == "8.19" {
				c.answer("Which OAuth version", "OAuth 1")
			}
			c.see("Create the link in Bitbucket")
			c.answer("Press Enter when this is done", "")
			c.see("Not yet: ")
			c.see("press Enter")
			c.say("show 3")
			key := c.see("-----END PUBLIC KEY-----")
			key = key[strings.Index(key, "-----BEGIN"):]
			c.say("show 1")
			c.see("Consumer Key:\n")
			id := strings.TrimSpace(c.see("\n"))

			admin := signedIn(t, server.BaseURL(), "admin")
			form := drive.LinkForm{ApplicationURL: "https://app.example.com", Name: "Build farm", ConsumerKey: id, PublicKey: key}
			if _, err := admin.CreateOAuth1Link(t.Context(), form); err != nil {
				t.Fatal(err)
			}
			c.say("retry")
			c.see("Proved (consumer)")
			c.answer("Press Enter to go on", "")
			c.see("Press Enter to begin")
			c.say("")
			jane := signedIn(t, server.BaseURL(), "jane")
			back, err := jane.Authorize(t.Context(), authorizeURL.FindString(c.see("applink goes on when")), true)
			if err != nil {
				t.Fatal(err)
			}
			c.say(back) // the browser is elsewhere: its address is pasted
			c.see("signed in as jane")
			c.answer("Press Enter to go on", "")
			c.answer("is set up", "")
			text, code := c.end()
			if code != 0 {
				t.Errorf("exit code %d\n%s", code, c.errOut.String())
			}
			if !strings.Contains(text, "applink setup --application own --app-url https://app.example.com --name 'Build farm'") {
				t.Error("the command without questions is missing")
			}
			if bad := unreadable.FindString(text); bad != "" {
				t.Errorf("plain mode printed %q", bad)
			}
			if list := runApplink(t, "", "list"); !strings.Contains(list.out, "set up, proved") {
				t.Errorf("list:\n%s", list.out)
			}
		})
	}
}

// TestPlainPackagist walks through the whole procedure for Private Packagist
// Cloud, up to the sign-in through it.
func TestPlainPackagist(t *testing.T) {
	cleanHome(t)
	c := startTalk(t, "practice", "--bitbucket", "7.17")
	c.see("Practice Bitbucket 7.17.0: ")
	base := strings.TrimSpace(c.see("\n"))
	c.see("Practice Private Packagist: ")
	packagist := drive.NewPackagistAdmin(strings.TrimSpace(c.see("\n")))
	c.answer("Which application will use Bitbucket?", "1")
	c.answer("be called?", "")
	c.answer("What is the link for?", "2")
	c.answer("Number", "")
	c.answer("base URL?", "")
	c.see("Proved (reach)")
	c.answer("Press Enter to go on", "")
	id, key, err := packagist.AddOAuth1(t.Context(), "On-premise Bitbucket", base)
	if err != nil {
		t.Fatal(err)
	}
	c.answer("Press Enter when this is done", "")
	c.answer("Client ID", id)
	c.see("up to its END line")
	c.say(strings.Split(strings.TrimSpace(key), "\n")...)
	c.see("Create the link in Bitbucket")
	c.answer("Press Enter when this is done", "")
	c.see("Not yet: ")
	admin := signedIn(t, base, "admin")
	form := drive.LinkForm{ApplicationURL: "https://packagist.com", Name: "Private Packagist", ConsumerKey: id, PublicKey: key}
	if _, err := admin.CreateOAuth1Link(t.Context(), form); err != nil {
		t.Fatal(err)
	}
	c.say("")
	c.see("Proved in part (consumer)")
	c.answer("Press Enter to go on", "")
	c.see("Alpha Serve installed?")
	c.answer("Press Enter when this is done", "")
	link, err := packagist.LoginLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.see("Answer: ")
	c.say("https://elsewhere.example.com/login")
	c.see(finding.NotALoginLink.String())
	c.say(link)
	who, err := packagist.SignIn(t.Context(), link, func(ctx context.Context, url string) (string, error) {
		jane := signedIn(t, base, "jane")
		return jane.Authorize(ctx, url, true)
	})
	if err != nil || !strings.Contains(who, "jane") {
		t.Errorf("signed in as %q: %v", who, err)
	}
	c.answer("is set up", "")
	if text, code := c.end(); code != 0 || unreadable.MatchString(text) {
		t.Errorf("exit code %d\n%s", code, text)
	}
}

// TestPlainPipedAnswers: answers that come in one write all arrive, and the end
// of the input is not success.
func TestPlainPipedAnswers(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	for _, c := range []struct {
		name  string
		lines []string
		code  int
		want  string
	}{
		{"a question is left", []string{"own", "https://a.example.com", "A"}, exitUsage, "What is the link for?"},
		{"Bitbucket is waited for", []string{"own", "https://b.example.com", "B", "1", "1", server.BaseURL(), "", "2", "1", "", "", "", ""},
			exitWaiting, "Not yet: "},
		{"back and quit", []string{"own", "https://c.example.com", "back", "back", "", "https://d.example.com", "quit"}, exitOK, "Everything so far is saved"},
		{"nothing at all", nil, exitUsage, "Which application"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := runApplink(t, strings.Join(append(c.lines, ""), "\n"), "--plain", "--key-source=file", "setup")
			if r.code != c.code || !strings.Contains(r.out, c.want) {
				t.Errorf("exit code %d, want %d and %q in\n%s\nstderr\n%s", r.code, c.code, c.want, r.out, r.errOut)
			}
		})
	}
}

// TestPlainGoesOnWithoutProof: a check that cannot be made from here is
// overruled, asked once, and the version stated.
func TestPlainGoesOnWithoutProof(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "8.19", practice.Maintenance)
	c := startTalk(t, "setup")
	for _, line := range []string{"own", "https://app.example.com", "Build farm", "1", "1", server.BaseURL()} {
		c.see("?")
		c.see(": ")
		c.say(line)
	}
	c.see(finding.Unavailable.String())
	c.say("evidence")
	c.see("HTTP 503")
	c.say("go on")
	c.see("Type yes: ")
	c.say("no")
	c.see("Not gone on")
	c.say("go on", "yes")
	c.answer("Which version", "8.19")
	c.see("Which OAuth version")
	c.say("quit")
	if _, code := c.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if show := runApplink(t, "", "show", "buildfarm"); !strings.Contains(show.out, "8.19 (said)") {
		t.Errorf("show:\n%s", show.out)
	}
}
