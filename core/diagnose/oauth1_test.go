package diagnose

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
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
	call := OAuth1Call{Key: "acmekey", Bits: 4096}
	typed := OAuth1Call{Key: "acmekey", TypedCode: true}
	for _, tt := range []struct {
		url, body string
		status    int
		call      OAuth1Call
		code      core.Code
		pairs     []string
	}{
		{requestTokenURL, "oauth_problem=consumer_key_unknown", 401, call, finding.UnknownConsumerKey.Code(), []string{"key", "acmekey"}},
		{requestTokenURL, "oauth_problem=signature_invalid", 401, call, finding.PublicKeyMismatch.Code(), []string{"key", "acmekey", "cause", "unknown"}},
		{requestTokenURL, "oauth_problem=permission_denied", 401, call, finding.ConsumerNotPermitted.Code(), []string{"key", "acmekey"}},
		{accessTokenURL, "oauth_problem=permission_denied", 401, call, finding.AccessDenied.Code(), nil},
		{requestTokenURL, "oauth_problem=nonce_used", 401, call, finding.NonceUsed.Code(), nil},
		{requestTokenURL, "oauth_problem=signature_method_rejected", 400, call, finding.SignatureMethodRejected.Code(), nil},
		{requestTokenURL, "oauth_parameters_absent=oauth_timestamp%26oauth_nonce&oauth_problem=parameter_absent", 400, call,
			finding.ParameterAbsent.Code(), []string{"names", "oauth_timestamp, oauth_nonce"}},
		{requestTokenURL, "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_nonce%3Da%26oauth_nonce%3Db", 400, call,
			finding.ParameterRejected.Code(), []string{"names", "oauth_nonce"}},
		{requestTokenURL, "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_callback&oauth_problem_advice=Not%20a%20URI", 400, call,
			finding.ParameterRejected.Code(), []string{"names", "oauth_callback", "advice", "Not a URI"}},
		{requestTokenURL, "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0", 400, call, finding.VersionRejected.Code(), []string{"versions", "1.0-1.0"}},
		{accessTokenURL, "oauth_problem=token_rejected", 401, call, finding.TokenRejected.Code(), nil},
		{accessTokenURL, "oauth_problem=token_rejected", 401, typed, finding.WrongVerifier.Code(), nil},
		{accessTokenURL, "oauth_problem=token_revoked", 401, call, finding.TokenRevoked.Code(), nil},
		{accessTokenURL, "oauth_problem=token_expired", 401, call, finding.TokenExpired.Code(), nil},
		{accessTokenURL, "oauth_problem=permission_unknown", 401, call, finding.AuthorizationPending.Code(), nil},
		{accessTokenURL, "oauth_problem=token_used", 401, call, finding.TokenUsed.Code(), nil},
		{requestTokenURL, "oauth_problem=user_refused", 503, call, finding.RefusedWithoutReason.Code(), []string{"status", "503", "message", "user_refused"}},
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
		{"not confirmed", replied(requestTokenURL, 200, ok), finding.CallbackUnconfirmed.Code()},
		{"empty", replied(requestTokenURL, 200, ""), finding.TokenResponseInvalid.Code()},
		{"no secret", replied(accessTokenURL, 200, "oauth_token=t"), finding.TokenResponseInvalid.Code()},
		{"html", replied(requestTokenURL, 200, "<title>2FA</title>", "Content-Type", "text/html"), finding.SignedCallHTML.Code()},
		{"login", replied(requestTokenURL, 302, "", "Location", "/b/login"), finding.LoginPage.Code()},
		{"elsewhere", replied(requestTokenURL, 302, "", "Location", "/b/dashboard"), finding.RedirectedElsewhere.Code()},
		{"context path", replied(requestTokenURL, 404, "", "Content-Type", "text/html"), finding.NotFound.Code()},
		{"key size", replied(requestTokenURL, 500, "<html>", "Content-Type", "text/html"), finding.KeySizeMismatch.Code()},
		{"gateway", replied(requestTokenURL, 502, ""), finding.ServerError.Code()},
		{"maintenance", replied(requestTokenURL, 503, "<html>", "Content-Type", "text/html"), finding.Unavailable.Code()},
		{"bare 401", replied(requestTokenURL, 401, ""), finding.RefusedWithoutReason.Code()},
		{"echo", replied(requestTokenURL, 401, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", echo), finding.RefusedWithoutReason.Code()},
		{"http on a TLS port", replied("http://h/plugins/servlet/oauth/request-token", 400, "Client sent an HTTP request to an HTTPS server."), finding.HTTPSExpected.Code()},
		{"broken off", core.Exchange{URL: requestTokenURL, Err: io.EOF}, finding.ConnectionReset.Code()},
	} {
		check(t, tt.name, OAuth1(tt.ex, OAuth1Call{}), tt.code)
	}
	f := OAuth1(replied(requestTokenURL, 500, ""), OAuth1Call{Bits: 4096})
	check(t, "bits", f, finding.KeySizeMismatch.Code(), "bits", "4096", "said", "")
}

// Only what looks like the trap of the signature's length is told as that, and
// told as certain only where the answer names it.
func TestInternalErrors(t *testing.T) {
	const (
		page     = "text/html;charset=utf-8"
		js       = "application/json"
		bare     = `<!doctype html><html><head><title>HTTP Status 500 – Internal Server Error</title></head><body><h1>HTTP Status 500</h1><h3>Apache Tomcat/9.0.86</h3>`
		trace    = bare + "<pre>jakarta.servlet.ServletException: x\n at a.B.c(D.java:1)</pre><pre>"
		trap     = "java.security.SignatureException: Bad signature length: got 512 but was expecting 256"
		envelope = `{"errors":[{"context":null,"message":"An error occurred.","exceptionName":null}]}`
	)
	for _, tt := range []struct {
		name, kind, body string
		code             core.Code
		pairs            []string
	}{
		{"container", page, bare, finding.KeySizeMismatch.Code(), []string{"said", "", "bits", "2048"}},
		{"jetty", page, "<title>Error 500 Server Error</title>", finding.ServerError.Code(), nil},
		{"nothing", "", " \n", finding.KeySizeMismatch.Code(), []string{"said", ""}},
		{"trap in a trace", page, trace + trap + "</pre>", finding.KeySizeMismatch.Code(), []string{"said", "Bad signature length"}},
		{"trap in JSON", js, `{"message":"Bad signature length: got 512 but was expecting 256"}`, finding.KeySizeMismatch.Code(), []string{"said", "Bad signature length"}},
		{"older Java", "text/plain", "Signature length not correct: got 512 but was expecting 256", finding.KeySizeMismatch.Code(), []string{"said", "Bad signature length"}},
		{"database", page, trace + "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available</pre>", finding.ServerError.Code(),
			[]string{"message", "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not avail…"}},
		{"message of Tomcat", page, bare + "<p><b>Message</b> No space left on device</p>", finding.ServerError.Code(), []string{"message", "No space left on device"}},
		{"memory", page, trace + "java.lang.OutOfMemoryError: Java heap space</pre>", finding.ServerError.Code(), []string{"message", "java.lang.OutOfMemoryError: Java heap space"}},
		{"envelope", js, envelope, finding.ServerError.Code(), []string{"message", "An error occurred."}},
		{"Spring", js, `{"timestamp":1,"status":500,"error":"Internal Server Error","path":"/x"}`, finding.ServerError.Code(), []string{"message", "Internal Server Error"}},
		{"nginx", page, "<html><head><title>500 Internal Server Error</title></head><body><hr><center>nginx</center>", finding.ServerError.Code(),
			[]string{"message", "500 Internal Server Error"}},
		{"Bitbucket's page", page, "<title>Oops, you've found a dead link</title>", finding.ServerError.Code(), []string{"message", "Oops, you've found a dead link"}},
		{"plain", "text/plain", "upstream connect error", finding.ServerError.Code(), []string{"message", "upstream connect error"}},
		{"not told what it is", "", "bad things", finding.ServerError.Code(), nil},
	} {
		ex := replied(requestTokenURL, 500, tt.body, "Content-Type", tt.kind)
		check(t, tt.name, OAuth1(ex, OAuth1Call{Bits: 2048}), tt.code, tt.pairs...)
		if tt.code == finding.ServerError.Code() {
			ex.Header.Set("WWW-Authenticate", bareChallenge+`, oauth_consumer_key="k"`)
			check(t, tt.name+" for a signed call", Signed(ex), tt.code, tt.pairs...)
		}
	}
	for _, status := range []int{501, 502, 504} {
		f := OAuth1(replied(requestTokenURL, status, "<title>HTTP Status 500</title>", "Content-Type", page), OAuth1Call{})
		check(t, "a gateway", f, finding.ServerError.Code(), "message", "HTTP Status 500")
	}
}

// What Bitbucket says about the account or the request is the finding, for every
// way of asking.
func TestBitbucketsOwnWords(t *testing.T) {
	const (
		rest          = "https://git.acme.com/b/rest/api/1.0/users"
		propertiesURL = "https://git.acme.com/b/rest/api/1.0/application-properties"
		cab           = "com.atlassian.bitbucket."
		licence       = `You are not currently licensed to use Bitbucket.\nPlease contact your administrator.`
	)
	envelope := func(message, class string) string {
		return `{"errors":[{"context":null,"message":"` + message + `","exceptionName":"` + class + `"}]}`
	}
	challenge := []string{"X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://git.acme.com/b/login?next=x"}
	for _, tt := range []struct {
		name   string
		status int
		body   string
		header []string
		code   core.Code // "" where it is for the caller to say
		pairs  []string
	}{
		{"captcha", 401, envelope("Captcha.", cab+"auth.CaptchaRequiredAuthenticationException"), nil, finding.CaptchaRequired.Code(), []string{"message", "Captcha.", "status", "401"}},
		{"captcha by header", 403, "", challenge, finding.CaptchaRequired.Code(), []string{"login", "https://git.acme.com/b/login", "message", "CAPTCHA_CHALLENGE"}},
		{"captcha on a page", 403, "<html>", append([]string{"Content-Type", "text/html"}, challenge...), finding.CaptchaRequired.Code(), nil},
		{"licence", 401, envelope(licence, cab+"auth.NoAccessAuthenticationException"), nil, finding.AccountUnlicensed.Code(),
			[]string{"message", "You are not currently licensed to use Bitbucket. Please contact your administrator."}},
		{"licence of a known user", 401, envelope(licence, ""), []string{"X-AUSERNAME", "jane"}, finding.AccountUnlicensed.Code(), nil},
		{"inactive", 401, envelope("Go away.", cab+"auth.InactiveUserAuthenticationException"), nil, finding.AccountDisabled.Code(), []string{"message", "Go away."}},
		{"inactive by message", 403, envelope("The user jane is inactive.", ""), nil, finding.AccountDisabled.Code(), nil},
		{"password", 401, envelope("x", cab+"auth.ExpiredPasswordAuthenticationException"), nil, finding.AccountDisabled.Code(), nil},
		{"another reason", 403, "", []string{"X-Authentication-Denied-Reason", "ACCOUNT_LOCKED"}, finding.AccountDisabled.Code(), []string{"message", "ACCOUNT_LOCKED"}},
		{"no right", 401, envelope("You are not permitted to access this resource", cab+"AuthorisationException"), []string{"X-AUSERNAME", "jane"},
			finding.RequestRefused.Code(), []string{"message", "You are not permitted to access this resource"}},
		{"an address that is not allowed", 403, envelope("Not from 10.0.0.7.", ""), nil, finding.RequestRefused.Code(), []string{"message", "Not from 10.0.0.7."}},
		{"field", 400, `{"errors":["Not saved."],"fieldErrors":{"scope":["Unknown."]}}`, nil, finding.RequestRefused.Code(), []string{"message", "Not saved. scope: Unknown."}},
		{"not found", 404, envelope("Project X does not exist.", cab+"project.NoSuchProjectException"), nil, finding.RequestRefused.Code(), []string{"message", "Project X does not exist."}},
		{"xml to a known user", 403, "<status><message>No.</message></status>", []string{"X-AUSERNAME", "jane"}, finding.RequestRefused.Code(), []string{"message", "No."}},
		{"nobody", 401, envelope("You are not permitted to access this resource", cab+"AuthorisationException"), nil, "", nil},
		{"nobody on 10.x", 401, envelope("x", "com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException"), nil, "", nil},
		{"a password that is a token", 401, envelope("x", cab+"auth.IncorrectPasswordAuthenticationException"), nil, "", nil},
		{"a gateway's JSON", 401, `{"message":"Unauthorized"}`, nil, "", nil},
	} {
		theirs := [3]core.Code{tt.code, tt.code, tt.code}
		if tt.code == "" {
			theirs = [3]core.Code{finding.RefusedWithoutReason.Code(), finding.RefusedWithoutReason.Code(), finding.AccessTokenInvalid.Code()}
		}
		if tt.code != "" {
			check(t, tt.name+" when it was looked for", Reach("", []core.Exchange{replied(propertiesURL, tt.status, tt.body, tt.header...)}), tt.code, tt.pairs...)
		}
		check(t, tt.name+" at a token endpoint", OAuth1(replied(requestTokenURL, tt.status, tt.body, tt.header...), OAuth1Call{}), theirs[0], tt.pairs...)
		check(t, tt.name+" to a signed call", Signed(replied(rest, tt.status, tt.body, tt.header...)), theirs[1], tt.pairs...)
		check(t, tt.name+" to a token", Bearer(replied(rest, tt.status, tt.body, tt.header...)), theirs[2], tt.pairs...)
	}
	for _, route := range []string{`{"message":"null for uri: https://h/x","status-code":404}`, `{"message":null,"status-code":404}`} {
		check(t, "unknown route", Signed(replied(rest, 404, route, "X-AUSERNAME", "jane")), finding.NotFound.Code())
	}
	for _, status := range []int{407, 429} {
		if f := Signed(replied(rest, status, envelope("Wait.", ""), "X-AUSERNAME", "jane")); errors.Is(f, finding.RequestRefused) {
			t.Errorf("HTTP %d: got %v", status, f)
		}
	}
}

func TestSignatureInvalid(t *testing.T) {
	params := "a=1&oauth_nonce=n&oauth_token=T&z=%C3%BC"
	ours := baseString("https://git.acme.com/b/x", params)
	for _, tt := range []struct {
		name, theirs string
		code         core.Code
		pairs        []string
	}{
		{"equal", ours, finding.PublicKeyMismatch.Code(), []string{"cause", "key"}},
		{"default port", baseString("https://GIT.acme.com:443/b/x", params), finding.PublicKeyMismatch.Code(), nil},
		{"scheme", baseString("http://git.acme.com/b/x", params), finding.BaseStringMismatch.Code(), []string{"part", "scheme", "ours", "https://git.acme.com", "theirs", "http://git.acme.com"}},
		{"host", baseString("https://10.0.0.7:7990/b/x", params), finding.BaseStringMismatch.Code(), []string{"part", "host", "theirs", "https://10.0.0.7:7990"}},
		{"port", baseString("https://git.acme.com:8443/b/x", params), finding.BaseStringMismatch.Code(), []string{"part", "port", "theirs", "https://git.acme.com:8443"}},
		{"path", baseString("https://git.acme.com/x", params), finding.BaseStringMismatch.Code(), []string{"part", "path", "ours", "/b/x", "theirs", "/x"}},
		{"parameters", baseString("https://git.acme.com/b/x", "a=2&oauth_nonce=n&oauth_token=U&z=%C3%BC"), finding.BaseStringMismatch.Code(),
			[]string{"part", "parameters", "ours", "a=1, oauth_token", "theirs", "a=2, oauth_token"}},
		{"a repeat", baseString("https://git.acme.com/b/x", "a=1&"+params), finding.BaseStringMismatch.Code(), []string{"part", "parameters", "ours", "", "theirs", "a=1"}},
		{"method", "GET" + strings.TrimPrefix(ours, "POST"), finding.BaseStringMismatch.Code(), []string{"part", "method"}},
		{"rubbish", "%zz", finding.BaseStringMismatch.Code(), nil},
	} {
		body := "oauth_problem=signature_invalid&oauth_signature=s&oauth_signature_base_string=" + url.QueryEscape(tt.theirs)
		ex := replied(requestTokenURL, 401, body, "Content-Type", form)
		ex.BaseString = ours
		check(t, tt.name, OAuth1(ex, OAuth1Call{}), tt.code, tt.pairs...)
	}
}

func TestTimestampRefused(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	window := "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1772359332-1772359932" // 10:07:12 ± 300 s
	ex := replied(requestTokenURL, 400, window)
	ex.At = at
	accepted := []string{"from", "10:02:12 UTC", "to", "10:12:12 UTC"}
	check(t, "window", OAuth1(ex, OAuth1Call{}), finding.ClockSkew.Code(), append(accepted, "difference", "7 min 12 s", "ours", "10:00:00 UTC")...)

	sent := ex
	sent.BaseString = baseString(requestTokenURL, "oauth_timestamp=1772359260") // 10:01:00
	check(t, "as sent", OAuth1(sent, OAuth1Call{}), finding.ClockSkew.Code(), append(accepted, "difference", "6 min 12 s", "ours", "10:01:00 UTC")...)

	dated := replied(requestTokenURL, 400, "oauth_problem=timestamp_refused", "Date", "Sun, 01 Mar 2026 10:07:12 GMT")
	dated.At = at
	check(t, "by Date", OAuth1(dated, OAuth1Call{}), finding.ClockSkew.Code(), "difference", "7 min 12 s", "theirs", "10:07:12 UTC", "from", "", "to", "")
	dated.Header.Set("Date", "Fri, 31 Dec 9999 23:59:59 GMT")
	check(t, "another age", OAuth1(dated, OAuth1Call{}), finding.ClockSkew.Code(), "difference", "more than 100 years", "theirs", "9999-12-31 23:59:59 UTC")
	for _, sent := range []string{"", "&oauth_acceptable_timestamps=later", "&oauth_acceptable_timestamps=9-1"} {
		ex := replied(requestTokenURL, 400, "oauth_problem=timestamp_refused"+sent)
		ex.At = at
		check(t, "no window"+sent, OAuth1(ex, OAuth1Call{}), finding.ClockSkew.Code(), "difference", "", "from", "", "to", "", "theirs", "", "ours", "10:00:00 UTC")
	}
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
		if OAuth1(ex, OAuth1Call{}) == nil {
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
		{"anonymous", replied(rest, 200, "{}", "Content-Type", js), finding.UserUnknown.Code()},
		{"html", replied(rest, 200, "<html>", "Content-Type", "text/html", user, "jane"), finding.SignedCallHTML.Code()},
		{"forbidden page", replied(rest, 403, "<html>", "Content-Type", "text/html"), finding.SignedCallHTML.Code()},
		{"login", replied(rest, 302, "", "Location", "/b/login"), finding.LoginPage.Code()},
		{"no right", replied(rest, 401, "{}", "Content-Type", js, user, "jane"), finding.UnexpectedResponse.Code()},
		{"not accepted", replied(rest, 401, "{}", "Content-Type", js, "WWW-Authenticate", bareChallenge), finding.RefusedWithoutReason.Code()},
		{"echo", replied(rest, 401, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", echo), finding.RefusedWithoutReason.Code()},
		{"key size", replied(rest, 500, "", "WWW-Authenticate", echo), finding.KeySizeMismatch.Code()},
		{"server error", replied(rest, 500, ""), finding.ServerError.Code()},
		{"problem", replied(rest, 401, "", "WWW-Authenticate", bareChallenge, "WWW-Authenticate", `OAuth oauth_problem="token_rejected"`), finding.TokenRejected.Code()},
		{"rate", replied(rest, 429, "<html>", "Content-Type", "text/html"), finding.RateLimited.Code()},
		{"not found", replied(rest, 404, "{}", "Content-Type", js, user, "jane"), finding.NotFound.Code()},
		{"broken off", core.Exchange{URL: rest, Err: io.EOF}, finding.ConnectionReset.Code()},
	} {
		check(t, tt.name, Signed(tt.ex), tt.code)
	}
	ex := replied(rest, 401, "oauth_problem=consumer_key_unknown")
	ex.BaseString = baseString(rest, "oauth_consumer_key=acme%20key&oauth_nonce=n")
	check(t, "key from the base string", Signed(ex), finding.UnknownConsumerKey.Code(), "key", "acme key")
}
