package seal

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// authoritiesLimit bounds a file of certificate authorities, in bytes. That of a whole
// system has a quarter of it.
const authoritiesLimit = 1 << 20

// ReadAuthorities reads the certificates of authorities from a PEM file and returns
// them as PEM, one after the other and nothing else: that is what is stored, so that
// the file may go. A certificate that signs itself is its own authority. Errors:
// [finding.AuthoritiesUnreadable] when the file cannot be read or holds no certificate,
// [finding.AuthoritiesHoldPrivateKey] when it holds a private key,
// [finding.NoAuthorityCertificate] when it holds only certificates of servers.
func ReadAuthorities(path string) (string, error) {
	text, err := readAll(path, authoritiesLimit)
	if err != nil {
		return "", finding.AuthoritiesUnreadable.With(path).Because(err.Error())
	}
	if bytes.Contains(bytes.ToUpper(text), []byte("PRIVATE KEY-----")) {
		return "", finding.AuthoritiesHoldPrivateKey.With(path)
	}
	var kept bytes.Buffer
	var subject string
	broken := errors.New("no PEM certificate in the file")
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" && block.Type != "X509 CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			broken = err
		case isAuthority(c):
			pem.Encode(&kept, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
		default:
			subject = c.Subject.String()
		}
	}
	switch {
	case kept.Len() > 0:
		return kept.String(), nil
	case subject != "":
		return "", finding.NoAuthorityCertificate.With(path, subject)
	}
	return "", finding.AuthoritiesUnreadable.With(path).Because(broken.Error())
}

func isAuthority(c *x509.Certificate) bool {
	return c.IsCA || bytes.Equal(c.RawSubject, c.RawIssuer)
}

func readAll(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("it is longer than %d bytes", limit)
	}
	return b, err
}

// Authorities returns the certificates of a stored answer as PEM. An applink before
// stored the path of their file, which is read then, with the errors of
// [ReadAuthorities]. None are the empty text.
func Authorities(stored string) (string, error) {
	if stored == "" || strings.HasPrefix(stored, "-----BEGIN") {
		return stored, nil
	}
	return ReadAuthorities(stored)
}

// DescribeAuthorities describes in one line the certificates of a stored answer: their
// number, their subjects, and the fingerprint of the first. A path is returned as it is.
func DescribeAuthorities(stored string) string {
	var subjects []string
	var first string
	for block, rest := pem.Decode([]byte(stored)); block != nil; block, rest = pem.Decode(rest) {
		if first == "" {
			first = fmt.Sprintf("%X", sha256.Sum256(block.Bytes))
		}
		subject := "unreadable"
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			subject = c.Subject.String()
		}
		subjects = append(subjects, core.Line(subject, 80))
	}
	const named = 3
	switch n := len(subjects); {
	case n == 0:
		return stored
	case n == 1:
		return fmt.Sprintf("1 certificate: %s (SHA-256 %s)", subjects[0], first)
	case n > named:
		return fmt.Sprintf("%d certificates: %s and %d more (first SHA-256 %s)", n, strings.Join(subjects[:named], "; "), n-named, first)
	default:
		return fmt.Sprintf("%d certificates: %s (first SHA-256 %s)", n, strings.Join(subjects, "; "), first)
	}
}
