package main

import (
	"strings"
	"testing"
)

// A script goes on without the proof of a secret only by a word for it, and what the
// client check proves is named and nothing else.
func TestScriptSkipsNoProofByItself(t *testing.T) {
	cleanHome(t)
	id, secret := packagist2(t)
	args := []string{"setup", "onpremisebitbucket", "--client-id=" + id, "--two-factor=no", "--say=create-link,incoming"}
	r := runApplink(t, "", args...)
	if r.code != exitUsage || !strings.Contains(r.errOut, "--client-secret") || !strings.Contains(r.errOut, "--overrule credentials") {
		t.Errorf("without the secret: %d\n%s", r.code, r.errOut)
	}
	if show := runApplink(t, "", "show", "onpremisebitbucket"); !strings.Contains(show.out, "open     Client ID and Client secret") {
		t.Errorf("it is taken as said:\n%s", show.out)
	}
	if r = runApplink(t, secret, "setup", "onpremisebitbucket", "--client-secret=-", "--say=finish", "--login-link=https://packagist.com/login/x"); r.code != exitOK {
		t.Fatalf("with the secret: %d\n%s", r.code, r.errOut)
	}
	if doc := setupDocument(t, exitOK, "onpremisebitbucket"); doc.Done != doc.Total || doc.Proof != "weak" {
		t.Errorf("done %d of %d, %s", doc.Done, doc.Total, doc.Proof)
	}
	list, show := runApplink(t, "", "list"), runApplink(t, "", "show", "onpremisebitbucket")
	if !strings.Contains(list.out, "proved in part: the Client ID and secret") || !strings.Contains(show.out, "said     Configure an incoming link") ||
		!strings.Contains(show.out, "proved   Client ID and Client secret") {
		t.Errorf("list:\n%s\nshow:\n%s", list.out, show.out)
	}
}

// While the server is down an integration stays set up, with its version and its proof;
// check reports the outage.
func TestOutageIsReportedAndChangesNothing(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	setupDocument(t, exitWaiting, "--application=own", "--app-url=https://app.example.com", "--name=Build farm", "--purpose=sign-in",
		"--platform=data-center", "--base-url="+server.BaseURL(), "--oauth=1", "--key-bits=2048")
	doc := setupDocument(t, exitOK, "buildfarm", "--overrule=incoming,authorize", "--say=keys,create-link,confirm-url,describe-link")
	if doc.Done != doc.Total {
		t.Errorf("complete, it has done %d of %d", doc.Done, doc.Total)
	}
	server.Close()
	check := runApplink(t, "", "check", "buildfarm")
	if check.code != exitFinding || !strings.Contains(check.out, "Failed (reach); it passed ") {
		t.Errorf("check: %d\n%s", check.code, check.out)
	}
	list := runApplink(t, "", "list", "--json")
	for _, want := range []string{`"complete": true`, `"version": "8.19`, `"state": "set up, said; now: AL-NET-002"`, `"code": "AL-NET-002"`} {
		if !strings.Contains(list.out, want) {
			t.Errorf("no %s in\n%s", want, list.out)
		}
	}
	if show := runApplink(t, "", "show", "buildfarm"); !strings.Contains(show.out, ", read just now") || !strings.Contains(show.out, "; now: AL-NET-002") {
		t.Errorf("show:\n%s", show.out)
	}
}

// A Client secret that was entered as the Client ID is told by no command.
func TestSecretEnteredAsClientID(t *testing.T) {
	cleanHome(t)
	_, secret := packagist2(t)
	for _, args := range [][]string{
		{"setup", "onpremisebitbucket", "--client-id=" + secret, "--client-secret=-", "--two-factor=no", "--say=create-link,incoming"},
		{"setup", "onpremisebitbucket", "--json"},
		{"show", "onpremisebitbucket"}, {"show", "onpremisebitbucket", "--json"},
		{"check", "onpremisebitbucket"}, {"check", "onpremisebitbucket", "--json"},
		{"list"}, {"list", "--json"},
	} {
		r := runApplink(t, "5f1c0e8a7b2d4963a1e0c7d5b8f24690", args...)
		if strings.Contains(r.out+r.errOut, secret) {
			t.Errorf("%v:\n%s\n%s", args, r.out, r.errOut)
		}
	}
}
