package oauth1

import (
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"applink/core"
)

// visit is the browser: it follows redirects.
func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
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
