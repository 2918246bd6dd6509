package diagnose

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// signed is a certificate with its key, to sign others with.
type signed struct {
	*x509.Certificate
	key crypto.Signer
}

// issue makes a certificate that parent signs, or it itself; change makes it a bad one.
func issue(t *testing.T, name string, parent *signed, key crypto.Signer, change func(*x509.Certificate)) signed {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(0x5a5a5a5a), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true}
	if parent == nil {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	} else {
		template.DNSNames, template.ExtKeyUsage = []string{"git.acme.com"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if change != nil {
		change(template)
	}
	by := signed{template, key}
	if parent != nil {
		by = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.Certificate, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed{cert, key}
}

// intermediate turns a template of a server into one of an authority.
func intermediate(c *x509.Certificate) {
	c.IsCA, c.KeyUsage, c.DNSNames, c.ExtKeyUsage = true, x509.KeyUsageCertSign, nil, nil
}

// handshake asks a server with that chain for anything and returns the finding.
func handshake(t *testing.T, config *tls.Config, root *x509.Certificate) *core.Finding {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// The server of httptest reads its certificates, and so takes no bad ones.
	s := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(tls.NewListener(listener, config))
	defer s.Close()
	pool := x509.NewCertPool()
	if root != nil {
		pool.AddCert(root)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DialContext: func(_ context.Context, network, _ string) (net.Conn, error) {
		return net.Dial(network, listener.Addr().String())
	}}
	defer transport.CloseIdleConnections()
	const u = "https://git.acme.com:8443/b"
	resp, err := (&http.Client{Transport: transport}).Get(u)
	if err == nil {
		resp.Body.Close()
	}
	return Network(err, u)
}

func chain(key crypto.Signer, certs ...*x509.Certificate) *tls.Config {
	c := tls.Certificate{PrivateKey: key}
	for _, cert := range certs {
		c.Certificate = append(c.Certificate, cert.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{c}}
}

func TestTLSCauses(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GODEBUG", "rsa1024min=0")
	short, err := rsa.GenerateKey(rand.Reader, 512)
	if err != nil {
		t.Fatal(err)
	}
	shortRoot := issue(t, "Acme Short CA", nil, short, nil)
	shortLeaf := issue(t, "git", &shortRoot, key, nil)
	t.Setenv("GODEBUG", "")

	root := issue(t, "Acme Root CA", nil, key, nil)
	rsaRoot := issue(t, "Acme RSA CA", nil, long, nil)
	under := func(parent signed, change func(*x509.Certificate)) signed {
		return issue(t, "git.acme.com", &parent, key, change)
	}
	direct := func(parent signed, change func(*x509.Certificate)) *tls.Config {
		return chain(key, under(parent, change).Certificate)
	}
	past := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	}
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format(time.DateOnly)
	old := issue(t, "Acme Old Issuing CA", &root, key, func(c *x509.Certificate) { intermediate(c); past(c) })
	between := issue(t, "Acme Issuing CA", &root, key, intermediate)
	web := issue(t, "Acme Web", &root, key, nil)
	noCA := issue(t, "Acme Plain", nil, key, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	narrow := issue(t, "Acme Narrow CA", nil, key, func(c *x509.Certificate) {
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"other.example"}, true
	})
	oldRoot := issue(t, "Acme Old Root", nil, key, past)
	negative := direct(root, nil)
	raw := bytes.Replace(negative.Certificates[0].Certificate[0], []byte{2, 4, 0x5a, 0x5a, 0x5a, 0x5a}, []byte{2, 4, 0xda, 0x5a, 0x5a, 0x5a}, 1)
	negative.Certificates[0].Certificate[0] = raw
	oldVersion, oldCipher, mutual := direct(root, nil), direct(root, nil), direct(root, nil)
	oldVersion.MinVersion, oldVersion.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	oldCipher.MaxVersion, oldCipher.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_RC4_128_SHA}
	mutual.ClientAuth = tls.RequireAnyClientCert
	nameless := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("no such name") }}

	for _, tt := range []struct {
		name   string
		server *tls.Config
		root   signed
		code   core.Code
		pairs  []string
	}{
		{"good", direct(root, nil), root, "", nil},
		{"good with an intermediate", chain(key, under(between, nil).Certificate, between.Certificate), root, "", nil},
		{"missing intermediate", direct(between, nil), root, finding.UnknownAuthority.Code(), []string{"issuer", "Acme Issuing CA", "address", "git.acme.com:8443"}},
		{"SHA-1", direct(rsaRoot, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }), rsaRoot,
			finding.CertificateWeak.Code(), []string{"what", "a signature of the kind SHA1-RSA", "address", "git.acme.com:8443"}},
		{"short key", chain(key, shortLeaf.Certificate), shortRoot, finding.CertificateWeak.Code(), []string{"what", "an RSA key of 512 bits"}},
		{"for clients only", direct(root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), root, finding.CertificateNotForServers.Code(), []string{"host", "git.acme.com"}},
		{"signed by no authority", direct(noCA, nil), noCA, finding.SignerNotAuthority.Code(), []string{"authority", "Acme Plain"}},
		{"signed by a server's certificate", chain(key, under(web, nil).Certificate, web.Certificate), root, finding.SignerNotAuthority.Code(), []string{"authority", "Acme Web"}},
		{"another domain's authority", direct(narrow, nil), narrow, finding.NameConstraintViolated.Code(), []string{"issuer", "Acme Narrow CA"}},
		{"negative serial", negative, root, finding.CertificateMalformed.Code(), []string{"why", "negative serial number"}},
		{"old version", oldVersion, root, finding.HandshakeFailed.Code(), []string{"why", "protocol version not supported", "address", "git.acme.com:8443"}},
		{"old cipher", oldCipher, root, finding.HandshakeFailed.Code(), []string{"why", "handshake failure"}},
		{"unknown name", nameless, root, finding.HandshakeFailed.Code(), []string{"why", "internal error"}},
		{"client certificate", mutual, root, finding.ClientCertificateRequired.Code(), []string{"address", "git.acme.com:8443"}},
		{"common name only", direct(root, func(c *x509.Certificate) { c.DNSNames = nil }), root, finding.CommonNameOnly.Code(), []string{"names", "git.acme.com"}},
		{"expired", direct(root, past), root, finding.CertificateExpired.Code(), []string{"until", yesterday}},
		{"expired intermediate", chain(key, under(old, nil).Certificate, old.Certificate), root, finding.AuthorityExpired.Code(), []string{"authority", "Acme Old Issuing CA", "until", yesterday}},
		{"expired root", direct(oldRoot, nil), oldRoot, finding.AuthorityExpired.Code(), []string{"authority", "Acme Old Root", "until", yesterday}},
	} {
		f := handshake(t, tt.server, tt.root.Certificate)
		check(t, tt.name, f, tt.code, tt.pairs...)
		if f != nil && f.Raw == "" {
			t.Errorf("%s: the cause is not kept", tt.name)
		}
	}
}

// What no test server of Go's can be made to do.
func TestTLSTexts(t *testing.T) {
	const u = "https://[2001:db8::7]/b"
	for text, want := range map[string]core.Code{
		"tls: invalid signature by the server certificate: crypto/rsa: 512-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)": finding.CertificateWeak.Code(),
		"tls: server sent certificate containing RSA key larger than 8192 bits":                                                                            finding.CertificateMalformed.Code(),
		"tls: server selected unsupported protocol version 301":                                                                                            finding.HandshakeFailed.Code(),
		"remote error: tls: unrecognized name":                                                                                                             finding.HandshakeFailed.Code(),
		"remote error: tls: handshake failure (the server asked for a client certificate)":                                                                 finding.ClientCertificateRequired.Code(),
		"remote error: tls: bad certificate":                                                                                                               finding.ClientCertificateRequired.Code(),
		"x509: “git” certificate is using a broken signature algorithm":                                                                                    finding.CertificateWeak.Code(),
		"x509: “git” certificate is not standards compliant":                                                                                               finding.CertificateMalformed.Code(),
	} {
		f := Network(&net.OpError{Op: "remote error", Err: errors.New(text)}, u)
		check(t, text, f, want)
		if a := f.Params["address"]; a != "[2001:db8::7]:443" {
			t.Errorf("%s: address %q", text, a)
		}
	}
}

func TestNoTLSThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	u := "https" + strings.TrimPrefix(s.URL, "http")
	_, err := (&http.Transport{}).RoundTrip(httptest.NewRequest(http.MethodGet, u, nil))
	check(t, "transport", Network(err, u), finding.NotTLS.Code(), "host", "127.0.0.1", "address", strings.TrimPrefix(s.URL, "http://"))
}

// A proxy that is named with https and speaks http is the proxy's failure.
func TestNoTLSAtTheProxy(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	proxy, err := url.Parse("https" + strings.TrimPrefix(s.URL, "http"))
	if err != nil {
		t.Fatal(err)
	}
	const u = "https://git.acme.com/b"
	_, err = (&http.Transport{Proxy: http.ProxyURL(proxy)}).RoundTrip(httptest.NewRequest(http.MethodGet, u, nil))
	check(t, "proxy", noAnswer(core.Exchange{URL: u, Proxy: proxy.String(), Err: err}), finding.ProxyFailed.Code(), "proxy", proxy.String())
}
