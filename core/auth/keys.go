package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

const secretPrivateKey = "private-key"

// makeKeys makes the Client ID and the RSA key of a link that is held here. A
// Client ID that exists stays. The private key is returned sealed to its link.
func (l *Library) makeKeys(ctx context.Context, s *setup.State, bits string) ([]answer, []byte, error) {
	size, err := strconv.Atoi(bits)
	if err != nil {
		return nil, nil, fmt.Errorf("making keys: %w", err)
	}
	key, err := seal.GenerateKey(ctx, size)
	if err != nil {
		return nil, nil, fmt.Errorf("making keys: %w", err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		return nil, nil, fmt.Errorf("making keys: %w", err)
	}
	der, err := key.Marshal()
	if err != nil {
		return nil, nil, fmt.Errorf("making keys: %w", err)
	}
	sealed, err := l.sealer.Seal(ctx, der, secretPlace(s.Link.ID, secretPrivateKey))
	if err != nil {
		return nil, nil, err
	}
	made := []answer{{core.FieldPublicKey, public}}
	if s.Value(core.FieldClientID) == "" {
		made = append(made, answer{core.FieldClientID, newClientID()})
	}
	return made, sealed, nil
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
// the link has none; AL-STORE-001 when the key source does not answer.
func (l *Library) PrivateKey(ctx context.Context, link int64) (*seal.PrivateKey, error) {
	var sealed []byte
	err := l.store.Read(ctx, func(tx Tx) (err error) {
		sealed, err = tx.Secret(link, secretPrivateKey)
		return err
	})
	if err != nil || sealed == nil {
		return nil, err
	}
	der, err := l.sealer.Open(ctx, sealed, secretPlace(link, secretPrivateKey))
	if err != nil {
		return nil, err
	}
	return seal.UnmarshalPrivateKey(der)
}

// Warnings tells what is weak about the public key of a link, though it works:
// a short key, a SHA-1 or expired certificate.
func Warnings(s *setup.State, now time.Time) []*core.Finding {
	k, err := seal.ParsePublicKey(s.Value(core.FieldPublicKey))
	if err != nil {
		return nil
	}
	return k.Warnings(now)
}
