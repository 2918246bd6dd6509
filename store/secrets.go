package store

import (
	"context"
	"database/sql"
	"errors"

	sqlite3 "modernc.org/sqlite/lib"

	"applink/core/seal"
)

var _ seal.Records = (*DB)(nil)

func (t *tx) PutSecret(link int64, name string, sealed []byte) error {
	err := t.exec(`INSERT INTO secrets (link, name, sealed) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET sealed = excluded.sealed`, link, name, sealed)
	if code(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY {
		return noLink(link)
	}
	return err
}

func (t *tx) Secret(link int64, name string) (sealed []byte, err error) {
	err = t.sql.QueryRowContext(t.ctx, `SELECT sealed FROM secrets WHERE link = ? AND name = ?`, link, name).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return sealed, err
}

func (t *tx) DropSecret(link int64, name string) error {
	return t.exec(`DELETE FROM secrets WHERE link = ? AND name = ?`, link, name)
}

// KeyRecord returns where the key of this database lives, nil while it has none.
func (db *DB) KeyRecord(ctx context.Context) (*seal.Record, error) {
	r, err := keyRecord(ctx, db.sql)
	return r, db.explain(ctx, err)
}

// ClaimKeyRecord stores the record unless there is one already, in this process
// or another, and returns the one that is stored.
func (db *DB) ClaimKeyRecord(ctx context.Context, r seal.Record) (stored *seal.Record, err error) {
	salt := r.Stretch.Salt
	if salt == nil {
		salt = []byte{}
	}
	err = db.write(ctx, func(t *tx) error {
		err := t.exec(`INSERT INTO key_record (id, source, key_id, salt, time, memory, threads)
			VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			string(r.Source), r.KeyID, salt, r.Stretch.Time, r.Stretch.Memory, r.Stretch.Threads)
		if err == nil {
			stored, err = keyRecord(ctx, t.sql)
		}
		return err
	})
	return stored, err
}

func keyRecord(ctx context.Context, from interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (*seal.Record, error) {
	var r seal.Record
	err := from.QueryRowContext(ctx, `SELECT source, key_id, salt, time, memory, threads FROM key_record`).
		Scan(&r.Source, &r.KeyID, &r.Stretch.Salt, &r.Stretch.Time, &r.Stretch.Memory, &r.Stretch.Threads)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}
