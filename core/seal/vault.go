package seal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Record says where the key of a database lives. It is stored in the database
// when the first secret is sealed, and holds no secret itself.
type Record struct {
	Source  Source
	KeyID   string
	Stretch Stretch // of a passphrase only
}

// Records keeps the one record of a database.
type Records interface {
	// KeyRecord returns the record, or nil while there is none.
	KeyRecord(ctx context.Context) (*Record, error)
	// ClaimKeyRecord stores the record unless there is one already, and returns
	// the one that is stored.
	ClaimKeyRecord(ctx context.Context, r Record) (*Record, error)
}

// Options says what may hold the key.
type Options struct {
	// Source is the admin's choice for a new database; "" tries the passphrase
	// if there is one, then the keyring, then a file. An existing database keeps
	// to its record.
	Source Source
	// Passphrase asks for the passphrase; nil when none can be had. A fresh one
	// is about to be set, so a prompt should ask twice.
	Passphrase func(ctx context.Context, fresh bool) (Text, error)
	Keyring    Keyring       // nil is [SystemKeyring]
	Limit      time.Duration // of a keyring call; 0 is 3 s
	Database   string        // path of the database, beside which a key file lies
}

// Choice tells which source a new database was given.
type Choice struct {
	Source Source
	// Refused is why the keyring was passed over, nil when it was not.
	Refused error
}

// Vault seals and opens the secrets of one database. It does nothing until the
// first secret is sealed or opened; then it may ask for a passphrase, wait for a
// keyring or write a file, so it must not be called inside a transaction. It is
// safe for concurrent use.
type Vault struct {
	records Records
	opts    Options

	turn chan struct{} // one goroutine at a time asks the source; the others wait, or give up with their context

	mu     sync.Mutex // guards what follows, never while the source is asked
	sealer *Sealer
	failed error // of a source that did not answer; kept so that it is asked only once
	choice *Choice
}

// NewVault makes the vault of the database whose record is in records.
func NewVault(records Records, opts Options) *Vault {
	if opts.Keyring == nil {
		opts.Keyring = SystemKeyring
	}
	if opts.Limit == 0 {
		opts.Limit = keyringLimit
	}
	return &Vault{records: records, opts: opts, turn: make(chan struct{}, 1)}
}

// Seal encrypts plain for a place. The first secret of a new database chooses
// the key source, see [Vault.Choice]. Errors are *core.Finding:
// [finding.KeySourceUnavailable] when the key source does not answer,
// [finding.SealingKeyFileUnusable] when that is a file, and [finding.WrongSealingKey]
// when it has another key.
func (v *Vault) Seal(ctx context.Context, plain []byte, place string) ([]byte, error) {
	s, err := v.unlock(ctx, true)
	if err != nil {
		return nil, err
	}
	return s.Seal(plain, place)
}

// Open decrypts what Seal made for the same place. It never makes a key. Errors
// are those of Seal and [ErrDamaged].
func (v *Vault) Open(ctx context.Context, sealed []byte, place string) ([]byte, error) {
	s, err := v.unlock(ctx, false)
	if err != nil {
		return nil, err
	}
	plain, err := s.Open(sealed, place)
	if errors.Is(err, ErrOtherKey) {
		return nil, finding.WrongSealingKey.With("").Because(err.Error())
	}
	return plain, err
}

// Check asks the source for the key of a database that has one. Errors are those of
// [Vault.Seal].
func (v *Vault) Check(ctx context.Context) error {
	_, err := v.unlock(ctx, false)
	return err
}

// Choice returns the source that this vault gave to a new database, which the
// admin must be shown, or nil when it made no key.
func (v *Vault) Choice() *Choice {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.choice
}

// Retry forgets that the key source did not answer, so that the next secret asks
// it again: after the admin unlocked the keyring.
func (v *Vault) Retry() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failed = nil
}

func (v *Vault) unlock(ctx context.Context, mayMake bool) (*Sealer, error) {
	select {
	case v.turn <- struct{}{}:
		defer func() { <-v.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s, err := v.remembered(); s != nil || err != nil {
		return s, err
	}
	record, err := v.records.KeyRecord(ctx)
	if err != nil {
		return nil, err
	}
	var s *Sealer
	switch {
	case record != nil:
		s, err = v.ask(ctx, *record)
	case mayMake:
		s, err = v.create(ctx)
	default:
		err = finding.WrongSealingKey.With("").Because("a sealed value, but no key was ever made")
	}
	v.remember(s, err)
	return s, err
}

func (v *Vault) remembered() (*Sealer, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.sealer, v.failed
}

func (v *Vault) remember(s *Sealer, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sealer = s
	var f *core.Finding
	if errors.As(err, &f) && errors.Is(f, finding.KeySourceUnavailable) {
		v.failed = err
	}
}

// shut says that a source does not answer; a finding that says it better stays.
func shut(source Source, err error) error {
	var f *core.Finding
	if errors.As(err, &f) {
		return err
	}
	return finding.KeySourceUnavailable.With(string(source)).Because(err.Error())
}

// ask gets the key from the recorded source.
func (v *Vault) ask(ctx context.Context, r Record) (*Sealer, error) {
	key, err := v.get(ctx, r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, shut(r.Source, err)
	}
	s, err := NewSealer(key)
	if err != nil {
		return nil, shut(r.Source, err)
	}
	if s.KeyID() != r.KeyID {
		return nil, finding.WrongSealingKey.With(string(r.Source))
	}
	return s, nil
}

func (v *Vault) get(ctx context.Context, r Record) ([]byte, error) {
	switch r.Source {
	case SourcePassphrase:
		text, err := v.passphrase(ctx, false)
		if err != nil {
			return nil, err
		}
		return r.Stretch.key(text)
	case SourceKeyring:
		text, err := within(ctx, v.opts.Limit, func() (string, error) {
			return v.opts.Keyring.Get(keyringService, r.KeyID)
		})
		if err != nil {
			return nil, err
		}
		return readKeyText(text)
	case SourceFile:
		path := KeyPath(v.opts.Database, r.KeyID)
		key, err := readKeyFile(path)
		if err != nil {
			return nil, finding.SealingKeyFileUnusable.With(path).Because(err.Error())
		}
		return key, nil
	}
	return nil, fmt.Errorf("this applink knows no key source %q", r.Source)
}

func (v *Vault) passphrase(ctx context.Context, fresh bool) (Text, error) {
	if v.opts.Passphrase == nil {
		return Text{}, errors.New("no passphrase was given")
	}
	text, err := v.opts.Passphrase(ctx, fresh)
	if err == nil && text.Empty() {
		err = errors.New("the passphrase is empty")
	}
	return text, err
}
