package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"applink/core"
	"applink/core/auth"
)

// fill stores n integrations as complete as real ones, in a few transactions.
func fill(b *testing.B, db *DB, n int) {
	b.Helper()
	for start := 0; start < n; start += 1000 {
		write(b, db, func(tx auth.Tx) error {
			for i := start; i < min(n, start+1000); i++ {
				if err := fillOne(tx, fmt.Sprintf("Acme %06d", i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func fillOne(tx auth.Tx, name string) error {
	id, err := tx.AddIntegration(name, core.Slug(name), day)
	if err != nil {
		return err
	}
	link, err := tx.AddLink(id, core.OAuth1, day)
	if err != nil {
		return err
	}
	for _, f := range []core.Field{core.FieldApplication, core.FieldBaseURL, core.FieldPurpose, core.FieldPlatform} {
		if err := tx.PutAnswer(id, 0, f, core.Answer{Value: "https://git.acme.com/bitbucket", At: day}); err != nil {
			return err
		}
	}
	for _, f := range []core.Field{core.FieldOAuth, core.FieldClientID, core.FieldPublicKey} {
		if err := tx.PutAnswer(id, link, f, core.Answer{Value: "applink-12345678", At: day}); err != nil {
			return err
		}
	}
	return tx.PutCheck(id, 0, core.Outcome{Check: core.CheckReach, State: core.Passed, At: day,
		Learned:  map[core.Learned]string{core.LearnedVersion: "8.19.2", core.LearnedProduct: "Bitbucket"},
		Evidence: []core.Evidence{{Label: "HTTP", Value: "200"}, {Label: "TLS", Value: "1.3, 80 days left"}}})
}

func page(b *testing.B, db *DB, after core.Integration) {
	var got []core.Integration
	must(b, db.Read(ctx, func(tx auth.Tx) (err error) { got, err = tx.Page(after, 50); return err }))
	if len(got) != 50 && after.Name != "" {
		b.Fatalf("%d rows", len(got))
	}
}

func BenchmarkPage(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		db := newTest(b)
		fill(b, db, n)
		var after core.Integration
		if n > 100 {
			after.Name = fmt.Sprintf("Acme %06d", n/2)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				page(b, db, after)
			}
		})
	}
}

func BenchmarkOpenAndRead50(b *testing.B) {
	path := filepath.Join(b.TempDir(), "applink.db")
	fill(b, openTest(b, path), 50)
	for b.Loop() {
		db, err := Open(ctx, path)
		must(b, err)
		page(b, db, core.Integration{})
		must(b, db.Close())
	}
}

func BenchmarkOpenNew(b *testing.B) {
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		db, err := Open(ctx, filepath.Join(dir, fmt.Sprint(i, ".db")))
		must(b, err)
		must(b, db.Close())
	}
}

func BenchmarkCommit(b *testing.B) {
	db := newTest(b)
	id, _ := add(b, db, "Acme")
	for b.Loop() {
		write(b, db, func(tx auth.Tx) error {
			return tx.PutAnswer(id, 0, core.FieldBaseURL, core.Answer{Value: "https://git.acme.com", At: day})
		})
	}
}
