package check_test

import (
	"context"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
)

func TestReach(t *testing.T) {
	p := newPractice(t, "")
	o := runner(nil).Run(t.Context(), state(p.base, "own", ""), core.CheckReach)
	want(t, o, core.Passed, "")
	if o.Strength != core.Strong || o.Learned[core.LearnedVersion] != "7.21.0" || o.Learned[core.LearnedProduct] != "Bitbucket" ||
		o.Learned[core.LearnedOAuth2] != "present" || o.Learned[core.LearnedClock] == "" || len(o.Evidence) == 0 {
		t.Errorf("outcome %+v", o)
	}
	if _, ok := o.Learned[core.LearnedTLSDays]; ok {
		t.Error("days of a certificate over http")
	}
}

func TestReachWithFaults(t *testing.T) {
	for _, tt := range []struct {
		fault practice.Fault
		limit time.Duration
		state core.CheckState
		code  core.Code
	}{
		{practice.Jira, 0, core.Failed, finding.IsJira.Code()},
		{practice.Confluence, 0, core.Failed, finding.IsConfluence.Code()},
		{practice.HTML, 0, core.Failed, finding.UnexpectedHTML.Code()},
		{practice.LoginRedirect, 0, core.Failed, finding.LoginPage.Code()},
		{practice.Maintenance, 0, core.Failed, finding.Unavailable.Code()},
		{practice.RateLimited, 0, core.Failed, finding.RateLimited.Code()},
		{practice.Huge, 0, core.Failed, finding.ResponseTooLarge.Code()},
		{practice.Reset, 0, core.Failed, finding.ConnectionReset.Code()},
		{practice.Slow, 50 * time.Millisecond, core.Failed, finding.Timeout.Code()},
		{practice.ClockSkew, 0, core.Passed, finding.ClockSkew.Code()},
		{practice.ProxyHost, 0, core.Passed, ""},
	} {
		t.Run(string(tt.fault), func(t *testing.T) {
			p := newPractice(t, "", tt.fault)
			r := runner(nil)
			r.Limit = tt.limit
			o := r.Run(t.Context(), state(p.base, "own", ""), core.CheckReach)
			want(t, o, tt.state, tt.code)
			if o.State == core.Passed && o.Finding != nil && !o.Finding.Warning {
				t.Error("a passed check has a finding that is no warning")
			}
		})
	}
}

func TestReachElsewhere(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	p := newPractice(t, "")
	text := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write([]byte(`{"version":"7.21.0","displayName":"Bitbucket"}`))
	}))
	defer text.Close()
	nothing := httptest.NewServer(http.NotFoundHandler())
	defer nothing.Close()
	for _, tt := range []struct {
		name, base string
		code       core.Code
	}{
		{"closed port", "http://" + closed.Addr().String(), finding.ConnectionRefused.Code()},
		{"unknown host", "http://nobody.invalid", finding.UnknownHost.Code()},
		{"wrong context path", strings.TrimSuffix(p.base, "/bitbucket") + "/stash", finding.OtherContextPath.Code()},
		{"no context path", strings.TrimSuffix(p.base, "/bitbucket"), finding.OtherContextPath.Code()},
		{"nothing at all", nothing.URL, finding.NotFound.Code()},
		{"not called JSON", text.URL, finding.VersionUnreadable.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want(t, runner(nil).Run(t.Context(), state(tt.base, "own", ""), core.CheckReach), core.Failed, tt.code)
		})
	}
}

// A certificate of an authority that is not known here, and the stored certificate
// that makes it known.
func TestReachOverTLS(t *testing.T) {
	b, err := practice.New(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(b)
	web.Config.ErrorLog = quiet
	web.StartTLS()
	defer web.Close()
	base, r := web.URL+"/bitbucket", runner(nil)
	o := r.Run(t.Context(), state(base, "own", ""), core.CheckReach)
	want(t, o, core.Failed, finding.UnknownAuthority.Code())

	s := state(base, "own", "", core.FieldCAFile, core.Field(certificate(small().private.RSA())))
	want(t, r.Run(t.Context(), s, core.CheckReach), core.Failed, finding.UnknownAuthority.Code())

	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	s = state(base, "own", "", core.FieldCAFile, core.Field(authority))
	o = r.Run(t.Context(), s, core.CheckReach)
	want(t, o, core.Passed, "")
	if o.Learned[core.LearnedTLSDays] == "" {
		t.Errorf("learned %v", o.Learned)
	}
	r.Now = func() time.Time { return web.Certificate().NotAfter.Add(-30 * time.Hour) }
	o = r.Run(t.Context(), s, core.CheckReach)
	if o.State != core.Passed || o.Learned[core.LearnedTLSDays] != "1" {
		t.Errorf("a day before the certificate's end: %+v", o)
	}

	// An applink before stored the path of the file.
	r = runner(nil)
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	s = state(base, "own", "", core.FieldCAFile, core.Field(path))
	want(t, r.Run(t.Context(), s, core.CheckReach), core.Passed, "")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	want(t, r.Run(t.Context(), s, core.CheckReach), core.Failed, finding.AuthoritiesUnreadable.Code())
}

func TestCancelledCheckDecidesNothing(t *testing.T) {
	p := newPractice(t, ours().public, practice.Slow)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, name := range []core.CheckName{core.CheckReach, core.CheckConsumer} {
		want(t, runner(ours().private).Run(ctx, state(p.base, "own", ours().public), name), core.Unknown, "")
	}
	want(t, runner(nil).Run(t.Context(), state(p.base, "own", ""), "nonsense"), core.Unknown, "")
}

// What a server sends cannot steer the terminal that shows it.
func TestEvidenceIsPrintable(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>x</title>\x1b]52;c;aGk=\x07 red \x1b[31m" + strings.Repeat("ü", 400)))
	}))
	defer web.Close()
	o := runner(nil).Run(t.Context(), state(web.URL, "own", ""), core.CheckReach)
	if o.State != core.Failed || len(o.Evidence) == 0 {
		t.Fatalf("outcome %+v", o)
	}
	for _, e := range o.Evidence {
		if strings.ContainsAny(e.Value, "\x1b\x07\ufffd") {
			t.Errorf("evidence %q", e)
		}
	}
}
