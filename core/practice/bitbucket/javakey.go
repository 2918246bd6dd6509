//lint:file-ignore ST1005 these are the server's own messages, word for word

package bitbucket

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"

	"applink/core"
)

// This file follows Java in what counts as a public key and as a signature:
// what Bitbucket takes and refuses depends on the leniency and strictness of
// Java's decoders, not on any standard.

const (
	beginCertificate = "-----BEGIN CERTIFICATE-----"
	endCertificate   = "-----END CERTIFICATE-----"
	minimumBits      = 512 // of Java's RSA keys
)

var banner = core.Pattern(`-----[A-Z ]*-----`)

// parseFormKey reads the Public Key field of the admin page: a certificate when
// the text starts exactly so, anything else as a bare key.
func parseFormKey(text string) (*rsa.PublicKey, error) {
	if strings.HasPrefix(text, beginCertificate) {
		return parseCertificate(text)
	}
	return parseRESTKey(text)
}

// parseRESTKey reads a key as the REST resource does: banners and line ends are
// removed, and the rest must be a SubjectPublicKeyInfo with an RSA key.
func parseRESTKey(text string) (*rsa.PublicKey, error) {
	bare := strings.ReplaceAll(banner().ReplaceAllString(text, ""), "\n", "")
	key, err := x509.ParsePKIXPublicKey(lenientBase64(bare))
	if err != nil {
		return nil, errors.New("java.security.InvalidKeyException: invalid key format")
	}
	return checkRSA(key)
}

// parseCertificate reads the first PEM block as Java's X.509 factory does: the
// banner ends with its line, so that a certificate on one line is incomplete.
func parseCertificate(text string) (*rsa.PublicKey, error) {
	incomplete := errors.New("Could not parse certificate: java.io.IOException: Incomplete data")
	end := strings.IndexAny(text, "\r\n")
	if end < 0 || strings.TrimSpace(text[:end]) != beginCertificate {
		return nil, incomplete
	}
	rest := strings.TrimLeft(text[end:], "\r\n")
	body, footer, found := strings.Cut(rest, "-")
	if !found {
		return nil, incomplete
	}
	footer, _, _ = strings.Cut("-"+footer, "\n")
	if strings.TrimSpace(footer) != endCertificate {
		return nil, errors.New("Could not parse certificate: java.io.IOException: Illegal footer: " + strings.TrimSpace(footer))
	}
	certificate, err := x509.ParseCertificate(lenientBase64(body))
	if err != nil {
		return nil, errors.New("Could not parse certificate: java.io.IOException: Invalid encoding")
	}
	return checkRSA(certificate.PublicKey)
}

func checkRSA(key any) (*rsa.PublicKey, error) {
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("java.security.spec.InvalidKeySpecException: java.security.InvalidKeyException: not an RSA key")
	}
	if public.N.BitLen() < minimumBits {
		return nil, errors.New("java.security.InvalidKeyException: RSA keys must be at least 512 bits long")
	}
	return public, nil
}

// lenientBase64 decodes as Apache Commons Codec does: characters outside the
// alphabet are skipped, the first padding ends the text, and a remainder of one
// character is dropped.
func lenientBase64(text string) []byte {
	var clean strings.Builder
	for _, c := range text {
		if c == '=' {
			break
		}
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean.WriteRune(c)
		case c == '-':
			clean.WriteByte('+')
		case c == '_':
			clean.WriteByte('/')
		}
	}
	s := clean.String()
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	out, _ := base64.RawStdEncoding.DecodeString(s) // nothing outside the alphabet is left
	return out
}

// errSignatureLength is Java's exception for a signature that has not the
// length of the key. It is no OAuth problem, so the container answers 500.
var errSignatureLength = errors.New("java.security.SignatureException: Bad signature length")

// sha1DigestInfo is the DER prefix of a SHA-1 hash in PKCS #1 v1.5 (RFC 8017,
// section 9.2).
var sha1DigestInfo = []byte{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}

// verifySHA1withRSA checks a signature. It computes the padding itself, because
// Bitbucket accepts keys of 512 bits, which crypto/rsa no longer does.
func verifySHA1withRSA(key *rsa.PublicKey, text string, signature []byte) (bool, error) {
	size := (key.N.BitLen() + 7) / 8
	if len(signature) != size {
		return false, errSignatureLength
	}
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(key.N) >= 0 {
		return false, nil
	}
	got := s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, size))
	hash := sha1.Sum([]byte(text))
	tail := append(append([]byte{0}, sha1DigestInfo...), hash[:]...)
	want := append([]byte{0, 1}, []byte(strings.Repeat("\xff", size-2-len(tail)))...)
	return string(got) == string(append(want, tail...)), nil
}

// spkiBase64 is the text form of a key when it is read back.
func spkiBase64(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(der)
}
