package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"applink/core/finding"
	drive "applink/core/practice/browser"
)

// packagist2 sets up Private Packagist over OAuth 2 up to its Client ID.
func packagist2(t *testing.T) (id, secret string) {
	t.Helper()
	server := startBitbucket(t, "8.19")
	admin := signedIn(t, server.BaseURL(), "admin")
	const callback = "https://packagist.com/oauth/register/service/onpremisebitbucket"
	_, id, secret, err := admin.CreateIncomingLink(t.Context(), drive.IncomingForm{Name: "Private Packagist",
		RedirectURL: callback, Permissions: []string{"Repositories: Read"}})
	if err != nil {
		t.Fatal(err)
	}
	setupDocument(t, exitWaiting, "--application=packagist-cloud", "--name=On-premise Bitbucket", "--purpose=sync",
		"--platform=data-center", "--base-url="+server.BaseURL(), "--oauth=2")
	setupDocument(t, exitWaiting, "onpremisebitbucket", "--say=form", "--callback="+callback)
	return id, secret
}

// nowhere fails where a secret stands in a file of the data folder or in what was
// printed.
func nowhere(t *testing.T, secret string, printed ...string) {
	t.Helper()
	searched := false
	filepath.WalkDir(os.Getenv("XDG_DATA_HOME"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if searched = true; strings.Contains(string(text), secret) {
			t.Errorf("the secret stands in %s", path)
		}
		return err
	})
	for _, text := range printed {
		if strings.Contains(text, secret) {
			t.Errorf("the secret was printed:\n%s", text)
		}
	}
	if !searched {
		t.Error("no file was searched")
	}
}

// TestSetupProvesASecretThatIsNotKept: the flag has Bitbucket prove it; check tells so
// and asks no more.
func TestSetupProvesASecretThatIsNotKept(t *testing.T) {
	cleanHome(t)
	id, secret := packagist2(t)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := strings.Repeat("0", len(secret))
	r := runApplink(t, wrong, "setup", "onpremisebitbucket", "--client-id="+id, "--client-secret=-")
	if r.code != exitFinding || !strings.Contains(r.errOut, finding.InvalidClient.String()) {
		t.Errorf("wrong: %d\n%s", r.code, r.errOut)
	}
	odd := runApplink(t, secret[1:], "setup", "onpremisebitbucket", "--client-secret=-")
	if odd.code != exitFinding || !strings.Contains(odd.errOut, finding.UnusualClientSecret.String()) {
		t.Errorf("cut: %d\n%s", odd.code, odd.errOut)
	}
	quoted := runApplink(t, `"`+secret+`"`, "setup", "onpremisebitbucket", "--client-secret=-")
	if !strings.Contains(quoted.errOut, "Proved (client)") || !strings.Contains(quoted.errOut, finding.InputCleaned.String()) || strings.Contains(quoted.errOut, finding.UnusualClientSecret.String()) {
		t.Errorf("in quotes: %d\n%s", quoted.code, quoted.errOut)
	}
	right := runApplink(t, "", "setup", "onpremisebitbucket", "--client-secret="+file, "--two-factor=no", "--say=create-link,incoming")
	if right.code != exitWaiting || !strings.Contains(right.errOut, "Proved (client)") {
		t.Errorf("right: %d\n%s", right.code, right.errOut)
	}
	check := runApplink(t, "", "check", "onpremisebitbucket")
	if !strings.Contains(check.out, "Proved (reach)") || !strings.Contains(check.out, "not asked again, because the secret is not kept") {
		t.Errorf("check: %d\n%s%s", check.code, check.out, check.errOut)
	}
	json := runApplink(t, "", "check", "onpremisebitbucket", "--json")
	if !strings.Contains(json.out, `"once"`) || strings.Contains(json.out, "AL-OAUTH2") {
		t.Errorf("check --json:\n%s", json.out)
	}
	show := runApplink(t, "", "show", "onpremisebitbucket", "--json")
	nowhere(t, secret, r.out, r.errOut, odd.out, odd.errOut, quoted.out, quoted.errOut, right.out, right.errOut, check.out, json.out, show.out)
	nowhere(t, wrong)
}

// TestCheckOfASecretThatWasNotGiven asks what can be asked, and says that this is not the link.
func TestCheckOfASecretThatWasNotGiven(t *testing.T) {
	cleanHome(t)
	id, _ := packagist2(t)
	r := runApplink(t, "", "setup", "onpremisebitbucket", "--client-id="+id, "--two-factor=no", "--say=create-link,incoming,finish", "--overrule=credentials",
		"--login-link=https://packagist.com/login/x")
	if r = runApplink(t, "", "setup", "onpremisebitbucket", "--say=login-link"); r.code != exitOK {
		t.Fatalf("set-up: %d\n%s%s", r.code, r.out, r.errOut)
	}
	check := runApplink(t, "", "check", "onpremisebitbucket")
	if check.code != exitOK || !strings.Contains(check.out, "Said (client)") || !strings.Contains(check.out, "1 reachable, the link itself not asked.") {
		t.Errorf("check: %d\n%s%s", check.code, check.out, check.errOut)
	}
	if json := runApplink(t, "", "check", "onpremisebitbucket", "--json"); !strings.Contains(json.out, `"link_proved": false`) {
		t.Errorf("as JSON:\n%s", json.out)
	}
}

// TestPlainProvesASecretThatIsNotKept does the same by typing, an odd one first.
func TestPlainProvesASecretThatIsNotKept(t *testing.T) {
	cleanHome(t)
	id, secret := packagist2(t)
	c := startTalk(t, "setup", "onpremisebitbucket")
	c.answer("Press Enter when this is done", "")
	c.answer("Paste the Client ID", id)
	c.see("go on without): ")
	c.say(id)
	c.see("It is the Client ID.")
	c.see(": ")
	c.say("yes") // all the same
	c.see(finding.InvalidClient.String())
	c.see("go on without): ")
	c.say(secret)
	c.see("Proved (client)")
	c.answer("Press Enter to go on", "")
	c.see("Finish in Private Packagist")
	c.say("back")
	c.see("go on without): ")
	c.say("") // the proof stays
	c.see("Finish in Private Packagist")
	c.say("quit")
	text, code := c.end()
	if show := runApplink(t, "", "show", "onpremisebitbucket"); code != exitOK || !strings.Contains(show.out, "proved   Client ID and Client secret") {
		t.Errorf("%d\n%s", code, show.out)
	}
	nowhere(t, secret, text, c.errOut.String())
}
