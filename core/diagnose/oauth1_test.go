package diagnose

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"applink/core"
)

const (
	requestTokenURL = "https://git.acme.com/b/plugins/servlet/oauth/request-token"
	accessTokenURL  = "https://git.acme.com/b/plugins/servlet/oauth/access-token"
	form            = "application/x-www-form-urlencoded;charset=UTF-8"
	bareChallenge   = `OAuth realm="https%3A%2F%2Fgit.acme.com%2Fb"`
)

func baseString(uri, params string) string {
	escape := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	return "POST&" + escape(uri) + "&" + escape(params)
}

func TestOAuth1Problems(t *testing.T) {
	call := Call{Key: "acmekey", Bits: 4096}
	typed := Call{Key: "acmekey", TypedCode: true}
	for _, tt := range []struct {
		url, body string
		status    int
		call      Call
		code      core.Code
		pairs     []string
	}{
		{requestTokenURL, "oauth_problem=consumer_key_unknown", 401, call, "AL-OAUTH-001", []string{"key", "acmekey"}},
		{requestTokenURL, "oauth_problem=signature_invalid", 401, call, "AL-OAUTH-002", []string{"key", "acmekey", "cause", "unknown"}},
		{requestTokenURL, "oauth_problem=permission_denied", 401, call, "AL-OAUTH-005", []string{"key", "acmekey"}},
		{accessTokenURL, "oauth_problem=permission_denied", 401, call, "AL-OAUTH-012", nil},
		{requestTokenURL, "oauth_problem=nonce_used", 401, call, "AL-OAUTH-006", nil},
		{requestTokenURL, "oauth_problem=signature_method_rejected", 400, call, "AL-OAUTH-008", nil},
		{requestTokenURL, "oauth_parameters_absent=oauth_timestamp%26oauth_nonce&oauth_problem=parameter_absent", 400, call,
			"AL-OAUTH-009", []string{"names", "oauth_timestamp, oauth_nonce"}},
		{requestTokenURL, "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_nonce%3Da%26oauth_nonce%3Db", 400, call,
			"AL-OAUTH-009", []string{"names", "oauth_nonce"}},
		{requestTokenURL, "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0", 400, call, "AL-OAUTH-009", []string{"names", "oauth_version"}},
		{accessTokenURL, "oauth_problem=token_rejected", 401, call, "AL-OAUTH-010", nil},
		{accessTokenURL, "oauth_problem=token_rejected", 401, typed, "AL-OAUTH-013", nil},
		{accessTokenURL, "oauth_problem=token_revoked", 401, call, "AL-OAUTH-010", nil},
		{accessTokenURL, "oauth_problem=token_expired", 401, call, "AL-OAUTH-011", nil},
		{accessTokenURL, "oauth_problem=permission_unknown", 401, call, "AL-OAUTH-014", nil},
		{accessTokenURL, "oauth_problem=token_used", 401, call, "AL-OAUTH-018", nil},
		{requestTokenURL, "oauth_problem=user_refused", 503, call, "AL-OAUTH-015", []string{"status", "503"}},
	} {
		body := replied(tt.url, tt.status, tt.body, "Content-Type", form, "WWW-Authenticate", bareChallenge)
		check(t, tt.body, OAuth1(body, tt.call), tt.code, tt.pairs...)

		var pairs []string
		for pair := range strings.SplitSeq(tt.body, "&") {
			name, value, _ := strings.Cut(pair, "=")
			pairs = append(pairs, name+`="`+value+`"`)
		}
		told := bareChallenge + ", " + strings.Join(pairs, ", ")
		header := replied(tt.url, tt.status, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", told)
		check(t, tt.body+" in the second header", OAuth1(header, tt.call), tt.code, tt.pairs...)
		merged := replied(tt.url, tt.status, "", "WWW-Authenticate", bareChallenge+", "+told)
		check(t, tt.body+" in a merged header", OAuth1(merged, tt.call), tt.code, tt.pairs...)
	}
}

func TestOAuth1Answers(t *testing.T) {
	ok := "oauth_token=t&oauth_token_secret=s"
	echo := bareChallenge + `, oauth_consumer_key="k", oauth_nonce="n"`
	for _, tt := range []struct {
		name string
		ex   core.Exchange
		code core.Code
	}{
		{"request token", replied(requestTokenURL, 200, ok+"&oauth_callback_confirmed=true", "Content-Type", "text/plain"), ""},
		{"access token", replied(accessTokenURL, 200, ok+"\n", "Content-Type", "text/plain"), ""},
		{"not confirmed", replied(requestTokenURL, 200, ok), "AL-OAUTH-016"},
		{"empty", replied(requestTokenURL, 200, ""), "AL-OAUTH-016"},
		{"no secret", replied(accessTokenURL, 200, "oauth_token=t"), "AL-OAUTH-016"},
		{"html", replied(requestTokenURL, 200, "<title>2FA</title>", "Content-Type", "text/html"), "AL-OAUTH-021"},
		{"login", replied(requestTokenURL, 302, "", "Location", "/b/login"), "AL-HTTP-001"},
		{"elsewhere", replied(requestTokenURL, 302, "", "Location", "/b/dashboard"), "AL-HTTP-007"},
		{"context path", replied(requestTokenURL, 404, "", "Content-Type", "text/html"), "AL-HTTP-003"},
		{"key size", replied(requestTokenURL, 500, "<html>", "Content-Type", "text/html"), "AL-OAUTH-004"},
		{"gateway", replied(requestTokenURL, 502, ""), "AL-HTTP-004"},
		{"maintenance", replied(requestTokenURL, 503, "<html>", "Content-Type", "text/html"), "AL-HTTP-005"},
		{"bare 401", replied(requestTokenURL, 401, ""), "AL-OAUTH-015"},
		{"echo", replied(requestTokenURL, 401, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", echo), "AL-OAUTH-015"},
		{"http on a TLS port", replied("http://h/plugins/servlet/oauth/request-token", 400, "Client sent an HTTP request to an HTTPS server."), "AL-NET-006"},
		{"broken off", core.Exchange{URL: requestTokenURL, Err: io.EOF}, "AL-NET-005"},
	} {
		check(t, tt.name, OAuth1(tt.ex, Call{}), tt.code)
	}
	f := OAuth1(replied(requestTokenURL, 500, ""), Call{Bits: 4096})
	check(t, "bits", f, "AL-OAUTH-004", "bits", "4096")
}

func TestSignatureInvalid(t *testing.T) {
	params := "a=1&oauth_nonce=n&oauth_token=T&z=%C3%BC"
	ours := baseString("https://git.acme.com/b/x", params)
	for _, tt := range []struct {
		name, theirs string
		code         core.Code
		pairs        []string
	}{
		{"equal", ours, "AL-OAUTH-002", []string{"cause", "key"}},
		{"default port", baseString("https://GIT.acme.com:443/b/x", params), "AL-OAUTH-002", nil},
		{"scheme", baseString("http://git.acme.com/b/x", params), "AL-OAUTH-003", []string{"part", "scheme", "ours", "https://git.acme.com", "theirs", "http://git.acme.com"}},
		{"host", baseString("https://10.0.0.7:7990/b/x", params), "AL-OAUTH-003", []string{"part", "host", "theirs", "https://10.0.0.7:7990"}},
		{"port", baseString("https://git.acme.com:8443/b/x", params), "AL-OAUTH-003", []string{"part", "port", "theirs", "https://git.acme.com:8443"}},
		{"path", baseString("https://git.acme.com/x", params), "AL-OAUTH-003", []string{"part", "path", "ours", "/b/x", "theirs", "/x"}},
		{"parameters", baseString("https://git.acme.com/b/x", "a=2&oauth_nonce=n&oauth_token=U&z=%C3%BC"), "AL-OAUTH-003",
			[]string{"part", "parameters", "ours", "a=1, oauth_token", "theirs", "a=2, oauth_token"}},
		{"a repeat", baseString("https://git.acme.com/b/x", "a=1&"+params), "AL-OAUTH-003", []string{"part", "parameters", "ours", "", "theirs", "a=1"}},
		{"method", "GET" + strings.TrimPrefix(ours, "POST"), "AL-OAUTH-003", []string{"part", "method"}},
		{"rubbish", "%zz", "AL-OAUTH-003", nil},
	} {
		body := "oauth_problem=signature_invalid&oauth_signature=s&oauth_signature_base_string=" + url.QueryEscape(tt.theirs)
		ex := replied(requestTokenURL, 401, body, "Content-Type", form)
		ex.BaseString = ours
		check(t, tt.name, OAuth1(ex, Call{}), tt.code, tt.pairs...)
	}
}

func TestTimestampRefused(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	window := "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1772359332-1772359932" // 10:07:12 ± 300 s
	ex := replied(requestTokenURL, 400, window)
	ex.At = at
	accepted := []string{"from", "10:02:12 UTC", "to", "10:12:12 UTC"}
	check(t, "window", OAuth1(ex, Call{}), "AL-OAUTH-007", append(accepted, "difference", "7 min 12 s", "ours", "10:00:00 UTC")...)

	sent := ex
	sent.BaseString = baseString(requestTokenURL, "oauth_timestamp=1772359260") // 10:01:00
	check(t, "as sent", OAuth1(sent, Call{}), "AL-OAUTH-007", append(accepted, "difference", "6 min 12 s", "ours", "10:01:00 UTC")...)

	dated := replied(requestTokenURL, 400, "oauth_problem=timestamp_refused", "Date", "Sun, 01 Mar 2026 10:07:12 GMT")
	dated.At = at
	check(t, "by Date", OAuth1(dated, Call{}), "AL-OAUTH-007", append(accepted, "difference", "7 min 12 s")...)
	check(t, "no window", OAuth1(replied(requestTokenURL, 400, "oauth_problem=timestamp_refused"), Call{}), "AL-OAUTH-007", "difference", "more than 5 min")
}

func TestParseProblemPrefersBody(t *testing.T) {
	h := http.Header{"Www-Authenticate": {`Basic realm="x", oauth_problem="nonce_used"`, bareChallenge}}
	if p := ParseProblem(nil, h); p.Name != "" || p.Echo {
		t.Errorf("a Basic challenge gave %+v", p)
	}
	if p := ParseProblem([]byte("<a href='?oauth_problem=%3Cscript'>"), h); p.Name != "" {
		t.Errorf("a page gave %+v", p)
	}
	h.Add("WWW-Authenticate", `oauth oauth_problem="token_rejected", oauth_problem_advice="a%20b"`)
	if p := ParseProblem([]byte("oauth_problem=token_used"), h); p.Name != "token_used" {
		t.Errorf("got %+v", p)
	}
	if p := ParseProblem(nil, h); p.Name != "token_rejected" || p.Advice != "a b" {
		t.Errorf("got %+v", p)
	}
}

func FuzzParseProblem(f *testing.F) {
	f.Add([]byte("oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1-9"), bareChallenge)
	f.Add([]byte("oauth_problem=signature_invalid&oauth_signature_base_string=GET%26http%253A%26a"), `OAuth a="b"`)
	f.Add([]byte("oauth_parameters_absent=a%26b&oauth_problem=parameter_absent"), `OAuth oauth_problem="%zz"`)
	f.Fuzz(func(t *testing.T, body []byte, challenge string) {
		h := http.Header{"Www-Authenticate": {challenge}}
		p := ParseProblem(body, h)
		if p.Name != "" && !problemName().MatchString(p.Name) {
			t.Errorf("name %q", p.Name)
		}
		if p.From.After(p.To) {
			t.Errorf("window from %s to %s", p.From, p.To)
		}
		ex := core.Exchange{URL: requestTokenURL, Status: 401, Header: h, Body: body, BaseString: string(body)}
		if OAuth1(ex, Call{}) == nil {
			t.Error("a refusal without a finding")
		}
	})
}

func TestSigned(t *testing.T) {
	const user, js, rest = "X-AUSERNAME", "application/json", "https://git.acme.com/b/rest/api/1.0/users"
	echo := bareChallenge + `, oauth_consumer_key="k", oauth_nonce="n"`
	for _, tt := range []struct {
		name string
		ex   core.Exchange
		code core.Code
	}{
		{"known", replied(rest, 200, "{}", "Content-Type", js, user, "jane"), ""},
		{"anonymous", replied(rest, 200, "{}", "Content-Type", js), "AL-OAUTH-020"},
		{"html", replied(rest, 200, "<html>", "Content-Type", "text/html", user, "jane"), "AL-OAUTH-021"},
		{"forbidden page", replied(rest, 403, "<html>", "Content-Type", "text/html"), "AL-OAUTH-021"},
		{"login", replied(rest, 302, "", "Location", "/b/login"), "AL-HTTP-001"},
		{"no right", replied(rest, 401, "{}", "Content-Type", js, user, "jane"), "AL-HTTP-009"},
		{"not accepted", replied(rest, 401, "{}", "Content-Type", js, "WWW-Authenticate", bareChallenge), "AL-OAUTH-015"},
		{"echo", replied(rest, 401, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", echo), "AL-OAUTH-015"},
		{"key size", replied(rest, 500, "", "WWW-Authenticate", echo), "AL-OAUTH-004"},
		{"server error", replied(rest, 500, ""), "AL-HTTP-004"},
		{"problem", replied(rest, 401, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", `OAuth oauth_problem="token_rejected"`), "AL-OAUTH-010"},
		{"rate", replied(rest, 429, "<html>", "Content-Type", "text/html"), "AL-HTTP-006"},
		{"not found", replied(rest, 404, "{}", "Content-Type", js, user, "jane"), "AL-HTTP-003"},
		{"broken off", core.Exchange{URL: rest, Err: io.EOF}, "AL-NET-005"},
	} {
		check(t, tt.name, Signed(tt.ex), tt.code)
	}
	ex := replied(rest, 401, "oauth_problem=consumer_key_unknown")
	ex.BaseString = baseString(rest, "oauth_consumer_key=acme%20key&oauth_nonce=n")
	check(t, "key from the base string", Signed(ex), "AL-OAUTH-001", "key", "acme key")
}
