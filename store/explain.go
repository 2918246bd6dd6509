package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"applink/core"
	"applink/core/finding"
)

// explain turns what SQLite says into a finding, where there is one, and into
// the context's error where that is the reason. Findings pass.
func (db *DB) explain(ctx context.Context, err error) error {
	if err == nil || isFinding(err) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch primary(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return finding.DatabaseBusy.With(db.path).Because(err.Error())
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
		sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG: // tables that are not ours as we made them
		return finding.DatabaseDamaged.With(db.path).Because(err.Error())
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
		return finding.DatabaseUnusable.With(db.path).Because(err.Error())
	}
	return err
}

// code is SQLite's extended result code, 0 for other errors.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// primary is SQLite's primary result code.
func primary(err error) int { return code(err) & 0xff }

func isBusy(err error) bool {
	return primary(err) == sqlite3.SQLITE_BUSY || primary(err) == sqlite3.SQLITE_LOCKED
}

func isFinding(err error) bool {
	var f *core.Finding
	return errors.As(err, &f)
}

// taken turns the violation of a unique name or slug into its finding.
func taken(err error, name string) error {
	if code(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return finding.NameTaken.With(name)
	}
	return err
}

func unknown(name string) *core.Finding { return finding.NoSuchIntegration.With(name) }

func unknownID(id int64) *core.Finding { return unknown("#" + strconv.FormatInt(id, 10)) }

// orphan turns a reference to an integration that does not exist into its
// finding.
func orphan(err error, integration int64) error {
	if code(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY {
		return unknownID(integration)
	}
	return err
}

func noLink(id int64) error { return fmt.Errorf("link %d does not exist", id) }
