package seal

import (
	"context"
	"errors"
	"os"

	"applink/core/finding"
)

// create chooses a source, puts a new key there and records it. If another process was
// quicker, its record counts and our key is discarded.
func (v *Vault) create(ctx context.Context) (*Sealer, error) {
	choice, record, s, err := v.choose(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, shut(choice.Source, err)
	}
	stored, err := v.records.ClaimKeyRecord(ctx, record)
	if err != nil { // it may be stored nevertheless, so the key stays where it is
		return nil, err
	}
	if stored.KeyID != record.KeyID {
		v.discard(record)
		return v.ask(ctx, *stored)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.choice = &choice
	return s, nil
}

// choose tries the sources in their order. Only the keyring may be skipped, and only if
// the admin did not name it.
func (v *Vault) choose(ctx context.Context) (Choice, Record, *Sealer, error) {
	source := v.opts.Source
	if source == "" && v.opts.Passphrase != nil {
		source = SourcePassphrase
	}
	if source != "" {
		r, s, err := v.put(ctx, source)
		return Choice{Source: source}, r, s, err
	}
	r, s, err := v.put(ctx, SourceKeyring)
	if err == nil || ctx.Err() != nil {
		return Choice{Source: SourceKeyring}, r, s, err
	}
	refused := err
	r, s, err = v.put(ctx, SourceFile)
	return Choice{Source: SourceFile, Refused: refused}, r, s, err
}

// put makes a key and puts it into a source.
func (v *Vault) put(ctx context.Context, source Source) (Record, *Sealer, error) {
	r := Record{Source: source}
	key, err := newKey()
	if err == nil && source == SourcePassphrase {
		key, r.Stretch, err = v.derive(ctx)
	}
	if err != nil {
		return r, nil, err
	}
	s, err := NewSealer(key)
	if err != nil {
		return r, nil, err
	}
	r.KeyID = s.KeyID()
	switch source {
	case SourcePassphrase:
	case SourceKeyring:
		err = v.putKeyring(ctx, r.KeyID, keyText.EncodeToString(key))
	case SourceFile:
		err = writeKeyFile(KeyPath(v.opts.Database, r.KeyID), key)
	default:
		err = finding.NoSuchChoice.With(string(source), "passphrase, keyring, file")
	}
	return r, s, err
}

func (v *Vault) derive(ctx context.Context) ([]byte, Stretch, error) {
	text, err := v.passphrase(ctx, true)
	if err != nil {
		return nil, Stretch{}, err
	}
	stretch, err := newStretch()
	if err != nil {
		return nil, Stretch{}, err
	}
	key, err := stretch.key(text)
	return key, stretch, err
}

// putKeyring stores a key and reads it back, both within the time limit: some
// keyrings accept what they do not keep.
func (v *Vault) putKeyring(ctx context.Context, id, text string) error {
	back, err := within(ctx, v.opts.Limit, func() (string, error) {
		if err := v.opts.Keyring.Set(keyringService, id, text); err != nil {
			return "", err
		}
		return v.opts.Keyring.Get(keyringService, id)
	})
	if err == nil && back != text {
		err = errors.New("it does not give back what it was given")
	}
	return err
}

// discard removes a key that sealed nothing. A key that cannot be removed is left, since
// it opens nothing.
func (v *Vault) discard(r Record) {
	switch r.Source {
	case SourceKeyring:
		within(context.Background(), v.opts.Limit, func() (struct{}, error) {
			return struct{}{}, v.opts.Keyring.Delete(keyringService, r.KeyID)
		})
	case SourceFile:
		os.Remove(KeyPath(v.opts.Database, r.KeyID))
	}
}
