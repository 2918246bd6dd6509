package store

import (
	"database/sql"
	"errors"
	"time"

	"applink/core"
	"applink/core/finding"
)

const columns = `SELECT id, name, slug, created, updated, sum FROM integrations `

func (t *tx) Integration(id int64) (core.Integration, error) {
	return t.one(unknownID(id), columns+`WHERE id = ?`, id)
}

func (t *tx) Find(slug string) (core.Integration, error) {
	in, err := t.one(unknown(slug), columns+`WHERE slug = ?`, slug)
	if !errors.Is(err, finding.NoSuchIntegration) {
		return in, err
	}
	id, err := t.named(slug)
	if err != nil {
		return core.Integration{}, err
	}
	return t.one(unknown(slug), columns+`WHERE id = ?`, id)
}

// named finds the integration whose name has a slug, 0 for none: one that was renamed
// keeps the slug that it had.
func (t *tx) named(slug string) (found int64, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var id int64
		var name string
		err := rows.Scan(&id, &name)
		if core.Slug(name) == slug {
			found = id
		}
		return err
	}, `SELECT id, coalesce(cast(name AS TEXT), '') FROM integrations`)
	return found, err
}

func (t *tx) one(missing error, query string, args ...any) (core.Integration, error) {
	ins, err := t.load(query, args...)
	if err == nil && len(ins) == 0 {
		err = missing
	}
	if err != nil {
		return core.Integration{}, err
	}
	return ins[0], nil
}

// Page reads on in the index from a name, so that its cost does not depend on
// how many integrations there are. Names never tie: equal ones have equal slugs.
// The name is the stored one, where it is there still: it need not be printable.
func (t *tx) Page(after core.Integration, limit int) ([]core.Integration, error) {
	if after.ID == 0 && after.Name == "" { // a name that was damaged may be empty
		return t.load(columns+`ORDER BY name COLLATE NOCASE LIMIT ?`, limit)
	}
	return t.load(columns+`WHERE name > coalesce((SELECT name FROM integrations WHERE id = ?), ?) COLLATE NOCASE
		ORDER BY name COLLATE NOCASE LIMIT ?`, after.ID, after.Name, limit)
}

func (t *tx) Count() (n int, err error) {
	err = t.sql.QueryRowContext(t.ctx, `SELECT count(*) FROM integrations`).Scan(&n)
	return n, err
}

func (t *tx) AddIntegration(name, slug string, at time.Time) (int64, error) {
	r, err := t.sql.ExecContext(t.ctx, `INSERT INTO integrations (name, slug, created, updated) VALUES (?, ?, ?, ?)`,
		name, slug, at.UnixMilli(), at.UnixMilli())
	if err != nil {
		return 0, taken(err, name)
	}
	id, err := r.LastInsertId()
	t.changed[id] = true
	return id, err
}

func (t *tx) Rename(id int64, name, slug string, at time.Time) error {
	t.changed[id] = true
	err := t.change(unknownID(id), `UPDATE integrations SET name = ?, slug = ?, updated = ? WHERE id = ?`,
		name, slug, at.UnixMilli(), id)
	return taken(err, name)
}

func (t *tx) RemoveIntegration(id int64) error {
	return t.change(unknownID(id), `DELETE FROM integrations WHERE id = ?`, id)
}

// touch notes that something of an integration changed.
func (t *tx) touch(id int64) error {
	t.changed[id] = true
	return t.change(unknownID(id), `UPDATE integrations SET updated = ? WHERE id = ?`, time.Now().UnixMilli(), id)
}

// among restricts a query to the integrations whose ids are given as JSON.
const among = ` WHERE integration IN (SELECT value FROM json_each(?)) `

func (t *tx) loadLinks(s *shelf, ids string) error {
	err := t.each(func(rows *sql.Rows) error {
		var l core.Link
		var integration, created int64
		var completed sql.NullString
		err := rows.Scan(&integration, &l.ID, &l.OAuth, &l.State, &created, &completed, &l.Tokens)
		if s.row(integration, err, "link", l.ID, string(l.OAuth), string(l.State), created) {
			l.OAuth, l.State = core.OAuth(core.Line(string(l.OAuth), longestLine)), core.LinkState(core.Line(string(l.State), longestLine))
			l.Created = time.UnixMilli(created)
			s.completed(integration, &l, completed)
			in := s.integrations[integration]
			in.Links = append(in.Links, l)
		}
		return nil
	}, `SELECT integration, id, oauth, state, created, completed, EXISTS (SELECT 1 FROM tokens WHERE link = links.id) FROM links`+among+`ORDER BY id`, ids)
	for _, in := range s.integrations {
		for i := range in.Links {
			s.links[linkOf{in.ID, in.Links[i].ID}] = &in.Links[i]
		}
	}
	return err
}

func (t *tx) AddLink(integration int64, o core.OAuth, at time.Time) (int64, error) {
	r, err := t.sql.ExecContext(t.ctx, `INSERT INTO links (integration, oauth, state, created) VALUES (?, ?, ?, ?)`,
		integration, string(o), string(core.LinkDraft), at.UnixMilli())
	if err != nil {
		return 0, orphan(err, integration)
	}
	if err := t.touch(integration); err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

func (t *tx) SetOAuth(link int64, o core.OAuth) error {
	return t.changeLink(link, `UPDATE links SET oauth = ? WHERE id = ?`, string(o))
}

func (t *tx) RemoveLink(link int64) error {
	if err := t.touchLink(link); err != nil {
		return err
	}
	for _, table := range []string{"answers", "checks", "proofs", "words"} {
		if err := t.exec(`DELETE FROM `+table+` WHERE link = ?`, link); err != nil {
			return err
		}
	}
	return t.change(noLink(link), `DELETE FROM links WHERE id = ?`, link)
}

// touchLink notes that something of the integration of a link changed.
func (t *tx) touchLink(link int64) error {
	var id int64
	err := t.sql.QueryRowContext(t.ctx, `SELECT integration FROM links WHERE id = ?`, link).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return noLink(link)
	}
	if err != nil {
		return err
	}
	return t.touch(id)
}

func (t *tx) SetState(link int64, s core.LinkState) error {
	return t.changeLink(link, `UPDATE links SET state = ? WHERE id = ?`, string(s))
}

func (t *tx) changeLink(link int64, query, value string) error {
	if err := t.touchLink(link); err != nil {
		return err
	}
	return t.exec(query, value, link)
}

func (t *tx) Sharing(f core.Field, value string) (ids []int64, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT DISTINCT integration FROM answers WHERE field = ? AND value = ? AND link <> 0 ORDER BY integration`, string(f), value)
	return ids, err
}
