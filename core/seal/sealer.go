package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrDamaged is returned by Open for a blob that was changed, cut, or moved to
// another row, and for one that never was a sealed value.
var ErrDamaged = errors.New("sealed value is damaged or belongs elsewhere")

// ErrOtherKey is returned by Open for a blob that was sealed with another key.
var ErrOtherKey = errors.New("value is sealed with another key")

// A sealed value is: version, key id, nonce, ciphertext with tag.
const (
	version  = 1
	idSize   = 8
	headSize = 1 + idSize + chacha20poly1305.NonceSizeX
)

// Sealer seals and opens values with one key. It is safe for concurrent use.
type Sealer struct {
	aead cipher.AEAD
	id   [idSize]byte
}

// NewSealer makes a sealer of a key of 32 random bytes.
func NewSealer(key []byte) (*Sealer, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("preparing the key: %w", err)
	}
	s := &Sealer{aead: aead}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("applink key id"))
	copy(s.id[:], mac.Sum(nil))
	return s, nil
}

// KeyID names the key without telling it: 16 hexadecimal digits.
func (s *Sealer) KeyID() string { return hex.EncodeToString(s.id[:]) }

// Seal encrypts plain. The place (table, row, column) is authenticated with it,
// so that the result opens in that place only.
func (s *Sealer) Seal(plain []byte, place string) ([]byte, error) {
	out := make([]byte, headSize, headSize+len(plain)+s.aead.Overhead())
	out[0] = version
	copy(out[1:], s.id[:])
	if _, err := rand.Read(out[1+idSize:]); err != nil {
		return nil, fmt.Errorf("choosing a nonce: %w", err)
	}
	return s.aead.Seal(out, out[1+idSize:], plain, bound(out, place)), nil
}

// Open decrypts what Seal made for the same place. Errors are [ErrDamaged] and
// [ErrOtherKey].
func (s *Sealer) Open(sealed []byte, place string) ([]byte, error) {
	if len(sealed) < headSize+s.aead.Overhead() || sealed[0] != version {
		return nil, ErrDamaged
	}
	if string(sealed[1:1+idSize]) != string(s.id[:]) {
		return nil, ErrOtherKey
	}
	plain, err := s.aead.Open(nil, sealed[1+idSize:headSize], sealed[headSize:], bound(sealed, place))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// bound is the additional data: what stands before the nonce, and the place.
func bound(sealed []byte, place string) []byte {
	return append(append([]byte{}, sealed[:1+idSize]...), place...)
}
