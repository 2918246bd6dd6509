package diagnose

import (
	"net/url"
	"slices"
	"strings"
)

// Difference is the first part in which two signature base strings differ, and what each
// has there. Tokens are named without their values.
type Difference struct{ Part, Ours, Theirs string }

// Compare returns the zero Difference when both base strings mean the same.
func Compare(ours, theirs string) Difference {
	a, b := splitBase(ours), splitBase(theirs)
	for _, d := range []Difference{
		{"scheme", a.uri.Scheme, b.uri.Scheme},
		{"host", strings.ToLower(a.uri.Hostname()), strings.ToLower(b.uri.Hostname())},
		{"port", portOf(a.uri), portOf(b.uri)},
	} {
		if d.Ours != d.Theirs {
			// The whole origin shows what else differs.
			return Difference{d.Part, origin(a.uri), origin(b.uri)}
		}
	}
	if a.uri.EscapedPath() != b.uri.EscapedPath() {
		return Difference{"path", a.uri.EscapedPath(), b.uri.EscapedPath()}
	}
	if a.method != b.method {
		return Difference{"method", a.method, b.method}
	}
	if onlyA, onlyB := subtract(a.params, b.params), subtract(b.params, a.params); len(onlyA)+len(onlyB) > 0 {
		return Difference{"parameters", show(onlyA), show(onlyB)}
	}
	return Difference{}
}

type base struct {
	method string
	uri    *url.URL
	params []string // "name=value", encoded
}

func splitBase(s string) base {
	parts := strings.SplitN(s, "&", 3)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	for i := range parts {
		if decoded, err := url.PathUnescape(parts[i]); err == nil {
			parts[i] = decoded
		}
	}
	uri, err := url.Parse(parts[1])
	if err != nil {
		uri = &url.URL{Path: parts[1]}
	}
	return base{method: parts[0], uri: uri, params: strings.Split(parts[2], "&")}
}

// sent returns a parameter of a base string and whether it is there.
func sent(baseString, name string) (string, bool) {
	for _, p := range splitBase(baseString).params {
		if value, ok := strings.CutPrefix(p, name+"="); ok {
			if decoded, err := url.PathUnescape(value); err == nil {
				value = decoded
			}
			return value, true
		}
	}
	return "", false
}

func portOf(u *url.URL) string {
	if u.Port() != "" {
		return u.Port()
	}
	return defaultPort(u.Scheme)
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// subtract returns what a has more often than b.
func subtract(a, b []string) []string {
	rest := slices.Clone(b)
	var more []string
	for _, s := range a {
		if i := slices.Index(rest, s); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			more = append(more, s)
		}
	}
	return more
}

// show writes parameters for people, those that are secret by name only.
func show(params []string) string {
	for i, p := range params {
		name, value, _ := strings.Cut(p, "=")
		if v, err := url.PathUnescape(value); err == nil {
			value = v
		}
		switch name {
		case "oauth_token", "oauth_verifier", "oauth_session_handle":
			params[i] = name
		default:
			params[i] = name + "=" + value
		}
	}
	return clip(strings.Join(params, ", "))
}
