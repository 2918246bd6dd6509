package bitbucket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// newTransport fails the test on an error and closes idle connections at its end.
func newTransport(t *testing.T, o Options) *Transport {
	t.Helper()
	tr, err := NewTransport(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// serve starts a server that is closed at the end of the test.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, rt http.RoundTripper, ctx context.Context, u string) (string, int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := HTTPClient(rt).Do(req)
	if err != nil {
		return "", 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), resp.StatusCode, err
}

func wantCode(t *testing.T, err error, code core.Code) {
	t.Helper()
	var f *core.Finding
	if !errors.As(err, &f) || f.Code != code {
		t.Errorf("error is %v, want %s", err, code)
	}
}

func TestTransportRecordsMasked(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "applink" {
			t.Errorf("user agent %q", r.Header.Get("User-Agent"))
		}
		w.Header().Add("WWW-Authenticate", `OAuth realm="x"`)
		w.Header().Add("WWW-Authenticate", `OAuth realm="x", oauth_token="T0ken", oauth_problem="token_rejected"`)
		http.SetCookie(w, &http.Cookie{Name: "S", Value: "T0ken"})
		w.WriteHeader(401)
		fmt.Fprint(w, `oauth_token=T0ken&oauth_signature_base_string=POST%26oauth_token%253DT0ken%2526x&oauth_token_secret=T0ken {"access_token":"T0ken"}`)
	})
	var rec Recorder
	ctx := WithRecorder(t.Context(), &rec)
	ctx = WithBaseString(ctx, "POST&oauth_token%3DT0ken%26x")
	body, status, err := get(t, newTransport(t, Options{}), ctx, s.URL+"/a?b=c&oauth_signature=T0ken&code=T0ken&z")
	if err != nil || status != 401 || !strings.Contains(body, "oauth_token=T0ken") {
		t.Fatalf("got %d %q %v", status, body, err)
	}
	ex, ok := rec.Last()
	if !ok {
		t.Fatal("nothing recorded")
	}
	if strings.Contains(fmt.Sprintf("%+v %s", ex, ex.Body), "T0ken") {
		t.Errorf("secret recorded: %+v\n%s", ex, ex.Body)
	}
	if !strings.HasSuffix(ex.URL, "/a?b=c&oauth_signature=••••&code=••••&z") {
		t.Errorf("URL %s", ex.URL)
	}
	if n := len(ex.Header.Values("WWW-Authenticate")); n != 2 {
		t.Errorf("%d challenges recorded, want 2", n)
	}
	theirs, err := url.ParseQuery(string(ex.Body))
	if err != nil || theirs.Get("oauth_signature_base_string") != ex.BaseString {
		t.Errorf("base strings no longer comparable: %q and %q", theirs.Get("oauth_signature_base_string"), ex.BaseString)
	}
}

func TestTransportFollowsNoRedirect(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })
	_, status, err := get(t, newTransport(t, Options{}), t.Context(), s.URL)
	if err != nil || status != http.StatusFound {
		t.Errorf("got %d, %v", status, err)
	}
}

func TestTransportBodyLimit(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := map[string]int{"/fits": 10, "/over": 11}[r.URL.Path]
		for n > 0 || r.URL.Path == "/endless" {
			if _, err := io.WriteString(w, "x"); err != nil {
				return
			}
			n--
		}
	})
	tr := newTransport(t, Options{BodyLimit: 10})
	for _, path := range []string{"/fits", "/over", "/endless"} {
		for _, recorded := range []bool{false, true} {
			ctx, rec := t.Context(), &Recorder{}
			if recorded {
				ctx = WithRecorder(ctx, rec)
			}
			body, _, err := get(t, tr, ctx, s.URL+path)
			if path == "/fits" {
				if err != nil || len(body) != 10 {
					t.Errorf("%s: %q, %v", path, body, err)
				}
				continue
			}
			wantCode(t, err, finding.ResponseTooLarge.Code())
			if ex, _ := rec.Last(); recorded && (len(ex.Body) != 10 || ex.Err == nil) {
				t.Errorf("%s: recorded %d bytes, %v", path, len(ex.Body), ex.Err)
			}
		}
	}
}

func TestTransportTimeLimit(t *testing.T) {
	done := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
		}
		<-done
	})
	t.Cleanup(func() { close(done) })
	tr := newTransport(t, Options{Timeout: 20 * time.Millisecond})
	for _, path := range []string{"/header", "/body"} {
		_, _, err := get(t, tr, t.Context(), s.URL+path)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTransportTrustsAuthorities(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if _, _, err := get(t, newTransport(t, Options{}), t.Context(), s.URL); err == nil {
		t.Error("an unknown authority was trusted")
	}
	if _, status, err := get(t, newTransport(t, Options{Authorities: string(block)}), t.Context(), s.URL); err != nil || status != 200 {
		t.Errorf("with the authority: %d, %v", status, err)
	}
}

func TestTransportBadFiles(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		options Options
		code    core.Code
	}{
		{Options{CertFile: empty}, finding.ClientCertificateUnusable.Code()},
	} {
		_, err := NewTransport(tt.options)
		wantCode(t, err, tt.code)
	}
}

func TestTransportProxy(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "through proxy to ", r.Host) })
	address, _ := url.Parse(proxy.URL)
	for _, name := range []string{"HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
		t.Setenv(name, "")
	}
	t.Setenv("HTTP_PROXY", "http://user:T0ken@"+address.Host)
	var rec Recorder
	body, _, err := get(t, newTransport(t, Options{}), WithRecorder(t.Context(), &rec), "http://git.example/")
	if err != nil || body != "through proxy to git.example" {
		t.Errorf("%q, %v", body, err)
	}
	if ex, _ := rec.Last(); ex.Proxy != proxy.URL {
		t.Errorf("recorded proxy %q, want %q", ex.Proxy, proxy.URL)
	}
}

func TestRecorderConcurrent(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	var rec Recorder
	ctx, tr := WithRecorder(t.Context(), &rec), newTransport(t, Options{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { get(t, tr, ctx, s.URL) })
	}
	group.Wait()
	if n := len(rec.Exchanges()); n != 8 {
		t.Errorf("%d exchanges, want 8", n)
	}
}

// A server that admits only clients with a certificate is told from others whose
// handshake fails, also before TLS 1.3, which has an alert for it.
func TestClientCertificateAsked(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := httptest.NewUnstartedServer(answers(nil, time.Time{}))
		s.Config.ErrorLog = quiet
		s.TLS = &tls.Config{MaxVersion: version, ClientAuth: tls.RequireAnyClientCert}
		s.StartTLS()
		t.Cleanup(s.Close)
		pair := s.TLS.Certificates[0]
		key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
		file := filepath.Join(dir, "client.pem")
		if err := os.WriteFile(file, append(cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err = get(t, newTransport(t, Options{Authorities: string(cert)}), t.Context(), s.URL)
		if err == nil || !strings.Contains(err.Error(), "asked for a client certificate") {
			t.Errorf("without one: %v", err)
		}
		_, status, err := get(t, newTransport(t, Options{Authorities: string(cert), CertFile: file}), t.Context(), s.URL)
		if err != nil || status != http.StatusNotFound {
			t.Errorf("with one: %d, %v", status, err)
		}
	}
}
