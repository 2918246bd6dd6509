package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"applink/core/finding"
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
	damage(t, path, statement)
	return path
}

// damage changes a database behind applink's back.
func damage(t *testing.T, path, statement string) {
	t.Helper()
	raw, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = raw.Exec(statement)
	}
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
}

// spoil overwrites a part of a file.
func spoil(t *testing.T, path string, at int64, with string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt([]byte(with), at)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

const spoilTwo = `UPDATE answers SET value = 'https://other.example' WHERE integration = 2 AND field = 'app-url'`

// One damaged record is told by name wherever it is met, and the others work.
func TestDamagedRecordIsTold(t *testing.T) {
	path := damaged(t, spoilTwo)
	wantRun(t, runApplink(t, "", "list", "--db", path), exitFinding, "Two    -       -        -     problem AL-STORE-021", "")
	list := runApplink(t, "", "list", "--db", path, "--json")
	wantRun(t, list, exitFinding, `"code": "AL-STORE-021"`, "")
	if n := strings.Count(list.out, finding.RecordDamaged.String()); n != 2 { // in words and as the finding
		t.Errorf("%d mentions of the damage", n)
	}
	wantRun(t, runApplink(t, "", "show", "--db", path, "two"), exitFinding, "", finding.RecordDamaged.String())
	wantRun(t, runApplink(t, "", "show", "--db", path, "one"), exitOK, "One (one)", "")
	wantRun(t, runApplink(t, "", "setup", "--db", path, "two", "--base-url", "https://git.example"), exitFinding, "", finding.RecordDamaged.String())
	wantRun(t, runApplink(t, "", "check", "--db", path, "--all"), exitFinding, "3 checked: 2 waiting for Bitbucket, 1 with a problem.", finding.RecordDamaged.String())
	wantRun(t, runApplink(t, "", "check", "--db", path, "--all", "--json"), exitFinding, `"verdict": "problem"`, "")
	home := runApplink(t, "quit\n", "--db", path, "--plain")
	wantRun(t, home, exitOK, "Two: problem AL-STORE-021", "")
	wantRun(t, runApplink(t, "", "remove", "--db", path, "two", "--confirm", "Two"), exitOK, "", "was removed")
	wantRun(t, runApplink(t, "", "list", "--db", path), exitOK, "Three", "")
}

func doctor(t *testing.T, path string, code int, args ...string) (d doctorJSON) {
	t.Helper()
	r := runApplink(t, "", append([]string{"doctor", "--json", "--db", path}, args...)...)
	if err := json.Unmarshal([]byte(r.out), &d); err != nil || r.code != code {
		t.Fatalf("code %d, want %d: %v\n%s\n%s", r.code, code, err, r.out, r.errOut)
	}
	return d
}

func codes(d doctorJSON) (all []string) {
	for _, f := range d.Findings {
		all = append(all, string(f.Code))
	}
	return slices.Compact(all) // of the database and of its log
}

// withSecret stores an own application whose private key is sealed by a key file.
func withSecret(t *testing.T) (path, keyFile string) {
	t.Helper()
	cleanHome(t)
	path = filepath.Join(t.TempDir(), "applink.db")
	runApplink(t, "", "setup", "--db", path, "--key-source", "file", "--application", "own", "--app-url", appURL, "--name", "One",
		"--purpose", "sign-in", "--platform", "data-center", "--base-url", "http://127.0.0.1:1/x", "--overrule", "base-url", "--bitbucket-version", "7.17",
		"--oauth", "1", "--key-bits", "2048")
	keys, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.key"))
	if len(keys) != 1 {
		t.Fatalf("key files %q: %s", keys, runApplink(t, "", "show", "one", "--db", path).out)
	}
	return path, keys[0]
}

func TestDoctor(t *testing.T) {
	path, key := withSecret(t)
	os.Chmod(filepath.Dir(path), 0o700)
	if d := doctor(t, path, exitOK); d.Verdict != "ok" || d.Integrity != "ok" || d.Key == nil || d.Key.Source != "file" || !d.Key.Opens ||
		len(d.Integrations) != 1 || d.Integrations[0].State != "whole" || d.Tables != d.TablesLatest || len(d.Findings) != 0 {
		t.Errorf("%+v", d)
	}
	wantRun(t, runApplink(t, "", "doctor", "--db", path), exitOK, "All is well.", "")

	os.Chmod(path, 0o644)
	if d := doctor(t, path, exitWarnings); strings.Join(codes(d), " ") != finding.ReadableByOthers.String() || d.Verdict != "warnings" {
		t.Errorf("readable by others: %+v", d)
	}
	os.Chmod(path, 0o600)

	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if d := doctor(t, path, exitFinding); strings.Join(codes(d), " ") != finding.SealingKeyFileUnusable.String() || d.Key.Opens || d.Findings[0].Params["path"] != key {
		t.Errorf("without its key: %+v", d)
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}

	damage(t, path, `UPDATE secrets SET sealed = zeroblob(length(sealed))`)
	if d := doctor(t, path, exitFinding); strings.Join(codes(d), " ") != finding.SecretDamaged.String() || d.Integrations[0].State != "shut" {
		t.Errorf("a secret that was damaged: %+v", d)
	}
	damage(t, path, `DELETE FROM key_record`)
	if d := doctor(t, path, exitFinding); strings.Join(codes(d), " ") != finding.SecretDamaged.String() {
		t.Errorf("without the record of the key: %+v", d)
	}
	damage(t, path, `DELETE FROM secrets; INSERT INTO tokens (link, sealed, renew_at, begun, leased, dead) VALUES (1, x'00', 0, 1000, 2000, 0)`)
	if d := doctor(t, path, exitFinding); strings.Join(codes(d), " ") != "AL-STORE-027 AL-STORE-025" {
		t.Errorf("a refresh that was broken off: %v", codes(d))
	}
	damage(t, path, `DELETE FROM tokens; UPDATE links SET state = 'x'`)
	if d := doctor(t, path, exitFinding); strings.Join(codes(d), " ") != finding.DatabasePartlyDamaged.String() || d.Integrations[0].State != "damaged" {
		t.Errorf("a damaged record: %+v", d)
	}
	damage(t, path, `PRAGMA user_version = 99`)
	if d := doctor(t, path, exitFinding); strings.Join(codes(d), " ") != finding.DatabaseNewer.String() {
		t.Errorf("a newer one: %+v", d)
	}
	if err := os.Truncate(path, 3*4096); err != nil {
		t.Fatal(err)
	}
	if d := doctor(t, path, exitFinding); d.Integrity != "damaged" || codes(d)[0] != finding.DatabaseDamaged.String() {
		t.Errorf("cut: %+v", d)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if d := doctor(t, path, exitFinding); d.Integrity != "damaged" || codes(d)[0] != finding.DatabaseEmpty.String() {
		t.Errorf("empty: %+v", d)
	}
	if d := doctor(t, path+"none", exitFinding); codes(d)[0] != finding.NoDatabase.String() || d.Integrity != "unknown" {
		t.Errorf("missing: %+v", d)
	}
}

// What backup copies of a damaged database is told, and restore brings a copy back with
// what is to be known of its key.
func TestBackupAndRestore(t *testing.T) {
	path, key := withSecret(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	wantRun(t, runApplink(t, "", "backup", "--db", path, copied), exitOK, "", key)
	wantRun(t, runApplink(t, "", "remove", "--db", path, "one", "--confirm", "One"), exitOK, "", "removed")
	wantRun(t, runApplink(t, "", "restore", "--db", path, copied), exitOK, "", "which is at hand")
	wantRun(t, runApplink(t, "", "show", "--db", path, "one"), exitOK, "One (one)", "")
	kept, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "applink-before-*.db"))
	if len(kept) != 1 {
		t.Errorf("kept %q", kept)
	}

	elsewhere := filepath.Join(t.TempDir(), "new", "applink.db")
	wantRun(t, runApplink(t, "", "restore", "--db", elsewhere, copied), exitWarnings, "", finding.SealingKeyFileUnusable.String())
	wantRun(t, runApplink(t, "", "show", "--db", elsewhere, "one"), exitOK, "One (one)", "")
	wantRun(t, runApplink(t, "", "restore", "--db", path, path), exitFinding, "", finding.BackupIsDatabase.String())
	wantRun(t, runApplink(t, "", "restore", "--db", path, copied+"x"), exitFinding, "", finding.NoDatabase.String())

	damage(t, path, `UPDATE links SET state = 'x'`)
	again := filepath.Join(t.TempDir(), "again.db")
	wantRun(t, runApplink(t, "", "backup", "--db", path, again), exitWarnings, "", "Damaged: One")
	wantRun(t, runApplink(t, "", "list", "--db", again), exitFinding, finding.RecordDamaged.String(), "")

	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(4096); at < info.Size(); at += 4096 {
		spoil(t, path, at, strings.Repeat("\xaa", 400))
	}
	none := filepath.Join(t.TempDir(), "none.db")
	wantRun(t, runApplink(t, "", "backup", "--db", path, none), exitFinding, "", "AL-STORE-0")
	if _, err := os.Stat(none); err == nil {
		t.Error("a copy of a damaged file was left")
	}
	wantRun(t, runApplink(t, "", "restore", "--db", path, none+"x"), exitFinding, "", finding.NoDatabase.String())
	wantRun(t, runApplink(t, "", "restore", "--db", path, copied), exitOK, "", "at hand")
}
