package bitbucket

import (
	"context"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"applink/core"
)

// answers serves paths by status and JSON body; others get 404 and a page.
func answers(byPath map[string]string, date time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !date.IsZero() {
			w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
		}
		text, ok := byPath[r.URL.Path]
		if !ok {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
			return
		}
		var status int
		fmt.Sscan(text, &status)
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(status)
		fmt.Fprint(w, strings.TrimSpace(text[3:]))
	}
}

func paths(exchanges []core.Exchange, base string) string {
	var all []string
	for _, ex := range exchanges {
		all = append(all, strings.TrimPrefix(ex.URL, base))
	}
	return strings.Join(all, " ")
}

const bitbucketPaths = "/rest/api/1.0/application-properties /rest/oauth2/1.0/client /rest/authconfig/1.0/login-options"

func TestProbeBitbucket(t *testing.T) {
	ahead := time.Now().Add(time.Hour)
	s := serve(t, answers(map[string]string{
		"/b/rest/api/1.0/application-properties": `200 {"version":"8.19.2","buildNumber":"8019002","displayName":"Bitbucket"}`,
		"/b/rest/oauth2/1.0/client":              `401 {}`,
		"/b/rest/authconfig/1.0/login-options":   `200 {"results":[{"type":"LOGIN_FORM"},{"type":"IDP"}],"isLastPage":true}`,
	}, ahead))
	report, exchanges := Probe(t.Context(), s.URL+"/b", newTransport(t, Options{}))
	if report.Product != "Bitbucket" || report.Version != "8.19.2" || report.RawVersion != "8.19.2" ||
		report.OAuth2 != "present" || report.LoginType != "LOGIN_FORM,IDP" || report.Proxy != "" || !report.TLS.NotAfter.IsZero() {
		t.Errorf("%+v", report)
	}
	if off := report.ClockDiff - time.Hour; !report.ClockKnown || off.Abs() > time.Minute {
		t.Errorf("clock difference %s, want about an hour", report.ClockDiff)
	}
	if got := paths(exchanges, s.URL+"/b"); got != bitbucketPaths {
		t.Errorf("asked for %s", got)
	}
}

func TestProbeOAuth2(t *testing.T) {
	for status, want := range map[string]string{"401": "present", "404": "absent", "500": "unknown", "200": "unknown"} {
		s := serve(t, answers(map[string]string{
			"/rest/api/1.0/application-properties": `200 {"version":"odd","displayName":"Bitbucket"}`,
			"/rest/oauth2/1.0/client":              status + " {}",
		}, time.Time{}))
		report, _ := Probe(t.Context(), s.URL, newTransport(t, Options{}))
		if report.OAuth2 != want || report.Version != "" || report.RawVersion != "odd" {
			t.Errorf("%s: %+v", status, report)
		}
	}
}

func TestProbeTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(answers(map[string]string{
		"/rest/api/1.0/application-properties": `200 {"version":"9.4.0","displayName":"Bitbucket"}`,
	}, time.Time{}))
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	report, _ := Probe(t.Context(), s.URL, newTransport(t, Options{Authorities: authority}))
	if !report.TLS.NotAfter.Equal(s.Certificate().NotAfter) || report.TLS.Days < 1 || report.TLS.Version != "TLS 1.3" ||
		!strings.Contains(report.TLS.Issuer, "Acme Co") || !strings.Contains(strings.Join(report.TLS.Names, " "), "example.com 127.0.0.1") {
		t.Errorf("%+v", report.TLS)
	}
	plain := "http" + strings.TrimPrefix(s.URL, "https")
	_, exchanges := Probe(t.Context(), plain, newTransport(t, Options{Authorities: authority}))
	if len(exchanges) != 2 || exchanges[0].Status != 400 || !strings.HasPrefix(exchanges[1].URL, s.URL) || exchanges[1].Status != 200 {
		t.Errorf("http on a TLS port: %+v", exchanges)
	}
}

func TestProbeOthers(t *testing.T) {
	jira := serve(t, answers(map[string]string{"/rest/applinks/1.0/manifest": `200 {"typeId":"jira"}`}, time.Time{}))
	down := serve(t, answers(map[string]string{"/rest/api/1.0/application-properties": "503 {}"}, time.Time{}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	listener.Close()
	const props = "/rest/api/1.0/application-properties"
	for base, want := range map[string]string{
		jira.URL: props + " /bitbucket" + props + " /rest/applinks/1.0/manifest /",
		down.URL: props,
		closed:   props + " https" + strings.TrimPrefix(closed, "http") + props,
		strings.Replace(closed, "http", "https", 1): props,
	} {
		report, exchanges := Probe(t.Context(), base, newTransport(t, Options{}))
		if got := paths(exchanges, base); got != want || report.Product != "" || report.OAuth2 != "unknown" {
			t.Errorf("%s: asked for %s, want %s; %+v", base, got, want, report)
		}
	}
}

// Bitbucket that begins at another path of the same origin is found, and only
// there is asked.
func TestProbeOtherPath(t *testing.T) {
	const props = "/rest/api/1.0/application-properties"
	const bitbucket = `200 {"version":"9.4.0","displayName":"Bitbucket"}`
	below := serve(t, answers(map[string]string{"/bitbucket" + props: bitbucket}, time.Time{}))
	above := serve(t, answers(map[string]string{props: bitbucket}, time.Time{}))
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bitbucket"+props {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, strings.TrimPrefix(bitbucket, "200 "))
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>Jira</title>")
	})
	nowhere := serve(t, answers(nil, time.Time{}))
	for _, tt := range []struct{ server, base, asked string }{
		{below.URL, below.URL, props + " /bitbucket" + props},
		{below.URL, below.URL + "/stash", "/stash" + props + " " + props + " /bitbucket" + props},
		{above.URL, above.URL + "/bitbucket", "/bitbucket" + props + " " + props},
		{site.URL, site.URL, props + " /bitbucket" + props},
		{nowhere.URL, nowhere.URL + "/bitbucket", "/bitbucket" + props + " " + props + " /bitbucket/rest/applinks/1.0/manifest /bitbucket/"},
	} {
		report, exchanges := Probe(t.Context(), tt.base, newTransport(t, Options{}))
		if got := paths(exchanges, tt.server); got != tt.asked || report.Product != "" || report.Version != "" {
			t.Errorf("%s: asked for %s, want %s; %+v", tt.base, got, tt.asked, report)
		}
	}
}

// A probe records through any round tripper, and stops when it is cancelled.
func TestProbeForeignTransport(t *testing.T) {
	s := serve(t, answers(map[string]string{
		"/rest/api/1.0/application-properties": `200 {"version":"7.21.0","displayName":"Bitbucket"}`,
	}, time.Time{}))
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	report, exchanges := Probe(t.Context(), s.URL, base)
	if report.Version != "7.21.0" || paths(exchanges, s.URL) != bitbucketPaths || !report.ClockKnown {
		t.Errorf("%+v, %s", report, paths(exchanges, s.URL))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, exchanges := Probe(ctx, s.URL, base); len(exchanges) != 1 || exchanges[0].Err == nil {
		t.Errorf("cancelled: %+v", exchanges)
	}
	if _, exchanges := Probe(t.Context(), "http://[::1", base); len(exchanges) == 0 || exchanges[0].Err == nil {
		t.Errorf("bad base: %+v", exchanges)
	}
}
