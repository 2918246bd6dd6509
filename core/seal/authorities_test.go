package seal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// issued makes a certificate, signed by the parent or by itself.
func issued(t *testing.T, name string, authority bool, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0), IsCA: authority, BasicConstraintsValid: authority}
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

func asPEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

func TestReadAuthorities(t *testing.T) {
	rootCert, rootKey := issued(t, "Root", true, nil, nil)
	middle, middleKey := issued(t, "Issuing", true, rootCert, rootKey)
	leaf, _ := issued(t, "git.example.com", false, middle, middleKey)
	alone, _ := issued(t, "alone", false, nil, nil)
	der, err := x509.MarshalECPrivateKey(rootKey)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("none")}))
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text, want string
		code       core.Code
	}{
		"one":                 {asPEM(rootCert), asPEM(rootCert), ""},
		"a chain with notes":  {"Subject: x\n" + asPEM(leaf) + "\r\n" + asPEM(middle) + "# root\n" + asPEM(rootCert), asPEM(middle) + asPEM(rootCert), ""},
		"signs itself":        {asPEM(alone), asPEM(alone), ""},
		"one is broken":       {broken + asPEM(rootCert), asPEM(rootCert), ""},
		"windows lines":       {strings.ReplaceAll(asPEM(rootCert), "\n", "\r\n"), asPEM(rootCert), ""},
		"server's alone":      {asPEM(leaf), "", finding.NoAuthorityCertificate.Code()},
		"with a key":          {asPEM(rootCert) + private, "", finding.AuthoritiesHoldPrivateKey.Code()},
		"a key first":         {private + asPEM(rootCert), "", finding.AuthoritiesHoldPrivateKey.Code()},
		"a key, cut":          {asPEM(rootCert) + private[:60], "", finding.AuthoritiesHoldPrivateKey.Code()},
		"a key alone":         {private, "", finding.AuthoritiesHoldPrivateKey.Code()},
		"all broken":          {broken, "", finding.AuthoritiesUnreadable.Code()},
		"not PEM":             {string(rootCert.Raw), "", finding.AuthoritiesUnreadable.Code()},
		"empty":               {"", "", finding.AuthoritiesUnreadable.Code()},
		"longer than allowed": {asPEM(rootCert) + strings.Repeat(" ", authoritiesLimit), "", finding.AuthoritiesUnreadable.Code()},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, "ca.pem")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := ReadAuthorities(path)
			if c.code != "" {
				if f := wantCode(t, err, c.code); f.Params["path"] != path || strings.Contains(f.Raw, "PRIVATE") {
					t.Errorf("finding %+v", f)
				}
			} else if err != nil {
				t.Error(err)
			}
			if got != c.want {
				t.Errorf("kept %q, want %q", got, c.want)
			}
		})
	}
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		_, err := ReadAuthorities(path)
		wantCode(t, err, finding.AuthoritiesUnreadable.Code())
	}
	many := strings.Repeat(asPEM(rootCert), 5)
	if got := DescribeAuthorities(many); !strings.HasPrefix(got, "5 certificates: CN=Root; CN=Root; CN=Root and 2 more (first SHA-256 ") {
		t.Errorf("%q", got)
	}
	if got := DescribeAuthorities("/etc/ca.pem"); got != "/etc/ca.pem" {
		t.Errorf("%q", got)
	}
}
