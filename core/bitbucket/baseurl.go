package bitbucket

import (
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"applink/core"
	"applink/core/finding"
)

const maxURL = 2048

var (
	hasScheme = core.Pattern(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	hostName  = core.Pattern(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)
	mapHost   = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false))
)

// ParseBaseURL brings the base URL of a Bitbucket server into its normal form:
// scheme and host in lower case, international names in ASCII, default port and
// trailing slash dropped, other ports and the context path kept. A normal form
// parses to itself.
//
// The error is a *core.Finding ([finding.BitbucketCloud] Bitbucket Cloud, 002 not a
// URL, 005 user name or password), or a *core.Suggestion.
func ParseBaseURL(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > 1 && strings.Contains(`<>""''`, s[:1]+s[len(s)-1:]) {
		s = s[1 : len(s)-1]
	}
	if hasScheme().MatchString(s) {
		return parseBase(s, "")
	}
	// What stands before a slashless colon may be a scheme or a host with a
	// port; only http and https are known to be schemes.
	lower := strings.ToLower(s)
	if s == "" || strings.HasPrefix(lower, "http:") || strings.HasPrefix(lower, "https:") {
		return "", notURL(s)
	}
	return parseBase("https://"+strings.TrimLeft(s, "/"), s)
}

// parseBase parses s; bare is what was pasted when it had no scheme.
func parseBase(s, bare string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil && strings.Contains(s, "@"), err == nil && u.User != nil:
		return "", finding.URLWithCredentials.With() // the value stays out: it holds the password
	case err != nil, len(s) > maxURL:
		return "", notURL(s)
	}
	host, ok := normalHost(u)
	scheme := strings.ToLower(u.Scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return "", notURL(s)
	}
	if bareHost := u.Hostname(); isCloud(host) {
		return "", finding.BitbucketCloud.With(scheme + "://" + strings.ToLower(bareHost))
	}
	context, cut := contextPath(u.EscapedPath())
	base := scheme + "://" + host + context
	shown := scheme + "://" + u.Host + u.EscapedPath()
	var kind finding.Kind2
	switch {
	case bare != "":
		kind, shown = finding.SchemeMissing, strings.TrimPrefix(shown, "https://")
	case cut:
		kind = finding.PageNotBaseURL
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(s, "#"):
		kind, shown = finding.URLWithQuery, shown+"?…"
	default:
		return base, nil
	}
	return "", &core.Suggestion{Value: base, Finding: kind.With(shown, base)}
}

func notURL(s string) error {
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80]) + "…"
	}
	return finding.InvalidURL.With(s)
}

// normalHost returns host and port as they stand in a normal base URL.
func normalHost(u *url.URL) (string, bool) {
	if !utf8.ValidString(u.Hostname()) {
		return "", false
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		if addr.Zone() != "" {
			return "", false
		}
		host = "[" + addr.String() + "]"
	} else {
		ascii, err := mapHost.ToASCII(host)
		host = strings.TrimSuffix(ascii, ".")
		if err != nil || len(host) > 253 || !hostName().MatchString(host) {
			return "", false
		}
	}
	if u.Port() == "" {
		return host, true
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return "", false
	}
	if scheme := strings.ToLower(u.Scheme); scheme == "http" && port == 80 || scheme == "https" && port == 443 {
		return host, true
	}
	return host + ":" + strconv.FormatUint(port, 10), true
}

func isCloud(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	return name == "bitbucket.org" || strings.HasSuffix(name, ".bitbucket.org")
}

// pages tell, by first segment, whether the path rest is a page of Bitbucket and
// no context path. Names that also make good context paths count only with what
// must follow them.
var pages = map[string]func(rest []string) bool{
	"scm":     func(rest []string) bool { return len(rest) == 3 && strings.HasSuffix(rest[2], ".git") },
	"rest":    func(rest []string) bool { return len(rest) > 1 },
	"users":   func(rest []string) bool { return len(rest) > 1 },
	"plugins": func(rest []string) bool { return len(rest) > 1 && rest[1] == "servlet" },

	"account": always, "admin": always, "dashboard": always, "getting-started": always, "j_atl_security_check": always,
	"login": always, "logout": always, "mvc": always, "profile": always, "projects": always, "repos": always,
}

func always([]string) bool { return true }

// contextPath returns the part of an escaped path before the first page of
// Bitbucket, and whether something was cut off.
func contextPath(escaped string) (string, bool) {
	segments := strings.FieldsFunc(path.Clean("/"+escaped), func(r rune) bool { return r == '/' })
	for i, s := range segments {
		segments[i], _, _ = strings.Cut(s, ";") // ;jsessionid=…
		if page, known := pages[segments[i]]; known && page(segments[i:]) {
			return joinPath(segments[:i]), true
		}
	}
	return joinPath(segments), false
}

func joinPath(segments []string) string {
	var b strings.Builder
	for _, s := range segments {
		if s != "" && s != "." && s != ".." {
			b.WriteString("/" + s)
		}
	}
	return b.String()
}
