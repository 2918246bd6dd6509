package main

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// damaged stores three integrations and changes the database behind applink's back.
func damaged(t *testing.T, statement string) (path string) {
	t.Helper()
	cleanHome(t)
	path = filepath.Join(t.TempDir(), "applink.db")
	for _, name := range []string{"One", "Two", "Three"} {
		r := runApplink(t, "", "setup", "--db", path, "--key-source", "file", "--application", "own", "--app-url", appURL, "--name", name,
			"--purpose", "sign-in", "--platform", "data-center")
		if r.code != exitUsage {
			t.Fatalf("code %d: %s", r.code, r.errOut)
		}
	}
	if statement == "" {
		return path
	}
	raw, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = raw.Exec(statement)
	}
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

const spoilTwo = `UPDATE answers SET value = 'https://other.example' WHERE integration = 2 AND field = 'app-url'`

// One damaged record is told by name wherever it is met, and the others work.
func TestDamagedRecordIsTold(t *testing.T) {
	path := damaged(t, spoilTwo)
	wantRun(t, runApplink(t, "", "list", "--db", path), exitOK, "Two    -       -        -     problem AL-STORE-021", "")
	list := runApplink(t, "", "list", "--db", path, "--json")
	wantRun(t, list, exitOK, `"code": "AL-STORE-021"`, "")
	if n := strings.Count(list.out, "AL-STORE-021"); n != 2 { // in words and as the finding
		t.Errorf("%d mentions of the damage", n)
	}
	wantRun(t, runApplink(t, "", "show", "--db", path, "two"), exitFinding, "", "AL-STORE-021")
	wantRun(t, runApplink(t, "", "show", "--db", path, "one"), exitOK, "One (one)", "")
	wantRun(t, runApplink(t, "", "setup", "--db", path, "two", "--base-url", "https://git.example"), exitFinding, "", "AL-STORE-021")
	wantRun(t, runApplink(t, "", "check", "--db", path, "--all"), exitFinding, "3 checked: 2 waiting for Bitbucket, 1 with a problem.", "AL-STORE-021")
	wantRun(t, runApplink(t, "", "check", "--db", path, "--all", "--json"), exitFinding, `"verdict": "problem"`, "")
	home := runApplink(t, "quit\n", "--db", path, "--plain")
	wantRun(t, home, exitOK, "Two: problem AL-STORE-021", "")
	wantRun(t, runApplink(t, "", "remove", "--db", path, "two", "--confirm", "Two"), exitOK, "", "was removed")
	wantRun(t, runApplink(t, "", "list", "--db", path), exitOK, "Three", "")
}
