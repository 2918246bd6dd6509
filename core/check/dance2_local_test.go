package check_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/check"
	"applink/core/finding"
	"applink/core/setup"
)

// state2 is an OAuth 2 link of one's own application with a redirect URL, to a server
// that sends browsers to sign in.
func state2(t *testing.T, redirect string) *setup.State {
	t.Helper()
	web := httptest.NewServer(http.RedirectHandler("/login", http.StatusFound))
	t.Cleanup(web.Close)
	link := map[core.Field]string{core.FieldOAuth: "2", core.FieldClientID: "5f1c", core.FieldCallback: redirect}
	in := core.Integration{ID: 1, Name: "Build farm", Slug: "buildfarm",
		Facts: facts(map[core.Field]string{core.FieldApplication: "own", core.FieldBaseURL: web.URL, core.FieldPurpose: "sync"}),
		Links: []core.Link{{ID: 1, OAuth: core.OAuth2, State: core.LinkDraft, Facts: facts(link)}}}
	return setup.New(in, []core.Application{{ID: "own", Name: "Own", Holder: core.HeldHere}})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// certificateAt is what a browser sees of the local listener.
func certificateAt(t *testing.T, d core.Dance) string {
	t.Helper()
	warmup, _ := d.Warmup()
	conn, err := tls.Dial("tcp", strings.Trim(strings.TrimPrefix(warmup, "https://"), "/"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return string(conn.ConnectionState().PeerCertificates[0].Raw)
}

// A dance that begins anew has the port at once, and the certificate that the
// browser accepted already.
func TestDance2BegunAnew(t *testing.T) {
	port := freePort(t)
	s := state2(t, fmt.Sprintf("https://app.example/cb,https://localhost:%d/cb", port))
	r := &check.Runner{Keys: keys{}, Options: direct, Destination: "jane@10.0.0.5"}
	var certificate string
	for range 5 {
		d, err := r.Authorize(t.Context(), s, false) // nobody closes the one before
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if seen := certificateAt(t, d); certificate != "" && seen != certificate {
			t.Fatal("another certificate")
		} else {
			certificate = seen
		}
		if want := fmt.Sprintf("ssh -N -L %d:localhost:%[1]d jane@10.0.0.5", port); d.Forward() != want {
			t.Errorf("%s", d.Forward())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := r.Authorize(ctx, s, false); err == nil {
		d.Close()
		t.Error("a dance that was given up takes the port")
	}
}

// Nothing listens where no redirect URL leads here, and where that is not wanted.
func TestDance2Pasted(t *testing.T) {
	r := &check.Runner{Keys: keys{}, Options: direct}
	for redirect, paste := range map[string]bool{"https://app.example/cb": false, "https://localhost:8473/": false,
		fmt.Sprintf("https://localhost:%d/cb", freePort(t)): true} {
		d, err := r.Authorize(t.Context(), state2(t, redirect), paste)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if warmup, _ := d.Warmup(); warmup != "" || d.Forward() != "" {
			t.Errorf("%s: %s, %s", redirect, warmup, d.Forward())
		}
		want(t, d.Wait(t.Context()), core.Unknown, "")
		want(t, d.Submit(t.Context(), "x"), core.Failed, finding.StateMismatch.Code())
	}
}

// A callback that is of no use is not nobody's coming back.
func TestDance2ThatCameBackUnusable(t *testing.T) {
	address := fmt.Sprintf("http://localhost:%d/cb", freePort(t))
	r := &check.Runner{Keys: keys{}, Options: direct}
	for query, what := range map[string]string{"": "", "?code=a": "no state", "?state=x&code=a": "another attempt", "?error=invalid_scope": "the error invalid_scope"} {
		d, err := r.Authorize(t.Context(), state2(t, address), false)
		if err != nil {
			t.Fatal(err)
		}
		if query != "" {
			visit(t, address+query)
		}
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		o := d.Wait(ctx)
		cancel()
		d.Close()
		if what == "" {
			want(t, o, core.Failed, finding.OAuth2CallbackTimeout.Code())
			continue
		}
		if want(t, o, core.Failed, finding.OAuth2CallbackUnusable.Code()); !strings.Contains(o.Finding.Params["what"], what) {
			t.Errorf("%s: what is %q", query, o.Finding.Params["what"])
		}
	}
}
