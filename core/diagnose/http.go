package diagnose

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// answerSymptom is one row about an answer that came, but is not what was due.
type answerSymptom struct {
	fits func(core.Exchange) bool
	find func(core.Exchange) *core.Finding
}

var answerSymptoms = []answerSymptom{
	{func(ex core.Exchange) bool { return ex.Status == http.StatusProxyAuthRequired && ex.Proxy != "" }, func(ex core.Exchange) *core.Finding {
		return answered(ex, finding.ProxyAuthRequired.With(ex.Proxy, strings.Join(foreignChallenges(ex.Header), ", ")))
	}},
	{wantsCertificate, func(ex core.Exchange) *core.Finding {
		u, err := url.Parse(ex.URL)
		if err != nil {
			u = &url.URL{}
		}
		return answered(ex, finding.ClientCertificateRequired.With(u.Hostname(), addressOf(u)))
	}},
	{wantsTLS, func(ex core.Exchange) *core.Finding {
		return answered(ex, finding.HTTPSExpected.With(baseOf(ex.URL), overHTTPS(baseOf(ex.URL))))
	}},
	{func(ex core.Exchange) bool { return !isRedirect(ex) && inFront(ex) != nil }, inFront},
	{isRedirect, redirect},
	{status(404), func(ex core.Exchange) *core.Finding { return answered(ex, finding.NotFound.With(bare(ex.URL))) }},
	{status(429), func(ex core.Exchange) *core.Finding { return answered(ex, finding.RateLimited.With(retryAfter(ex))) }},
	{status(503), func(ex core.Exchange) *core.Finding { return answered(ex, finding.Unavailable.With(statusOf(ex))) }},
	{status(500, 501, 502, 504, 505), serverError},
	{isSignInPage, func(ex core.Exchange) *core.Finding {
		return answered(ex, finding.LoginPage.With(bare(ex.URL), "a sign-in page"))
	}},
	{func(ex core.Exchange) bool { return ex.Status < 300 && isHTML(ex) }, func(ex core.Exchange) *core.Finding {
		return answered(ex, finding.UnexpectedHTML.With(bare(ex.URL), title(ex.Body)))
	}},
	{isRefusedPage, refusedPage},
	{func(core.Exchange) bool { return true }, func(ex core.Exchange) *core.Finding {
		return answered(ex, finding.UnexpectedResponse.With(statusOf(ex)))
	}},
}

// answer explains an answer that is known to be wrong.
func answer(ex core.Exchange) *core.Finding {
	if f := Told(ex); f != nil {
		return f
	}
	for _, row := range answerSymptoms {
		if row.fits(ex) {
			return row.find(ex)
		}
	}
	return nil
}

// answered adds to a finding the answer that it rests on: the status as a parameter, and
// status and content type as the raw cause.
func answered(ex core.Exchange, f *core.Finding) *core.Finding {
	f.Params["status"] = statusOf(ex)
	raw := "HTTP " + statusOf(ex)
	if kind := ex.Header.Get("Content-Type"); kind != "" {
		raw += ", " + kind
	}
	return f.Because(raw)
}

func statusOf(ex core.Exchange) string { return strconv.Itoa(ex.Status) }

func status(codes ...int) func(core.Exchange) bool {
	return func(ex core.Exchange) bool {
		for _, c := range codes {
			if ex.Status == c {
				return true
			}
		}
		return false
	}
}

func isRedirect(ex core.Exchange) bool {
	return ex.Status >= 300 && ex.Status < 400 && ex.Header.Get("Location") != ""
}

func isHTML(ex core.Exchange) bool {
	kind := strings.ToLower(ex.Header.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "application/xhtml")
}

// wantsTLS fits the words in which web servers refuse plain http on a TLS port.
func wantsTLS(ex core.Exchange) bool {
	text := strings.ToLower(string(ex.Body[:min(len(ex.Body), 4096)]))
	return ex.Status == http.StatusBadRequest && strings.HasPrefix(ex.URL, "http://") &&
		(strings.Contains(text, "http request") && strings.Contains(text, "https") || strings.Contains(text, "requires tls"))
}

// retryAfter is "" when the server does not say.
func retryAfter(ex core.Exchange) string {
	after := ex.Header.Get("Retry-After")
	if _, err := strconv.Atoi(after); err == nil {
		after += " s"
	}
	return after
}

var titleTag = core.Pattern(`(?is)<title[^>]*>(.*?)</title>`)

// title is the title of an HTML page, on one line; "" when it has none.
func title(body []byte) string {
	m := titleTag().FindSubmatch(body[:min(len(body), 64<<10)])
	if m == nil {
		return ""
	}
	return clip(strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " "))
}

// wantsCertificate fits the pages of web servers that admit only clients with a
// certificate, and let others finish the handshake.
func wantsCertificate(ex core.Exchange) bool {
	return ex.Status >= 400 && ex.Status < 500 && certificatePage().Match(ex.Body[:min(len(ex.Body), bodyRead)])
}

var certificatePage = core.Pattern(`(?i)no required ssl certificate was sent|the ssl certificate error|client certificate (?:is )?required|requires a client certificate`)

// bare drops what can hold secrets: query, fragment, user information.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return clip(address)
	}
	u.RawQuery, u.Fragment, u.User, u.ForceQuery = "", "", nil, false
	return u.String()
}

// baseOf cuts what Bitbucket serves below its base off an address.
func baseOf(address string) string {
	address = bare(address)
	for _, below := range []string{"/rest/", "/plugins/servlet/"} {
		if i := strings.LastIndex(address, below); i > 0 {
			address = address[:i]
		}
	}
	return strings.TrimRight(address, "/")
}

func overHTTPS(base string) string { return "https://" + strings.TrimPrefix(base, "http://") }

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
