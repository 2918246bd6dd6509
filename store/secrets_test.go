package store

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"applink/core/auth"
	"applink/core/finding"
	"applink/core/seal"
)

// ring is a keyring in memory that can be dead.
type ring struct {
	values map[string]string
	dead   error
}

func (r *ring) Set(_, user, secret string) error { r.values[user] = secret; return r.dead }
func (r *ring) Get(_, user string) (string, error) {
	return r.values[user], r.dead
}
func (r *ring) Delete(_, user string) error { delete(r.values, user); return r.dead }

const canary = "canary-private-key-7c31e0b2"

// secretOf stores the canary sealed, and returns the database's path and the
// link it belongs to.
func secretOf(t *testing.T, keys *ring) (path string, link int64) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data", "applink.db")
	db, err := Open(ctx, path)
	must(t, err)
	defer db.Close()
	_, link = add(t, db, "Acme")
	sealed, err := seal.NewVault(db, seal.Options{Keyring: keys, Database: path}).Seal(ctx, []byte(canary), place(link))
	must(t, err)
	write(t, db, func(tx auth.Tx) error { return tx.PutSecret(link, "private-key", sealed) })
	searchFiles(t, filepath.Dir(path))
	return path, link
}

func place(link int64) string { return fmt.Sprintf("secrets/%d/private-key", link) }

// searchFiles looks for the canary, plain and encoded, in every file: database,
// write-ahead log and whatever else is there.
func searchFiles(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) == 0 {
		t.Fatal("no files to search")
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		for _, text := range []string{canary, hex.EncodeToString([]byte(canary)), base64.RawStdEncoding.EncodeToString([]byte(canary))} {
			if bytes.Contains(b, []byte(text)) {
				t.Errorf("%s holds %s", e.Name(), text)
			}
		}
	}
}

func openSecret(db *DB, link int64, opts seal.Options) (string, error) {
	var sealed []byte
	if err := db.Read(ctx, func(tx auth.Tx) (err error) { sealed, err = tx.Secret(link, "private-key"); return err }); err != nil {
		return "", err
	}
	plain, err := seal.NewVault(db, opts).Open(ctx, sealed, place(link))
	return string(plain), err
}

func TestSecretIsNowhereInTheFiles(t *testing.T) {
	keys := &ring{values: map[string]string{}}
	path, link := secretOf(t, keys)
	searchFiles(t, filepath.Dir(path)) // now that the log is in the database
	db := openTest(t, path)
	if plain, err := openSecret(db, link, seal.Options{Keyring: keys}); err != nil || plain != canary {
		t.Errorf("opened %q, %v", plain, err)
	}
}

// With a dead keyring the database opens, shows and changes everything but
// secrets; no key is made, and the secret is there when the keyring is back.
func TestDeadKeyringShutsOnlyTheSecrets(t *testing.T) {
	keys := &ring{values: map[string]string{}}
	path, link := secretOf(t, keys)
	keys.dead = errors.New("locked")
	db := openTest(t, path)
	before, err := db.KeyRecord(ctx)
	must(t, err)
	opts := seal.Options{Keyring: keys, Database: path}
	_, err = openSecret(db, link, opts)
	if f := wantCode(t, err, finding.KeySourceUnavailable.Code()); f.Params["source"] != "keyring" {
		t.Errorf("source %q", f.Params["source"])
	}
	_, err = seal.NewVault(db, opts).Seal(ctx, []byte("more"), place(link))
	wantCode(t, err, finding.KeySourceUnavailable.Code())
	add(t, db, "Another")

	after, err := db.KeyRecord(ctx)
	must(t, err)
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.key"))
	if after.KeyID != before.KeyID || len(keys.values) != 1 || len(files) != 0 {
		t.Errorf("record %+v, keys %d, files %v", after, len(keys.values), files)
	}
	keys.dead = nil
	if plain, err := openSecret(db, link, opts); err != nil || plain != canary {
		t.Errorf("opened %q, %v", plain, err)
	}
}
