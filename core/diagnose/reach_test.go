package diagnose

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

const propertiesURL = "https://git.acme.com/b/rest/api/1.0/application-properties"

// replied makes an exchange; headers are names and values in turn.
func replied(u string, status int, body string, headers ...string) core.Exchange {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return core.Exchange{Method: "GET", URL: u, Status: status, Header: h, Body: []byte(body)}
}

func TestReach(t *testing.T) {
	props := func(status int, body string, headers ...string) core.Exchange {
		return replied(propertiesURL, status, body, headers...)
	}
	plain := "http://git.acme.com/b/rest/api/1.0/application-properties"
	gone := props(404, "", ctype, page)
	for _, tt := range []struct {
		name  string
		first core.Exchange
		more  []core.Exchange
		code  core.Code
		pairs []string
	}{
		{"bitbucket", props(200, `{"version":"8.19.2","displayName":"Bitbucket"}`, ctype, js), nil, "", nil},
		{"odd version", props(200, `{"version":"next","displayName":"Bitbucket"}`, ctype, js), nil, finding.VersionUnreadable.Code(), []string{"version", "next"}},
		{"other name", props(200, `{"version":"3.11","displayName":"Stash"}`, ctype, js), nil, finding.NotBitbucket.Code(), []string{"product", "Stash"}},
		{"no name", props(200, `{}`, ctype, js), nil, finding.NotBitbucket.Code(), []string{"product", "another program", "url", "https://git.acme.com/b"}},
		{"jira by name", props(200, `{"displayName":"JIRA"}`, ctype, js), nil, finding.IsJira.Code(), nil},
		{"jira by manifest", gone, []core.Exchange{replied("https://git.acme.com/b/rest/applinks/1.0/manifest", 200, `{"typeId":"jira"}`, ctype, js)},
			finding.IsJira.Code(), []string{"url", "https://git.acme.com/b"}},
		{"jira by title", gone, []core.Exchange{replied("https://git.acme.com/b/", 200, "<title>System Dashboard - Jira</title>", ctype, page)}, finding.IsJira.Code(), nil},
		{"confluence by address", gone, []core.Exchange{replied("https://git.acme.com/b/", 302, "", "Location", "/login.action?os_destination=x")}, finding.IsConfluence.Code(), nil},
		{"confluence by header", props(404, "", "X-Confluence-Request-Time", "1"), nil, finding.IsConfluence.Code(), nil},
		{"gitlab", gone, []core.Exchange{replied("https://git.acme.com/b/", 302, "", "Location", "https://git.acme.com/users/sign_in")}, finding.NotBitbucket.Code(), []string{"product", "GitLab"}},
		{"bitbucket's own manifest", gone, []core.Exchange{replied("https://git.acme.com/b/rest/applinks/1.0/manifest", 200, `{"typeId":"stash"}`, ctype, js)},
			finding.NotFound.Code(), []string{"url", propertiesURL}},
		{"another path", gone, []core.Exchange{replied("https://git.acme.com/bitbucket/rest/api/1.0/application-properties", 200, `{"version":"8.19.2","displayName":"Bitbucket"}`, ctype, js)},
			finding.OtherContextPath.Code(), []string{"url", "https://git.acme.com/b", "base", "https://git.acme.com/bitbucket"}},
		{"Jira here, Bitbucket at another path", props(200, `{"displayName":"JIRA"}`, ctype, js), []core.Exchange{replied("https://git.acme.com/bitbucket/rest/api/1.0/application-properties", 200, `{"version":"8.19.2","displayName":"Bitbucket"}`, ctype, js)},
			finding.OtherContextPath.Code(), nil},
		{"Jira here and there", props(200, `{"displayName":"JIRA"}`, ctype, js), []core.Exchange{replied("https://git.acme.com/bitbucket/rest/api/1.0/application-properties", 404, "")}, finding.IsJira.Code(), nil},
		{"login", props(302, "", "Location", "/b/login?next=secret"), nil, finding.LoginPage.Code(), []string{"to", "https://git.acme.com/b/login"}},
		{"single sign-on", props(302, "", "Location", "https://idp.acme.com/start?SAMLRequest=abc"), nil, finding.LoginPage.Code(), []string{"to", "https://idp.acme.com/start"}},
		{"login in place", props(200, "<title>Welcome</title><input type=password>", ctype, page), nil, finding.LoginPage.Code(), nil},
		{"html", props(200, "<TITLE>\n It\n works &amp; more</TITLE>", ctype, page), nil, finding.UnexpectedHTML.Code(), []string{"title", "It works & more"}},
		{"elsewhere", props(301, "", "Location", "https://www.acme.com/?token=x"), nil, finding.RedirectedElsewhere.Code(), []string{"to", "https://www.acme.com/"}},
		{"setup", props(302, "", "Location", "/b/setup"), nil, finding.Unavailable.Code(), nil},
		{"server error", props(502, ""), nil, finding.ServerError.Code(), []string{"status", "502"}},
		{"starting", props(503, ""), nil, finding.Unavailable.Code(), []string{"status", "503"}},
		{"rate", props(429, "", "Retry-After", "5"), nil, finding.RateLimited.Code(), []string{"after", "5 s"}},
		{"forbidden", props(403, ""), nil, finding.UnexpectedResponse.Code(), []string{"status", "403"}},
		{"http proxy", core.Exchange{URL: plain, Proxy: "http://p:1", Status: 407}, nil, finding.ProxyAuthRequired.Code(), []string{"proxy", "http://p:1"}},
		{"sent to https", replied(plain, 301, "", "Location", propertiesURL), nil, finding.HTTPSExpected.Code(), []string{"url", "http://git.acme.com/b", "https", "https://git.acme.com/b"}},
		{"sent to https login", replied(plain, 301, "", "Location", "https://git.acme.com:8443/b/login"), nil, finding.HTTPSExpected.Code(), []string{"https", "https://git.acme.com:8443/b"}},
		{"http on a TLS port", replied(plain, 400, "Client sent an HTTP request to an HTTPS server.\n"), nil, finding.HTTPSExpected.Code(), []string{"https", "https://git.acme.com/b"}},
		{"https answers instead", core.Exchange{URL: plain, Err: io.EOF}, []core.Exchange{replied(propertiesURL, 200, "{}")}, finding.HTTPSExpected.Code(), []string{"https", "https://git.acme.com/b"}},
		{"https with an unknown certificate", core.Exchange{URL: plain, Err: io.EOF},
			[]core.Exchange{{URL: propertiesURL, Err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}}, finding.HTTPSExpected.Code(), nil},
		{"neither", core.Exchange{URL: plain, Err: io.EOF}, []core.Exchange{{URL: propertiesURL, Err: io.EOF}}, finding.ConnectionReset.Code(), nil},
	} {
		check(t, tt.name, Reach("", append([]core.Exchange{tt.first}, tt.more...)), tt.code, tt.pairs...)
	}
	check(t, "nothing asked", Reach("https://git.acme.com:8443/b", nil), finding.ConnectionReset.Code(), "host", "git.acme.com", "origin", "https://git.acme.com:8443")
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	check(t, "near", Clock(-5*time.Minute, now), "")
	f := Clock(432*time.Second, now)
	check(t, "far", f, finding.ClockSkew.Code(), "difference", "7 min 12 s", "from", "", "to", "", "theirs", "10:07:12 UTC", "ours", "10:00:00 UTC")
	if !f.Warning {
		t.Error("a clock is no failure of its own")
	}
	for _, diff := range []time.Duration{1<<63 - 1, -1 << 63} {
		check(t, "another age", Clock(diff, now), finding.ClockSkew.Code(), "difference", "more than 100 years", "theirs", "", "ours", "2026-03-01 10:00:00 UTC")
	}
	check(t, "another day", Clock(-24*time.Hour, now), finding.ClockSkew.Code(), "difference", "1 d", "ours", "2026-03-01 10:00:00 UTC")
}
