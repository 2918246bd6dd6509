package seal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"applink/core"
	"applink/core/finding"
)

// oneRecord is a database's record in memory.
type oneRecord struct {
	mu     sync.Mutex
	record *Record
}

func (o *oneRecord) KeyRecord(context.Context) (*Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.record, nil
}

func (o *oneRecord) ClaimKeyRecord(_ context.Context, r Record) (*Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.record == nil {
		o.record = &r
	}
	return o.record, nil
}

// fakeKeyring is a keyring in memory that can be broken, forgetful or stuck.
type fakeKeyring struct {
	mu        sync.Mutex
	values    map[string]string
	err       error
	forgetful bool
	stuck     chan struct{}
	calls     int
}

func (k *fakeKeyring) enter() error {
	k.mu.Lock()
	k.calls++
	k.mu.Unlock()
	if k.stuck != nil {
		<-k.stuck
	}
	return k.err
}

func (k *fakeKeyring) called() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls
}

func (k *fakeKeyring) Set(_, user, secret string) error {
	if err := k.enter(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.values == nil {
		k.values = map[string]string{}
	}
	if !k.forgetful {
		k.values[user] = secret
	}
	return nil
}

func (k *fakeKeyring) Get(_, user string) (string, error) {
	if err := k.enter(); err != nil {
		return "", err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if v, ok := k.values[user]; ok {
		return v, nil
	}
	return "", errors.New("secret not found")
}

func (k *fakeKeyring) Delete(_, user string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.values, user)
	return nil
}

func typed(s string) func(context.Context, bool) (Text, error) {
	return func(context.Context, bool) (Text, error) { return NewText(s), nil }
}

var ctx = context.Background()

const place = "secrets/1/private-key"

func TestVaultIsLazyAndReopens(t *testing.T) {
	for _, source := range []Source{SourcePassphrase, SourceKeyring, SourceFile} {
		t.Run(string(source), func(t *testing.T) {
			ring, records := &fakeKeyring{}, &oneRecord{}
			db := filepath.Join(t.TempDir(), "applink.db")
			opts := Options{Source: source, Passphrase: typed("correct horse"), Keyring: ring, Database: db}
			v := NewVault(records, opts)
			if ring.calls > 0 || records.record != nil || v.Choice() != nil {
				t.Fatal("something happened before the first secret")
			}
			sealed, err := v.Seal(ctx, []byte("plain"), place)
			if err != nil {
				t.Fatal(err)
			}
			if c := v.Choice(); c == nil || c.Source != source || c.Refused != nil {
				t.Errorf("choice %+v", c)
			}
			again := NewVault(records, Options{Passphrase: opts.Passphrase, Keyring: ring, Database: db})
			if plain, err := again.Open(ctx, sealed, place); err != nil || string(plain) != "plain" {
				t.Errorf("reopened: %q, %v", plain, err)
			}
			if again.Choice() != nil {
				t.Error("the second vault made a choice")
			}
		})
	}
}

func TestNewDatabaseTriesSourcesInOrder(t *testing.T) {
	for name, c := range map[string]struct {
		opts    Options
		want    Source
		refused bool
	}{
		"passphrase given": {Options{Passphrase: typed("x"), Keyring: &fakeKeyring{}}, SourcePassphrase, false},
		"named":            {Options{Source: SourceFile, Passphrase: typed("x"), Keyring: &fakeKeyring{}}, SourceFile, false},
		"keyring":          {Options{Keyring: &fakeKeyring{}}, SourceKeyring, false},
		"no keyring":       {Options{Keyring: &fakeKeyring{err: errors.New("no bus")}}, SourceFile, true},
		"forgetful":        {Options{Keyring: &fakeKeyring{forgetful: true}}, SourceFile, true},
	} {
		t.Run(name, func(t *testing.T) {
			c.opts.Database = filepath.Join(t.TempDir(), "applink.db")
			records := &oneRecord{}
			v := NewVault(records, c.opts)
			if _, err := v.Seal(ctx, nil, place); err != nil {
				t.Fatal(err)
			}
			if got := v.Choice(); got.Source != c.want || (got.Refused != nil) != c.refused || records.record.Source != c.want {
				t.Errorf("choice %+v, record %+v", got, records.record)
			}
		})
	}
}

func TestNamedSourceIsNeverReplaced(t *testing.T) {
	for source, code := range map[Source]core.Code{SourceKeyring: finding.KeySourceUnavailable.Code(), SourcePassphrase: finding.KeySourceUnavailable.Code(), "cloud": finding.NoSuchChoice.Code()} {
		records := &oneRecord{}
		v := NewVault(records, Options{Source: source, Keyring: &fakeKeyring{err: errors.New("locked")}, Database: filepath.Join(t.TempDir(), "a.db")})
		_, err := v.Seal(ctx, nil, place)
		wantCode(t, err, code)
		if records.record != nil {
			t.Errorf("%s: recorded %+v", source, records.record)
		}
	}
}

func TestHangingKeyring(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	dir := t.TempDir()
	ring := &fakeKeyring{stuck: stuck}
	opts := Options{Keyring: ring, Limit: time.Millisecond, Database: filepath.Join(dir, "applink.db")}

	t.Run("new database", func(t *testing.T) {
		v := NewVault(&oneRecord{}, opts)
		if _, err := v.Seal(ctx, nil, place); err != nil || v.Choice().Source != SourceFile {
			t.Errorf("choice %+v, %v", v.Choice(), err)
		}
	})
	t.Run("existing database", func(t *testing.T) {
		records := &oneRecord{record: &Record{Source: SourceKeyring, KeyID: "0011223344556677"}}
		v := NewVault(records, opts)
		before := ring.called()
		for range 3 {
			_, err := v.Open(ctx, []byte("x"), place)
			if f := wantCode(t, err, finding.KeySourceUnavailable.Code()); f.Params["source"] != "keyring" {
				t.Errorf("source %q", f.Params["source"])
			}
			_, err = v.Seal(ctx, nil, place)
			wantCode(t, err, finding.KeySourceUnavailable.Code())
		}
		if n := ring.called() - before; n > 1 {
			t.Errorf("a dead keyring was asked %d times", n)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		opts.Limit = time.Hour
		if _, err := NewVault(&oneRecord{}, opts).Seal(cancelled, nil, place); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

// The limit that is documented holds where none is given: 3 s, no more and no less.
func TestHangingKeyringIsWaitedForThreeSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		defer close(stuck)
		opts := Options{Keyring: &fakeKeyring{stuck: stuck}, Database: filepath.Join(t.TempDir(), "applink.db")}
		for name, ask := range map[string]func() error{
			"existing": func() error {
				_, err := NewVault(&oneRecord{record: &Record{Source: SourceKeyring, KeyID: "0011223344556677"}}, opts).Open(ctx, []byte("x"), place)
				wantCode(t, err, finding.KeySourceUnavailable.Code())
				return nil
			},
			"new": func() error { _, err := NewVault(&oneRecord{}, opts).Seal(ctx, nil, place); return err },
		} {
			began := time.Now()
			if err := ask(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(began); took != 3*time.Second {
				t.Errorf("%s: given up after %s", name, took)
			}
		}
	})
}

// A key file that is missing, unreadable or none is named, and not taken for a keyring.
func TestKeyFileIsNamed(t *testing.T) {
	opts := Options{Source: SourceFile, Database: filepath.Join(t.TempDir(), "applink.db")}
	records := &oneRecord{}
	sealed, err := NewVault(records, opts).Seal(ctx, []byte("plain"), place)
	if err != nil {
		t.Fatal(err)
	}
	path := KeyPath(opts.Database, records.record.KeyID)
	for name, spoil := range map[string]func() error{
		"no key":  func() error { return os.WriteFile(path, []byte("not a key"), 0o600) },
		"missing": func() error { return os.Remove(path) },
	} {
		before, _ := os.ReadFile(path)
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		_, err := NewVault(records, opts).Open(ctx, sealed, place)
		if f := wantCode(t, err, finding.SealingKeyFileUnusable.Code()); f.Params["path"] != path {
			t.Errorf("%s: it names %q", name, f.Params["path"])
		}
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if plain, err := NewVault(records, opts).Open(ctx, sealed, place); err != nil || string(plain) != "plain" {
		t.Errorf("brought back: %q, %v", plain, err)
	}
}

// A dead source shuts the secrets and nothing else: no key is made, the record
// stays, and all is well when the source is back.
func TestDeadSourceMakesNoNewKey(t *testing.T) {
	dir := t.TempDir()
	ring, records := &fakeKeyring{}, &oneRecord{}
	opts := Options{Keyring: ring, Database: filepath.Join(dir, "applink.db")}
	sealed, err := NewVault(records, opts).Seal(ctx, []byte("plain"), place)
	if err != nil {
		t.Fatal(err)
	}
	was := *records.record
	ring.err = errors.New("locked")
	v := NewVault(records, opts)
	_, err = v.Seal(ctx, []byte("more"), place)
	wantCode(t, err, finding.KeySourceUnavailable.Code())
	_, err = v.Open(ctx, sealed, place)
	wantCode(t, err, finding.KeySourceUnavailable.Code())
	if files, _ := os.ReadDir(dir); len(files) != 0 || records.record.KeyID != was.KeyID || len(ring.values) != 1 {
		t.Errorf("files %v, record %+v, keys %d", files, records.record, len(ring.values))
	}
	ring.err = nil
	v.Retry()
	if plain, err := v.Open(ctx, sealed, place); err != nil || string(plain) != "plain" {
		t.Errorf("after unlocking: %q, %v", plain, err)
	}
}

func TestWrongKeyIsNotADeadSource(t *testing.T) {
	records := &oneRecord{}
	opts := Options{Passphrase: typed("right")}
	if _, err := NewVault(records, opts).Seal(ctx, nil, place); err != nil {
		t.Fatal(err)
	}
	said := "wrong"
	v := NewVault(records, Options{Passphrase: func(_ context.Context, fresh bool) (Text, error) {
		if fresh {
			t.Error("asked for a fresh passphrase")
		}
		return NewText(said), nil
	}})
	_, err := v.Open(ctx, nil, place)
	if f := wantCode(t, err, finding.WrongSealingKey.Code()); f.Params["source"] != "passphrase" {
		t.Errorf("source %q", f.Params["source"])
	}
	said = "right"
	if _, err := v.Seal(ctx, nil, place); err != nil {
		t.Errorf("a second try: %v", err)
	}
}

func TestOpenNeverMakesAKey(t *testing.T) {
	records := &oneRecord{}
	_, err := NewVault(records, Options{Keyring: &fakeKeyring{}}).Open(ctx, []byte("x"), place)
	wantCode(t, err, finding.WrongSealingKey.Code())
	if records.record != nil {
		t.Error("a key was recorded")
	}
}

// Of two that start at once on a new database one wins, and both seal with its
// key; the loser's key is removed.
func TestTwoVaultsAgreeOnOneKey(t *testing.T) {
	dir := t.TempDir()
	records := &oneRecord{}
	opts := Options{Source: SourceFile, Database: filepath.Join(dir, "applink.db")}
	first, second := NewVault(records, opts), NewVault(lateRecord{records}, opts)
	one, err1 := first.Seal(ctx, []byte("one"), place)
	two, err2 := second.Seal(ctx, []byte("two"), place)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, v := range []*Vault{first, second} {
		for _, sealed := range [][]byte{one, two} {
			if _, err := v.Open(ctx, sealed, place); err != nil {
				t.Error(err)
			}
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.key")); len(files) != 1 {
		t.Errorf("key files: %v", files)
	}
	if second.Choice() != nil {
		t.Error("the loser reports a choice")
	}
}

// lateRecord shows no record until it is claimed, as to one who looked too early.
type lateRecord struct{ *oneRecord }

func (lateRecord) KeyRecord(context.Context) (*Record, error) { return nil, nil }

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	db := filepath.Join(dir, "applink.db")
	if _, err := NewVault(&oneRecord{}, Options{Source: SourceFile, Database: db}).Seal(ctx, nil, place); err != nil {
		t.Fatal(err)
	}
	if f := CheckModes(db); len(f) != 0 {
		t.Fatalf("what we made is reported: %v", f[0].Params)
	}
	keys, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	for path, mode := range map[string]os.FileMode{dir: 0o755, keys[0]: 0o640} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	got := CheckModes(db)
	if len(got) != 2 || got[0].Params["mode"] != "0755" || got[1].Params["path"] != keys[0] || !got[0].Warning {
		t.Errorf("findings %+v", got)
	}
}

func TestPassphraseFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pass")
	for content, want := range map[string]string{"secret\n": "secret", "secret\r\n": "secret", " se cret ": " se cret "} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := PassphraseFile(path)(ctx, false); err != nil || got.Reveal() != want {
			t.Errorf("%q, %v", got.Reveal(), err)
		}
	}
	if _, err := PassphraseFile(path+"x")(ctx, false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestDamagedStretchIsRefused(t *testing.T) {
	for _, s := range []Stretch{{}, {Salt: make([]byte, 16), Time: 3, Memory: 1 << 31, Threads: 4}, {Salt: make([]byte, 16), Time: 3, Memory: 64}} {
		if _, err := s.key(NewText("x")); err == nil {
			t.Errorf("%+v was used", s)
		}
	}
}
