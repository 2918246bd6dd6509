package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
)

// namesIn are the names of the integrations in a database.
func namesIn(t *testing.T, path string) (names []string) {
	t.Helper()
	db, err := OpenExisting(ctx, path)
	must(t, err)
	defer db.Close()
	ins, err := all(db)
	must(t, err)
	for _, in := range ins {
		names = append(names, in.Name)
	}
	return names
}

func equal(a []string, b ...string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// backedUp makes a database with one integration, a copy of it, and then another
// integration; what is left of a process that was killed stands beside it.
func backedUp(t *testing.T) (path, copied string) {
	t.Helper()
	path, copied = filepath.Join(t.TempDir(), "applink.db"), filepath.Join(t.TempDir(), "copy.db")
	db := openTest(t, path)
	add(t, db, "Then")
	must(t, db.Backup(ctx, copied))
	add(t, db, "Now")
	killed := map[string][]byte{}
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		must(t, err)
		killed[end] = b
	}
	must(t, db.Close())
	for end, b := range killed {
		must(t, os.WriteFile(path+end, b, 0o600))
	}
	return path, copied
}

// A log that was left beside the database is not taken for that of the copy: it goes with
// the database that it belongs to, which can be restored in turn.
func TestRestoreBesideALeftOverLog(t *testing.T) {
	path, copied := backedUp(t)
	r, err := Restore(ctx, copied, path)
	must(t, err)
	if got := namesIn(t, path); !equal(got, "Then") {
		t.Errorf("restored %q", got)
	}
	if got := namesIn(t, r.Before); !equal(got, "Now", "Then") {
		t.Errorf("kept %q in %s", got, r.Before)
	}
	if !r.Report.Sound() || len(r.Report.Whole) != 1 {
		t.Errorf("report %+v", r.Report)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".new-*"); len(left) != 0 {
		t.Errorf("left %q", left)
	}
	again, err := Restore(ctx, r.Before, path)
	must(t, err)
	if got := namesIn(t, path); !equal(got, "Now", "Then") || again.Before == r.Before {
		t.Errorf("back again: %q, kept as %s", got, again.Before)
	}
}

// What is in the place of the database can be missing, empty, damaged or a log alone.
// It is kept, and never mixed with the copy.
func TestRestoreOverAnything(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"nothing":     func(t *testing.T, path string) { must(t, errors.Join(os.Remove(path), os.Remove(path+"-wal"))) },
		"a log alone": func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"empty":       func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"garbage":     func(t *testing.T, path string) { must(t, os.WriteFile(path, bytes.Repeat([]byte("no "), 999), 0o644)) },
		"cut": func(t *testing.T, path string) {
			must(t, errors.Join(os.Truncate(path, 4096), os.Remove(path+"-wal")))
		},
		"through a link": func(t *testing.T, path string) {
			must(t, errors.Join(os.Rename(path, path+".real"), os.Remove(path+"-wal"), os.Symlink(path+".real", path)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, copied := backedUp(t)
			spoil(t, path)
			before, _ := os.ReadFile(path)
			r, err := Restore(ctx, copied, path)
			must(t, err)
			if got := namesIn(t, path); !equal(got, "Then") {
				t.Errorf("restored %q", got)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if kept, _ := os.ReadFile(r.Before); len(before) > 0 && name != "through a link" && !bytes.Equal(kept, before) {
				t.Errorf("%d bytes are kept as %d", len(before), len(kept))
			}
			if (r.Before == "") != (name == "nothing") {
				t.Errorf("kept as %q", r.Before)
			}
		})
	}
}

// A copy that cannot be used changes nothing.
func TestRestoreRefusesWhatIsNoCopy(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, copied string) string
		code  core.Code
	}{
		"missing": {func(_ *testing.T, copied string) string { return copied + "x" }, finding.NoDatabase.Code()},
		"empty":   {func(t *testing.T, copied string) string { must(t, os.Truncate(copied, 0)); return copied }, finding.DatabaseEmpty.Code()},
		"cut":     {func(t *testing.T, copied string) string { must(t, os.Truncate(copied, 8192)); return copied }, finding.DatabaseDamaged.Code()},
		"garbage": {func(t *testing.T, copied string) string {
			must(t, os.WriteFile(copied, bytes.Repeat([]byte("no "), 999), 0o600))
			return copied
		}, finding.DatabaseDamaged.Code()},
		"a page overwritten": {func(t *testing.T, copied string) string {
			f, err := os.OpenFile(copied, os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteAt(bytes.Repeat([]byte{0xaa}, 2000), 3*4096)
			must(t, errors.Join(err, f.Close()))
			return copied
		}, finding.DatabasePartlyDamaged.Code()},
		"newer": {func(t *testing.T, copied string) string {
			execute(t, copied, `PRAGMA user_version = 99`)
			return copied
		}, finding.DatabaseNewer.Code()},
		"migrated by a newer one": {func(t *testing.T, copied string) string {
			execute(t, copied, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
			return copied
		}, finding.DatabaseNewer.Code()},
		"another's": {func(t *testing.T, copied string) string {
			other := copied + "2"
			execute(t, other, `CREATE TABLE x (y)`)
			return other
		}, finding.ForeignDatabase.Code()},
		"a folder":     {func(_ *testing.T, copied string) string { return filepath.Dir(copied) }, finding.DatabaseUnusable.Code()},
		"the database": {func(*testing.T, string) string { return "" }, finding.BackupIsDatabase.Code()},
	} {
		t.Run(name, func(t *testing.T) {
			path, copied := backedUp(t)
			from := c.spoil(t, copied)
			if from == "" {
				from = path
			}
			_, err := Restore(ctx, from, path)
			if f := wantCode(t, err, c.code); f.Params["path"] != from {
				t.Errorf("it names %q, not %q", f.Params["path"], from)
			}
			files, _ := os.ReadDir(filepath.Dir(path))
			if got := namesIn(t, path); !equal(got, "Now", "Then") || len(files) > 3 {
				t.Errorf("now there is %q, %v", got, files)
			}
		})
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := connect(path, busyLimit)
	if _, missing := os.Stat(path); missing != nil {
		must(t, os.WriteFile(path, nil, 0o600))
	}
	must(t, err)
	_, err = db.sql.Exec(statement)
	must(t, errors.Join(err, db.sql.Close()))
}

// While another one has the database open, even if it does nothing, it stays.
func TestRestoreRefusesADatabaseInUse(t *testing.T) {
	path, copied := backedUp(t)
	db := openTest(t, path)
	_, err := Restore(ctx, copied, path)
	if f := wantCode(t, err, finding.DatabaseOpenElsewhere.Code()); f.Params["path"] != path {
		t.Errorf("path %q", f.Params["path"])
	}
	add(t, db, "Later")
	must(t, db.Close())
	if got := namesIn(t, path); !equal(got, "Later", "Now", "Then") {
		t.Errorf("%q", got)
	}
	_, err = Restore(ctx, copied, path)
	must(t, err)
}

// Whoever opens the database while it is replaced gets the one or the other whole, and
// writes to none that is set aside.
func TestRestoreAmongReaders(t *testing.T) {
	path, copied := backedUp(t)
	namesIn(t, path)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				db, err := OpenExisting(ctx, path)
				if err != nil {
					t.Error(err)
					return
				}
				err = db.Read(ctx, func(tx auth.Tx) error { _, err := tx.Count(); return err })
				if err := errors.Join(err, db.Close()); err != nil {
					t.Error(err)
				}
				time.Sleep(3 * time.Millisecond)
			}
		})
	}
	restored := 0
	for range 8 {
		if _, err := Restore(ctx, copied, path); err == nil {
			restored++
		} else {
			wantCode(t, err, finding.DatabaseOpenElsewhere.Code())
		}
	}
	close(stop)
	readers.Wait()
	if _, err := Restore(ctx, copied, path); err != nil {
		t.Error(err)
	}
	if got := namesIn(t, path); !equal(got, "Then") {
		t.Errorf("%q", got)
	}
	if restored == 0 {
		t.Error("no restoring among them")
	}
	db := openTest(t, path)
	sound(t, db)
}

// An examination tells what is whole and what is not, of a file that can be opened and
// of one that cannot.
func TestExamine(t *testing.T) {
	db := damagedBy(t, `PRAGMA foreign_keys = 0; DELETE FROM answers WHERE integration = 2; DELETE FROM integrations WHERE id = 3`)
	r, err := db.Examine(ctx)
	must(t, err)
	if len(r.Faults) != 0 || r.Orphans == 0 || len(r.Whole) != 1 || len(r.Damaged) != 1 || r.Damaged[0].Name != "Two" || r.Version != latest() {
		t.Errorf("%+v", r)
	}
	if f := r.Finding("x"); f.Params["whole"] != "One" || f.Params["damaged"] != "Two" {
		t.Errorf("%+v", f)
	}
	must(t, db.Close())
	must(t, os.Truncate(db.Path(), 5*4096))
	if r, err = Examine(ctx, db.Path()); err != nil || r.Sound() || len(r.Faults) == 0 {
		t.Errorf("cut: %+v, %v", r, err)
	}
	if r, err = newTest(t).Examine(ctx); err != nil || !r.Sound() || r.Finding("x") != nil {
		t.Errorf("new: %+v, %v", r, err)
	}
}
