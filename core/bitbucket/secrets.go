package bitbucket

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// secrets are the values that exchanges sent or received as secrets. What a server
// answers may repeat them anywhere and in any encoding, and none of it is kept.
type secrets struct{ needles []needle }

// needle is one form of a secret.
type needle struct {
	text  []byte // as [fold] leaves it
	exact []byte // with its capitals, where it is short; else nil
}

const (
	// shortest is the length from which on a value is looked for. What is shorter
	// stands in many places by chance; only the names of fields mask it.
	shortest = 6
	// distinct is the length from which on capitals do not matter.
	distinct = 12
	// layers is how many encodings on top of each other are undone, and wrappings
	// how many of base64 or hexadecimal digits.
	layers, wrappings = 6, 2
	// most is how many forms are looked for. A server that invents tokens by the
	// thousand would take our time otherwise; what we sent is noted first.
	most = 100
)

// add notes a value, also as it becomes where it looks encoded itself: it is decoded
// with the text around it.
func (s *secrets) add(value string) {
	value = strings.TrimSpace(value)
	for v, again := newView([]byte(value)), true; again && len(v.text) >= shortest; v, again = v.decoded() {
		n := needle{text: fold(v.text)}
		if len(v.text) < distinct {
			n.exact = blanks(v.text)
		}
		known := func(o needle) bool { return bytes.Equal(o.text, n.text) && bytes.Equal(o.exact, n.exact) }
		if len(s.needles) < most && !slices.ContainsFunc(s.needles, known) {
			s.needles = append(s.needles, n)
		}
	}
}

// sent notes the secrets of a request. Its body is read and put back.
func (s *secrets) sent(r *http.Request) error {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for _, line := range r.Header.Values(name) {
			s.authorization(line)
		}
	}
	for _, c := range r.Cookies() {
		s.cookie(c.Value)
	}
	if password, ok := r.URL.User.Password(); ok {
		s.add(password)
	}
	s.form(r.URL.RawQuery)
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.document(body, isSecret)
	return err
}

// received notes the secrets of an answer: its cookies and tokens. Other names are not
// a server's to make secret: it calls much "code".
func (s *secrets) received(h http.Header, body []byte) {
	for _, c := range (&http.Response{Header: h}).Cookies() {
		s.cookie(c.Value)
	}
	s.document(body, isToken)
}

// authorization notes the credentials of an Authorization header.
func (s *secrets) authorization(line string) {
	scheme, rest, _ := strings.Cut(line, " ")
	if strings.EqualFold(scheme, "oauth") {
		for pair := range strings.SplitSeq(rest, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if plain, err := url.QueryUnescape(strings.Trim(value, `"`)); err == nil && isSecret(name) {
				s.add(plain)
			}
		}
		return
	}
	s.add(rest)
	if plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil && strings.EqualFold(scheme, "basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		s.add(password)
		if password, err := url.QueryUnescape(password); err == nil { // RFC 6749 section 2.3.1
			s.add(password)
		}
	}
}

// cookie notes the value of a cookie that can be a session's, rather than a language's.
func (s *secrets) cookie(value string) {
	if len(value) >= 16 {
		s.add(value)
	}
}

// document notes the values of the fields, in JSON or in a form, whose names are secret.
func (s *secrets) document(body []byte, secret func(string) bool) {
	var first any // what stands behind it is no excuse
	if json.NewDecoder(bytes.NewReader(body)).Decode(&first) == nil {
		s.values(first, secret, false)
		return
	}
	if bytes.IndexByte(body[:min(len(body), 64<<10)], '=') > 0 {
		s.pairs(string(body), secret)
	}
}

func (s *secrets) form(query string) { s.pairs(query, isSecret) }

func (s *secrets) pairs(form string, secret func(string) bool) {
	for pair := range strings.SplitSeq(strings.TrimSpace(form), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || !secret(plain) {
			continue
		}
		s.add(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			s.add(plain)
		}
	}
}

func (s *secrets) values(v any, secret func(string) bool, named bool) {
	switch v := v.(type) {
	case string:
		if named {
			s.add(v)
		}
	case []any:
		for _, one := range v {
			s.values(one, secret, named)
		}
	case map[string]any:
		for name, one := range v {
			s.values(one, secret, secret(name))
		}
	}
}

// mask takes the secrets, in whatever encoding, out of a text, and then what the names
// of fields call a secret.
func (s *secrets) mask(text []byte) []byte { return maskBody(s.maskValues(text)) }

// body is mask for the beginning of a body, which is all that is kept of a long one.
// What stands where it is cut can be a part of a secret, and is left out.
func (s *secrets) body(b []byte) []byte {
	const kept, edge = 96 << 10, 32 << 10
	if len(b) <= kept {
		return s.mask(b)
	}
	begin := s.mask(b[:kept])
	return begin[:max(0, len(begin)-edge)]
}

// Mask takes secrets out of a text that a server had a hand in, as the recorder does.
func Mask(text string, values ...string) string {
	var s secrets
	for _, v := range values {
		s.add(v)
	}
	return string(s.mask([]byte(text)))
}

func (s *secrets) maskValues(text []byte) []byte {
	if len(s.needles) == 0 || len(text) < shortest {
		return text
	}
	return masked(text, s.find(text, wrappings))
}

// span is a part of a text.
type span struct{ from, to int }

// find returns where a text repeats a secret.
func (s *secrets) find(text []byte, deep int) (found []span) {
	v := newView(text)
	for layer, again := 0, true; again && layer <= layers; layer++ {
		folded := fold(v.text)
		for _, n := range s.needles {
			found = append(found, n.find(v, folded)...)
		}
		if deep > 0 {
			found = append(found, s.wrapped(v, deep-1)...)
		}
		v, again = v.decoded()
	}
	return found
}

func (n needle) find(v view, folded []byte) (found []span) {
	for from := 0; ; {
		i := bytes.Index(folded[from:], n.text)
		if i < 0 {
			return found
		}
		from += i
		to := from + len(n.text)
		if n.exact != nil && !bytes.Equal(blanks(v.text[from:to]), n.exact) {
			from++
			continue
		}
		found = append(found, span{v.start(from), v.start(to)})
		from = to
	}
}

// wrapped returns the words that are base64 or hexadecimal digits of a text with a
// secret in it: a Basic header, for one.
func (s *secrets) wrapped(v view, deep int) (found []span) {
	for from := 0; from < len(v.text); from++ {
		to := from
		for to < len(v.text) && inBase64(v.text[to]) {
			to++
		}
		if to-from >= shortest && slices.ContainsFunc(unwrapped(v.text[from:to]), func(plain []byte) bool { return len(s.find(plain, deep)) > 0 }) {
			found = append(found, span{v.start(from), v.start(to)})
		}
		from = to
	}
	return found
}

// unwrapped decodes a word from base64 and from hexadecimal digits. Where the encoded
// text begins is not known, so every phase is tried.
func unwrapped(word []byte) (all [][]byte) {
	word = []byte(strings.NewReplacer("-", "+", "_", "/").Replace(string(word)))
	for phase := range min(4, len(word)) {
		one := word[phase:]
		if plain, err := base64.RawStdEncoding.DecodeString(string(one[:len(one)-len(one)%4])); err == nil {
			rest, _ := base64.RawStdEncoding.DecodeString(string(one[len(one)-len(one)%4:]))
			all = append(all, append(plain, rest...))
		}
		if plain, err := hex.DecodeString(string(one[:len(one)&^1])); err == nil && phase < 2 {
			all = append(all, plain)
		}
	}
	return all
}

// masked puts the mask in the place of each span.
func masked(text []byte, spans []span) []byte {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	var out []byte
	end := -1
	for _, s := range spans {
		switch {
		case s.from > end:
			out = append(append(out, text[max(end, 0):s.from]...), mask...)
			end = s.to
		default:
			end = max(end, s.to)
		}
	}
	return append(out, text[end:]...)
}

// fold makes a text comparable: without capitals, and with a blank as forms write it.
func fold(text []byte) []byte {
	out := make([]byte, len(text))
	for i, c := range text {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == ' ':
			c = '+'
		}
		out[i] = c
	}
	return out
}

// blanks writes blanks as forms do.
func blanks(text []byte) []byte { return bytes.ReplaceAll(text, []byte(" "), []byte("+")) }

// view is a text, a number of encodings of which are undone, and where each of its
// bytes begins in the text that it was at first.
type view struct {
	text   []byte
	at     []int32 // nil for the first text itself
	length int     // of the first text
}

func newView(text []byte) view { return view{text: text, length: len(text)} }

func (v view) start(i int) int {
	switch {
	case i >= len(v.text):
		return v.length
	case v.at == nil:
		return i
	}
	return int(v.at[i])
}

// decoded undoes one layer of every encoding that the text has in places: percent
// signs, the escapes of JSON and JavaScript, and HTML's; the line breaks that
// encoders insert go too. It reports whether there was any.
func (v view) decoded() (view, bool) {
	if !bytes.ContainsAny(v.text, "%\\&\r\n") {
		return v, false
	}
	d := view{text: make([]byte, 0, len(v.text)), at: make([]int32, 0, len(v.text)), length: v.length}
	changed := false
	for i := 0; i < len(v.text); {
		plain, size := decodeOne(v.text[i:])
		changed = changed || size > 0
		if size == 0 {
			plain, size = v.text[i:i+1], 1
		}
		for range plain {
			d.at = append(d.at, int32(v.start(i)))
		}
		d.text = append(d.text, plain...)
		i += size
	}
	return d, changed
}

// decodeOne decodes the escape at the start of a text; its size is 0 where there is none.
func decodeOne(text []byte) (plain []byte, size int) {
	switch text[0] {
	case '\r', '\n':
		return nil, 1
	case '%':
		if code, ok := hexCode(text, 1, 2); ok {
			return []byte{byte(code)}, 3
		}
	case '\\':
		return decodeBackslash(text)
	case '&':
		return decodeEntity(text)
	}
	return nil, 0
}

// decodeEntity decodes &amp; &#38; and &#x26; of which browsers take the last two
// without the semicolon too.
func decodeEntity(text []byte) (plain []byte, size int) {
	const longest = 32 // HTML has no longer name
	size = 1
	for size < min(len(text), longest) && (isAlphanumeric(text[size]) || size == 1 && text[size] == '#') {
		size++
	}
	if size < len(text) && text[size] == ';' {
		size++
	} else if text[min(1, len(text)-1)] != '#' {
		return nil, 0
	}
	whole := string(text[:size])
	if got := html.UnescapeString(whole); got != whole && !strings.HasSuffix(got, ";") {
		return []byte(got), size
	}
	return nil, 0
}

func isAlphanumeric(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

func decodeBackslash(text []byte) (plain []byte, size int) {
	if len(text) < 2 {
		return nil, 0
	}
	switch c := text[1]; c {
	case '\\', '/', '"', '\'':
		return []byte{c}, 2
	case 'n', 'r':
		return nil, 2
	case 't':
		return []byte{'\t'}, 2
	case 'x':
		if code, ok := hexCode(text, 2, 2); ok {
			return []byte{byte(code)}, 4
		}
	case 'u':
		code, ok := hexCode(text, 2, 4)
		if !ok {
			return nil, 0
		}
		if utf16.IsSurrogate(rune(code)) && bytes.HasPrefix(text[6:], []byte(`\u`)) {
			if low, ok := hexCode(text, 8, 4); ok {
				return utf8.AppendRune(nil, utf16.DecodeRune(rune(code), rune(low))), 12
			}
		}
		return utf8.AppendRune(nil, rune(code)), 6
	}
	return nil, 0
}

// hexCode reads a number of hexadecimal digits.
func hexCode(text []byte, at, digits int) (uint64, bool) {
	if len(text) < at+digits {
		return 0, false
	}
	code, err := strconv.ParseUint(string(text[at:at+digits]), 16, 32)
	return code, err == nil
}

func inBase64(c byte) bool { return isAlphanumeric(c) || strings.IndexByte("+/-_", c) >= 0 }
