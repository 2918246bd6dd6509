package seal

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strconv"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Kind is the form of a public key; Bitbucket takes both.
type Kind string

// The forms.
const (
	KindKey         Kind = "public key"
	KindCertificate Kind = "certificate"
)

// PublicKey is an RSA key as it is entered in Bitbucket's incoming
// authentication form.
type PublicKey struct {
	// PEM is the text to enter: a certificate stays a certificate. It has LF
	// line ends and starts and ends with its lines, without a blank: Bitbucket
	// takes a certificate only if it starts exactly with its BEGIN line.
	PEM         string
	Kind        Kind
	Bits        int
	Key         *rsa.PublicKey
	Fingerprint string // "SHA256:" and the base64 hash of the SubjectPublicKeyInfo; the same for key and certificate

	// Of a certificate only.
	SHA1                bool // signed with SHA-1
	NotBefore, NotAfter time.Time

	cert  *x509.Certificate // of a certificate only
	notes []*core.Finding
}

// smallestRecommended is the size below which a key is reported, in bits.
const smallestRecommended = 2048

// Notes tells how the key was read, where it was not pasted as it is entered. PEM
// parsed again has none.
func (k PublicKey) Notes() []*core.Finding { return k.notes }

// name describes the key, to distinguish it from others in one text.
func (k PublicKey) name() string {
	switch {
	case k.cert != nil:
		return "a certificate of " + k.cert.Subject.String()
	case k.Key != nil:
		return "a public key " + k.Fingerprint
	}
	return "one that cannot be read"
}

// Warnings returns what is worth telling about a key that can be used: too few
// bits, a certificate with SHA-1 or outside its dates. Bitbucket checks neither
// dates nor size.
func (k PublicKey) Warnings(now time.Time) []*core.Finding {
	var out []*core.Finding
	warn := func(f *core.Finding) { out = append(out, f.AsWarning()) }
	if k.Bits < smallestRecommended {
		warn(finding.KeyWeak.With(strconv.Itoa(k.Bits)))
	}
	if k.SHA1 {
		warn(finding.CertificateSHA1.With())
	}
	if k.Kind == KindCertificate {
		switch {
		case now.After(k.NotAfter):
			warn(finding.KeyCertificateExpired.With(k.NotAfter.Format(time.DateOnly)))
		case now.Before(k.NotBefore):
			warn(finding.KeyCertificateExpired.With(k.NotBefore.Format(time.DateOnly)))
		}
	}
	return out
}

func keyOf(spki []byte, key *rsa.PublicKey) PublicKey {
	sum := sha256.Sum256(spki)
	return PublicKey{
		PEM: armour("PUBLIC KEY", spki), Kind: KindKey, Bits: key.N.BitLen(), Key: key,
		Fingerprint: "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:]),
	}
}

func keyOfCertificate(cert *x509.Certificate, key *rsa.PublicKey) PublicKey {
	k := keyOf(cert.RawSubjectPublicKeyInfo, key)
	k.PEM, k.Kind = armour("CERTIFICATE", cert.Raw), KindCertificate
	k.cert = cert
	k.SHA1 = cert.SignatureAlgorithm == x509.SHA1WithRSA
	k.NotBefore, k.NotAfter = cert.NotBefore, cert.NotAfter
	return k
}

// armour makes PEM without the last line end, so that what is copied is exactly
// what is shown.
func armour(label string, der []byte) string {
	text := pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
	return strings.TrimRight(string(text), "\n")
}
