package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"applink/core"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as ours: "APLK".
const applicationID = 0x41504c4b

// busyLimit is how long we wait for another process that writes.
const busyLimit = 5 * time.Second

// connections is how many readers and writers of one process can be at work at
// once; the others wait.
const connections = 4

// Open opens the database at path and brings it up to date. A new one is made
// with its folder, both for the owner alone. Errors: AL-STORE-003 when a newer
// applink wrote it, AL-STORE-004 when it is damaged, AL-STORE-007 when another
// process holds it, AL-STORE-011 when the system refuses to open or write it,
// AL-STORE-012 when it is another program's.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := create(path); err != nil {
		return nil, core.Find("AL-STORE-011", fmt.Sprintf("creating the database: %v", err), "path", path)
	}
	return open(ctx, path, busyLimit)
}

// create makes folder and file, where they do not exist, before SQLite would
// make them readable by others.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// fdatasync makes a commit wait for the data only and not for time stamps, as
// SQLite does on Linux by default. Where the system knows no such call, the
// driver's choice stays.
var fdatasync = sync.OnceFunc(func() { sqlite.Fdatasync(true) })

func open(ctx context.Context, path string, busy time.Duration) (*DB, error) {
	fdatasync()
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	dsn := "file:" + (&url.URL{Path: name}).EscapedPath() + "?mode=rw&_txlock=immediate" +
		"&_busy_timeout=" + strconv.FormatInt(busy.Milliseconds(), 10) +
		"&_foreign_keys=1&_synchronous=FULL"
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	db := &DB{path: path, sql: sql.OpenDB(connector), writing: make(chan struct{}, 1)}
	db.sql.SetMaxOpenConns(connections)
	db.sql.SetMaxIdleConns(connections)
	if err := db.prepare(ctx, busy); err != nil {
		db.sql.Close()
		return nil, err
	}
	return db, nil
}

// prepare checks what the file is and migrates it. It tries again while another
// process does the same: a change to WAL mode does not wait for locks by itself,
// and the slower of two migrations finds the tables made.
func (db *DB) prepare(ctx context.Context, busy time.Duration) error {
	const pause = 10 * time.Millisecond
	deadline := time.Now().Add(busy)
	for failures := 0; ; {
		err := db.migrate(ctx)
		if err == nil {
			return nil
		}
		if !isBusy(err) {
			failures++
		}
		if failures == 3 || ctx.Err() != nil || isFinding(err) || time.Now().After(deadline) {
			return db.explain(ctx, fmt.Errorf("preparing the database: %w", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// latest is the number of the newest migration. Every migration leaves its
// number in user_version, so that a database that is up to date needs one query
// to be known as such.
var latest = sync.OnceValue(func() (n int) {
	files, _ := migrations.ReadDir("migrations") // embedded: cannot fail
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	n, _ = strconv.Atoi(number)
	return n
})

func (db *DB) migrate(ctx context.Context) error {
	var version, id int
	var empty bool
	var journal string
	err := db.sql.QueryRowContext(ctx, `SELECT user_version, application_id, journal_mode,
		NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%')
		FROM pragma_user_version, pragma_application_id, pragma_journal_mode`).Scan(&version, &id, &journal, &empty)
	switch {
	case err != nil:
		return err
	case id != applicationID && !empty:
		return core.Find("AL-STORE-012", "", "path", db.path)
	case version > latest():
		return core.Find("AL-STORE-003", "", "path", db.path)
	case version == latest() && journal == "wal":
		return nil
	}
	// The mode is kept in the file, but a backup is made without it.
	if _, err := db.sql.ExecContext(ctx, `PRAGMA journal_mode = WAL`); err != nil {
		return err
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.sql, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}
