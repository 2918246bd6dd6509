package seal

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zalando/go-keyring"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// Source names the place where the key of a database lives.
type Source string

// The sources, in the order in which a new database tries them.
const (
	SourcePassphrase Source = "passphrase" // derived with argon2id from what the admin types
	SourceKeyring    Source = "keyring"    // in the keyring of the operating system
	SourceFile       Source = "file"       // in a file of mode 0600 beside the database
)

// Keyring is the keyring of an operating system. Its calls may hang.
type Keyring interface {
	Set(service, user, secret string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// SystemKeyring is the keyring of this operating system: Keychain, Credential
// Manager or Secret Service.
var SystemKeyring Keyring = systemKeyring{}

type systemKeyring struct{}

func (systemKeyring) Set(service, user, secret string) error {
	return keyring.Set(service, user, secret)
}
func (systemKeyring) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (systemKeyring) Delete(service, user string) error        { return keyring.Delete(service, user) }

const (
	keyringService = "applink"
	keyringLimit   = 3 * time.Second
)

// within runs a keyring call and gives up on it at the time limit; the call
// itself cannot be stopped and is left to itself.
func within[T any](ctx context.Context, limit time.Duration, call func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := call()
		done <- answer{value, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	var none T
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	case <-timer.C:
		return none, fmt.Errorf("no answer within %s", limit)
	}
}

var keyText = base64.StdEncoding

func readKeyText(s string) ([]byte, error) {
	key, err := keyText.DecodeString(strings.TrimSpace(s))
	if err != nil || len(key) != chacha20poly1305.KeySize {
		return nil, errors.New("what is kept there is not a key of applink")
	}
	return key, nil
}

func newKey() ([]byte, error) {
	key := make([]byte, chacha20poly1305.KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return key, nil
}

// KeyPath names the key file of a database: "applink-3f…9a.key" beside
// "applink.db". The key id in it keeps two processes that make a key at the
// same time, and two databases in one folder, out of each other's way.
func KeyPath(database, id string) string {
	return strings.TrimSuffix(database, filepath.Ext(database)) + "-" + id + ".key"
}

// writeKeyFile writes the key to a new file and waits until file and folder
// entry are on disk, since what is sealed next depends on it.
func writeKeyFile(path string, key []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(keyText.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder flushes a folder's entries where the system can; Windows cannot
// and need not.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		d.Sync()
		d.Close()
	}
}

func readKeyFile(path string) ([]byte, error) {
	text, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	return readKeyText(text)
}

// smallFile bounds key and passphrase files, in bytes.
const smallFile = 4096

func readSmall(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, smallFile+1))
	if err == nil && len(b) > smallFile {
		err = fmt.Errorf("%s is longer than %d bytes", path, smallFile)
	}
	return string(b), err
}

// PassphraseFile returns a passphrase source for [Options] that reads the file
// at every call and drops one line end.
func PassphraseFile(path string) func(context.Context, bool) (Text, error) {
	return func(context.Context, bool) (Text, error) {
		s, err := readSmall(path)
		if err != nil {
			return Text{}, fmt.Errorf("reading the passphrase: %w", err)
		}
		return NewText(strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")), nil
	}
}

// Stretch holds the parameters of argon2id. They are not secret.
type Stretch struct {
	Salt    []byte
	Time    uint32 // passes
	Memory  uint32 // KiB
	Threads uint8
}

// newStretch takes the second recommended parameters of RFC 9106 section 4.
func newStretch() (Stretch, error) {
	s := Stretch{Salt: make([]byte, 16), Time: 3, Memory: 64 << 10, Threads: 4}
	_, err := rand.Read(s.Salt)
	return s, err
}

// key derives the key. Parameters out of any sensible range come from a damaged
// record and would exhaust the machine or panic.
func (s Stretch) key(passphrase Text) ([]byte, error) {
	if len(s.Salt) < 8 || s.Time < 1 || s.Time > 100 || s.Memory < 8 || s.Memory > 4<<20 || s.Threads < 1 {
		return nil, errors.New("the recorded argon2id parameters are damaged")
	}
	return argon2.IDKey([]byte(passphrase.Reveal()), s.Salt, s.Time, s.Memory, s.Threads, chacha20poly1305.KeySize), nil
}
