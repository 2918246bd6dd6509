package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"applink/core/finding"
)

// An application of the user's own is one file in a folder. Without it its integrations
// are told, and nothing of them is lost.
func TestApplicationOfOnesOwn(t *testing.T) {
	cleanHome(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "ci.toml")
	const text = "name = \"Build farm\"\nholder = \"here\"\ndefault-name = \"CI\"\n\n[oauth1]\nexport = \"pkcs1\"\n\n[oauth2]\ncallback = \"{app}/oauth/callback\"\npermissions = { sync = [\"Repositories: Write\"] }\n"
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	made := runApplink(t, "", "setup", "--applications", dir, "--application", "ci", "--app-url", "https://ci.example.com", "--name", "CI", "--no-input")
	if !strings.Contains(made.out+made.errOut, "--base-url") {
		t.Errorf("it does not go on to the server:\n%s%s", made.out, made.errOut)
	}
	if shown := runApplink(t, "", "show", "ci", "--applications", dir); !strings.Contains(shown.out, "Build farm") {
		t.Errorf("show says\n%s%s", shown.out, shown.errOut)
	}
	if gone := runApplink(t, "", "show", "ci"); gone.code != exitUsage || !strings.Contains(gone.errOut, finding.ApplicationUnknown.String()) {
		t.Errorf("without the folder: %d\n%s%s", gone.code, gone.out, gone.errOut)
	}
	if list := runApplink(t, "", "list"); !strings.Contains(list.out, finding.ApplicationUnknown.String()) {
		t.Errorf("the list says\n%s%s", list.out, list.errOut)
	}
	write(strings.Replace(text, "holder = ", "holdre = ", 1))
	if wrong := runApplink(t, "", "list", "--applications", dir); wrong.code != exitUsage || !strings.Contains(wrong.errOut, "ci.toml, line 2: unknown key holdre") {
		t.Errorf("a wrong key: %d\n%s%s", wrong.code, wrong.out, wrong.errOut)
	}
}
