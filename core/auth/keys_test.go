package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/seal"
)

// selfSigned is a certificate of a small key.
func selfSigned(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeysAreMadeOnceForASize(t *testing.T) {
	f := newFixture(t)
	link := f.reached("own").Link.ID
	if key, err := f.PrivateKey(t.Context(), link); key != nil || err != nil {
		t.Errorf("private key before the answer: %v, %v", key, err)
	}
	f, first := keyed(t)
	f.wantPair(first)
	if again := f.answer(core.FieldKeyBits, "2048"); again.Value(core.FieldPublicKey) != first.Value(core.FieldPublicKey) {
		t.Error("the same size made another key")
	}
	larger := f.answer(core.FieldKeyBits, "3072")
	f.wantPair(larger)
	if larger.Value(core.FieldPublicKey) == first.Value(core.FieldPublicKey) || larger.Value(core.FieldClientID) != first.Value(core.FieldClientID) {
		t.Error("another size wants another key and the same Client ID")
	}
	if k, err := seal.ParsePublicKey(larger.Value(core.FieldPublicKey)); err != nil || k.Bits != 3072 {
		t.Errorf("a key of %d bits, %v", k.Bits, err)
	}
	if _, err := f.Answer(t.Context(), f.id, core.FieldKeyBits, "1024"); codeOf(err) != finding.NoSuchChoice.String() {
		t.Errorf("1024 bits: %v", err)
	}
}

// The private key is in no file in the clear.
func TestPrivateKeyIsSealed(t *testing.T) {
	f, s := proved(t)
	key, err := f.PrivateKey(t.Context(), s.Link.ID)
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	der, err := key.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	files := f.files()
	for name, secret := range map[string]string{"DER": string(der), "primes": string(key.RSA().Primes[0].Bytes()),
		"PEM": strings.Split(text.Reveal(), "\n")[5]} {
		if strings.Contains(files, secret) {
			t.Errorf("the %s of the private key lies in a file", name)
		}
	}
	if !strings.Contains(files, s.Value(core.FieldClientID)) {
		t.Error("the files were not searched: the Client ID is not in them")
	}
}

// keyring is a keyring in memory that can die.
type keyring struct {
	held map[string]string
	dead atomic.Bool
	sets atomic.Int32
}

var errLocked = errors.New("the collection is locked")

func (k *keyring) Set(_, user, secret string) error {
	k.sets.Add(1)
	if k.dead.Load() {
		return errLocked
	}
	k.held[user] = secret
	return nil
}

func (k *keyring) Get(_, user string) (string, error) {
	if k.dead.Load() {
		return "", errLocked
	}
	return k.held[user], nil
}

func (k *keyring) Delete(_, user string) error {
	delete(k.held, user)
	return nil
}

// Without the keyring everything can be read and answered but the secrets, and
// no other key takes the place of the one that does not answer.
func TestDeadKeyring(t *testing.T) {
	ring := &keyring{held: map[string]string{}}
	path := filepath.Join(t.TempDir(), "applink.db")
	options := seal.Options{Keyring: ring}
	f := openFixture(t, path, options)
	f.reached("own")
	before := f.answer(core.FieldKeyBits, "2048")

	ring.dead.Store(true)
	f = openFixture(t, path, options)
	f.id = before.Integration.ID
	s, err := f.State(t.Context(), f.id)
	if err != nil || s.Value(core.FieldPublicKey) != before.Value(core.FieldPublicKey) {
		t.Fatalf("reading without the keyring: %v", err)
	}
	if _, err := f.Page(t.Context(), core.Integration{}, 10); err != nil {
		t.Error(err)
	}
	f.answer(core.FieldPurpose, "sync")
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); key != nil || codeOf(err) != finding.KeySourceUnavailable.String() {
		t.Errorf("private key %v, %v", key, err)
	}
	if _, err := f.Answer(t.Context(), f.id, core.FieldKeyBits, "3072"); codeOf(err) != finding.KeySourceUnavailable.String() {
		t.Errorf("another key: %v", err)
	}
	if s, err = f.State(t.Context(), f.id); err != nil || s.Value(core.FieldKeyBits) != "2048" {
		t.Errorf("the answer was stored without its key: %v", err)
	}
	if n := ring.sets.Load(); n != 1 {
		t.Errorf("%d keys went to the keyring", n)
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.key")); files != nil {
		t.Errorf("key files %v", files)
	}

	ring.dead.Store(false)
	f = openFixture(t, path, options)
	f.id = before.Integration.ID
	f.wantPair(s)
}

func TestDamagedSecret(t *testing.T) {
	f, s := proved(t)
	err := f.db.Write(t.Context(), func(tx auth.Tx) error { return tx.PutSecret(s.Link.ID, "private-key", []byte("cut")) })
	if err != nil {
		t.Fatal(err)
	}
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); key != nil || codeOf(err) != finding.WrongSealingKey.String() {
		t.Errorf("private key %v, %v", key, err)
	}
}

func TestWarnings(t *testing.T) {
	f := newFixture(t)
	f.reached("cloud")
	public, _ := pasted()
	if w := auth.Warnings(f.answer(core.FieldPublicKey, public), time.Now()); len(w) != 0 {
		t.Errorf("warnings about a good key: %v", w)
	}
	w := auth.Warnings(f.answer(core.FieldPublicKey, selfSigned(t)), time.Now())
	if len(w) != 1 || !errors.Is(w[0], finding.KeyWeak) || !w[0].Warning {
		t.Errorf("warnings about 1024 bits: %v", w)
	}
	if w := auth.Warnings(f.Begin(), time.Now()); w != nil {
		t.Errorf("warnings about no key: %v", w)
	}
}

func TestWarningsOfOAuth2(t *testing.T) {
	f := finished(t, "cloud")
	do(t)(f.Migrate(t.Context(), f.id))
	s := f.answer(core.FieldCallback, "https://packagist.com/oauth/register/service/x,https://packagist.com/oauth/login/check-custom/x")
	if w := auth.WarningsAbout(s, core.FieldCallback, time.Now()); len(w) != 1 || !errors.Is(w[0], finding.RedirectUnexpected) || !w[0].Warning {
		t.Errorf("another callback: %v", w)
	}
	s = f.answer(core.FieldCallback, s.ExpectedCallback())
	if w := auth.WarningsAbout(s, core.FieldCallback, time.Now()); w != nil {
		t.Errorf("the expected callback: %v", w)
	}
	s = f.answer(core.FieldClientID, "short")
	if w := auth.Warnings(s, time.Now()); len(w) != 1 || !errors.Is(w[0], finding.UnusualClientID) {
		t.Errorf("an odd Client ID: %v", w)
	}
	for _, secret := range []string{strings.Repeat("0a", 32), "Client ID: " + strings.Repeat("0A", 32)} {
		if _, err := f.Answer(t.Context(), f.id, core.FieldClientID, secret); !errors.Is(err, finding.NotAClientID) {
			t.Errorf("a secret in its place: %v", err)
		}
	}
	s = f.answer(core.FieldClientID, "0123456789abcdef0123456789abcdef")
	if w := auth.Warnings(s, time.Now()); len(w) != 0 {
		t.Errorf("a usual Client ID: %v", w)
	}
}
