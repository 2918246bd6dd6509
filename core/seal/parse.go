package seal

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"

	"applink/core"
)

// ParsePublicKey reads a public key or certificate as people paste it: PEM
// with any line ends or none, wrapped, indented or quoted, or bare base64.
// Content decides, not the label of the lines.
//
// An error is a *core.Finding of the AL-KEY family and never holds any of the
// text. After AL-KEY-004 (a private key was pasted) the text must not be kept.
func ParsePublicKey(s string) (PublicKey, error) {
	if len(s) > pasteLimit {
		return PublicKey{}, core.Find("AL-KEY-006", "")
	}
	s = squeeze(s)
	if f := foreign(s); f != nil {
		return PublicKey{}, f
	}
	blocks, before := split(s)
	if len(blocks) > 1 {
		return PublicKey{}, core.Find("AL-KEY-011", "")
	}
	der, err := blocks[0].decode()
	if looksPrivate(der) { // also where it is cut
		return PublicKey{}, core.Find("AL-KEY-004", "")
	}
	if err != nil {
		return PublicKey{}, err
	}
	k, err := parsePublicDER(der)
	k.prefixed = before != ""
	return k, err
}

// foreign recognises by their words the texts that are no public key of ours.
// A private key comes first, whatever else the paste holds.
func foreign(s string) *core.Finding {
	upper := strings.ToUpper(s)
	for _, word := range []string{"PRIVATEKEY", "BEGINRSAPRIVATE", "PUTTY-USER-KEY-FILE"} {
		if strings.Contains(upper, word) {
			return core.Find("AL-KEY-004", "")
		}
	}
	switch {
	case strings.Contains(s, "ssh-rsa"), strings.Contains(s, "BEGINSSH2PUBLICKEY"):
		return core.Find("AL-KEY-003", "")
	case strings.Contains(s, "ecdsa-sha2-"):
		return core.Find("AL-KEY-002", "")
	case strings.Contains(s, "ssh-ed25519"):
		return core.Find("AL-KEY-012", "", "type", "Ed25519")
	case strings.Contains(s, "ssh-dss"):
		return core.Find("AL-KEY-012", "", "type", "DSA")
	case strings.Contains(s, "BEGINPGPPUBLICKEYBLOCK"):
		return core.Find("AL-KEY-012", "", "type", "PGP")
	}
	return nil
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
	if _, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return PublicKey{}, core.Find("AL-KEY-005", "")
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
		return nil, core.Find("AL-KEY-006", "")
	}
	switch oid := info.Algorithm.Algorithm.String(); oid {
	case "1.2.840.113549.1.1.1":
	case "1.2.840.10045.2.1":
		return nil, core.Find("AL-KEY-002", "")
	default:
		name := algorithms[oid]
		if name == "" {
			name = oid
		}
		return nil, core.Find("AL-KEY-012", "", "type", name)
	}
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, core.Find("AL-KEY-001", err.Error(), "missing", "something inside the key")
	}
	return key.(*rsa.PublicKey), nil
}
