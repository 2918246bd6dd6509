package bitbucket

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

func certificatePEM(key *rsa.PrivateKey) string {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// TestPublicKeys has a row for every form of a key that people paste.
func TestPublicKeys(t *testing.T) {
	key := keyOf(1024)
	spki, cert := spkiPEM(&key.PublicKey), certificatePEM(key)
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(key)
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ecDER, _ := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	small, _ := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int), 510, 1), E: 65537})
	enough, _ := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int), 511, 1), E: 65537})
	for _, c := range []struct {
		name, text string
		form, rest bool
	}{
		{"PEM", spki, true, true},
		{"PEM with CRLF", crlf(spki), true, true},
		{"PEM on one line", strings.ReplaceAll(spki, "\n", ""), true, true},
		{"bare base64", spkiBase64(&key.PublicKey), true, true},
		{"PEM after blanks", " \n" + spki, true, true},
		{"512 bits", block("PUBLIC KEY", enough), true, true},
		{"511 bits", block("PUBLIC KEY", small), false, false},
		{"certificate", cert, true, false},
		{"certificate with CRLF", crlf(cert), true, false},
		{"certificate after a blank", " " + cert, false, false},
		{"certificate after a newline", "\n" + cert, false, false},
		{"certificate cut off", cert[:len(cert)/2], false, false},
		{"certificate without its last line", strings.TrimSuffix(cert, endCertificate+"\n"), false, false},
		{"certificate on one line", strings.ReplaceAll(cert, "\n", ""), false, false},
		{"key cut off", spki[:len(spki)/2], false, false},
		{"PKCS #1", block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey)), false, false},
		{"EC key", block("PUBLIC KEY", ecDER), false, false},
		{"ssh-rsa", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 jane@host", false, false},
		{"private key", block("PRIVATE KEY", pkcs8), false, false},
		{"PKCS #1 private key", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), false, false},
		{"nothing", "", false, false},
	} {
		if _, err := parseFormKey(c.text); (err == nil) != c.form {
			t.Errorf("%s in the form: %v", c.name, err)
		}
		if _, err := parseRESTKey(c.text); (err == nil) != c.rest {
			t.Errorf("%s over REST: %v", c.name, err)
		}
	}
}

func TestConsumerCallbackField(t *testing.T) {
	for callback, want := range map[string]string{"": "", "https://x/cb": "", "/cb": "Callback URL must be absolute.",
		"ftp://x": "Callback URL must be either an HTTP or HTTPS address.", "http://%zz": "Must be a valid URL."} {
		if got := checkConsumerCallback(callback); got != want {
			t.Errorf("%q: %q", callback, got)
		}
	}
}

func FuzzParsers(f *testing.F) {
	f.Add(`OAuth realm="x", oauth_token="a%20b"`, "a=1&b&=c&d=%zz", beginCertificate+"\nAA==\n"+endCertificate)
	f.Fuzz(func(t *testing.T, header, form, key string) {
		decodeAuthorization(header)
		if pairs, err := decodeForm(form); err == nil {
			again, err := decodeForm(formEncode(pairs))
			if err != nil || len(again) != len(pairs) {
				t.Errorf("%q: %v became %v, %v", form, pairs, again, err)
			}
		}
		parseFormKey(key)
		normalURL(header)
	})
}
