package oauth1

import (
	"net/http"
	"os"
	"os/exec"
	"testing"

	"applink/core/finding"
)

// TestFIPS runs itself again under each setting, because GODEBUG is read at the
// start of a program.
func TestFIPS(t *testing.T) {
	const name = "APPLINK_TEST_FIPS"
	mode := os.Getenv(name)
	if mode == "" {
		for _, mode := range []string{"on", "only"} {
			child := exec.Command(os.Args[0], "-test.run=^TestFIPS$")
			child.Env = append(os.Environ(), name+"="+mode, "GODEBUG=fips140="+mode)
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("fips140=%s: %v\n%s", mode, err, out)
			}
		}
		return
	}
	sent := 0
	c := &Consumer{Base: "http://bb/ctx", Key: "consumer", PrivateKey: testKey(),
		Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			sent++
			return nil, http.ErrServerClosed
		})}
	_, _, err := c.RequestToken(t.Context(), "oob")
	if mode == "on" {
		if sent != 1 {
			t.Errorf("nothing was sent: %v", err)
		}
		return
	}
	wantFinding(t, err, finding.OAuth1Unavailable.Code())
	_, err = c.Client(testToken()).Get("http://bb/ctx/rest")
	wantFinding(t, err, finding.OAuth1Unavailable.Code())
	if sent != 0 {
		t.Error("something was sent")
	}
}
