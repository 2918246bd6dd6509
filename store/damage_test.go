package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/setup"
)

// damagedBy closes a database of three integrations, changes it behind applink's back,
// and opens it again.
func damagedBy(t *testing.T, statement string) *DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "applink.db")
	db := openTest(t, path)
	write(t, db, func(tx auth.Tx) error {
		return errors.Join(fillOne(tx, "One"), fillOne(tx, "Two"), fillOne(tx, "Three"))
	})
	must(t, db.Close())
	raw, err := sql.Open("sqlite", path)
	must(t, err)
	_, err = raw.Exec(statement)
	must(t, errors.Join(err, raw.Close()))
	return openTest(t, path)
}

func all(db *DB) (ins []core.Integration, err error) {
	err = db.Read(ctx, func(tx auth.Tx) (err error) { ins, err = tx.Page(core.Integration{}, 1000); return err })
	return ins, err
}

// One record that is not whole is told as that, by name. The others are there, and it
// can be removed.
func TestDamagedRecordHidesNoOther(t *testing.T) {
	for name, statement := range map[string]string{
		"link gone":        `DELETE FROM links WHERE integration = 2`,
		"undecodable":      `UPDATE checks SET detail = '{"finding' WHERE integration = 2`,
		"another JSON":     `UPDATE checks SET detail = '{}' WHERE integration = 2`,
		"value changed":    `UPDATE answers SET value = 'https://git.evil.com' WHERE integration = 2 AND field = 'base-url'`,
		"answer lost":      `DELETE FROM answers WHERE integration = 2 AND field = 'base-url'`,
		"answer added":     `INSERT INTO answers VALUES (2, 0, 'ca-file', 'x', 1)`,
		"answer moved":     `UPDATE answers SET link = 3 WHERE integration = 2 AND link = 2`,
		"check lost":       `DELETE FROM checks WHERE integration = 2`,
		"proof lost":       `DELETE FROM proofs WHERE integration = 2`,
		"word added":       `INSERT INTO words VALUES (2, 2, 'finish', 1)`,
		"state unknown":    `UPDATE links SET state = 'bctive' WHERE integration = 2`,
		"protocol changed": `UPDATE links SET oauth = '2' WHERE integration = 2`,
		"slug changed":     `UPDATE integrations SET slug = 'twp' WHERE id = 2`,
		"time changed":     `UPDATE answers SET at = 7 WHERE integration = 2 AND field = 'base-url'`,
		"name empty":       `UPDATE integrations SET name = '' WHERE id = 2`,
		"sum gone":         `UPDATE integrations SET sum = NULL WHERE id = 2`,
	} {
		t.Run(name, func(t *testing.T) {
			db := damagedBy(t, `PRAGMA foreign_keys = 0; `+statement)
			ins, err := all(db)
			must(t, err)
			if len(ins) != 3 {
				t.Fatalf("%d integrations", len(ins))
			}
			for _, in := range ins {
				if damaged := in.Damage != nil; damaged != (in.ID == 2) {
					t.Errorf("%s: damage %v", in.Name, in.Damage)
				}
				setup.New(in, nil).Standing()
			}
			two := get(t, db, 2)
			if two.Damage == nil || !errors.Is(two.Damage, finding.RecordDamaged) || two.Damage.Params["name"] != map[bool]string{false: "Two", true: "two"}[name == "name empty"] {
				t.Errorf("damage %+v", two.Damage)
			}
			write(t, db, func(tx auth.Tx) error {
				return tx.PutAnswer(1, 0, core.FieldBaseURL, core.Answer{Value: "new", At: day})
			})
			write(t, db, func(tx auth.Tx) error { return tx.RemoveIntegration(2) })
			if ins, err = all(db); err != nil || len(ins) != 2 || ins[0].Damage != nil || ins[1].Damage != nil {
				t.Errorf("after its removal %+v, %v", ins, err)
			}
		})
	}
}

// An update that was broken off before the sums were made is done again.
func TestFirstSumsAreMadeAfterACrash(t *testing.T) {
	db := damagedBy(t, `UPDATE integrations SET sum = NULL; PRAGMA user_version = 4`)
	ins, err := all(db)
	must(t, err)
	for _, in := range ins {
		if in.Damage != nil {
			t.Errorf("%s: %v", in.Name, in.Damage)
		}
	}
}

// What is removed leaves nothing that damages the next.
func TestRemovedLinkLeavesTheRecordWhole(t *testing.T) {
	db := newTest(t)
	id, _ := add(t, db, "Acme")
	write(t, db, func(tx auth.Tx) error {
		link, err := tx.AddLink(id, core.OAuth2, day)
		return errors.Join(err, tx.PutAnswer(id, link, core.FieldClientID, core.Answer{Value: "x", At: day}),
			tx.PutWord(id, link, "finish", core.Word{At: day}), tx.PutCheck(id, link, core.Outcome{Check: "client", State: core.Passed, At: day}))
	})
	link := get(t, db, id).Links[1].ID
	write(t, db, func(tx auth.Tx) error { return tx.RemoveLink(link) })
	if in := get(t, db, id); in.Damage != nil || len(in.Links) != 1 {
		t.Errorf("%+v", in)
	}
}

// Bytes are turned over all through a database: nothing panics, and what is read is
// what was written, or is told as damaged.
func TestTurnedBytesAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	db := openTest(t, path)
	write(t, db, func(tx auth.Tx) error {
		var err error
		for i := range 30 {
			err = errors.Join(err, fillOne(tx, fmt.Sprint("Acme ", i)))
		}
		return err
	})
	want, err := all(db)
	must(t, err)
	must(t, db.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	step := 211 // of bytes; 7 finds what is rare
	if testing.Short() {
		step = 997
	}
	told, right := 0, 0
	for at := 0; at < len(whole); at += step {
		for _, mask := range []byte{0xff, 1 << (at % 8)} {
			b := append([]byte{}, whole...)
			b[at] ^= mask
			must(t, os.WriteFile(path, b, 0o600))
			os.Remove(path + "-wal")
			os.Remove(path + "-shm")
			switch got, err := readAgain(t, path); {
			case err != nil:
				if !isFinding(err) {
					t.Errorf("byte %d ^ %#x: %v", at, mask, err)
				}
				told++
			default:
				if silent := differs(want, got); silent != "" {
					t.Errorf("byte %d ^ %#x of page %d: %s", at, mask, at/4096+1, silent)
				} else {
					right++
				}
			}
		}
	}
	if told == 0 || right == 0 {
		t.Errorf("%d told, %d right: the test turns nothing over", told, right)
	}
}

// A page that cannot be read takes away those that stand on it, and is told for each.
func TestDamagedPageHidesNoOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	db := openTest(t, path)
	write(t, db, func(tx auth.Tx) error {
		var err error
		for i := range 60 {
			err = errors.Join(err, fillOne(tx, fmt.Sprint("Acme ", i)))
		}
		return err
	})
	must(t, db.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	partly := 0
	for at := 4096; at < len(whole); at += 4096 {
		b := append([]byte{}, whole...)
		copy(b[at:], bytes.Repeat([]byte{0xaa}, 64))
		must(t, os.WriteFile(path, b, 0o600))
		got, err := readAgain(t, path)
		if err != nil && !isFinding(err) {
			t.Errorf("page %d: %v", at/4096+1, err)
		}
		damaged := 0
		for _, in := range got {
			if in.Damage != nil {
				damaged++
			}
		}
		if len(got) == 60 && damaged > 0 && damaged < 60 {
			partly++
		}
		if err == nil && len(got) < 60 {
			t.Errorf("page %d: %d are gone without a word", at/4096+1, 60-len(got))
		}
	}
	if partly < 3 {
		t.Errorf("of %d pages only %d leave the others readable", len(whole)/4096, partly)
	}
}

func readAgain(t *testing.T, path string) ([]core.Integration, error) {
	db, err := OpenExisting(ctx, path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	got, err := all(db)
	for _, in := range got {
		s := setup.New(in, nil)
		s.Standing()
		s.Links().InUse().Path().Progress()
	}
	return got, err
}

// differs names what was lost or changed without a word.
func differs(want, got []core.Integration) string {
	found := map[int64]core.Integration{}
	damaged := 0
	for _, in := range got {
		if found[in.ID] = in; in.Damage != nil {
			damaged++
		}
	}
	for _, in := range want {
		other, there := found[in.ID]
		switch {
		case there && other.Damage != nil, !there && damaged > 0:
		case !there:
			return in.Name + " is gone"
		default:
			if in.Updated, other.Updated = day, day; !reflect.DeepEqual(in, other) {
				return fmt.Sprintf("%+v became %+v", in, other)
			}
		}
	}
	return ""
}

// A table that is gone is a fault, though the integrations can be read without it.
func TestExamineMissesATable(t *testing.T) {
	for _, table := range []string{"events", "secrets"} {
		db := damagedBy(t, `PRAGMA foreign_keys = 0; DROP TABLE `+table)
		r, err := db.Examine(ctx)
		must(t, err)
		if r.Sound() || len(r.Whole) != 3 {
			t.Errorf("without %s: %+v", table, r)
		}
	}
}
