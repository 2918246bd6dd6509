// Package store keeps integrations in one SQLite file. It implements auth.Store
// and seal.Records, and is the only package that knows SQL. Importing it makes it what
// [auth.Open] opens.
//
// The file is in WAL mode, so that readers and the one writer of the moment do
// not wait for each other, in this process and in others. A write is one
// transaction that takes the write lock at its start and is on disk (synchronous
// FULL) when [DB.Write] returns nil: a kill at any moment loses nothing that was
// reported as saved, and leaves nothing half done. Secrets arrive here sealed.
//
// Errors that a person can do something about are *core.Finding of the AL-STORE
// family, see explain.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"applink/core/auth"
)

func init() {
	auth.Register(func(ctx context.Context, path string, create bool) (auth.Database, error) {
		if path == "" {
			var err error
			if path, err = DefaultPath(); err != nil {
				return nil, err
			}
		}
		if create {
			return Open(ctx, path)
		}
		return OpenExisting(ctx, path)
	})
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	path string
	file os.FileInfo // as it was when it was opened, nil where that cannot be told
	sql  *sql.DB
	// writing lets one goroutine of this process write at a time. SQLite would
	// make them wait too, but by polling.
	writing chan struct{}
}

// Path returns the path of the database file.
func (db *DB) Path() string { return db.path }

// Close closes the database. What was committed stays.
func (db *DB) Close() error {
	if err := db.sql.Close(); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// Read runs fn on one consistent view; what fn writes is undone.
func (db *DB) Read(ctx context.Context, fn func(auth.Tx) error) error {
	stx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return db.explain(ctx, err)
	}
	defer stx.Rollback()
	return db.explain(ctx, fn(&tx{ctx: ctx, sql: stx, changed: map[int64]bool{}}))
}

// Write runs fn in one transaction, which is committed and on disk when Write
// returns nil, and undone when fn fails. It waits up to 5 s for other processes.
func (db *DB) Write(ctx context.Context, fn func(auth.Tx) error) error {
	return db.write(ctx, func(t *tx) error { return fn(t) })
}

func (db *DB) write(ctx context.Context, fn func(*tx) error) error {
	select {
	case db.writing <- struct{}{}:
		defer func() { <-db.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	stx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return db.explain(ctx, err)
	}
	defer stx.Rollback() // without effect after Commit
	t := &tx{ctx: ctx, sql: stx, changed: map[int64]bool{}}
	if err := fn(t); err != nil {
		return db.explain(ctx, err)
	}
	if err := t.sum(); err != nil {
		return db.explain(ctx, err)
	}
	return db.explain(ctx, stx.Commit())
}

// tx is one transaction. It implements auth.Tx.
type tx struct {
	ctx context.Context
	sql *sql.Tx
	// changed are the integrations whose sum must be recomputed.
	changed map[int64]bool
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.sql.ExecContext(t.ctx, query, args...)
	return err
}

// change is exec for a statement that must hit a row; missing is the error when
// it hits none.
func (t *tx) change(missing error, query string, args ...any) error {
	r, err := t.sql.ExecContext(t.ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, missing)
	}
	return nil
}

// each runs a query and calls scan for each of its rows.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.sql.QueryContext(t.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// DefaultPath is where the database lies unless the user says otherwise:
// applink/applink.db in $XDG_DATA_HOME or ~/.local/share, on macOS in
// ~/Library/Application Support, on Windows in %LocalAppData%.
func DefaultPath() (string, error) {
	folder := os.Getenv("XDG_DATA_HOME")
	if runtime.GOOS == "windows" && folder == "" {
		folder = os.Getenv("LocalAppData")
	}
	if filepath.IsAbs(folder) {
		return filepath.Join(folder, "applink", "applink.db"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding the data folder: %w", err)
	}
	folder = filepath.Join(home, ".local", "share")
	if runtime.GOOS == "darwin" {
		folder = filepath.Join(home, "Library", "Application Support")
	}
	return filepath.Join(folder, "applink", "applink.db"), nil
}
