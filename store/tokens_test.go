package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"applink/core"
	"applink/core/auth"
)

func tokensOf(t *testing.T, db *DB, link int64) (k auth.KeptTokens) {
	t.Helper()
	must(t, db.Read(ctx, func(tx auth.Tx) (err error) { k, err = tx.Tokens(link); return err }))
	return k
}

func TestTokensComeBackAsTheyWent(t *testing.T) {
	db := newTest(t)
	id, link := add(t, db, "Acme")
	if k := tokensOf(t, db, link); !reflect.DeepEqual(k, auth.KeptTokens{}) {
		t.Errorf("before there were any: %+v", k)
	}
	for _, want := range []auth.KeptTokens{
		{Sealed: []byte("first"), RenewAt: day},
		{Sealed: []byte("first"), RenewAt: day, Begun: day.Add(time.Second), Leased: day.Add(time.Minute)},
		{Sealed: []byte("second"), Dead: true, Kept: day, Renewed: day.Add(time.Hour)},
	} {
		write(t, db, func(tx auth.Tx) error { return tx.PutTokens(link, want) })
		if k := tokensOf(t, db, link); !reflect.DeepEqual(k, want) {
			t.Errorf("got %+v, want %+v", k, want)
		}
	}
	if err := db.Write(ctx, func(tx auth.Tx) error { return tx.PutTokens(99, auth.KeptTokens{Sealed: []byte("x")}) }); err == nil {
		t.Error("tokens of a link that does not exist")
	}
	write(t, db, func(tx auth.Tx) error { return tx.RemoveIntegration(id) })
	if k := tokensOf(t, db, link); k.Sealed != nil {
		t.Error("tokens outlived their integration")
	}
}

// A database of the first version is brought up to date with all that is in it.
func TestMigrationFromTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	db, err := Open(ctx, path)
	must(t, err)
	folder, err := fs.Sub(migrations, "migrations")
	must(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db.sql, folder, goose.WithDisableGlobalRegistry(true))
	must(t, err)
	id, link := add(t, db, "Acme")
	version := map[core.Learned]string{core.LearnedVersion: "9.4.0"}
	gone, there := filepath.Join(t.TempDir(), "gone.pem"), filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(there, []byte("note\n"+authority(t)), 0o600))
	other, _ := add(t, db, "Other")
	write(t, db, func(tx auth.Tx) error {
		return errors.Join(
			tx.PutCheck(id, link, core.Outcome{Check: core.CheckConsumer, State: core.Passed, Strength: core.Weak, At: day}),
			tx.PutAnswer(id, 0, core.FieldCAFile, core.Answer{Value: there, At: day}),
			tx.PutAnswer(other, 0, core.FieldCAFile, core.Answer{Value: gone, At: day}),
			tx.PutAnswer(id, 99, core.FieldClientID, core.Answer{Value: "of a link that was removed", At: day}),
			tx.SetState(link, core.LinkActive),
			tx.AddEvent(id, "checked", "reach passed", day.Add(time.Minute)),
			tx.PutCheck(id, 0, core.Outcome{Check: core.CheckReach, State: core.Failed, Learned: version, At: day.Add(time.Hour)}))
	})
	_, err = db.sql.ExecContext(ctx, `DROP TABLE tokens; DROP TABLE proofs; ALTER TABLE integrations DROP COLUMN sum; ALTER TABLE links DROP COLUMN completed; DELETE FROM goose_db_version WHERE version_id > 1; PRAGMA user_version = 1`)
	must(t, err)
	if v, err := p.GetDBVersion(ctx); v != 1 || err != nil {
		t.Fatalf("version %d, %v", v, err)
	}
	must(t, db.Close())
	db = openTest(t, path)
	write(t, db, func(tx auth.Tx) error { return tx.PutTokens(link, auth.KeptTokens{Sealed: []byte("x")}) })
	in := get(t, db, id)
	if stored := in.Answers[core.FieldCAFile].Value; stored != authority(t) {
		t.Errorf("the certificates of a file are stored as %q", stored)
	}
	if stored := get(t, db, other).Answers[core.FieldCAFile].Value; stored != gone {
		t.Errorf("a file that is gone is stored as %q", stored)
	}
	if in.Damage != nil {
		t.Errorf("damaged: %v", in.Damage)
	}
	if in.Name != "Acme" {
		t.Errorf("it holds %+v", in)
	}
	if fields := in.Links[0].Completed["base-url"]; !slices.Contains(fields, core.FieldBaseURL) {
		t.Errorf("a link that was complete is held to %v", in.Links[0].Completed)
	}
	if draft := get(t, db, other).Links[0]; draft.Completed != nil {
		t.Errorf("a draft is held to %v", draft.Completed)
	}
	// That version overwrote a proof by the next failure, but kept what was learned.
	if o, ok := in.Proof(core.CheckReach); !ok || o.Learned[core.LearnedVersion] != "9.4.0" || !o.At.Equal(day.Add(time.Minute)) {
		t.Errorf("the server is proved by %+v", o)
	}
	write(t, db, func(tx auth.Tx) error {
		return tx.PutCheck(id, link, core.Outcome{Check: core.CheckConsumer, State: core.Failed, At: day.Add(time.Hour)})
	})
	if o, ok := get(t, db, id).Links[0].Proof(core.CheckConsumer); !ok || o.Strength != core.Weak || !o.At.Equal(day) {
		t.Errorf("a failure after the migration leaves the proof %+v", o)
	}
}

// authority is a certificate that signs itself, always the same.
func authority(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "authority.pem"))
	must(t, err)
	return string(b)
}
