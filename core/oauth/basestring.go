package oauth

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// formLimit bounds a form body that is read in order to be signed. Bitbucket's
// REST takes JSON; forms are small or a mistake.
const formLimit = 1 << 20

// baseString computes the signature base string of RFC 5849 section 3.4.1 for a
// request that already carries its Authorization header. It reads only what
// goes over the wire and follows Bitbucket's own reading of the rules, so that
// it is a second opinion on what the library signed.
func baseString(r *http.Request, form string) string {
	pairs := authorizationPairs(r.Header.Get("Authorization"))
	pairs = append(pairs, splitPairs(r.URL.RawQuery)...)
	pairs = append(pairs, splitPairs(form)...)
	return strings.ToUpper(r.Method) + "&" + encode(baseURI(r)) + "&" + encode(normalize(pairs))
}

// pair is one parameter, decoded.
type pair struct{ name, value string }

// baseURI is scheme, authority and raw path as the server sees them: the
// authority is the Host header's.
func baseURI(r *http.Request) string {
	scheme, host := strings.ToLower(r.URL.Scheme), strings.ToLower(r.Host)
	if host == "" {
		host = strings.ToLower(r.URL.Host)
	}
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

// authorizationPairs decodes an "Authorization: OAuth" header.
func authorizationPairs(header string) []pair {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "OAuth") {
		return nil
	}
	var pairs []pair
	for piece := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(piece), "=")
		if !ok || len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
			continue // Bitbucket ignores a value that is not in double quotes
		}
		pairs = append(pairs, pair{decode(name), decode(value[1 : len(value)-1])})
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
