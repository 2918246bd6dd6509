package bitbucket

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"sort"
	"strings"

	"applink/core"
)

// pair is one parameter, decoded. Repeats are kept and order matters, which
// rules out url.Values.
type pair struct{ name, value string }

// message is a request as the OAuth library sees it.
type message struct {
	method  string
	url     string // scheme, authority and raw path, as the container sees them
	pairs   []pair // of the Authorization header, then query, then form
	header  bool   // an Authorization: OAuth header was there
	servlet int    // where the pairs of query and form begin
}

const formLimit = 1 << 20 // bytes of a form body

// errEscape is Java's exception for a broken percent escape; it leads to 500.
var errEscape = errors.New("java.lang.IllegalArgumentException: URLDecoder: Illegal hex characters in escape (%) pattern")

var (
	authorization = core.Pattern(`^\s*(\w*)\s+(.*)`)
	headerPair    = core.Pattern(`^(\S*)\s*=\s*"([^"]*)"$`)
	comma         = core.Pattern(`\s*,\s*`)
)

// readMessage collects the parameters of a request. The form body can be read
// again afterwards.
func (o *oauth1) readMessage(r *http.Request) (message, error) {
	m := message{method: r.Method, url: o.containerURL(r)}
	for _, header := range r.Header.Values("Authorization") {
		pairs, isOAuth, err := decodeAuthorization(header)
		if err != nil {
			return m, err
		}
		m.header = m.header || isOAuth
		m.pairs = append(m.pairs, pairs...)
	}
	m.servlet = len(m.pairs)
	query, err := decodeForm(r.URL.RawQuery)
	if err != nil {
		return m, err
	}
	m.pairs = append(m.pairs, query...)
	if !isForm(r) {
		return m, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, formLimit))
	if err != nil {
		return m, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, err := decodeForm(string(body))
	m.pairs = append(m.pairs, form...)
	return m, err
}

// isForm tells whether the container parses the body: it does for POST only.
func isForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && r.Method == http.MethodPost && media == "application/x-www-form-urlencoded" && r.Body != nil
}

// decodeAuthorization reads a header. Values without quotes are ignored, and
// the realm is not a parameter.
func decodeAuthorization(header string) (pairs []pair, isOAuth bool, err error) {
	m := authorization().FindStringSubmatch(header)
	if m == nil || !strings.EqualFold(m[1], "OAuth") {
		return nil, false, nil
	}
	for _, text := range comma().Split(m[2], -1) {
		nv := headerPair().FindStringSubmatch(text)
		if nv == nil {
			continue
		}
		p, err := decodePair(nv[1], nv[2])
		if err != nil {
			return nil, true, err
		}
		if !strings.EqualFold(p.name, "realm") {
			pairs = append(pairs, p)
		}
	}
	return pairs, true, nil
}

// decodeForm reads a query or a form as Tomcat does: split on & only, a flag
// counts as an empty value, a pair without a name is dropped.
func decodeForm(text string) ([]pair, error) {
	var pairs []pair
	for _, part := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		p, err := decodePair(name, value)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func decodePair(name, value string) (pair, error) {
	n, err := formDecode(name)
	if err != nil {
		return pair{}, err
	}
	v, err := formDecode(value)
	return pair{n, v}, err
}

// formDecode decodes percent escapes, and + as a space even in a header.
func formDecode(s string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			out.WriteByte(' ')
		case '%':
			if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
				return "", errEscape
			}
			out.WriteByte(byte(unhex(s[i+1])<<4 | unhex(s[i+2])))
			i += 2
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String(), nil
}

// unhex returns the value of a hex digit, or -1.
func unhex(c byte) int {
	if c >= 'A' && c <= 'F' {
		c += 'a' - 'A'
	}
	return strings.IndexByte("0123456789abcdef", c)
}

// percentEncode keeps the unreserved characters of RFC 3986 only.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~':
			out.WriteByte(c)
		default:
			out.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return out.String()
}

// formEncode joins encoded pairs.
func formEncode(pairs []pair) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = percentEncode(p.name) + "=" + percentEncode(p.value)
	}
	return strings.Join(parts, "&")
}

// get returns the first value of a name.
func (m message) get(name string) (string, bool) {
	for _, p := range m.pairs {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// value is get for names whose absence is the same as emptiness.
func (m message) value(name string) string {
	v, _ := m.get(name)
	return v
}

// missing returns those of the names that are absent, in that order.
func (m message) missing(names ...string) []string {
	var out []string
	for _, name := range names {
		if _, ok := m.get(name); !ok {
			out = append(out, name)
		}
	}
	return out
}

// baseString is the signature base string (RFC 5849, section 3.4.1), as
// net.oauth builds it.
func (m message) baseString() string {
	var signed []pair
	for _, p := range m.pairs {
		if p.name != "oauth_signature" {
			signed = append(signed, p)
		}
	}
	key := func(p pair) string { return percentEncode(p.name) + " " + percentEncode(p.value) }
	sort.SliceStable(signed, func(i, j int) bool { return key(signed[i]) < key(signed[j]) })
	return percentEncode(strings.ToUpper(m.method)) + "&" + percentEncode(normalURL(m.url)) + "&" + percentEncode(formEncode(signed))
}

// normalURL lowers scheme and authority, drops the scheme's default port and
// keeps the path as it came.
func normalURL(raw string) string {
	scheme, rest, _ := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	authority, path := rest, "/"
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	authority = strings.ToLower(authority)
	switch scheme {
	case "http":
		authority = strings.TrimSuffix(authority, ":80")
	case "https":
		authority = strings.TrimSuffix(authority, ":443")
	}
	return scheme + "://" + authority + path
}
