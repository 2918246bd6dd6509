package store

import (
	"cmp"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"applink/core"
	"applink/core/finding"
)

// shelf is where the rows of some integrations are put together. Each row adds a part
// to the sum of its integration. The sum is stored with each change and compared when
// the integration is read: a row that was lost, changed or put elsewhere by anything
// but applink makes that one record damaged, and no other.
type shelf struct {
	integrations map[int64]*core.Integration
	links        map[linkOf]*core.Link
	sums, stored map[int64]int64
}

// linkOf names a link with the integration that it is of.
type linkOf struct{ integration, link int64 }

func newShelf() *shelf {
	return &shelf{integrations: map[int64]*core.Integration{}, links: map[linkOf]*core.Link{}, sums: map[int64]int64{}, stored: map[int64]int64{}}
}

// ids are those of the integrations, as JSON, for [among].
func (s *shelf) ids() string {
	b, _ := json.Marshal(slices.Sorted(maps.Keys(s.integrations))) // numbers: cannot fail
	return string(b)
}

// row takes a row that was read into the sum of its integration, and reports whether it
// can be used. A row that cannot be read spoils its integration.
func (s *shelf) row(integration int64, err error, kind string, values ...any) bool {
	in := s.integrations[integration]
	switch {
	case in == nil:
		return false // an index led to another one's row
	case err != nil:
		spoil(in, err)
		return false
	}
	s.sums[integration] += part(kind, values)
	return true
}

// part returns the summand of a row; the order of the rows does not matter.
func part(kind string, values []any) int64 {
	var row []byte
	text := func(t string) { row = append(binary.AppendUvarint(row, uint64(len(t))), t...) }
	text(kind)
	for _, value := range values {
		switch v := value.(type) {
		case int64:
			row = binary.AppendVarint(row, v)
		case string:
			text(v)
		}
	}
	h := fnv.New64a()
	h.Write(row)
	return int64(h.Sum64())
}

// facts returns the facts of an integration, or of its link when link is not 0.
func (s *shelf) facts(integration, link int64) *core.Facts {
	in := s.integrations[integration]
	if link == 0 {
		return &in.Facts
	}
	if l := s.links[linkOf{integration, link}]; l != nil {
		return &l.Facts
	}
	spoil(in, errors.New("a fact of a link that is gone"))
	return &core.Facts{}
}

// compare spoils what does not have its stored sum, but for what a transaction has
// changed so far.
func (s *shelf) compare(changed map[int64]bool) {
	for id, sum := range s.stored {
		if sum != s.sums[id] && !changed[id] {
			spoil(s.integrations[id], errors.New("it is not as it was stored: the sums differ"))
		}
	}
}

// spoil marks a record as damaged; the first reason stays.
func spoil(in *core.Integration, why error) {
	if in.Name == "" {
		in.Name = cmp.Or(in.Slug, fmt.Sprintf("#%d", in.ID))
	}
	if in.Damage == nil {
		in.Damage = finding.RecordDamaged.With(in.Name, in.Slug).Because(why.Error())
	}
}

// load reads the integrations that a query selects, then with one query for each
// kind all that hangs on them. Where a part of the file cannot be read, each one is
// read by itself, so that the others are not hidden by the one that is there.
func (t *tx) load(query string, args ...any) ([]core.Integration, error) {
	s := newShelf()
	ins, err := t.loadHeads(s, query, args...)
	if err != nil || len(ins) == 0 {
		return nil, err
	}
	if err := t.fill(s); isCorrupt(err) {
		s.integrations = nil
		for i := range ins {
			if err := t.loadAlone(&ins[i], s); err != nil {
				return nil, err
			}
		}
	} else if err != nil {
		return nil, err
	}
	s.compare(t.changed)
	for i := range ins {
		ins[i].Name, ins[i].Slug = core.Line(ins[i].Name, longestLine), core.Line(ins[i].Slug, longestLine)
	}
	return ins, nil
}

// loadAlone reads what hangs on one integration; what cannot be read is its damage.
func (t *tx) loadAlone(in *core.Integration, all *shelf) error {
	in.Facts, in.Links = core.Facts{}, nil
	s := newShelf()
	s.integrations[in.ID] = in
	s.head(in)
	err := t.fill(s)
	if isCorrupt(err) {
		spoil(in, err)
		delete(all.stored, in.ID)
		return nil
	}
	if sum, ok := all.stored[in.ID]; ok {
		s.stored[in.ID] = sum
	}
	s.compare(t.changed)
	delete(all.stored, in.ID)
	return err
}

func isCorrupt(err error) bool {
	return primary(err) == sqlite3.SQLITE_CORRUPT
}

// head takes the row of the integration itself into its sum.
func (s *shelf) head(in *core.Integration) {
	s.row(in.ID, nil, "integration", in.Name, in.Slug, in.Created.UnixMilli())
}

// loadHeads reads integrations without what hangs on them.
func (t *tx) loadHeads(s *shelf, query string, args ...any) ([]core.Integration, error) {
	var ins []core.Integration
	sums := map[int64]int64{}
	err := t.each(func(rows *sql.Rows) error {
		var in core.Integration
		var created, updated int64
		var sum sql.NullInt64
		err := rows.Scan(&in.ID, &in.Name, &in.Slug, &created, &updated, &sum)
		if err != nil {
			in.Name, in.Slug = "#"+strconv.FormatInt(in.ID, 10), "#"+strconv.FormatInt(in.ID, 10)
			spoil(&in, err)
		}
		in.Created, in.Updated = time.UnixMilli(created), time.UnixMilli(updated)
		if sums[in.ID] = sum.Int64; !sum.Valid && !t.changed[in.ID] {
			spoil(&in, errors.New("its sum is gone"))
		}
		ins = append(ins, in)
		return nil
	}, query, args...)
	for i := range ins {
		s.integrations[ins[i].ID] = &ins[i]
		s.head(&ins[i])
	}
	s.stored = sums
	return ins, err
}

// fill reads what hangs on the integrations of a shelf.
func (t *tx) fill(s *shelf) error {
	ids := s.ids()
	for _, load := range []func(*shelf, string) error{t.loadLinks, t.loadAnswers, t.loadChecks, t.loadWords} {
		if err := load(s, ids); err != nil {
			return err
		}
	}
	return nil
}

// sum stores the sums of the integrations that a transaction changed.
func (t *tx) sum() error {
	const atOnce = 500
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(t.changed)), atOnce) {
		s := newShelf()
		list, _ := json.Marshal(ids) // numbers: cannot fail
		if _, err := t.loadHeads(s, columns+`WHERE id IN (SELECT value FROM json_each(?))`, string(list)); err != nil {
			return err
		}
		if err := t.fill(s); err != nil {
			return err
		}
		for id := range s.integrations {
			if err := t.exec(`UPDATE integrations SET sum = ? WHERE id = ?`, s.sums[id], id); err != nil {
				return err
			}
		}
	}
	return nil
}
