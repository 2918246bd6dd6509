package bitbucket

import (
	"errors"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
)

func TestParseBaseURL(t *testing.T) {
	for in, want := range map[string]string{
		" https://Git.Acme.COM/ ":             "https://git.acme.com",
		"HTTPS://git.acme.com:443/bitbucket/": "https://git.acme.com/bitbucket",
		"http://git.acme.com:80":              "http://git.acme.com",
		"http://git.acme.com:443":             "http://git.acme.com:443",
		"http://localhost:7990/bitbucket":     "http://localhost:7990/bitbucket",
		"https://git.acme.com//a//B/":         "https://git.acme.com/a/B",
		"https://git.acme.com.":               "https://git.acme.com",
		"https://git.acme.com:/":              "https://git.acme.com",
		"https://git.acme.com:07990":          "https://git.acme.com:7990",
		"https://[2001:DB8::1]:8443/x":        "https://[2001:db8::1]:8443/x",
		"https://[::1]:443":                   "https://[::1]",
		"https://10.0.0.7:7990":               "https://10.0.0.7:7990",
		"https://bücher.example/git":          "https://xn--bcher-kva.example/git",
		"https://build_host/git":              "https://build_host/git",
		"https://bitbucket.organic.example":   "https://bitbucket.organic.example",
		"https://code.acme.com/scm":           "https://code.acme.com/scm",
		"https://code.acme.com/rest":          "https://code.acme.com/rest",
		"https://code.acme.com/a%20b":         "https://code.acme.com/a%20b",
		"<https://git.acme.com>":              "https://git.acme.com",
	} {
		got, err := ParseBaseURL(in)
		if err != nil || got != want {
			t.Errorf("%q gave %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestParseBaseURLSuggests(t *testing.T) {
	for _, tt := range []struct {
		in, base string
		code     core.Code
	}{
		{"https://git.acme.com/bitbucket/projects/X/repos/y/browse?at=main", "https://git.acme.com/bitbucket", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/dashboard", "https://git.acme.com", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/users/jane/repos/x", "https://git.acme.com", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/login?next=/admin", "https://git.acme.com", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/login;jsessionid=12", "https://git.acme.com", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com:8443/b/plugins/servlet/applinks/listApplicationLinks", "https://git.acme.com:8443/b", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/rest/api/1.0/application-properties", "https://git.acme.com", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/scm/key/repo.git", "https://git.acme.com", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/scm/scm/key/repo.git", "https://git.acme.com/scm", finding.PageNotBaseURL.Code()},
		{"https://git.acme.com/b/j_atl_security_check", "https://git.acme.com/b", finding.PageNotBaseURL.Code()},
		{"git.acme.com", "https://git.acme.com", finding.SchemeMissing.Code()},
		{"git.acme.com:7990/bitbucket/projects/X", "https://git.acme.com:7990/bitbucket", finding.SchemeMissing.Code()},
		{"//git.acme.com", "https://git.acme.com", finding.SchemeMissing.Code()},
		{"https://git.acme.com/b?x=1", "https://git.acme.com/b", finding.URLWithQuery.Code()},
		{"https://git.acme.com/#top", "https://git.acme.com", finding.URLWithQuery.Code()},
	} {
		_, err := ParseBaseURL(tt.in)
		var s *core.Suggestion
		if !errors.As(err, &s) || s.Value != tt.base || s.Finding.Code != tt.code || s.Finding.Params["base"] != tt.base {
			t.Errorf("%q gave %v; want %s for %s", tt.in, err, tt.base, tt.code)
		}
		wantCode(t, err, tt.code)
	}
}

func TestParseBaseURLRefuses(t *testing.T) {
	for in, code := range map[string]core.Code{
		"": finding.InvalidURL.Code(), "   ": finding.InvalidURL.Code(), "hello world": finding.InvalidURL.Code(), "ssh://git.acme.com/x": finding.InvalidURL.Code(),
		"https://": finding.InvalidURL.Code(), "https:/git.acme.com": finding.InvalidURL.Code(), "https://git.acme.com:99999": finding.InvalidURL.Code(),
		"https://git.acme.com:0": finding.InvalidURL.Code(), "https://-x-.example": finding.InvalidURL.Code(), "https://[fe80::1%25eth0]": finding.InvalidURL.Code(),
		"https://a..b": finding.InvalidURL.Code(), "https://git.acme.com/\x00": finding.InvalidURL.Code(),
		"https://" + strings.Repeat("a/", maxURL): finding.InvalidURL.Code(),
		"https://bitbucket.org/acme":              finding.BitbucketCloud.Code(), "bitbucket.org": finding.BitbucketCloud.Code(),
		"https://api.bitbucket.org/2.0": finding.BitbucketCloud.Code(), "https://BITBUCKET.org:444/": finding.BitbucketCloud.Code(),
		"https://jane:s3cret@git.acme.com": finding.URLWithCredentials.Code(), "jane@git.acme.com": finding.URLWithCredentials.Code(),
		"https://jane:s3 cret@git.acme.com": finding.URLWithCredentials.Code(), "https://jane:s3/cret@git.acme.com": finding.URLWithCredentials.Code(),
	} {
		_, err := ParseBaseURL(in)
		wantCode(t, err, code)
		if err != nil && strings.Contains(err.Error(), "s3") {
			t.Errorf("password in %v", err)
		}
	}
}

func FuzzParseBaseURL(f *testing.F) {
	for _, s := range []string{"https://git.acme.com:8443/bitbucket/projects/X?y#z", "[::1]:80/a;b/../c", "http://ＧＩＴ.example/%2e%2e/a b",
		"bitbucket.org", "https://a@b", "https://xn--a/..;/login", "https://h/;/.;x/..", "https://h/%zz", "https://1.2.3.4．"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base, err := ParseBaseURL(s)
		var mend *core.Suggestion
		if errors.As(err, &mend) {
			base, err = mend.Value, nil
		}
		var found *core.Finding
		if err != nil {
			if !errors.As(err, &found) {
				t.Fatalf("%q: %v is no finding", s, err)
			}
			return
		}
		again, err := ParseBaseURL(base)
		if err != nil || again != base {
			t.Fatalf("%q gave %q, which gave %q, %v", s, base, again, err)
		}
	})
}
