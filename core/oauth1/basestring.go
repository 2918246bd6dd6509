package oauth1

import (
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// formLimit bounds a form body that is read in order to be signed. Bitbucket's
// REST takes JSON; forms are small or a mistake.
const formLimit = 1 << 20

var errFormTooLarge = fmt.Errorf("the form is larger than %d bytes", formLimit)

// baseString computes the signature base string of RFC 5849 section 3.4.1 of a request
// as it goes over the wire, with the parameters of the protocol. It follows Bitbucket's
// own reading of the rules.
func baseString(r *http.Request, form string, protocol []pair) string {
	pairs := slices.Concat(protocol, splitPairs(r.URL.RawQuery), splitPairs(form))
	return strings.ToUpper(r.Method) + "&" + encode(baseURI(r)) + "&" + encode(normalize(pairs))
}

// protocolPairs are the parameters of the protocol in a base string.
func protocolPairs(base string) []pair {
	_, parameters, _ := strings.Cut(base[strings.IndexByte(base, '&')+1:], "&")
	return slices.DeleteFunc(splitPairs(decode(parameters)), func(p pair) bool { return !strings.HasPrefix(p.name, "oauth_") })
}

// pair is one parameter, decoded.
type pair struct{ name, value string }

// baseURI is scheme, authority and raw path as the server sees them: the
// authority is the Host header's.
func baseURI(r *http.Request) string {
	scheme, host := strings.ToLower(r.URL.Scheme), cmp.Or(r.Host, r.URL.Host)
	if wire, err := httpguts.PunycodeHostPort(host); err == nil { // else it is not sent
		host = wire
	}
	host = strings.ToLower(host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	return scheme + "://" + host + path
}

// normalize sorts encoded pairs by name, then value, and keeps repeats.
func normalize(pairs []pair) string {
	var lines []string
	for _, p := range pairs {
		if p.name != "oauth_signature" && p.name != "realm" {
			// A blank sorts before every character that encode lets
			// through, so "a" comes before "a1" as section 3.4.1.3.2 asks.
			lines = append(lines, encode(p.name)+" "+encode(p.value))
		}
	}
	slices.Sort(lines)
	return strings.ReplaceAll(strings.Join(lines, "&"), " ", "=")
}

// splitPairs decodes a query or a form. Unlike net/url it takes a semicolon for
// an ordinary character and drops nothing that it cannot decode.
func splitPairs(text string) []pair {
	var pairs []pair
	for piece := range strings.SplitSeq(text, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		pairs = append(pairs, pair{decode(name), decode(value)})
	}
	return pairs
}

func decode(s string) string {
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}

// encode is the percent encoding of RFC 5849 section 3.6.
func encode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// isForm reports whether a server reads the body as parameters, whatever
// stands beside the media type.
func isForm(h http.Header) bool {
	contentType := h.Get("Content-Type")
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	return media == "application/x-www-form-urlencoded"
}

// formBody returns the form that a request sends, "" when it sends none, and
// leaves the body to be read again.
func formBody(r *http.Request) (string, error) {
	if r.Body == nil || r.Body == http.NoBody || !isForm(r.Header) {
		return "", nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, formLimit+1))
	if err != nil {
		return "", err
	}
	if len(text) > formLimit {
		return "", errFormTooLarge
	}
	r.Body = body{strings.NewReader(string(text)), r.Body}
	return string(text), nil
}

// body reads from a copy and closes the original.
type body struct {
	io.Reader
	io.Closer
}
