package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

const secretPrivateKey = "private-key"

// keyPair is an RSA key for a link that is held here, the private half already
// sealed to that link.
type keyPair struct {
	link   int64
	public string // PEM
	sealed []byte
}

// needsKeys reports whether the answer to the key size asks for a new key.
func needsKeys(s *setup.State, f core.Field, bits string) bool {
	return f == core.FieldKeyBits && (s.Value(f) != bits || s.Value(core.FieldPublicKey) == "")
}

// keepKeys makes a key of that size, seals it before the transaction, which must not
// wait for a keyring, and answers the key size with it.
func (l *base) keepKeys(ctx context.Context, s *setup.State, bits string) (*setup.State, error) {
	if s.Value(core.FieldPublicKey) != "" && setup.InUse(s.Link) {
		return nil, spared(s, secretPrivateKey)
	}
	made, err := l.makeKeys(ctx, s.Link.ID, bits)
	if err != nil {
		return nil, err
	}
	return l.change(ctx, s.Integration.ID, func(tx Tx, s *setup.State) error {
		return l.answer(tx, s, core.FieldKeyBits, bits, made, leave{any: true})
	})
}

var generateKey = seal.GenerateKey // tests take keys of 2048 bits from a pool

func (l *base) makeKeys(ctx context.Context, link int64, bits string) (*keyPair, error) {
	size, err := strconv.Atoi(bits)
	if err != nil {
		return nil, fmt.Errorf("making keys: %w", err)
	}
	key, err := generateKey(ctx, size)
	if err != nil {
		return nil, fmt.Errorf("making keys: %w", err)
	}
	return l.sealKey(ctx, link, key)
}

// sealKey seals a key to a link.
func (l *base) sealKey(ctx context.Context, link int64, key *seal.PrivateKey) (*keyPair, error) {
	public, err := key.PublicPEM()
	if err != nil {
		return nil, err
	}
	der, err := key.Marshal()
	if err != nil {
		return nil, err
	}
	sealed, err := l.sealer.Seal(ctx, der, secretPlace(link, secretPrivateKey))
	if err != nil {
		return nil, fmt.Errorf("sealing the private key: %w", err)
	}
	return &keyPair{link, public, sealed}, nil
}

// putKeys stores a new key pair. A Client ID that exists stays: it may be in
// Bitbucket's form already.
func (l *base) putKeys(tx Tx, s *setup.State, k *keyPair) error {
	if err := putSecret(tx, s, secretPrivateKey, k.sealed); err != nil {
		return err
	}
	if s.Value(core.FieldClientID) == "" {
		if err := l.put(tx, s, core.FieldClientID, newClientID(), leave{any: true}); err != nil {
			return err
		}
	}
	return l.put(tx, s, core.FieldPublicKey, k.public, leave{any: true})
}

// newClientID makes a Client ID that is unique in practice and short enough to
// be read aloud.
func newClientID() string {
	b := make([]byte, 4)
	rand.Read(b)
	return "applink-" + hex.EncodeToString(b)
}

// secretPlace names the row of a secret, to which its sealed form is bound.
func secretPlace(link int64, name string) string {
	return fmt.Sprintf("secrets/%d/%s", link, name)
}

// PrivateKey opens the private key of a link that is held here. It is nil when
// the link has none. Errors are [finding.KeySourceUnavailable] when the key source does
// not answer and [finding.WrongSealingKey] when it has another key; never is a new key
// made.
func (l *Credentials) PrivateKey(ctx context.Context, link int64) (*seal.PrivateKey, error) {
	der, err := l.secret(ctx, link, secretPrivateKey)
	if err != nil || der == nil {
		return nil, err
	}
	return seal.UnmarshalPrivateKey(der)
}
