package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Restored tells what [Restore] did.
type Restored struct {
	Before string // where the database from before is kept, "" when there was none
	Report Report // of what was restored
}

// Restore puts a copy of a database, as [DB.Backup] makes it, in the place of the one at
// path. It examines the copy first, brings it up to date, and keeps what is at path under
// another name, with what belongs to it: a log that was left beside it would be taken for
// that of the copy. The new one appears whole, for the owner alone. Errors: those of
// [OpenExisting] about the copy, [finding.DatabasePartlyDamaged] when it is damaged as
// a file, and [finding.DatabaseOpenElsewhere] while another applink has the database
// open.
func Restore(ctx context.Context, from, path string) (r Restored, err error) {
	refused := func(err error) error {
		if err == nil || isFinding(err) {
			return err
		}
		return finding.DatabaseUnusable.With(path).Because(fmt.Sprintf("restoring the database: %v", err))
	}
	if err := recognise(from); err != nil {
		return r, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if one, err := os.Stat(from); err == nil {
		if other, err := os.Stat(path); err == nil && os.SameFile(one, other) {
			return r, finding.BackupIsDatabase.With(path)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return r, refused(err)
	}
	fresh, err := temporary(path)
	if err != nil {
		return r, refused(err)
	}
	defer func() {
		for _, left := range append(logs(fresh), fresh, fresh+"-shm") {
			os.Remove(left)
		}
	}()
	if err := copyDatabase(from, fresh); err != nil {
		return r, refused(err)
	}
	if r.Report, err = verify(ctx, fresh, from); err != nil {
		return r, refused(err)
	}
	release, err := alone(ctx, path)
	if err != nil {
		return r, err
	}
	defer release()
	if runtime.GOOS == "windows" {
		release() // an open file has to keep its name there
	}
	if r.Before, err = setAside(path); err != nil {
		return r, refused(err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return r, refused(err)
	}
	if folder, err := os.Open(filepath.Dir(path)); err == nil {
		folder.Sync() // not every system can
		folder.Close()
	}
	return r, nil
}

// copyDatabase copies a database with the log beside it, which holds its latest changes.
func copyDatabase(from, to string) error {
	for _, end := range []string{"", "-wal", "-journal"} {
		in, err := os.Open(from + end)
		if errors.Is(err, fs.ErrNotExist) && end != "" {
			continue
		}
		if err != nil {
			return err
		}
		out, err := os.OpenFile(to+end, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err == nil {
			_, err = io.Copy(out, in)
			err = errors.Join(err, out.Sync(), out.Close())
		}
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
	}
	return nil
}

// verify examines a copy and brings it up to date, in one file without a log. Findings
// name the file that it was copied from.
func verify(ctx context.Context, path, from string) (Report, error) {
	db, err := connect(path, busyLimit)
	if err != nil {
		return Report{}, err
	}
	defer db.sql.Close()
	rename := func(err error) error {
		var f *core.Finding
		if errors.As(err, &f) && f.Params["path"] == path {
			f.Params["path"] = from
		}
		return err
	}
	if err := db.prepare(ctx, busyLimit); err != nil {
		return Report{}, rename(err)
	}
	r, err := db.Examine(ctx)
	if err != nil {
		return r, err
	}
	if len(r.Faults) > 0 {
		return r, r.Finding(from)
	}
	return r, db.Close() // puts the log into the file
}

// aloneLimit bounds the wait for other commands to end.
const aloneLimit = time.Second

// alone makes sure that nobody else has the database open, and holds others off until
// release is called. What is no database any more cannot be held.
func alone(ctx context.Context, path string) (release func(), err error) {
	nothing := func() {}
	if recognise(path) != nil {
		return nothing, nil
	}
	db, err := connect(path, busyLimit)
	if err != nil {
		return nothing, nil
	}
	db.sql.SetMaxOpenConns(1)
	for deadline := time.Now().Add(aloneLimit); ; time.Sleep(time.Millisecond) {
		// Leaving WAL mode needs the file for itself. It also puts the log into the file.
		_, err = db.sql.ExecContext(ctx, `PRAGMA journal_mode = DELETE`)
		if !isBusy(err) || time.Now().After(deadline) {
			break
		}
	}
	if err == nil {
		_, err = db.sql.ExecContext(ctx, `BEGIN EXCLUSIVE`)
	}
	if err == nil {
		return func() { db.sql.Close() }, nil
	}
	db.sql.Close()
	if isBusy(err) {
		return nothing, finding.DatabaseOpenElsewhere.With(path).Because(err.Error())
	}
	return nothing, ctx.Err() // damaged: it is kept as it is
}

// setAside gives the database at path, with what belongs to it, another name, and
// returns that; "" when there is nothing. The database itself keeps its name as well,
// where the file system can do that, until another one takes it.
func setAside(path string) (before string, err error) {
	if !occupied(path) {
		return "", nil
	}
	ext := filepath.Ext(path)
	name := strings.TrimSuffix(path, ext) + "-before-" + time.Now().Format("20060102-150405")
	before = name + ext
	for n := 2; occupied(before); n++ {
		before = fmt.Sprintf("%s-%d%s", name, n, ext)
	}
	for _, end := range []string{"-wal", "-journal", "-shm"} {
		if err := os.Rename(path+end, before+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Link(path, before); err == nil || errors.Is(err, fs.ErrNotExist) {
		return before, nil
	}
	return before, os.Rename(path, before)
}

// occupied reports whether a database, or what belongs to one, has this name.
func occupied(path string) bool {
	for _, end := range []string{"", "-wal", "-journal", "-shm"} {
		if _, err := os.Lstat(path + end); err == nil {
			return true
		}
	}
	return false
}
