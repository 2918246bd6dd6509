package oauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"applink/core"
)

// refuse returns the finding for a request that the library has signed
// otherwise than Bitbucket will: it would only be answered "signature_invalid",
// and the admin would look for the fault in the keys.
func refuse(r *http.Request, form string) *core.Finding {
	why := "the library's signature base string differs from RFC 5849"
	for _, m := range misSigned {
		if m.is(r, form) {
			why = m.why
			break
		}
	}
	return core.Find("AL-OAUTH-022", "not sending "+r.Method+" "+r.URL.Path+": "+why, "why", why)
}

// misSigned are the kinds of request that dghubble/oauth1 v0.7.3 signs wrongly,
// each with the reason and the way out. The table only explains: whether a
// request is signed wrongly is decided by comparing base strings.
var misSigned = []struct {
	why string
	is  func(r *http.Request, form string) bool
}{
	{"the query has a bare semicolon; write it %3B", func(r *http.Request, _ string) bool {
		return strings.Contains(r.URL.RawQuery, ";")
	}},
	{"the query has a broken percent escape", func(r *http.Request, _ string) bool {
		_, err := url.ParseQuery(r.URL.RawQuery)
		return err != nil
	}},
	{"the query has the same parameter twice", func(r *http.Request, _ string) bool {
		return repeats(splitPairs(r.URL.RawQuery))
	}},
	{"the form's Content-Type must be exactly application/x-www-form-urlencoded, without a charset",
		func(r *http.Request, form string) bool {
			return form != "" && r.Header.Get("Content-Type") != "application/x-www-form-urlencoded"
		}},
	{"the form has the same parameter twice; send JSON", func(_ *http.Request, form string) bool {
		return repeats(splitPairs(form))
	}},
	{"a parameter stands in the query and in the form; send JSON", func(r *http.Request, form string) bool {
		return repeats(append(splitPairs(r.URL.RawQuery), splitPairs(form)...))
	}},
	{"the URL has no path; end it with /", func(r *http.Request, _ string) bool {
		return r.URL.Path == ""
	}},
	{"the Host header differs from the host in the URL", func(r *http.Request, _ string) bool {
		return r.Host != "" && !strings.EqualFold(r.Host, r.URL.Host)
	}},
	{"the host name is not ASCII; write it in Punycode", func(r *http.Request, _ string) bool {
		return !plainHost(r.URL.Host)
	}},
	{"the query or the form has a parameter of OAuth's own", func(r *http.Request, form string) bool {
		return slices.ContainsFunc(append(splitPairs(r.URL.RawQuery), splitPairs(form)...), func(p pair) bool {
			return strings.HasPrefix(p.name, "oauth_") || p.name == "realm"
		})
	}},
	{"the URL names port 80 or 443; leave a default port out, or use another port", func(r *http.Request, _ string) bool {
		return r.URL.Port() == "80" || r.URL.Port() == "443"
	}},
}

func repeats(pairs []pair) bool {
	seen := map[string]bool{}
	for _, p := range pairs {
		if seen[p.name] {
			return true
		}
		seen[p.name] = true
	}
	return false
}

// plainHost reports whether a host goes over the wire as it is written. Go
// sends others in Punycode, and the library signs the original.
func plainHost(host string) bool {
	return strings.IndexFunc(host, func(c rune) bool { return c > unicode.MaxASCII }) < 0
}
