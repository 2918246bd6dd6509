//go:build unix

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
)

// baseField stands where the base URL is entered.
const baseField = "▸ Base URL"

// Each wrong base URL has its own message, and what was typed can be mended: it
// stands in the field again, at once or after Esc.
func TestWrongBaseURLs(t *testing.T) {
	t.Parallel()
	good := startBitbucket(t, "7.21").BaseURL()
	faulty := func(f practice.Fault) string { return startBitbucket(t, "7.21", f).BaseURL() }
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = quiet
	expired, ca := expiredServer(t)

	m := newMachine(t)
	tm := m.start(80, 24, "setup", "--application", "own", "--app-url", appURL, "--name", appName, "--purpose", "sign-in",
		"--platform", "data-center", "--ca-file", ca)
	for _, test := range []struct {
		name, typed, code string
		says              string
	}{
		{"Bitbucket Cloud", "https://bitbucket.org/acme", finding.BitbucketCloud.String(), "bitbucket.org is Bitbucket Cloud"},
		{"a page below the base", good + "/projects/ACME/repos/x/browse", finding.PageNotBaseURL.String(), "not its base URL"},
		{"no scheme", strings.TrimPrefix(good, "http://"), finding.SchemeMissing.String(), ""},
		{"http where https answers", "http" + strings.TrimPrefix(secure.URL, "https"), finding.HTTPSExpected.String(), "answers over https"},
		{"Jira", faulty(practice.Jira), finding.IsJira.String(), "This is Jira"},
		{"Confluence", faulty(practice.Confluence), finding.IsConfluence.String(), "This is Confluence"},
		{"a login page by redirect", faulty(practice.LoginRedirect), finding.LoginPage.String(), "sign-in page"},
		{"a page instead of an answer", faulty(practice.HTML), finding.UnexpectedHTML.String(), "web page"},
		{"closed port", "http://" + closedPort(t), finding.ConnectionRefused.String(), "refused"},
		{"unknown host", "https://name.invalid", finding.UnknownHost.String(), "name.invalid is not known"},
		{"untrusted certificate", secure.URL, finding.UnknownAuthority.String(), "authority is not known"},
		{"expired certificate", expired, finding.CertificateExpired.String(), "not valid now"},
		{"wrong context path", good + "/git", finding.OtherContextPath.String(), "answers at another path"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tm.waitFor(baseField)
			tm.send(ctrlU + test.typed + enter)
			s := tm.waitFor(test.code, test.says)
			if !strings.Contains(s, baseField) || strings.Contains(s, "what I typed") {
				tm.send(escape)
			}
			tm.wait("the question with "+test.typed, func(s string) bool {
				return strings.Contains(s, baseField) && strings.Contains(s, test.typed[max(0, len(test.typed)-40):]) && !strings.Contains(s, "what I typed")
			})
		})
	}
	tm.send(ctrlU + good + enter)
	tm.waitFor("Bitbucket 7.21.0")
}

// quiet drops what net/http says about handshakes that are meant to fail.
var quiet = log.New(io.Discard, "", 0)

func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// expiredServer serves with a certificate that ended yesterday, from an authority
// in a file.
func expiredServer(t *testing.T) (url, caFile string) {
	t.Helper()
	now := time.Now()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "git.acme.com"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: now.AddDate(0, -6, 0), NotAfter: now.AddDate(0, 0, -1)}
	caDER := must(x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key))
	leafDER := must(x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, key))
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leafDER}, PrivateKey: key}}}
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, caFile
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Each wrong key has its own message and can be replaced by another paste. A
// private key is neither kept, nor shown, nor written.
func TestWrongKeys(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	tm := m.start(80, 24, "setup", "--application", "packagist-cloud", "--name", "PP", "--purpose", "sign-in",
		"--platform", "data-center", "--base-url", startBitbucket(t, "7.17").BaseURL(), "--oauth", "1", "--client-id", "3f9c2e71")
	tm.waitFor("Proved.")
	tm.send(enter)
	tm.waitFor("Add the integration in Private Packagist")
	tm.send(enter)
	tm.waitFor("3f9c2e71")
	tm.send(enter)

	private := must(rsa.GenerateKey(rand.Reader, 2048))
	good := pemOf("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&private.PublicKey)))
	secret := pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private)))
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	// No two with the same code in a row: a code on the screen is news.
	for _, test := range []struct{ name, paste, code string }{
		{"cut", good[:200], finding.KeyDamaged.String()},
		{"private", secret, finding.KeyIsPrivate.String()},
		{"EC", pemOf("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&ec.PublicKey))), finding.KeyIsEC.String()},
		{"private, PKCS#1", pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)), finding.KeyIsPrivate.String()},
		{"ssh-rsa, cut", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 jane@acme", finding.KeyFormatUnsupported.String()},
	} {
		t.Run(test.name, func(t *testing.T) {
			tm.waitFor("▸ Public Key")
			tm.send(ctrlU)
			tm.paste(test.paste)
			tm.send(enter)
			tm.waitFor(test.code)
		})
	}
	tm.send(ctrlU + strings.ReplaceAll(secret, "\n", "\r")) // a terminal without bracketed paste
	tm.waitFor(finding.KeyIsPrivate.String())
	tm.paste(good)
	tm.send(enter)
	tm.waitFor("Create the link in Bitbucket")
	tm.send(ctrlC)
	tm.exit()
	for _, piece := range pieces(private) {
		m.absent(piece, tm.stream())
	}
}

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
