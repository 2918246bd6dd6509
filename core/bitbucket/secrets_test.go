package bitbucket

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"applink/core/finding"
)

// A secret with characters that every encoding writes in its own way.
const sent = `s3cr+t/"<&>' %C4nary`

func jsonText(s string) string { b, _ := json.Marshal(s); return string(b) }

func xmlText(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// unicode writes every character as an escape of JSON.
func unicodeText(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, `\u%04X`, r)
	}
	return b.String()
}

// echoes are the shapes in which a server can repeat what it was just sent.
var echoes = map[string]func(s string) string{
	"as it is":        func(s string) string { return s },
	"a sentence":      func(s string) string { return "The secret " + s + " is not that of the client." },
	"camel case":      func(s string) string { return `{"clientSecret":` + jsonText(s) + `}` },
	"upper case":      func(s string) string { return `CLIENT_SECRET=` + url.QueryEscape(s) },
	"unknown name":    func(s string) string { return `{"zugang":{"wert":[` + jsonText(s) + `]}}` },
	"JSON in JSON":    func(s string) string { return `{"request":` + jsonText(`{"client_secret":`+jsonText(s)+`}`) + `}` },
	"JSON thrice":     func(s string) string { return jsonText(jsonText(jsonText(s))) },
	"slashes of PHP":  func(s string) string { return strings.ReplaceAll(jsonText(s), "/", `\/`) },
	"unicode escapes": func(s string) string { return `{"x":"` + unicodeText(s) + `"}` },
	"HTML input": func(s string) string {
		return `<input type=hidden name=client_secret value="` + html.EscapeString(s) + `">`
	},
	"HTML table":         func(s string) string { return `<tr><td>client_secret</td><td>` + html.EscapeString(s) + `</td></tr>` },
	"HTML in HTML":       func(s string) string { return html.EscapeString(html.EscapeString(s)) },
	"XML":                func(s string) string { return `<error><clientSecret>` + xmlText(s) + `</clientSecret></error>` },
	"XML attribute":      func(s string) string { return `<p n="client_secret" v="` + xmlText(s) + `"/>` },
	"single quotes":      func(s string) string { return `{'client_secret': '` + strings.ReplaceAll(s, "'", `\'`) + `'}` },
	"a header":           func(s string) string { return "Authorization: Bearer " + s },
	"a Java map":         func(s string) string { return "{client_secret=[" + s + "], grant_type=[x]}" },
	"URL-encoded":        func(s string) string { return "got " + url.QueryEscape(s) },
	"path-encoded":       func(s string) string { return "got " + url.PathEscape(s) },
	"doubly URL-encoded": func(s string) string { return "/login?next=" + url.QueryEscape("/x?y="+url.QueryEscape(s)) },
	"lower-case percent": func(s string) string { return strings.ToLower(url.QueryEscape(url.QueryEscape(s))) },
	"base64":             func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 of a URL":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("ab" + s)) },
	"Basic":              func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte("my-id:"+s)) },
	"Basic of RFC 6749":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("id:" + url.QueryEscape(s))) },
	"base64 in a URL": func(s string) string {
		return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"s":"` + s + `"}`)))
	},
	"hexadecimal":          func(s string) string { return hex.EncodeToString([]byte(s)) },
	"upper hexadecimal":    func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte("x" + s))) },
	"HTML of JSON":         func(s string) string { return html.EscapeString(`{"client_secret":` + jsonText(s) + `}`) },
	"decimal entities":     func(s string) string { return entities(s, "&#%d;") },
	"hexadecimal entities": func(s string) string { return entities(s, "&#x%X;") },
	"JavaScript":           func(s string) string { return entities(latin1(s), `\x%02x`) },
	"broken into lines":    func(s string) string { return s[:5] + "\r\n" + s[5:] },
}

// latin1 makes a character of each byte.
func latin1(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(rune(c))
	}
	return b.String()
}

func entities(s, format string) string {
	var b strings.Builder
	for _, c := range s {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// tells undoes what echoes do, and reports whether the secret is in any of it.
func tells(text []byte, secret string) bool {
	comparable := func(b []byte) string { return strings.ToLower(strings.ReplaceAll(string(b), "+", " ")) }
	for v, again := newView(text), true; again; v, again = v.decoded() {
		// A secret may itself look as if it were encoded.
		for s, again := newView([]byte(secret)), true; again; s, again = s.decoded() {
			if strings.Contains(comparable(v.text), comparable(s.text)) {
				return true
			}
		}
		for _, encoded := range []string{hex.EncodeToString([]byte(secret)), strings.Trim(base64.StdEncoding.EncodeToString([]byte(secret)), "=")[:len(secret)]} {
			if strings.Contains(strings.ToLower(string(v.text)), strings.ToLower(encoded)) {
				return true
			}
		}
		for run := range strings.FieldsFuncSeq(string(v.text), func(r rune) bool { return r >= 0x80 || !inBase64(byte(r)) }) {
			for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				run := strings.TrimRight(run, "=")
				if got, _ := e.DecodeString(run); bytes.Contains(got, []byte(secret)) || bytes.Contains(got, []byte(url.QueryEscape(secret))) {
					return true
				}
			}
		}
	}
	return false
}

func TestEchoedSecretsAreMasked(t *testing.T) {
	for _, secret := range []string{sent, "Sh0rt+", "C4nary-with-words", "müßig&Söhne", strings.Repeat("Qx7/", 100)} {
		for name, echo := range echoes {
			if name == "lower-case percent" && len(secret) < distinct {
				continue // it changes the letters of a short secret too
			}
			var s secrets
			s.add(secret)
			text := "before " + echo(secret) + " after"
			if !tells([]byte(text), secret) {
				t.Fatalf("%s: the test does not find the secret in %s", name, text)
			}
			got := s.maskValues([]byte(text))
			if tells(got, secret) || !bytes.Contains(got, []byte(mask)) {
				t.Errorf("%s of %q: %s\nbecame %s", name, secret, text, got)
			}
			if !bytes.HasPrefix(got, []byte("before ")) || !bytes.HasSuffix(got, []byte(" after")) {
				t.Errorf("%s masks more: %s\nbecame %s", name, text, got)
			}
		}
	}
}

func TestShortValuesAreNoSecretsByThemselves(t *testing.T) {
	var s secrets
	s.add("admin")
	s.add("")
	const text = `{"user":"admin","code":404} administrator`
	if got := string(s.mask([]byte(text))); got != text {
		t.Error(got)
	}
	s.add("Abcdef")
	if got := string(s.mask([]byte("abcdef ABCDEF Abcdef"))); got != "abcdef ABCDEF "+mask {
		t.Error(got)
	}
}

// However an answer nests encodings, a secret that was sent does not come through.
func FuzzMask(f *testing.F) {
	f.Add("C4nary/+ \"<&>%41\\", int64(1))
	f.Add("aaaaaaaaaa", int64(7))
	f.Add("&amp;%25\\u0041", int64(99))
	f.Fuzz(func(t *testing.T, secret string, seed int64) {
		secret = strings.TrimSpace(strings.ToValidUTF8(secret, ""))
		last := newView([]byte(secret))
		for again := true; again; last, again = last.decoded() {
		}
		if len(last.text) < distinct || strings.ContainsAny(secret, "\r\n\x00") || len(secret) > 200 {
			t.Skip("is no such secret")
		}
		var s secrets
		s.add(secret)
		pick := rand.New(rand.NewSource(seed))
		got := s.mask([]byte(nested(secret, pick)))
		if tells(got, secret) {
			t.Errorf("%q\nbecame %s", secret, got)
		}
	})
}

// nested encodes a text once to three times.
func nested(text string, pick *rand.Rand) string {
	encode := []func(string) string{jsonText, html.EscapeString, url.QueryEscape, url.PathEscape, unicodeText,
		func(s string) string { return "x=" + s + "&y=" }, func(s string) string { return `{"a":` + jsonText(s) + `}` }}
	for range 1 + pick.Intn(3) {
		text = encode[pick.Intn(len(encode))](text)
	}
	return text
}

func TestRandomSecretsInRandomEncodings(t *testing.T) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=%&\"'<> \\;:,?#!$()*@[]^`{|}"
	pick := rand.New(rand.NewSource(1))
	for range 3000 {
		secret := make([]byte, 6+pick.Intn(60))
		for i := range secret {
			secret[i] = letters[pick.Intn(len(letters))]
		}
		value := strings.TrimSpace(string(secret))
		if len(value) < shortest {
			continue
		}
		var s secrets
		s.add(value)
		text := nested(value, pick)
		if got := s.mask([]byte(text)); tells(got, value) {
			t.Fatalf("%q in %s\nbecame %s", value, text, got)
		}
	}
}

// The recorder takes the secrets from wherever a request carries them, and from the
// answer, and lets none of them come back anywhere.
func TestRecorderMasksWhatWasSent(t *testing.T) {
	const secret = "C4nary-9f8e7d6c5b4a"
	form := func(name string) func() *http.Request {
		return func() *http.Request {
			r, _ := http.NewRequest("POST", "/", strings.NewReader(url.Values{"x": {"y"}, name: {secret}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}
	}
	header := func(name, value string) func() *http.Request {
		return func() *http.Request {
			r, _ := http.NewRequest("GET", "/", nil)
			r.Header.Set(name, value)
			return r
		}
	}
	requests := map[string]func() *http.Request{
		"query": func() *http.Request { r, _ := http.NewRequest("GET", "/?code="+secret, nil); return r },
		"JSON": func() *http.Request {
			r, _ := http.NewRequest("POST", "/", strings.NewReader(`{"user":{"privateKey":"`+secret+`"}}`))
			return r
		},
		"bearer": header("Authorization", "Bearer "+secret), "cookie": header("Cookie", "JSESSIONID="+secret),
		"basic": header("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("id:"+secret))),
		"OAuth": header("Authorization", `OAuth realm="", oauth_consumer_key="k", oauth_signature="`+secret+`"`),
	}
	for _, name := range []string{"client_secret", "code", "code_verifier", "refresh_token", "token", "j_password", "oauth_verifier", "assertion"} {
		requests[name] = form(name)
	}
	for name, make := range requests {
		for _, breaks := range []bool{false, true} {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if breaks {
					conn, _, _ := w.(http.Hijacker).Hijack()
					io.WriteString(conn, "HTTP/1.1 2xx "+secret+"\r\nX: y\r\n\r\n")
					conn.Close()
					return
				}
				w.Header().Set("Location", "https://evil.example/"+secret+"?x="+secret)
				w.Header().Set("WWW-Authenticate", `Bearer error_description="`+secret+`"`)
				w.Header().Set("X-Whatever", secret)
				w.WriteHeader(400)
				io.WriteString(w, `{"error_description":"no `+secret+`","echo":"`+unicodeText(secret)+`"}`)
			}))
			transport, _ := NewTransport(Options{})
			recorder := &Recorder{}
			r := make()
			r.URL, _ = url.Parse(web.URL + r.URL.String())
			resp, err := transport.RoundTrip(r.WithContext(WithRecorder(t.Context(), recorder)))
			last, _ := recorder.Last()
			if kept := fmt.Sprintf("%s %v %s %v %v %q", last.URL, last.Header, last.Body, last.Err, err, last.BaseString); tells([]byte(kept), secret) {
				t.Errorf("%s, breaking off %v: kept %s", name, breaks, kept)
			}
			if breaks != (err != nil) {
				t.Errorf("%s, breaking off %v: %v", name, breaks, err)
			}
			if err == nil {
				if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), secret) {
					t.Errorf("%s: the caller's answer was changed: %s", name, body)
				}
			}
			web.Close()
		}
	}
}

// What an answer grants is not told again by the one after it.
func TestRecorderMasksWhatWasReceived(t *testing.T) {
	const token = "C4nary-9f8e7d6c5b4a"
	answers := []string{`{"access_token":"` + token + `","note":"` + token + `"}`, "oauth_token=x12345&oauth_token_secret=" + token + "&note=" + token, token}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "JSESSIONID=S"+token)
		io.WriteString(w, answers[0]+" S"+token)
		answers = answers[1:]
	}))
	defer web.Close()
	transport, _ := NewTransport(Options{})
	recorder := &Recorder{}
	for range len(answers) {
		r, _ := http.NewRequestWithContext(WithRecorder(t.Context(), recorder), "GET", web.URL, nil)
		if _, err := transport.RoundTrip(r); err != nil {
			t.Fatal(err)
		}
	}
	for _, ex := range recorder.Exchanges() {
		if strings.Contains(fmt.Sprint(ex.Header, string(ex.Body)), token) {
			t.Errorf("%v %s", ex.Header, ex.Body)
		}
	}
}

// Where a long answer is cut, no part of a secret stays.
func TestSecretsAtTheCut(t *testing.T) {
	const secret = "C4nary-9f8e7d6c5b4a"
	var s secrets
	s.add(secret)
	for cut := 0; cut < 3*len(secret); cut += 4 {
		body := strings.Repeat("x", 96<<10-cut) + url.QueryEscape(unicodeText(secret)) + strings.Repeat("y", 1<<20)
		if got := s.body([]byte(body)); len(got) > 96<<10 || len(got) < 60<<10 || strings.Trim(string(got), "x") != "" {
			t.Fatalf("cut %d into the secret: %d bytes, %.100q", cut, len(got), strings.Trim(string(got), "x"))
		}
	}
}

func TestMaskedErrorsKeepTheirKind(t *testing.T) {
	var s secrets
	s.add("C4nary-9f8e7d6c5b4a")
	err := s.err(&url.Error{Op: "Get", URL: "https://h/?code=C4nary-9f8e7d6c5b4a", Err: context.DeadlineExceeded})
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "C4nary") {
		t.Error(err)
	}
	found := finding.ResponseTooLarge.With("")
	if got := s.err(found); got != error(found) {
		t.Error("an error without secrets was changed")
	}
}

// A server that makes up tokens, or nests encodings, does not take our time.
func BenchmarkMaskingHostileAnswers(b *testing.B) {
	var tokens strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&tokens, `{"access_token":"t0ken%08d%08d"},`, i, i)
	}
	for name, body := range map[string]string{
		"tokens": "[" + tokens.String() + "null]", "percent": strings.Repeat("%25", 300_000), "backslashes": strings.Repeat(`\\`, 500_000),
		"entities": strings.Repeat("&amp;", 200_000), "plain": strings.Repeat("a", 1<<20),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var s secrets
				for i := range 10 {
					s.add(fmt.Sprintf("aaaaaaaaaaaaaaaaa%d", i))
				}
				s.received(nil, []byte(body))
				s.body([]byte(body))
			}
		})
	}
}
