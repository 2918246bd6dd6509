package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A pasted key is told in one line, with what was seen of it, and never a private one.
func TestDescribeKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	block := func(label string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Private Packagist"},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	public, certificate := block("PUBLIC KEY", spki), block("CERTIFICATE", cert)
	cut := strings.Join(strings.Split(strings.TrimSpace(public), "\n")[:3], "\n")
	lines := bytes.Count([]byte(certificate), []byte("\n"))
	for name, tt := range map[string]struct{ text, want, short string }{
		"key":         {public, "BEGIN PUBLIC KEY … 6 lines, END present, RSA 1024", "BEGIN PUBLIC KEY … 6 lines, RSA 1024"},
		"PKCS#1":      {block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey)), "BEGIN RSA PUBLIC KEY … 5 lines, END present, RSA 1024", "BEGIN RSA PUBLIC KEY … 5 lines, RSA 1024"},
		"certificate": {certificate, "BEGIN CERTIFICATE … " + strconv.Itoa(lines) + " lines, END present, RSA 1024", "BEGIN CERTIFICATE … " + strconv.Itoa(lines) + " lines, RSA 1024"},
		"cut":         {cut, "BEGIN PUBLIC KEY … 3 lines, END missing", "BEGIN PUBLIC KEY … 3 lines, END missing"},
		"one line":    {"applink-3f9c2e71", "", ""},
		"private":     {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "", ""},
	} {
		if got := DescribeKey(tt.text); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
		if got := KeyInShort(tt.text); got != tt.short {
			t.Errorf("%s in short: %q", name, got)
		}
	}
}
