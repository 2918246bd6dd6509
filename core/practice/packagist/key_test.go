package packagist

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestCertificate(t *testing.T) {
	now := time.Date(2024, 5, 14, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		bits      int
		hash      crypto.Hash
		algorithm x509.SignatureAlgorithm
		openssl   string
	}{
		{1024, crypto.SHA1, x509.SHA1WithRSA, "sha1WithRSAEncryption"},
		{2048, crypto.SHA256, x509.SHA256WithRSA, "sha256WithRSAEncryption"},
	} {
		key, text, err := newPackagistKey(tt.bits, now)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(text, "-----BEGIN CERTIFICATE-----\n") {
			t.Errorf("the public key begins with %q", text[:30])
		}
		block, rest := pem.Decode([]byte(text))
		if block == nil || len(rest) != 0 {
			t.Fatalf("not one PEM block: %q", text)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if c.Version != 3 || c.SerialNumber.Sign() != 0 || c.SignatureAlgorithm != tt.algorithm {
			t.Errorf("version %d, serial %v, %v", c.Version, c.SerialNumber, c.SignatureAlgorithm)
		}
		if c.Subject.CommonName != "Private Packagist" || !bytes.Equal(c.RawIssuer, c.RawSubject) {
			t.Errorf("subject %v, issuer %v", c.Subject, c.Issuer)
		}
		if c.NotAfter.Year() != 2053 || !c.NotBefore.Equal(now) {
			t.Errorf("valid from %v to %v", c.NotBefore, c.NotAfter)
		}
		if public := c.PublicKey.(*rsa.PublicKey); !public.Equal(&key.PublicKey) || public.N.BitLen() != tt.bits {
			t.Errorf("holds another key of %d bits", public.N.BitLen())
		}
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, tt.hash, digest(tt.hash, c.RawTBSCertificate), c.Signature); err != nil {
			t.Errorf("self-signature: %v", err)
		}
		t.Run("openssl", func(t *testing.T) { opensslReadsCertificate(t, text, tt.openssl) })
	}
}

func opensslReadsCertificate(t *testing.T, text, algorithm string) {
	needSecondOpinion(t, "openssl")
	run := exec.CommandContext(t.Context(), "openssl", "x509", "-noout", "-text")
	run.Stdin = strings.NewReader(text)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"Version: 3", "Serial Number: 0", algorithm, "CN=Private Packagist", "2053 GMT"} {
		if !strings.Contains(strings.ReplaceAll(string(out), "CN = ", "CN="), want) {
			t.Errorf("openssl does not say %q:\n%s", want, out)
		}
	}
}

// needSecondOpinion skips tests that ask another program, unless they are
// wanted; then the program must be there.
func needSecondOpinion(t *testing.T, program string) {
	t.Helper()
	if os.Getenv("APPLINK_E2E") != "1" {
		t.Skipf("asking %s for a second opinion: set APPLINK_E2E=1", program)
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Fatal(err)
	}
}

func TestBaseString(t *testing.T) {
	for _, tt := range []struct {
		name, method, url string
		params            []param
		want              string
	}{
		{"host and default port", "post", "HTTPS://BB.Example.com:443/Ctx/plugins", []param{{"b", "2 +"}, {"a", "~*"}},
			"POST&https%3A%2F%2Fbb.example.com%2FCtx%2Fplugins&a%3D~%252A%26b%3D2%2520%252B"},
		{"repeats and empty values", "GET", "http://h:80?a=2&a=1&flag", nil, "GET&http%3A%2F%2Fh%2F&a%3D1%26a%3D2%26flag%3D"},
		{"other port, raw path", "GET", "http://h:443/a%2Fb//c?x=%C3%A9", nil, "GET&http%3A%2F%2Fh%3A443%2Fa%252Fb%2F%2Fc&x%3D%25C3%25A9"},
		{"semicolon is ordinary", "GET", "http://[::1]:7990/?a=1;b=2", nil, "GET&http%3A%2F%2F%5B%3A%3A1%5D%3A7990%2F&a%3D1%253Bb%253D2"},
		{"RFC 5849 3.4.1.1", "GET", "http://example.com/r%20v/X?id=123", []param{{"oauth_token", "k"}},
			"GET&http%3A%2F%2Fexample.com%2Fr%2520v%2FX&id%3D123%26oauth_token%3Dk"},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := baseString(tt.method, u, tt.params); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// oAuthlib verifies a signed request with Python's oauthlib.
const oAuthlib = `
import sys
from oauthlib.oauth1.rfc5849 import signature
from oauthlib.common import Request
uri, method, header = sys.argv[1:4]
params = signature.collect_parameters(uri_query=uri.partition("?")[2], headers={"Authorization": header}, exclude_oauth_signature=False)
request = Request(uri, http_method=method)
request.params = [p for p in params if p[0] != "oauth_signature"]
request.signature = dict(params)["oauth_signature"]
print(signature.verify_rsa_sha1(request, sys.stdin.read()))
`

func TestSignatureBySecondOpinion(t *testing.T) {
	needSecondOpinion(t, "/usr/bin/python3")
	key, _, err := newPackagistKey(2048, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	signer := signer{consumer: "key é&", key: key, now: time.Now}
	for _, address := range []string{"http://127.0.0.1:7990/bitbucket/plugins/servlet/oauth/request-token", "https://Bb.example.com/rest?filter=a+b%2Bc&x=1&x=0"} {
		r, err := newSignedRequest(t, signer, "POST", address)
		if err != nil {
			t.Fatal(err)
		}
		run := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", oAuthlib, address, "POST", r.Header.Get("Authorization"))
		run.Stdin = bytes.NewReader(public)
		out, err := run.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "True" {
			t.Errorf("oauthlib about %s: %s %v", address, out, err)
		}
	}
}
