package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/seal"
)

var (
	ctx = context.Background()
	day = time.UnixMilli(1_780_000_000_123)
)

func openTest(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func newTest(t testing.TB) *DB { return openTest(t, filepath.Join(t.TempDir(), "data", "applink.db")) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code core.Code) *core.Finding {
	t.Helper()
	var f *core.Finding
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	return f
}

func write(t testing.TB, db *DB, fn func(auth.Tx) error) { t.Helper(); must(t, db.Write(ctx, fn)) }

// add stores an integration with a link and returns both ids.
func add(t testing.TB, db *DB, name string) (id, link int64) {
	t.Helper()
	write(t, db, func(tx auth.Tx) (err error) {
		if id, err = tx.AddIntegration(name, core.Slug(name), day); err == nil {
			link, err = tx.AddLink(id, core.OAuth1, day)
		}
		return err
	})
	return id, link
}

func get(t testing.TB, db *DB, id int64) (in core.Integration) {
	t.Helper()
	must(t, db.Read(ctx, func(tx auth.Tx) (err error) { in, err = tx.Integration(id); return err }))
	return in
}

func TestFactsComeBackAsTheyWent(t *testing.T) {
	db := newTest(t)
	id, link := add(t, db, "Acme")
	reach := core.Outcome{
		Check: core.CheckReach, State: core.Passed, Strength: core.Strong, At: day,
		Finding:  &core.Finding{Code: finding.CertificateExpiresSoon.Code(), Params: map[string]string{"days": "9"}, Warning: true, Raw: "raw"},
		Learned:  map[core.Learned]string{core.LearnedVersion: "8.19.2"},
		Evidence: []core.Evidence{{Label: "HTTP", Value: "200"}, {Label: "TLS", Value: "1.3"}},
	}
	failed := core.Outcome{Check: core.CheckConsumer, State: core.Failed, At: day, Finding: finding.UnknownConsumerKey.With("x")}
	write(t, db, func(tx auth.Tx) error {
		return errors.Join(
			tx.PutAnswer(id, 0, core.FieldBaseURL, core.Answer{Value: "old", At: day}),
			tx.PutAnswer(id, 0, core.FieldBaseURL, core.Answer{Value: "https://git.acme.com", At: day}),
			tx.PutAnswer(id, link, core.FieldClientID, core.Answer{Value: "id", At: day}),
			tx.PutAnswer(id, link, core.FieldOAuth, core.Answer{Value: "1", At: day}),
			tx.PutCheck(id, 0, reach), tx.PutCheck(id, link, failed),
			tx.PutWord(id, link, "create-link", core.Word{At: day}), tx.PutWord(id, link, "finish", core.Word{At: day}),
			tx.DropAnswer(id, link, core.FieldOAuth), tx.DropWord(id, link, "finish"), tx.DropCheck(id, link, core.CheckIdentity),
		)
	})
	in := get(t, db, id)
	want := core.Integration{
		ID: id, Name: "Acme", Slug: "acme", Created: day, Updated: in.Updated,
		Facts: core.Facts{
			Answers: map[core.Field]core.Answer{core.FieldBaseURL: {Value: "https://git.acme.com", At: day}},
			Checks:  map[core.CheckName]core.Outcome{core.CheckReach: reach},
		},
		Links: []core.Link{{ID: link, OAuth: core.OAuth1, State: core.LinkDraft, Created: day, Facts: core.Facts{
			Answers: map[core.Field]core.Answer{core.FieldClientID: {Value: "id", At: day}},
			Checks:  map[core.CheckName]core.Outcome{core.CheckConsumer: failed},
			Words:   map[core.StepID]core.Word{"create-link": {At: day}},
		}}},
	}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("got  %+v\nwant %+v", in, want)
	}
	if !in.Updated.After(day) {
		t.Errorf("updated stayed %v", in.Updated)
	}
}

func TestLinks(t *testing.T) {
	db := newTest(t)
	id, one := add(t, db, "Acme")
	var two int64
	write(t, db, func(tx auth.Tx) (err error) {
		two, err = tx.AddLink(id, "", day)
		return errors.Join(err, tx.SetState(one, core.LinkActive), tx.SetOAuth(two, core.OAuth2))
	})
	if err := db.Write(ctx, func(tx auth.Tx) error { return tx.SetState(two, core.LinkActive) }); err == nil {
		t.Error("two links are active")
	}
	write(t, db, func(tx auth.Tx) error {
		return errors.Join(tx.SetState(one, core.LinkSuperseded), tx.SetState(two, core.LinkActive))
	})
	in := get(t, db, id)
	if len(in.Links) != 2 || in.Links[0].ID != one || in.Active().ID != two || in.Active().OAuth != core.OAuth2 {
		t.Errorf("links %+v", in.Links)
	}
	held := core.Completion{"base-url": {core.FieldBaseURL, core.FieldCAFile}, "incoming": {}}
	write(t, db, func(tx auth.Tx) error { return tx.SetCompleted(two, held) })
	if in := get(t, db, id); !reflect.DeepEqual(in.Links[1].Completed, held) || in.Links[0].Completed != nil || in.Damage != nil {
		t.Errorf("completed: %v and %v, damaged: %v", in.Links[0].Completed, in.Links[1].Completed, in.Damage)
	}
	_, err := db.sql.ExecContext(ctx, `UPDATE links SET completed = NULL WHERE id = ?`, two)
	must(t, err)
	if in := get(t, db, id); in.Damage == nil {
		t.Error("what a link is held to was lost, and nobody noticed")
	}
	write(t, db, func(tx auth.Tx) error { return tx.SetCompleted(two, held) })
	for _, change := range []func(auth.Tx) error{
		func(tx auth.Tx) error { return tx.SetState(99, core.LinkActive) },
		func(tx auth.Tx) error { return tx.SetCompleted(99, held) },
		func(tx auth.Tx) error { return tx.SetOAuth(99, core.OAuth2) },
		func(tx auth.Tx) error { return tx.PutSecret(99, "a", []byte("x")) },
	} {
		if err := db.Write(ctx, change); err == nil {
			t.Error("a link that does not exist was changed")
		}
	}
}

func TestNamesAreUniqueAndUnknownOnesFound(t *testing.T) {
	db := newTest(t)
	id, _ := add(t, db, "Acme Git")
	other, _ := add(t, db, "Other")
	for name, c := range map[string]struct {
		do   func(auth.Tx) error
		code core.Code
		says string
	}{
		"same name":    {func(tx auth.Tx) error { _, err := tx.AddIntegration("ACME GIT", "x", day); return err }, finding.NameTaken.Code(), "ACME GIT"},
		"same slug":    {func(tx auth.Tx) error { _, err := tx.AddIntegration("acme-git", "acmegit", day); return err }, finding.NameTaken.Code(), "acme-git"},
		"rename":       {func(tx auth.Tx) error { return tx.Rename(other, "Acme-Git", "acmegit", day) }, finding.NameTaken.Code(), "Acme-Git"},
		"rename none":  {func(tx auth.Tx) error { return tx.Rename(99, "N", "n", day) }, finding.NoSuchIntegration.Code(), "#99"},
		"by id":        {func(tx auth.Tx) error { _, err := tx.Integration(99); return err }, finding.NoSuchIntegration.Code(), "#99"},
		"by slug":      {func(tx auth.Tx) error { _, err := tx.Find("nobody"); return err }, finding.NoSuchIntegration.Code(), "nobody"},
		"remove":       {func(tx auth.Tx) error { return tx.RemoveIntegration(99) }, finding.NoSuchIntegration.Code(), "#99"},
		"link":         {func(tx auth.Tx) error { _, err := tx.AddLink(99, "", day); return err }, finding.NoSuchIntegration.Code(), "#99"},
		"answer":       {func(tx auth.Tx) error { return tx.PutAnswer(99, 0, "name", core.Answer{At: day}) }, finding.NoSuchIntegration.Code(), "#99"},
		"event":        {func(tx auth.Tx) error { return tx.AddEvent(99, "x", "", day) }, finding.NoSuchIntegration.Code(), "#99"},
		"dropped word": {func(tx auth.Tx) error { return tx.DropWord(99, 0, "x") }, finding.NoSuchIntegration.Code(), "#99"},
	} {
		t.Run(name, func(t *testing.T) {
			f := wantCode(t, db.Write(ctx, c.do), c.code)
			if f.Params["name"] != c.says {
				t.Errorf("it names %q", f.Params["name"])
			}
		})
	}
	write(t, db, func(tx auth.Tx) error { return tx.Rename(id, "New", "new", day.Add(time.Hour)) })
	if in := get(t, db, id); in.Name != "New" || in.Slug != "new" || !in.Updated.Equal(day.Add(time.Hour)) {
		t.Errorf("renamed to %+v", in)
	}
}

func TestPagesByName(t *testing.T) {
	db := newTest(t)
	for _, name := range []string{"b", "C", "a", "D 10", "ä", "d 9"} {
		add(t, db, name)
	}
	var got []string
	must(t, db.Read(ctx, func(tx auth.Tx) error {
		var after core.Integration
		for {
			page, err := tx.Page(after, 2)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, in := range page {
				got, after = append(got, in.Name), in
				if len(in.Links) != 1 {
					t.Errorf("%s has links %v", in.Name, in.Links)
				}
			}
		}
	}))
	if want := []string{"a", "b", "C", "D 10", "d 9", "ä"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRemoveTakesEverythingAlong(t *testing.T) {
	db := newTest(t)
	id, link := add(t, db, "Acme")
	write(t, db, func(tx auth.Tx) error {
		return errors.Join(
			tx.PutAnswer(id, link, "name", core.Answer{At: day}), tx.PutWord(id, 0, "finish", core.Word{At: day}),
			tx.PutCheck(id, link, core.Outcome{Check: "reach", State: core.Passed, At: day}),
			tx.PutSecret(link, "private-key", []byte("sealed")), tx.AddEvent(id, "created", "", day))
	})
	write(t, db, func(tx auth.Tx) error { return tx.RemoveIntegration(id) })
	for _, table := range []string{"integrations", "links", "answers", "checks", "proofs", "words", "secrets", "events"} {
		var n int
		must(t, db.sql.QueryRow(`SELECT count(*) FROM `+table).Scan(&n))
		if n != 0 {
			t.Errorf("%d left in %s", n, table)
		}
	}
	if _, again := add(t, db, "Acme"); again == link {
		t.Error("the id of a removed link is used again")
	}
}

func TestSecretsAndEvents(t *testing.T) {
	db := newTest(t)
	id, link := add(t, db, "Acme")
	write(t, db, func(tx auth.Tx) error {
		return errors.Join(tx.PutSecret(link, "a", []byte("one")), tx.PutSecret(link, "a", []byte("two")),
			tx.AddEvent(id, "first", "", day), tx.AddEvent(id, "second", "x", day), tx.AddEvent(id, "third", "", day))
	})
	must(t, db.Read(ctx, func(tx auth.Tx) error {
		a, err1 := tx.Secret(link, "a")
		none, err2 := tx.Secret(link, "b")
		events, err3 := tx.Events(id, 2)
		if string(a) != "two" || none != nil {
			t.Errorf("secrets %q, %q", a, none)
		}
		if len(events) != 2 || events[0].Kind != "third" || events[1] != (auth.Event{Kind: "second", Detail: "x", At: day}) {
			t.Errorf("events %v", events)
		}
		return errors.Join(err1, err2, err3)
	}))
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	db := newTest(t)
	boom := errors.New("boom")
	err := db.Write(ctx, func(tx auth.Tx) error {
		if _, err := tx.AddIntegration("Acme", "acme", day); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	must(t, db.Read(ctx, func(tx auth.Tx) error { // and neither does a read that writes
		_, err := tx.AddIntegration("Acme", "acme", day)
		return err
	}))
	must(t, db.Read(ctx, func(tx auth.Tx) error {
		if n, err := tx.Count(); err != nil || n != 0 {
			t.Errorf("%d integrations, %v", n, err)
		}
		return nil
	}))
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Write(cancelled, func(auth.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestKeyRecordIsClaimedOnce(t *testing.T) {
	db := newTest(t)
	if r, err := db.KeyRecord(ctx); r != nil || err != nil {
		t.Fatalf("a new database has %+v, %v", r, err)
	}
	first := seal.Record{Source: seal.SourcePassphrase, KeyID: "aa", Stretch: seal.Stretch{Salt: []byte("salt"), Time: 1, Memory: 64, Threads: 2}}
	for _, r := range []seal.Record{first, {Source: seal.SourceFile, KeyID: "bb"}} {
		if got, err := db.ClaimKeyRecord(ctx, r); err != nil || !reflect.DeepEqual(*got, first) {
			t.Errorf("stored %+v, %v", got, err)
		}
	}
	if got, err := db.KeyRecord(ctx); err != nil || !reflect.DeepEqual(*got, first) {
		t.Errorf("read %+v, %v", got, err)
	}
	if _, err := newTest(t).ClaimKeyRecord(ctx, seal.Record{Source: seal.SourceKeyring, KeyID: "cc"}); err != nil {
		t.Errorf("without a salt: %v", err)
	}
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder ?#%41", "applink.db")
	db := openTest(t, path)
	add(t, db, "Acme")
	if found := seal.CheckModes(path); len(found) != 0 {
		t.Errorf("readable by others: %v", found[0].Params)
	}
	for _, name := range []string{path, path + "-wal"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
	var mode, sync, fk string
	must(t, db.sql.QueryRow(`SELECT journal_mode, synchronous, foreign_keys FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys`).Scan(&mode, &sync, &fk))
	if mode != "wal" || sync != "2" || fk != "1" {
		t.Errorf("journal %s, synchronous %s, foreign keys %s", mode, sync, fk)
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	garbage := bytes.Repeat([]byte("no database "), 400)
	change := func(statement string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			raw, err := sql.Open("sqlite", path)
			must(t, err)
			_, err = raw.Exec(statement)
			must(t, errors.Join(err, raw.Close()))
		}
	}
	ours := func(then func(*testing.T, string)) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			db := openTest(t, path)
			for i := range 50 {
				add(t, db, fmt.Sprint("Acme ", i))
			}
			must(t, db.Close())
			then(t, path)
		}
	}
	for name, c := range map[string]struct {
		prepare func(*testing.T, string)
		code    core.Code
	}{
		"newer":                   {ours(change(`PRAGMA user_version = 99`)), finding.DatabaseNewer.Code()},
		"migrated by a newer one": {ours(change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)), finding.DatabaseNewer.Code()},
		"garbage":                 {func(t *testing.T, path string) { must(t, os.WriteFile(path, garbage, 0o600)) }, finding.DatabaseDamaged.Code()},
		"cut": {ours(func(t *testing.T, path string) {
			b, err := os.ReadFile(path)
			must(t, errors.Join(err, os.WriteFile(path, b[:len(b)/2], 0o600)))
		}), finding.DatabaseDamaged.Code()},
		"overwritten": {ours(func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteAt(garbage, 100)
			must(t, errors.Join(err, f.Close()))
		}), finding.DatabaseDamaged.Code()},
		"another program's": {change(`CREATE TABLE theirs (x)`), finding.ForeignDatabase.Code()},
		"without tables":    {change(`PRAGMA user_version = 1`), finding.ForeignDatabase.Code()},
		"head of another":   {ours(change(`PRAGMA application_id = 1`)), finding.DatabaseDamaged.Code()},
		"tables gone":       {ours(change(`DROP TABLE integrations`)), finding.DatabaseDamaged.Code()},
		"a table gone":      {ours(change(`DROP TABLE words`)), finding.DatabaseDamaged.Code()},
		"migrations lost":   {ours(change(`PRAGMA user_version = 1; DROP TABLE goose_db_version`)), finding.DatabaseDamaged.Code()},
		"cut to nothing":    {ours(func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }), finding.DatabaseEmpty.Code()},
		"cut to a byte":     {ours(func(t *testing.T, path string) { must(t, os.Truncate(path, 1)) }), finding.DatabaseEmpty.Code()},
		"cut to its head":   {ours(func(t *testing.T, path string) { must(t, os.Truncate(path, 100)) }), finding.DatabaseEmpty.Code()},
		"cut to a page":     {ours(func(t *testing.T, path string) { must(t, os.Truncate(path, 4096)) }), finding.DatabaseDamaged.Code()},
		"empty":             {func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o600)) }, finding.DatabaseEmpty.Code()},
		"folder":            {func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, finding.DatabaseUnusable.Code()},
		"link to nowhere":   {func(t *testing.T, path string) { must(t, os.Symlink(path+" none", path)) }, finding.NoDatabase.Code()},
		"a log alone":       {func(t *testing.T, path string) { must(t, os.WriteFile(path+"-wal", garbage, 0o600)) }, finding.OrphanedLog.Code()},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "applink.db")
			c.prepare(t, path)
			before, _ := os.ReadFile(path)
			db, err := Open(ctx, path)
			if err == nil {
				defer db.Close()
				err = db.Read(ctx, func(tx auth.Tx) error { _, err := tx.Page(core.Integration{}, 100); return err })
			}
			if f := wantCode(t, err, c.code); f.Params["path"] != path {
				t.Errorf("path %q", f.Params["path"])
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

// Whoever only reads makes nothing, not even the folder.
func TestOpenExistingMakesNothing(t *testing.T) {
	dir := t.TempDir()
	_, err := OpenExisting(ctx, filepath.Join(dir, "none", "applink.db"))
	wantCode(t, err, finding.NoDatabase.Code())
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("made %v", left)
	}
}

// A new database takes its name when it is complete: nothing else is left, and what is
// there at any moment can be opened.
func TestNewDatabaseAppearsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	must(t, create(ctx, path))
	must(t, create(ctx, path)) // by another process that was slower
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
		t.Errorf("left %q", left)
	}
	db, err := OpenExisting(ctx, path)
	must(t, err)
	must(t, db.Close())
}

func TestBusyDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	one := openTest(t, path)
	two, err := open(ctx, path, time.Millisecond)
	must(t, err)
	defer two.Close()
	write(t, one, func(auth.Tx) error {
		err := two.Write(ctx, func(auth.Tx) error { return nil })
		if f := wantCode(t, err, finding.DatabaseBusy.Code()); f.Params["path"] != path {
			t.Errorf("path %q", f.Params["path"])
		}
		return two.Read(ctx, func(tx auth.Tx) error { _, err := tx.Count(); return err })
	})
}

func TestBackup(t *testing.T) {
	db := newTest(t)
	add(t, db, "Acme")
	to := filepath.Join(t.TempDir(), "copy ?.db")
	write(t, db, func(tx auth.Tx) error { // an open transaction is not part of it
		if _, err := tx.AddIntegration("Later", "later", day); err != nil {
			return err
		}
		return db.Backup(ctx, to)
	})
	info, err := os.Stat(to)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	copied := openTest(t, to)
	var mode string
	if must(t, copied.sql.QueryRow(`PRAGMA journal_mode`).Scan(&mode)); mode != "wal" {
		t.Errorf("the copy is opened in mode %s", mode)
	}
	must(t, copied.Read(ctx, func(tx auth.Tx) error {
		if n, err := tx.Count(); n != 1 || err != nil {
			t.Errorf("%d integrations, %v", n, err)
		}
		return nil
	}))
	if err := db.Backup(ctx, to); !errors.Is(err, os.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
}

func TestDefaultPath(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/data")
	if got, err := DefaultPath(); err != nil || got != filepath.FromSlash("/data/applink/applink.db") {
		t.Errorf("%q, %v", got, err)
	}
	t.Setenv("XDG_DATA_HOME", "relative")
	if got, err := DefaultPath(); err != nil || !filepath.IsAbs(got) {
		t.Errorf("%q, %v", got, err)
	}
}
