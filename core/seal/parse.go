package seal

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"applink/core"
	"applink/core/finding"
)

// ParsePublicKey reads a public key or certificate as people paste it: PEM
// with any line ends or none, wrapped, indented or quoted, bare base64, in an
// encoding that can be undone, or in another form of the same numbers.
// Content decides, not the label of the lines. [PublicKey.Notes] tells what was
// done.
//
// The same key several times is one, and of a chain of certificates the one
// that no other was issued by is taken. An error is a *core.Finding of the
// AL-KEY family and never holds any of the text. After [finding.KeyIsPrivate] (a private
// key was pasted) the text must not be kept.
func ParsePublicKey(s string) (PublicKey, error) {
	if len(s) > pasteLimit {
		return PublicKey{}, finding.NotAKey.With()
	}
	if f := privateIn(s); f != nil {
		return PublicKey{}, f
	}
	var key PublicKey
	var best refusal
	readings(s, func(r reading) bool {
		k, err := readPublic(r.text)
		if err != nil {
			best.add(err, r)
			return errors.Is(best.finding, finding.KeyIsPrivate)
		}
		if note := told(r); note != nil {
			k.notes = append([]*core.Finding{note}, k.notes...)
		}
		if rest := behind(r.text); rest != "" {
			k.notes = append(k.notes, finding.TextBehindKey.With(rest).AsWarning())
		}
		key, best = k, refusal{}
		return true
	})
	return key, best.err()
}

// refusal is the most telling of the reasons why no reading of a text is a key.
type refusal struct {
	finding *core.Finding
	guess   bool
}

// add keeps a reason if it tells more: what a text is, before what it lacks, before that
// it is nothing. Of readings with sure signs the last is nearest to the key.
func (w *refusal) add(err error, r reading) {
	f, ok := err.(*core.Finding)
	if !ok {
		return
	}
	rank := func(f *core.Finding) int {
		switch {
		case f == nil:
			return -1
		case errors.Is(f, finding.NotAKey):
			return 0
		case errors.Is(f, finding.KeyDamaged):
			return 1
		case errors.Is(f, finding.KeyEncrypted), errors.Is(f, finding.WrongPassphrase), errors.Is(f, finding.KeyIsPrivate), errors.Is(f, finding.SeveralKeys):
			return 3
		}
		return 2
	}
	if old, now := rank(w.finding), rank(f); now > old || now == 1 && old == 1 && !r.guess {
		w.finding, w.guess = f, r.guess
	}
}

// err returns the reason, nil without one.
func (w *refusal) err() error {
	if w.finding == nil {
		return nil
	}
	return w.finding
}

// readPublic reads one reading.
func readPublic(text string) (PublicKey, error) {
	s := squeeze(text)
	if f := foreign(text, s); f != nil {
		return PublicKey{}, f
	}
	blocks, before := split(s)
	keys := make([]PublicKey, len(blocks))
	errs := make([]error, len(blocks))
	for i, b := range blocks {
		keys[i], errs[i] = b.public()
	}
	if len(blocks) > 1 {
		return oneOf(keys, errs)
	}
	if keys[0].Kind == KindCertificate && before != "" {
		keys[0].notes = append(keys[0].notes, finding.TextBeforeCertificate.With().AsWarning())
	}
	return keys[0], errs[0]
}

// lastEnd is the line that ends the last block.
var lastEnd = core.Pattern(`(?s).*[-–—−] *END[ A-Z0-9]*(?:[-–—−]+|\n|$)`)

// behind is the beginning of what follows a key, "" where that has no word.
func behind(text string) string {
	rest, found := strings.CutPrefix(text, cmp.Or(lastEnd().FindString(text), text))
	for _, undo := range []func(string) []string{fromHTML, fromHTML, fromEscapes, fromURL} { // entities may hide tags
		if plain := undo(rest); len(plain) > 0 {
			rest = plain[0]
		}
	}
	if !found || !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return core.Line(core.HideSecrets(strings.TrimSpace(rest)), 60)
}

// public reads the key of a block.
func (b block) public() (PublicKey, error) {
	der, err := b.decode()
	if looksPrivate(der) { // also where it is cut
		return PublicKey{}, finding.KeyIsPrivate.With()
	}
	if err != nil {
		return PublicKey{}, err
	}
	return parsePublicDER(der)
}

// oneOf finds the key that is meant where several stand: the same one again, or the
// certificate at the end of a chain.
func oneOf(keys []PublicKey, errs []error) (PublicKey, error) {
	names := make([]string, 0, len(keys))
	same, whole, none := true, true, true
	for i, k := range keys {
		if errors.Is(errs[i], finding.KeyIsPrivate) {
			return PublicKey{}, errs[i]
		}
		same = same && errs[i] == nil && k.Fingerprint == keys[0].Fingerprint
		none = none && errs[i] != nil
		whole = whole && errs[i] == nil && k.cert != nil
		if name := k.name(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case none:
		return PublicKey{}, errs[0]
	case same:
		k := keys[0]
		k.notes = append(k.notes, finding.KeyConverted.With(fmt.Sprintf("%d copies of the same key", len(keys))).AsWarning())
		return k, nil
	case whole:
		if k, ok := leaf(keys); ok {
			k.notes = append(k.notes, finding.KeyConverted.With(fmt.Sprintf("a chain of %d certificates: %s", len(keys), k.cert.Subject)).AsWarning())
			return k, nil
		}
	}
	return PublicKey{}, finding.SeveralKeys.With(strings.Join(names, "; "))
}

// leaf returns the one certificate that issued none of the others, if they are a chain.
func leaf(keys []PublicKey) (PublicKey, bool) {
	var found []PublicKey
	issued := 0
	for i, k := range keys {
		issues := func(o PublicKey) bool { return bytes.Equal(o.cert.RawIssuer, k.cert.RawSubject) }
		others := slices.Concat(keys[:i], keys[i+1:])
		if slices.ContainsFunc(others, issues) {
			issued++
		} else {
			found = append(found, k)
		}
	}
	if len(found) != 1 || issued != len(keys)-1 || found[0].cert.IsCA {
		return PublicKey{}, false
	}
	return found[0], true
}

// header reads as much of a DER structure as is needed to tell what it is: the
// tags and bytes at its start, of which a cut key has kept the best part.
func header(der []byte) (rest []byte, ok bool) {
	if _, ok := derLength(der); !ok {
		return nil, false
	}
	if der[1] < 0x80 {
		return der[2:], true
	}
	return der[2+int(der[1]&0x7f):], true
}

// pkcs7 begins the names of the types of PKCS#7 (RFC 2315), as a whole element of DER.
var pkcs7 = []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7}

func ofPKCS7(content []byte) bool { return hasPrefix(content, pkcs7) }

// ofPKCS12 reports whether DER, possibly cut, is a store of keys and certificates: version
// 3 and then PKCS#7 (RFC 7292, section 4).
func ofPKCS12(der []byte) bool {
	rest, ok := header(der)
	if !ok || !hasPrefix(rest, []byte{2, 1, 3}) {
		return false
	}
	content, ok := header(rest[3:])
	return ok && ofPKCS7(content)
}

// pkcs5 and pkcs12 begin the names of the algorithms that encrypt private keys.
var pkcs5, pkcs12 = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5}, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12}

// looksPrivate reports whether DER, possibly cut, is a private key: PKCS#1,
// PKCS#8, SEC 1 and PKCS#12 begin with a one-byte version, encrypted PKCS#8
// with the name of the encryption. No public form does.
func looksPrivate(der []byte) bool {
	rest, ok := header(der)
	if !ok || len(rest) < 2 {
		return false
	}
	if rest[0] == 0x02 && rest[1] == 0x01 {
		return true
	}
	algorithm, ok := header(rest)
	if !ok || len(algorithm) < 10 || algorithm[0] != 0x06 {
		return false
	}
	oid := algorithm[2:]
	return hasPrefix(oid, pkcs5) || hasPrefix(oid, pkcs12)
}

func hasPrefix(b, prefix []byte) bool { return strings.HasPrefix(string(b), string(prefix)) }

func parsePublicDER(der []byte) (PublicKey, error) {
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		spki, err := x509.MarshalPKIXPublicKey(key)
		if err == nil {
			key, err = rsaKey(spki)
		}
		if err != nil {
			return PublicKey{}, err
		}
		k := keyOf(spki, key)
		k.notes = append(k.notes, finding.KeyFromPKCS1.With().AsWarning())
		return k, nil
	}
	if f := container(der); f != nil {
		return PublicKey{}, f
	}
	if cert, err := x509.ParseCertificate(der); err == nil {
		key, err := rsaKey(cert.RawSubjectPublicKeyInfo)
		if err != nil {
			return PublicKey{}, err
		}
		return keyOfCertificate(cert, key), nil
	}
	key, err := rsaKey(der)
	if err != nil {
		return PublicKey{}, err
	}
	return keyOf(der, key), nil
}

// container names DER that holds a key, but is none.
func container(der []byte) *core.Finding {
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return finding.KeyFormatUnsupported.With("a certificate request (CSR)", "openssl req -in FILE -noout -pubkey")
	}
	if rest, ok := header(der); ok && ofPKCS7(rest) {
		return finding.KeyFormatUnsupported.With("a PKCS#7 bundle", "openssl pkcs7 -in FILE -print_certs")
	}
	return nil
}

// algorithms names the public key algorithms that people do have keys of.
var algorithms = map[string]string{
	"1.2.840.10040.4.1":     "DSA",
	"1.2.840.113549.1.1.10": "RSA-PSS",
	"1.3.101.110":           "X25519",
	"1.3.101.112":           "Ed25519",
	"1.3.101.113":           "Ed448",
}

// rsaKey reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) that must hold
// an RSA key.
func rsaKey(spki []byte) (*rsa.PublicKey, error) {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if rest, err := asn1.Unmarshal(spki, &info); err != nil || len(rest) > 0 {
		return nil, finding.NotAKey.With()
	}
	switch oid := info.Algorithm.Algorithm.String(); oid {
	case "1.2.840.113549.1.1.1":
	case "1.2.840.10045.2.1":
		return nil, finding.KeyIsEC.With()
	default:
		name := algorithms[oid]
		if name == "" {
			name = oid
		}
		return nil, finding.KeyTypeUnsupported.With(name)
	}
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, finding.KeyDamaged.With("something inside the key").Because(err.Error())
	}
	rsa := key.(*rsa.PublicKey)
	switch bits := rsa.N.BitLen(); {
	case bits < smallestKey:
		return nil, tooShort(bits, smallestKey)
	case bits > largestKey:
		return nil, finding.KeyTypeUnsupported.With(fmt.Sprintf("RSA with %d bits", bits))
	case !sound(rsa.N):
		return nil, cut("a character inside the key, which got changed")
	}
	return rsa, nil
}

// smallestKey is the least number of bits that Java makes an RSA key of.
const smallestKey = 512

func tooShort(bits, least int) *core.Finding {
	return finding.KeyTooShort.With(strconv.Itoa(bits), strconv.Itoa(least))
}

// smallPrimes is the product of the primes below 2000.
var smallPrimes = sync.OnceValue(func() *big.Int {
	product := big.NewInt(1)
	for n := int64(2); n < 2000; n++ {
		if p := big.NewInt(n); p.ProbablyPrime(0) {
			product.Mul(product, p)
		}
	}
	return product
})

// sound reports whether a number can be the modulus of an RSA key. Of those with a
// changed digit it tells more than nine in ten.
func sound(n *big.Int) bool {
	return new(big.Int).GCD(nil, nil, n, smallPrimes()).Cmp(big.NewInt(1)) == 0
}
