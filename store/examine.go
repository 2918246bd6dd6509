package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Report is what an examination of a database found.
type Report struct {
	Version, Latest int      // of the tables, and the version that this applink makes
	Faults          []string // what SQLite says of the file; empty when it is sound
	Orphans         int      // rows of what is gone
	// Whole are the integrations that were read as they were stored, Damaged the others.
	Whole, Damaged []core.Integration
	Interrupted    []string // names of integrations whose tokens were being refreshed when the refresh was broken off
}

// Sound reports whether nothing is damaged.
func (r Report) Sound() bool {
	return len(r.Faults) == 0 && r.Orphans == 0 && len(r.Damaged) == 0
}

// Finding tells what can be saved and what cannot: [finding.DatabasePartlyDamaged], nil
// when nothing is damaged.
func (r Report) Finding(path string) *core.Finding {
	if r.Sound() {
		return nil
	}
	return finding.DatabasePartlyDamaged.With(path, names(r.Whole), names(r.Damaged)).Because(strings.Join(r.Faults, "\n"))
}

func names(ins []core.Integration) string {
	const named = 8
	var list []string
	for i, in := range ins {
		if i == named {
			list = append(list, fmt.Sprintf("%d more", len(ins)-named))
			break
		}
		list = append(list, in.Name)
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// tables are all that a database must have.
var tables = []string{"integrations", "links", "answers", "checks", "proofs", "words", "secrets", "tokens", "events", "key_record"}

// Examine reads all of the database, as far as it can be read: a part that cannot be
// is a fault of the report. The error is that of ctx.
func (db *DB) Examine(ctx context.Context) (r Report, err error) {
	r.Latest = latest()
	fault := func(part string, err error) {
		if err != nil {
			r.Faults = append(r.Faults, part+": "+err.Error())
		}
	}
	stx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		fault("opening", err)
		return r, ctx.Err()
	}
	defer stx.Rollback()
	t := &tx{ctx: ctx, sql: stx, changed: map[int64]bool{}}
	fault("version", stx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&r.Version))
	fault("integrity", t.each(func(rows *sql.Rows) error {
		var said string
		err := rows.Scan(&said)
		if said != "ok" {
			r.Faults = append(r.Faults, said)
		}
		return err
	}, `PRAGMA integrity_check(20)`))
	for _, table := range tables {
		var rows int
		fault("table "+table, stx.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&rows))
	}
	fault("references", stx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM pragma_foreign_key_check) +
		(SELECT count(*) FROM (SELECT link FROM answers UNION ALL SELECT link FROM checks UNION ALL SELECT link FROM proofs UNION ALL SELECT link FROM words)
		WHERE link <> 0 AND link NOT IN (SELECT id FROM links))`).Scan(&r.Orphans))
	fault("integrations", t.examineEach(&r))
	fault("tokens", t.each(func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(line(&name))
		r.Interrupted = append(r.Interrupted, name)
		return err
	}, `SELECT DISTINCT i.name FROM tokens t JOIN links l ON l.id = t.link JOIN integrations i ON i.id = l.integration
		WHERE t.begun <> 0 AND t.leased < ? ORDER BY 1`, time.Now().UnixMilli()))
	return r, ctx.Err()
}

// examineEach reads the integrations by their number, each by itself.
func (t *tx) examineEach(r *Report) error {
	var ids []int64
	failed := t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM integrations NOT INDEXED ORDER BY id`)
	for _, id := range ids {
		in, err := t.Integration(id)
		if err != nil {
			in = core.Integration{ID: id, Name: fmt.Sprintf("#%d", id), Slug: fmt.Sprintf("#%d", id)}
			spoil(&in, err)
		}
		if in.Damage != nil {
			r.Damaged = append(r.Damaged, in)
		} else {
			r.Whole = append(r.Whole, in)
		}
	}
	return failed
}

// Examine examines a file that [OpenExisting] refuses as damaged. It changes nothing in
// it. The report is empty but for the fault when not even that can be done.
func Examine(ctx context.Context, path string) (Report, error) {
	db, err := connect(path, busyLimit)
	if err != nil {
		return Report{Latest: latest(), Faults: []string{err.Error()}}, nil
	}
	defer db.sql.Close()
	return db.Examine(ctx)
}
