package diagnose

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// check compares a finding with a code and particulars given as name, value in
// turn; a code of "" means that there must be none.
func check(t *testing.T, name string, f *core.Finding, code core.Code, pairs ...string) {
	t.Helper()
	if f == nil || code == "" {
		if f != nil || code != "" {
			t.Errorf("%s: got %v, want %q", name, f, code)
		}
		return
	}
	if f.Code != code {
		t.Errorf("%s: got %v, want %s", name, f, code)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := f.Params[pairs[i]]; got != pairs[i+1] {
			t.Errorf("%s: %s is %q, want %q", name, pairs[i], got, pairs[i+1])
		}
	}
}

type lateBy time.Duration

func (e lateBy) Error() string        { return "late" }
func (e lateBy) After() time.Duration { return time.Duration(e) }
func (e lateBy) Unwrap() error        { return context.DeadlineExceeded }

func TestNetwork(t *testing.T) {
	const u = "https://git.acme.com:8443/b?oauth_token=x"
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, tt := range []struct {
		name  string
		err   error
		code  core.Code
		pairs []string
	}{
		{"nothing", nil, "", nil},
		{"a finding", fmt.Errorf("x: %w", finding.ResponseTooLarge.With("")), finding.ResponseTooLarge.Code(), nil},
		{"unknown host", dial(&net.DNSError{Name: "git.acme.com", IsNotFound: true}), finding.UnknownHost.Code(), []string{"host", "git.acme.com"}},
		{"refused", dial(syscall.ECONNREFUSED), finding.ConnectionRefused.Code(), []string{"address", "git.acme.com:8443"}},
		{"refused on Windows", dial(errors.New("No connection could be made because the target machine actively refused it.")), finding.ConnectionRefused.Code(), nil},
		{"our limit", lateBy(432 * time.Second), finding.Timeout.Code(), []string{"host", "git.acme.com", "after", "7 min 12 s"}},
		{"a deadline", &url.Error{Op: "Get", URL: u, Err: context.DeadlineExceeded}, finding.Timeout.Code(), []string{"after", "the time limit"}},
		{"no route", dial(syscall.EHOSTUNREACH), finding.Timeout.Code(), nil},
		{"proxy", &net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, finding.ProxyFailed.Code(), nil},
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, finding.ConnectionReset.Code(), []string{"host", "git.acme.com", "origin", "https://git.acme.com:8443"}},
		{"end", io.ErrUnexpectedEOF, finding.ConnectionReset.Code(), nil},
		{"cancelled", context.Canceled, finding.ConnectionReset.Code(), nil},
		{"alert", errors.New("remote error: tls: certificate required"), finding.ClientCertificateRequired.Code(), nil},
		{"no agreement", errors.New("remote error: tls: handshake failure"), finding.HandshakeFailed.Code(), []string{"address", "git.acme.com:8443", "why", "handshake failure"}},
		{"scheme", http.ErrSchemeMismatch, finding.NotTLS.Code(), nil},
	} {
		f := Network(tt.err, u)
		check(t, tt.name, f, tt.code, tt.pairs...)
		if f != nil && strings.Contains(f.Raw, "oauth_token") {
			t.Errorf("%s: the query is in %q", tt.name, f.Raw)
		}
	}
	tunnel := core.Exchange{URL: u, Proxy: "http://proxy:3128", Err: errors.New("Proxy Authentication Required")}
	check(t, "tunnel", noAnswer(tunnel), finding.ProxyAuthRequired.Code(), "proxy", "http://proxy:3128")
	tunnel.Err = errors.New("Forbidden")
	check(t, "closed tunnel", noAnswer(tunnel), finding.ProxyFailed.Code(), "proxy", "http://proxy:3128")
}

// certificate makes a server certificate, signed by itself.
func certificate(t *testing.T, from, until time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme Internal CA"}, DNSNames: names,
		NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	if len(names) == 0 {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestTLS(t *testing.T) {
	now := time.Now()
	past := certificate(t, now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	future := certificate(t, now.Add(24*time.Hour), now.Add(48*time.Hour))
	other := certificate(t, now.Add(-time.Hour), now.Add(time.Hour), "other.acme.com", "git.acme.net")
	good := certificate(t, now.Add(-time.Hour), now.Add(time.Hour))
	for _, tt := range []struct {
		name    string
		cert    tls.Certificate
		trusted bool
		client  tls.ClientAuthType
		code    core.Code
		pairs   []string
	}{
		{"good", good, true, tls.NoClientCert, "", nil},
		{"unknown authority", good, false, tls.NoClientCert, finding.UnknownAuthority.Code(), []string{"host", "127.0.0.1", "issuer", "Acme Internal CA"}},
		{"other name", other, true, tls.NoClientCert, finding.HostnameMismatch.Code(), []string{"names", "other.acme.com, git.acme.net"}},
		{"expired", past, true, tls.NoClientCert, finding.CertificateExpired.Code(), []string{"until", past.Leaf.NotAfter.Format(time.DateOnly)}},
		{"not yet", future, true, tls.NoClientCert, finding.CertificateExpired.Code(), []string{"until", future.Leaf.NotBefore.Format(time.DateOnly)}},
		{"client certificate", good, true, tls.RequireAnyClientCert, finding.ClientCertificateRequired.Code(), []string{"host", "127.0.0.1"}},
	} {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.TLS = &tls.Config{Certificates: []tls.Certificate{tt.cert}, ClientAuth: tt.client}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		pool := x509.NewCertPool()
		if tt.trusted {
			pool.AddCert(tt.cert.Leaf)
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
		resp, err := (&http.Client{Transport: transport}).Get(s.URL)
		if err == nil {
			resp.Body.Close()
		}
		check(t, tt.name, Network(err, s.URL), tt.code, tt.pairs...)
		transport.CloseIdleConnections()
		s.Close()
	}
}

func TestHuman(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 40 * time.Millisecond: "40 ms", 59*time.Second + 900*time.Millisecond: "59 s", 432 * time.Second: "7 min 12 s",
		3 * time.Hour: "3 h", 3*time.Hour + time.Second: "3 h", 52 * time.Hour: "2 d 4 h",
	} {
		if got := human(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}
