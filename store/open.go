package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
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
	"applink/core/finding"
	"applink/core/seal"
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

// Open opens the database at path and brings it up to date. Where there is no file
// a new database is made with its folder, both for the owner alone. Errors are those
// of [OpenExisting] without [finding.NoDatabase].
func Open(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(ctx, path); err != nil {
			return nil, err
		}
	}
	return OpenExisting(ctx, path)
}

// OpenExisting is Open without making anything. Errors: [finding.NoDatabase] when there is
// no file, [finding.DatabaseEmpty] when it is empty or cut to less than any database has,
// [finding.DatabaseNewer] when a newer applink wrote it, [finding.DatabaseDamaged] when
// it is damaged, [finding.DatabaseBusy] when another process holds it,
// [finding.DatabaseUnusable] when the system refuses to open or write it,
// [finding.ForeignDatabase] when it is another program's.
func OpenExisting(ctx context.Context, path string) (*DB, error) {
	if err := recognise(path); err != nil {
		return nil, err
	}
	return open(ctx, path, busyLimit)
}

// create makes a database in the file and folder that do not exist yet. It takes its
// name when it is complete, so that a crash leaves no half of one, and not over that
// of another process that was quicker.
func create(ctx context.Context, path string) error {
	refused := func(err error) error {
		return finding.DatabaseUnusable.With(path).Because(fmt.Sprintf("creating the database: %v", err))
	}
	for _, log := range logs(path) {
		if info, err := os.Stat(log); err == nil && info.Size() > 0 {
			return finding.OrphanedLog.With(path, log)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return refused(err)
	}
	fresh, err := temporary(path)
	if err != nil {
		return refused(err)
	}
	defer os.Remove(fresh)
	db, err := connect(fresh, busyLimit)
	if err != nil {
		return err
	}
	if err := errors.Join(db.update(ctx, 0), db.Close()); err != nil { // leaves one file, without a log beside it
		return refused(err)
	}
	if err := os.Link(fresh, path); err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	// A file system without links.
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	if err := os.Rename(fresh, path); err != nil {
		return refused(err)
	}
	return nil
}

// logs are the files beside a database in which SQLite keeps what is to be written
// to it, or to be undone.
func logs(path string) []string { return []string{path + "-wal", path + "-journal"} }

// temporary makes an empty file beside path that only the owner can read.
func temporary(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// smallest is the smallest size of a SQLite database, in bytes, and magic how it
// begins.
const (
	smallest = 512
	magic    = "SQLite format 3\x00"
)

// recognise refuses what is no database file. SQLite would take an empty one for a
// new database and write to it.
func recognise(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding.NoDatabase.With(path).Because(err.Error())
	case err != nil:
		return finding.DatabaseUnusable.With(path).Because(err.Error())
	case !info.Mode().IsRegular():
		return finding.DatabaseUnusable.With(path).Because("it is no regular file")
	case info.Size() < smallest:
		return finding.DatabaseEmpty.With(path, strconv.FormatInt(info.Size(), 10))
	}
	f, err := os.Open(path)
	if err != nil {
		return finding.DatabaseUnusable.With(path).Because(err.Error())
	}
	defer f.Close()
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil {
		return finding.DatabaseUnusable.With(path).Because(err.Error())
	}
	if string(head) != magic {
		return finding.DatabaseDamaged.With(path).Because("it does not begin as a SQLite database does")
	}
	return nil
}

// fdatasync makes a commit wait for the data only and not for time stamps, as
// SQLite does on Linux by default. Where the system knows no such call, the
// driver's choice stays.
var fdatasync = sync.OnceFunc(func() { sqlite.Fdatasync(true) })

func open(ctx context.Context, path string, busy time.Duration) (*DB, error) {
	for {
		db, err := connect(path, busy)
		if err != nil {
			return nil, err
		}
		if err = db.prepare(ctx, busy); err == nil {
			return db, nil
		}
		if db.sql.Close(); !errors.Is(err, errReplaced) {
			return nil, err
		}
	}
}

// errReplaced: another database took the place of the file while it was waited for.
var errReplaced = errors.New("the database was replaced")

// replaced reports whether path names another file by now than the one that is open.
func (db *DB) replaced() bool {
	info, err := os.Stat(db.path)
	return err == nil && db.file != nil && !os.SameFile(info, db.file)
}

// connect opens a file without looking at it.
func connect(path string, busy time.Duration) (*DB, error) {
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
	file, _ := os.Stat(path)
	db := &DB{path: path, file: file, sql: sql.OpenDB(connector), writing: make(chan struct{}, 1)}
	db.sql.SetMaxOpenConns(connections)
	db.sql.SetMaxIdleConns(connections)
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
		if errors.Is(err, errReplaced) {
			return err
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

// latest is the number of the newest migration. It is left in user_version, so that a
// database that is up to date needs one query to be known as such.
var latest = sync.OnceValue(func() (n int) {
	files, _ := migrations.ReadDir("migrations") // embedded: cannot fail
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	n, _ = strconv.Atoi(number)
	return n
})

func (db *DB) migrate(ctx context.Context) error {
	var version, id int
	var ours bool
	var journal string
	err := db.sql.QueryRowContext(ctx, `SELECT user_version, application_id, journal_mode,
		(SELECT count(*) FROM sqlite_schema WHERE name IN ('integrations', 'key_record', 'goose_db_version')) = 3
		FROM pragma_user_version, pragma_application_id, pragma_journal_mode`).Scan(&version, &id, &journal, &ours)
	newest := version
	if err == nil && ours {
		newest, err = db.newest(ctx, version)
	}
	switch {
	case err != nil:
		return err
	case id != applicationID && ours, id == applicationID && !ours:
		return finding.DatabaseDamaged.With(db.path).Because("the head of the file and its tables differ")
	case id != applicationID:
		return finding.ForeignDatabase.With(db.path)
	case newest > latest():
		return finding.DatabaseNewer.With(db.path)
	case version == latest() && journal == "wal":
		return nil
	case db.replaced():
		return errReplaced // its log would be taken for that of the other
	}
	return db.update(ctx, version)
}

// newest is the highest version that either record of the migrations names: an update that
// was broken off has noted it in one of them only.
func (db *DB) newest(ctx context.Context, version int) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT max(?, coalesce(max(version_id), 0)) FROM goose_db_version WHERE is_applied`, version).Scan(&n)
	return n, err
}

// update brings the tables from a version to the latest. The version is noted last: what
// was broken off is done again.
func (db *DB) update(ctx context.Context, version int) error {
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
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	return db.write(ctx, func(t *tx) error {
		if version < sumsVersion {
			if err := t.firstSums(); err != nil {
				return err
			}
		}
		if version < completedVersion {
			if err := t.firstCompletions(); err != nil {
				return err
			}
		}
		return t.exec(`PRAGMA user_version = ` + strconv.Itoa(latest()))
	})
}

// sumsVersion is the first version of the tables in which every integration has a sum,
// and certificates stand in the place of the path of their file.
const sumsVersion = 5

// firstSums puts certificates where the paths of their files are stored, and has every
// integration summed up. The path of a file that cannot be used stays, and is told when
// it is needed.
func (t *tx) firstSums() error {
	kept := map[int64]string{}
	err := t.each(func(rows *sql.Rows) error {
		var integration int64
		var path string
		if err := rows.Scan(&integration, &path); err != nil {
			return nil // told where the record is read
		}
		if text, err := seal.Authorities(path); err == nil && text != path {
			kept[integration] = text
		}
		return nil
	}, `SELECT integration, value FROM answers WHERE link = 0 AND field = ?`, string(core.FieldCAFile))
	for integration, text := range kept {
		err = errors.Join(err, t.exec(`UPDATE answers SET value = ? WHERE integration = ? AND link = 0 AND field = ?`,
			text, integration, string(core.FieldCAFile)))
	}
	return errors.Join(err, t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		t.changed[id] = true
		return err
	}, `SELECT id FROM integrations WHERE sum IS NULL`))
}
