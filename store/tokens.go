package store

import (
	"database/sql"
	"errors"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"applink/core/auth"
)

func (t *tx) PutTokens(link int64, k auth.KeptTokens) error {
	err := t.exec(`INSERT INTO tokens (link, sealed, renew_at, begun, leased, dead, kept, renewed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET sealed = excluded.sealed, renew_at = excluded.renew_at,
		begun = excluded.begun, leased = excluded.leased, dead = excluded.dead,
		kept = excluded.kept, renewed = excluded.renewed`,
		link, k.Sealed, millis(k.RenewAt), millis(k.Begun), millis(k.Leased), k.Dead, millis(k.Kept), millis(k.Renewed))
	if code(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY {
		return noLink(link)
	}
	return err
}

func (t *tx) Tokens(link int64) (k auth.KeptTokens, err error) {
	var renewAt, begun, leased, kept, renewed int64
	err = t.sql.QueryRowContext(t.ctx, `SELECT sealed, renew_at, begun, leased, dead, kept, renewed FROM tokens WHERE link = ?`, link).
		Scan(&k.Sealed, &renewAt, &begun, &leased, &k.Dead, &kept, &renewed)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.KeptTokens{}, nil
	}
	k.RenewAt, k.Begun, k.Leased = moment(renewAt), moment(begun), moment(leased)
	k.Kept, k.Renewed = moment(kept), moment(renewed)
	return k, err
}

func (t *tx) DropTokens(link int64) error {
	return t.exec(`DELETE FROM tokens WHERE link = ?`, link)
}

// millis returns the stored form of a time: Unix milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
