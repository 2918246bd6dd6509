package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"applink/core"
)

func (t *tx) PutAnswer(integration, link int64, f core.Field, a core.Answer) error {
	return t.put(integration, `INSERT INTO answers (integration, link, field, value, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at`,
		integration, link, string(f), a.Value, a.At.UnixMilli())
}

func (t *tx) DropAnswer(integration, link int64, f core.Field) error {
	return t.put(integration, `DELETE FROM answers WHERE integration = ? AND link = ? AND field = ?`, integration, link, string(f))
}

// detail is the part of an outcome that no query selects by.
type detail struct {
	Finding  *core.Finding           `json:"finding,omitempty"`
	Learned  map[core.Learned]string `json:"learned,omitempty"`
	Evidence []core.Evidence         `json:"evidence,omitempty"`
}

func (t *tx) PutCheck(integration, link int64, o core.Outcome) error {
	d, err := json.Marshal(detail{o.Finding, o.Learned, o.Evidence})
	if err != nil {
		return fmt.Errorf("encoding an outcome: %w", err)
	}
	if o.State == core.Passed {
		err := t.put(integration, `INSERT INTO proofs (integration, link, name, strength, detail, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET strength = excluded.strength, detail = excluded.detail, at = excluded.at`,
			integration, link, string(o.Check), string(o.Strength), string(d), o.At.UnixMilli())
		if err != nil {
			return err
		}
	}
	return t.put(integration, `INSERT INTO checks (integration, link, name, state, strength, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET state = excluded.state, strength = excluded.strength, detail = excluded.detail, at = excluded.at`,
		integration, link, string(o.Check), string(o.State), string(o.Strength), string(d), o.At.UnixMilli())
}

func (t *tx) DropCheck(integration, link int64, n core.CheckName) error {
	if err := t.exec(`DELETE FROM proofs WHERE integration = ? AND link = ? AND name = ?`, integration, link, string(n)); err != nil {
		return err
	}
	return t.put(integration, `DELETE FROM checks WHERE integration = ? AND link = ? AND name = ?`, integration, link, string(n))
}

func (t *tx) PutWord(integration, link int64, s core.StepID, w core.Word) error {
	return t.put(integration, `INSERT INTO words (integration, link, step, at) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at`, integration, link, string(s), w.At.UnixMilli())
}

func (t *tx) DropWord(integration, link int64, s core.StepID) error {
	return t.put(integration, `DELETE FROM words WHERE integration = ? AND link = ? AND step = ?`, integration, link, string(s))
}

// put changes a fact and notes that its integration changed.
func (t *tx) put(integration int64, query string, args ...any) error {
	if err := t.exec(query, args...); err != nil {
		return orphan(err, integration)
	}
	return t.touch(integration)
}

func (t *tx) loadAnswers(s *shelf, ids string) error {
	return t.each(func(rows *sql.Rows) error {
		var integration, link, at int64
		var field core.Field
		var a core.Answer
		err := rows.Scan(&integration, &link, &field, &a.Value, &at)
		if s.row(integration, err, "answer", link, string(field), a.Value, at) {
			a.Value, a.At = core.Printable(a.Value), time.UnixMilli(at)
			keep(&s.facts(integration, link).Answers, field, a)
		}
		return nil
	}, `SELECT integration, link, field, value, at FROM answers`+among, ids)
}

// loadChecks loads the latest outcomes and, of checks that did not pass since, the
// latest proofs.
func (t *tx) loadChecks(s *shelf, ids string) error {
	err := t.loadOutcomes(s, "check", ids, `SELECT integration, link, name, state, strength, detail, at FROM checks`,
		func(integration, link int64, o core.Outcome) { keep(&s.facts(integration, link).Checks, o.Check, o) })
	if err != nil {
		return err
	}
	return t.loadOutcomes(s, "proof", ids, `SELECT integration, link, name, 'passed', strength, detail, at FROM proofs`,
		func(integration, link int64, o core.Outcome) {
			if f := s.facts(integration, link); f.Checks[o.Check].State != core.Passed {
				keep(&f.Proofs, o.Check, o)
			}
		})
}

func (t *tx) loadOutcomes(s *shelf, kind, ids, query string, take func(integration, link int64, o core.Outcome)) error {
	return t.each(func(rows *sql.Rows) error {
		var integration, link, at int64
		var o core.Outcome
		var document string
		err := rows.Scan(&integration, &link, &o.Check, &o.State, &o.Strength, &document, &at)
		if !s.row(integration, err, kind, link, string(o.Check), string(o.State), string(o.Strength), document, at) {
			return nil
		}
		var d detail
		if err := json.Unmarshal([]byte(document), &d); err != nil {
			spoil(s.integrations[integration], fmt.Errorf("decoding the outcome of %s: %w", o.Check, err))
			return nil
		}
		o.Finding, o.Learned, o.Evidence, o.At = d.Finding, d.Learned, d.Evidence, time.UnixMilli(at)
		take(integration, link, o.Printable())
		return nil
	}, query+among, ids)
}

func (t *tx) loadWords(s *shelf, ids string) error {
	return t.each(func(rows *sql.Rows) error {
		var integration, link, at int64
		var step core.StepID
		err := rows.Scan(&integration, &link, &step, &at)
		if s.row(integration, err, "word", link, string(step), at) {
			keep(&s.facts(integration, link).Words, step, core.Word{At: time.UnixMilli(at)})
		}
		return nil
	}, `SELECT integration, link, step, at FROM words`+among, ids)
}

func keep[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}
