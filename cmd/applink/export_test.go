package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	drive "applink/core/practice/browser"
)

// signWithPython asks for a request token as an application of its own does that was
// given the exported document.
const signWithPython = `import json, sys
from requests_oauthlib import OAuth1Session
e = json.load(sys.stdin)
s = OAuth1Session(e["consumer_key"], signature_method="RSA-SHA1", rsa_key=e["private_key"], callback_uri="oob")
print(sorted(s.fetch_request_token(e["base_url"] + "/plugins/servlet/oauth/request-token")))`

// A key that was exported signs for an application that applink has no part in.
func TestExportedKeySigns(t *testing.T) {
	const python = "/usr/bin/python3" // where Debian's packages are
	if err := exec.Command(python, "-c", "import requests_oauthlib, jwt").Run(); err != nil {
		if os.Getenv("APPLINK_E2E") != "" {
			t.Fatal(err)
		}
		t.Skip("python3-requests-oauthlib is missing")
	}
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	runApplink(t, "", append([]string{"setup", "--key-source=file"}, base(server.BaseURL())...)...)
	value := func(name string) string { return runApplink(t, "", "copy", "buildfarm", name, "--print").out }
	if _, err := signedIn(t, server.BaseURL(), "admin").CreateOAuth1Link(t.Context(), drive.LinkForm{ApplicationURL: appURL,
		Name: "Build farm", ConsumerKey: value("client-id")[:len("applink-00000000")], PublicKey: value("public-key")}); err != nil {
		t.Fatal(err)
	}
	exported := runApplink(t, "", "export", "buildfarm", "--kind=json", "--stdout")
	cmd := exec.Command(python, "-c", signWithPython)
	cmd.Stdin = bytes.NewBufferString(exported.out)
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "['oauth_callback_confirmed', 'oauth_token', 'oauth_token_secret']\n" {
		t.Errorf("%v\n%s\n%s", err, out, exported.errOut)
	}
}
