package callback

import (
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

func listenLocal(t *testing.T, redirect string) *Localhost {
	t.Helper()
	l, err := ListenLocalhost(t.Context(), redirect, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLocalhostAnswersOnBothFamilies(t *testing.T) {
	for _, scheme := range []string{"https", "http"} {
		l := listenLocal(t, scheme+"://localhost:0/callback")
		if want := scheme + "://localhost:" + strconv.Itoa(l.Port()) + "/callback"; l.URL() != want || l.Port() == 0 {
			t.Errorf("URL %s", l.URL())
		}
		select {
		case <-l.Visited():
			t.Error("visited before anybody came")
		default:
		}
		for _, family := range l.families {
			page := strings.TrimSuffix(l.URL(), "callback")
			status, text := open(t, browser(family), page)
			if status != 200 || !strings.Contains(text, "terminal") || strings.Contains(text, "certificate") != (scheme == "https") {
				t.Errorf("%s over %s: %d %s", scheme, family, status, text)
			}
			if status, _ := open(t, browser(family), l.URL()+"?code=x&state=y"); status != 400 {
				t.Errorf("no dance is under way, but status %d", status)
			}
		}
		select {
		case <-l.Visited():
		default:
			t.Error("the visits went unnoticed")
		}
		if want := map[string]string{"https": "https://localhost:" + strconv.Itoa(l.Port()) + "/"}[scheme]; l.Warmup() != want {
			t.Errorf("warm-up %q", l.Warmup())
		}
	}
	if len(families) != 2 || !families[1].exists(t.Context()) {
		t.Skip("this machine has no IPv6 loopback")
	}
	if l := listenLocal(t, "https://localhost:0/callback"); !slices.Equal(l.families, []string{"127.0.0.1", "::1"}) {
		t.Errorf("families %q", l.families)
	}
}

func TestLocalhostTurnsStrangersAway(t *testing.T) {
	l := listenLocal(t, "https://localhost:0/callback")
	taken := 0
	l.Attach(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { taken++ }), "https://git.example.com/authorize?state=x&y=1")
	host := "localhost:" + strconv.Itoa(l.Port())
	for _, tt := range []struct {
		method, target, host string
		status               int
	}{
		{"GET", "/callback/", host, 404}, {"GET", "/callback/x", host, 404}, {"GET", "/%63allback", host, 404}, {"GET", "/favicon.ico", host, 404},
		{"GET", "/callback", "evil.example", 421}, {"GET", "/callback", "127.0.0.1:" + strconv.Itoa(l.Port()), 421}, {"GET", "/", "localhost", 421},
		{"POST", "/callback", host, 405}, {"HEAD", "/callback", host, 405}, {"OPTIONS", "/", host, 405},
		{"GET", "/callback?x=" + strings.Repeat("y", 64<<10), host, 431},
	} {
		r, err := http.NewRequest(tt.method, "https://"+host+tt.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = tt.host
		resp, err := browser("127.0.0.1").Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.status {
			t.Errorf("%s %.20s for %s: status %d, want %d", tt.method, tt.target, tt.host, resp.StatusCode, tt.status)
		}
	}
	select {
	case <-l.Visited():
		t.Error("a stranger counts as a visit")
	default:
	}
	if taken != 0 {
		t.Errorf("%d strangers were let through", taken)
	}
	if status, _ := open(t, browser("127.0.0.1"), strings.Replace(l.URL(), "localhost", "LOCALHOST", 1)); status != 200 || taken != 1 {
		t.Errorf("the redirect URL itself: %d", status)
	}
}

// A redirect URL may have any path; that of the others is a stranger's then.
func TestLocalhostAtAnyPath(t *testing.T) {
	l := listenLocal(t, "https://localhost:0/oauth/cb/")
	taken := 0
	l.Attach(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { taken++ }), "https://git.example.com/authorize?state=x&y=1")
	root := "https://localhost:" + strconv.Itoa(l.Port())
	for path, want := range map[string]int{"/oauth/cb/?code=x": 200, "/oauth/cb": 404, "/callback": 404, "/": 200} {
		status, page := open(t, browser("127.0.0.1"), root+path)
		if status != want {
			t.Errorf("%s: status %d", path, status)
		}
		if leads := strings.Contains(page, `href="https://git.example.com/authorize?state=x&amp;y=1"`); leads != (path == "/") {
			t.Errorf("%s leads on to Bitbucket: %v", path, leads)
		}
	}
	if taken != 1 || l.URL() != root+"/oauth/cb/" {
		t.Errorf("%d taken at %s", taken, l.URL())
	}
}

func TestPortTakenInOneFamily(t *testing.T) {
	for _, f := range families {
		if !f.exists(t.Context()) {
			t.Logf("no %s here", f.network)
			continue
		}
		other, err := f.listen(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		port := other.Addr().(*net.TCPAddr).Port
		_, err = ListenLocalhost(t.Context(), "https://localhost:"+strconv.Itoa(port)+"/callback", nil)
		if got := wantFinding(t, err, finding.OAuth2CallbackPortTaken.Code()); got.Params["address"] != f.at(port) {
			t.Errorf("address %q, want %s", got.Params["address"], f.at(port))
		}
		// The other family was let go.
		for _, g := range families {
			if g != f && g.exists(t.Context()) {
				l, err := g.listen(t.Context(), port)
				if err != nil {
					t.Errorf("%s is still held: %v", g.at(port), err)
				} else {
					l.Close()
				}
			}
		}
	}
}

func TestMachineWithOneFamily(t *testing.T) {
	before := families
	t.Cleanup(func() { families = before })
	absent := family{"tcp6", "2001:db8::1"} // an address that no machine has
	families = []family{before[0], absent}
	l := listenLocal(t, "https://localhost:0/callback")
	if !slices.Equal(l.families, []string{"127.0.0.1"}) {
		t.Errorf("families %q", l.families)
	}
	families = []family{absent}
	_, err := ListenLocalhost(t.Context(), "https://localhost:0/callback", nil)
	wantFinding(t, err, finding.OAuth2CallbackPortTaken.Code())
}

func TestRedirectsOfThisMachine(t *testing.T) {
	for redirect, local := range map[string]bool{
		"https://localhost:8443/callback": true, "http://localhost:1/callback": true, "https://localhost/callback": true,
		"https://localhost:8443/callback/": true, "https://localhost:8443/cb": true, "http://localhost:1/a/b%20c": true,
		"https://localhost:8443/": false, "https://localhost:8443": false, "https://localhost:8443/callback?x": false,
		"https://127.0.0.1:8443/callback": false, "https://app.example.com/callback": false, "ftp://localhost/callback": false,
		"https://u@localhost/callback": false, "https://localhost:1/callback#": false, "": false,
	} {
		if core.IsLocalRedirect(redirect) != local {
			t.Errorf("%s: %v", redirect, !local)
		}
	}
	_, err := ListenLocalhost(t.Context(), "https://app.example.com/oauth/callback/", nil)
	wantFinding(t, err, finding.NotALocalRedirect.Code())
	u, _ := url.Parse("https://localhost/callback")
	if portOf(u) != 443 {
		t.Errorf("port %d", portOf(u))
	}
}

func TestLocalCertificate(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	made, err := NewLocalCertificate(now)
	if err != nil {
		t.Fatal(err)
	}
	cert := made.Leaf
	if cert.IsCA || !cert.BasicConstraintsValid || cert.KeyUsage != x509.KeyUsageDigitalSignature ||
		!slices.Equal(cert.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) || len(cert.IPAddresses) != 0 {
		t.Errorf("certificate %+v", cert)
	}
	if key, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve.Params().Name != "P-256" {
		t.Errorf("key %T", cert.PublicKey)
	}
	if !slices.Equal(cert.DNSNames, []string{"localhost"}) || cert.VerifyHostname("localhost") != nil || cert.VerifyHostname("example.com") == nil {
		t.Errorf("names %q", cert.DNSNames)
	}
	life := cert.NotAfter.Sub(cert.NotBefore) + time.Second
	if life > 30*24*time.Hour || !cert.NotBefore.Before(now) || cert.NotAfter.Before(now.Add(29*24*time.Hour)) {
		t.Errorf("valid from %v to %v", cert.NotBefore, cert.NotAfter)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	if _, err := cert.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: roots, CurrentTime: now}); err != nil {
		t.Errorf("who accepts it: %v", err)
	}
	if another, _ := NewLocalCertificate(now); another.Leaf.SerialNumber.Cmp(cert.SerialNumber) == 0 || cert.SerialNumber.Sign() <= 0 {
		t.Error("serial numbers repeat")
	}
}

// TestCertificateByOpenSSL has another program read the certificate, as it
// comes over the wire, and refuse it as an authority.
func TestCertificateByOpenSSL(t *testing.T) {
	need(t, "openssl", "version")
	l := listenLocal(t, "https://localhost:0/callback")
	conn, err := tls.Dial("tcp", "127.0.0.1:"+strconv.Itoa(l.Port()), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	state := conn.ConnectionState()
	if len(state.PeerCertificates) != 1 || state.NegotiatedProtocol == "h2" {
		t.Errorf("%d certificates, protocol %q", len(state.PeerCertificates), state.NegotiatedProtocol)
	}
	file := filepath.Join(t.TempDir(), "cert.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: state.PeerCertificates[0].Raw})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("openssl", "x509", "-in", file, "-noout", "-text", "-purpose").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"ASN1 OID: prime256v1", "CA:FALSE", "TLS Web Server Authentication", "DNS:localhost\n",
		"SSL server : Yes", "SSL server CA : No", "SSL client : No", "ecdsa-with-SHA256"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	verify := exec.Command("openssl", "verify", "-verify_hostname", "localhost", "-purpose", "sslserver", "-CAfile", file, "-partial_chain", file)
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := exec.Command("openssl", "x509", "-in", file, "-noout", "-checkend", strconv.Itoa(30*24*3600)).CombinedOutput(); err == nil {
		t.Errorf("valid for more than 30 days: %s", out)
	}
}

func TestLocalhostKeepsAGivenCertificate(t *testing.T) {
	made, err := NewLocalCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l, err := ListenLocalhost(t.Context(), "https://localhost:0/callback", made)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	roots := x509.NewCertPool()
	roots.AddCert(made.Leaf)
	conn, err := tls.Dial("tcp", "127.0.0.1:"+strconv.Itoa(l.Port()), &tls.Config{RootCAs: roots, ServerName: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(l.Port())); err == nil {
		t.Error("still open after Close")
	}
	if _, err := browser("127.0.0.1").Get(l.URL()); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("after Close: %v", err)
	}
}
