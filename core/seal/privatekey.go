package seal

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"applink/core/finding"
)

// PrivateKey is an RSA private key that applink holds. It prints as "••••".
type PrivateKey struct{ key *rsa.PrivateKey }

// GenerateKey makes a key of 2048, 3072 or 4096 bits. It takes from 40 ms to a
// second and more; when ctx ends first it returns ctx's error.
func GenerateKey(ctx context.Context, bits int) (*PrivateKey, error) {
	switch bits {
	case 2048, 3072, 4096:
	default:
		return nil, finding.NoSuchChoice.With(strconv.Itoa(bits), "2048, 3072, 4096")
	}
	type result struct {
		key *rsa.PrivateKey
		err error
	}
	done := make(chan result, 1)
	go func() { // the library's generator cannot be interrupted
		key, err := rsa.GenerateKey(rand.Reader, bits)
		done <- result{key, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("generating an RSA key: %w", r.err)
		}
		return privateKeyOf(r.key)
	}
}

// ParsePrivateKey reads an unencrypted RSA private key as people paste it: PEM (PKCS#1,
// PKCS#8), OpenSSH's form, a JSON Web Key, an RSAKeyValue, and what [ParsePublicKey]
// undoes; a certificate beside it is passed over. An error is a *core.Finding that
// holds nothing of the text; [finding.KeyEncrypted] for an encrypted key that is whole.
func ParsePrivateKey(s Text) (*PrivateKey, error) { return DecryptPrivateKey(s, Text{}) }

// readPrivate reads one reading.
func readPrivate(text string, passphrase Text) (*PrivateKey, error) {
	s := squeeze(text)
	blocks, _ := split(s)
	private := onlyPrivate(blocks)
	switch {
	case len(private) > 0:
		blocks = private
	case strings.Contains(strings.ToUpper(s), "PUTTY-USER-KEY-FILE"):
		return nil, finding.KeyFormatUnsupported.With("a PuTTY key (.ppk)", "puttygen FILE -O private-openssh -o key.pem")
	default:
		if f := foreign(text, s); f != nil {
			return nil, f
		}
	}
	if slices.ContainsFunc(blocks, func(b block) bool { return b.body != blocks[0].body }) {
		return nil, finding.SeveralKeys.With(fmt.Sprintf("%d private keys", len(blocks)))
	}
	return blocks[0].private(passphrase)
}

// private reads the key of a block.
func (b block) private(passphrase Text) (*PrivateKey, error) {
	switch {
	case strings.Contains(b.body, "4,ENCRYPTED"):
		if !b.ended {
			return nil, cut("the END line")
		}
		return b.decrypted(passphrase, openLegacy)
	case b.label == "ECPRIVATEKEY":
		return nil, finding.KeyIsEC.With()
	}
	if der, _ := b.bytes(); b.label == "OPENSSHPRIVATEKEY" || hasPrefix(der, []byte(opensshMagic)) {
		return b.openSSH(passphrase)
	}
	der, err := b.decode()
	switch {
	case err != nil:
		return nil, err
	case ofPKCS12(der):
		return nil, finding.KeyFormatUnsupported.With(storeName, "openssl pkcs12 -in FILE -nocerts -nodes -out key.pem")
	}
	if f := container(der); f != nil {
		return nil, f
	}
	if b.label == "ENCRYPTEDPRIVATEKEY" {
		return b.decrypted(passphrase, openPBES2)
	}
	key, err := UnmarshalPrivateKey(der)
	if errors.Is(err, finding.KeyEncrypted) {
		return b.decrypted(passphrase, openPBES2)
	}
	return key, err
}

func onlyPrivate(blocks []block) []block {
	var out []block
	for _, b := range blocks {
		if strings.HasSuffix(b.label, "PRIVATEKEY") {
			out = append(out, b)
		}
	}
	return out
}

// UnmarshalPrivateKey reads what [PrivateKey.Marshal] returned; PKCS#1 too. Errors are
// as of [ParsePrivateKey].
func UnmarshalPrivateKey(der []byte) (*PrivateKey, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return privateKeyOf(key)
	}
	if _, err := x509.ParseECPrivateKey(der); err == nil {
		return nil, finding.KeyIsEC.With()
	}
	any, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if name := algorithms[algorithmOf(der)]; name != "" {
			return nil, finding.KeyTypeUnsupported.With(name)
		}
		if rest, ok := header(der); ok && looksPrivate(der) && len(rest) > 0 && rest[0] == 0x30 {
			return nil, finding.KeyEncrypted.With()
		}
		return nil, finding.NotAKey.With()
	}
	if key, ok := any.(*rsa.PrivateKey); ok {
		return privateKeyOf(key)
	}
	kind := fmt.Sprintf("%T", any) // of crypto packages: *ecdsa.PrivateKey, ed25519.PrivateKey, …
	if strings.Contains(kind, "ecdsa") {
		return nil, finding.KeyIsEC.With()
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(kind, "*"), ".")
	return nil, finding.KeyTypeUnsupported.With(name)
}

// algorithmOf is the name of the algorithm of PKCS#8, "" if it is none.
func algorithmOf(der []byte) string {
	var info struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return ""
	}
	return info.Algorithm.Algorithm.String()
}

// smallestSigning is the least number of bits that crypto/rsa signs with.
const smallestSigning = 1024

func privateKeyOf(key *rsa.PrivateKey) (*PrivateKey, error) {
	if bits := key.N.BitLen(); bits < smallestSigning {
		return nil, tooShort(bits, smallestSigning)
	}
	return &PrivateKey{key}, nil
}

// RSA returns the key itself, to sign with.
func (k *PrivateKey) RSA() *rsa.PrivateKey { return k.key }

// Marshal returns the key as PKCS#8 DER, unencrypted, to be sealed.
func (k *PrivateKey) Marshal() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		return nil, fmt.Errorf("encoding the private key: %w", err)
	}
	return der, nil
}

// PEM returns the key as PEM "PRIVATE KEY", to be exported on request.
func (k *PrivateKey) PEM() (Text, error) {
	der, err := k.Marshal()
	if err != nil {
		return Text{}, err
	}
	return NewText(armour("PRIVATE KEY", der) + "\n"), nil
}

// PublicPEM returns the public half as PEM "PUBLIC KEY", to be entered in
// Bitbucket, without a line end behind it.
func (k *PrivateKey) PublicPEM() (string, error) {
	spki, err := x509.MarshalPKIXPublicKey(&k.key.PublicKey)
	if err != nil {
		return "", fmt.Errorf("encoding the public key: %w", err)
	}
	return armour("PUBLIC KEY", spki), nil
}

// validity is how long a certificate of ours holds. Bitbucket does not look at
// it; the admin rotates keys with applink instead.
const validity = 10 * 365 * 24 * time.Hour

// Certificate wraps the public half in a self-signed certificate (SHA-256) with
// name as common name, valid for ten years from the day before now. Bitbucket's
// form takes it in place of the key; its REST interface does not.
func (k *PrivateKey) Certificate(name string, now time.Time) (string, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return "", fmt.Errorf("choosing a serial number: %w", err)
	}
	if r := []rune(name); len(r) > 64 { // RFC 5280, ub-common-name
		name = string(r[:64])
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-24 * time.Hour).UTC(), NotAfter: now.Add(validity).UTC(),
		KeyUsage: x509.KeyUsageDigitalSignature, SignatureAlgorithm: x509.SHA256WithRSA,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.key.PublicKey, k.key)
	if err != nil {
		return "", fmt.Errorf("signing the certificate: %w", err)
	}
	return armour("CERTIFICATE", der), nil
}

// String returns "••••".
func (k PrivateKey) String() string { return redacted }

// GoString returns "••••".
func (k PrivateKey) GoString() string { return redacted }

// Format prints "••••" for every verb.
func (k PrivateKey) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// MarshalText returns "••••".
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "••••" as a JSON string.
func (k PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue returns "••••".
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(redacted) }
