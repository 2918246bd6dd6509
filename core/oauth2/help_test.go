package oauth2

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"applink/core"
)

// browser reaches the listener over one of the two families, and has accepted
// its certificate.
func browser(address string) *http.Client {
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, target string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(target)
			if strings.HasPrefix(target, "localhost:") {
				target = net.JoinHostPort(address, port)
			}
			return (&net.Dialer{}).DialContext(ctx, network, target)
		},
	}
	return &http.Client{Transport: transport}
}

func open(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func wantFinding(t *testing.T, err error, code core.Code) *core.Finding {
	t.Helper()
	var f *core.Finding
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	return f
}

// need skips the test by name when a program is missing; with APPLINK_E2E=1
// that is a failure.
func need(t *testing.T, program string, probe ...string) {
	t.Helper()
	if err := exec.Command(program, probe...).Run(); err != nil {
		if os.Getenv("APPLINK_E2E") == "1" {
			t.Fatalf("%s: %v", program, err)
		}
		t.Skipf("%s is missing: %v", program, err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
