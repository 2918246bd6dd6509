package seal

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"applink/core"
	"applink/core/finding"
)

func fixture(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// testKey is made once, since making keys is slow. Its public half has a + in its
// base64, which some pastes lose.
var testKey = sync.OnceValue(func() *PrivateKey {
	for {
		k, err := GenerateKey(context.Background(), 2048)
		if err != nil {
			panic(err)
		}
		der, err := x509.MarshalPKIXPublicKey(&k.RSA().PublicKey)
		if err != nil {
			panic(err)
		}
		if strings.Contains(base64.StdEncoding.EncodeToString(der), "+") {
			return k
		}
	}
})

func codeOf(err error) core.Code {
	var f *core.Finding
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func wantCode(t *testing.T, err error, code core.Code) *core.Finding {
	t.Helper()
	if codeOf(err) != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	var f *core.Finding
	errors.As(err, &f)
	return f
}

func TestSecretsPrintRedacted(t *testing.T) {
	const canary = "canary-6f1d"
	type holder struct {
		Open   Text
		hidden Text
		key    *PrivateKey
		Key    PrivateKey
		pair   *PrivateKey
	}
	key := testKey()
	h := holder{NewText(canary), NewText(canary), key, *key, key}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "text", h.Open, "key", key, "holder", h)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "text", h.Open, "key", key, "holder", h)
	for _, v := range []any{h, &h, h.Open, key, *key, []Text{h.Open}, map[string]Text{"a": h.Open}, fmt.Errorf("%w: %v", os.ErrExist, h.Open)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&log, verb, v)
		}
		if err := json.NewEncoder(&log).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprint(key.RSA().D), fmt.Sprintf("%x", key.RSA().D)} {
		if strings.Contains(log.String(), bad) {
			t.Errorf("found %.20s… in\n%s", bad, log.String())
		}
	}
	if !strings.Contains(log.String(), redacted) {
		t.Error("the redaction mark is nowhere")
	}
	if h.Open.Reveal() != canary || h.Open.Empty() || !(Text{}).Empty() {
		t.Error("Reveal or Empty is wrong")
	}
}

func TestGenerateKeyRefusesOtherSizes(t *testing.T) {
	for _, bits := range []int{0, 512, 1024, 2047, 8192} {
		_, err := GenerateKey(context.Background(), bits)
		wantCode(t, err, finding.NoSuchChoice.Code())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := GenerateKey(ctx, 4096); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
}

func TestPrivateKeyRoundTrips(t *testing.T) {
	key := testKey()
	der, err := key.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalPrivateKey(der)
	if err != nil || !back.RSA().Equal(key.RSA()) {
		t.Fatalf("unmarshalled another key, error %v", err)
	}
	pem, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	crlf := NewText("  " + strings.ReplaceAll(pem.Reveal(), "\n", "\r\n  "))
	if back, err = ParsePrivateKey(crlf); err != nil || !back.RSA().Equal(key.RSA()) {
		t.Fatalf("parsed another key, error %v", err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	bundle := NewText(public + "\n" + pem.Reveal())
	if back, err = ParsePrivateKey(bundle); err != nil || !back.RSA().Equal(key.RSA()) {
		t.Fatalf("parsed another key from a bundle, error %v", err)
	}
	parsed, err := ParsePublicKey(public)
	if err != nil || parsed.PEM != public || parsed.Bits != 2048 || !parsed.Key.Equal(&key.RSA().PublicKey) {
		t.Fatalf("parsed %+v, error %v", parsed, err)
	}
}

func TestParsePrivateKeyFindings(t *testing.T) {
	pem, err := testKey().PEM()
	if err != nil {
		t.Fatal(err)
	}
	text := pem.Reveal()
	for name, c := range map[string]struct {
		text string
		code core.Code
	}{
		"encrypted PKCS#8":      {fixture(t, "encrypted-pkcs8.pem"), finding.KeyEncrypted.Code()},
		"encrypted PKCS#8 bare": {bare(fixture(t, "encrypted-pkcs8.pem")), finding.KeyEncrypted.Code()},
		"encrypted PKCS#1":      {fixture(t, "encrypted-pkcs1.pem"), finding.KeyEncrypted.Code()},
		"cut":                   {text[:600], finding.KeyDamaged.Code()},
		"two":                   {text + privatePEM(t, otherKey()), finding.SeveralKeys.Code()},
		"public":                {fixture(t, "rsa2048.pem"), finding.NotAKey.Code()},
		"nothing":               {"", finding.NotAKey.Code()},
		"words":                 {"my key", finding.NotAKey.Code()},
		"OpenSSH":               {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbg==\n-----END OPENSSH PRIVATE KEY-----", finding.KeyDamaged.Code()},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePrivateKey(NewText(c.text))
			wantCode(t, err, c.code)
		})
	}
}

func TestCertificateIsAcceptedAsPublicKey(t *testing.T) {
	key, name := testKey(), strings.Repeat("Überlänge ", 12)
	cert, err := key.Certificate(name, someDay)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParsePublicKey(cert)
	if err != nil {
		t.Fatal(err)
	}
	if k.Kind != KindCertificate || k.PEM != cert || k.SHA1 || !k.Key.Equal(&key.RSA().PublicKey) {
		t.Errorf("parsed %+v", k)
	}
	if w := k.Warnings(someDay); len(w) != 0 {
		t.Errorf("our own certificate is warned about: %v", w[0])
	}
}

func TestSealerBindsToPlaceAndKey(t *testing.T) {
	one, _ := NewSealer(bytes.Repeat([]byte{1}, 32))
	two, _ := NewSealer(bytes.Repeat([]byte{2}, 32))
	sealed, err := one.Seal([]byte("plain"), "secrets/1/a")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := one.Open(sealed, "secrets/1/a"); err != nil || string(plain) != "plain" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	if _, err := one.Open(sealed, "secrets/2/a"); !errors.Is(err, ErrDamaged) {
		t.Errorf("elsewhere: %v", err)
	}
	if _, err := two.Open(sealed, "secrets/1/a"); !errors.Is(err, ErrOtherKey) {
		t.Errorf("with another key: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := one.Open(bad, "secrets/1/a"); err == nil {
			t.Fatalf("opened with byte %d changed", i)
		}
		if _, err := one.Open(sealed[:i], "secrets/1/a"); err == nil {
			t.Fatalf("opened when cut at byte %d", i)
		}
	}
	if _, err := NewSealer([]byte("short")); err == nil {
		t.Error("took a short key")
	}
}
