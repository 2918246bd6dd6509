package store

import (
	"cmp"
	"database/sql"
	"time"

	"applink/core/auth"
)

func (t *tx) AddEvent(integration int64, kind, detail string, at time.Time) error {
	err := t.exec(`INSERT INTO events (integration, kind, detail, at) VALUES (?, ?, ?, ?)`,
		integration, kind, detail, at.UnixMilli())
	return orphan(err, integration)
}

func (t *tx) Events(integration int64, limit int) (events []auth.Event, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var e auth.Event
		var at int64
		err := rows.Scan(line(&e.Kind), line(&e.Detail), &at)
		e.At = time.UnixMilli(at)
		events = append(events, e)
		return err
	}, `SELECT kind, detail, at FROM events WHERE integration = ? ORDER BY id DESC LIMIT ?`, integration, cmp.Or(limit, -1))
	return events, err
}
