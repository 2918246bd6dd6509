package seal

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"html"
	"maps"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/crypto/ssh"

	"applink/core"
	"applink/core/finding"
)

var otherKey = sync.OnceValue(func() *PrivateKey {
	k, err := GenerateKey(context.Background(), 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func publicPEM(t testing.TB, k *PrivateKey) string {
	t.Helper()
	text, err := k.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	return text + "\n"
}

func privatePEM(t testing.TB, k *PrivateKey) string {
	t.Helper()
	text, err := k.PEM()
	if err != nil {
		t.Fatal(err)
	}
	return text.Reveal()
}

func jsonText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func toUTF16(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// eachLine changes the lines of a text, which ends with its last.
func eachLine(s string, change func(i int, line string) string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range lines {
		lines[i] = change(i, l)
	}
	return strings.Join(lines, "\n")
}

func prefixed(p string) func(string) string {
	return func(s string) string { return eachLine(s, func(_ int, l string) string { return p + l }) }
}

func numbered(format string, first int) func(string) string {
	return func(s string) string {
		return eachLine(s, func(i int, l string) string { return fmt.Sprintf(format, first+i) + l })
	}
}

func replaced(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

// inner changes what stands between the lines of a PEM.
func inner(change func(string) string) func(string) string {
	return func(s string) string {
		first := strings.Index(s, "\n") + 1
		last := strings.Index(s, "\n-----END")
		return s[:first] + change(s[first:last]) + s[last:]
	}
}

// pastes are what programs, pages and people make of a key of several lines. The word
// stands in the note; "" where none is due.
var pastes = map[string]struct {
	change func(string) string
	how    string
}{
	"HTML entities": {func(s string) string { return replaced("+", "&#43;", "\n", "&#10;", "/", "&#x2F;", "=", "&#61;")(s) }, "HTML"},
	"HTML page": {func(s string) string {
		return "<pre class=\"key\">" + strings.ReplaceAll(html.EscapeString(s), "\n", "<br/>") + "</pre>"
	}, "HTML"},
	"HTML blanks":            {replaced(" ", "&nbsp;"), "HTML"},
	"HTML twice":             {func(s string) string { return html.EscapeString(replaced("+", "&#43;", "\n", "&#10;")(s)) }, "HTML"},
	"HTML, spans in lines":   {func(s string) string { return strings.ReplaceAll(s, "A", "<span>A</span>") }, "HTML"},
	"HTML comments":          {func(s string) string { return "<!-- the key -->" + strings.ReplaceAll(s, "A", "A<wbr>") }, "HTML"},
	"CDATA":                  {func(s string) string { return "<key><![CDATA[" + s + "]]></key>" }, ""},
	"bare in XML":            {func(s string) string { return "<ds:X509Certificate>\n" + bare(s) + "\n</ds:X509Certificate>" }, "HTML"},
	"PHP json_encode":        {func(s string) string { return `"` + replaced("/", `\/`, "\n", `\n`)(s) + `"` }, "JSON"},
	"PHP, without quotes":    {replaced("/", `\/`, "\n", `\n`), "backslash"},
	"PHP, line ends of CRLF": {replaced("/", `\/`, "\n", `\r\n`), "backslash"},
	"JSON string":            {func(s string) string { return jsonText(s) }, "JSON"},
	"JSON twice":             {func(s string) string { return jsonText(jsonText(s)) }, "backslash"},
	"JSON twice, bare":       {func(s string) string { q := jsonText(jsonText(s)); return q[1 : len(q)-1] }, "backslash"},
	"JSON object": {func(s string) string {
		return jsonText(map[string]any{"client_id": "pp-1", "public_key": s, "bits": 2048})
	}, "JSON"},
	"JSON object, bare base64": {func(s string) string {
		return jsonText(map[string]any{"PublicKey": bare(s), "KeyUsage": "SIGN_VERIFY"})
	}, "JSON"},
	"JSON objects in lists": {func(s string) string {
		return jsonText([]any{map[string]any{"consumer": map[string]any{"publicKey": s}}})
	}, "JSON"},
	"JSON in JSON":           {func(s string) string { return jsonText(map[string]any{"body": jsonText(map[string]any{"key": s})}) }, "backslash"},
	"JSON list of lines":     {func(s string) string { return jsonText(strings.Split(strings.TrimSpace(s), "\n")) }, "JSON"},
	"JSON list in an object": {func(s string) string { return jsonText(map[string]any{"key": strings.Split(s, "\n")}) }, "JSON"},
	"JSON, unicode escapes": {func(s string) string {
		return `{"key":"` + replaced("+", `\u002b`, "=", `\u003D`, "\n", `\n`)(s) + `"}`
	}, "JSON"},
	"a member of JSON": {func(s string) string { return `  "public_key": ` + jsonText(s) + `,` }, "backslash"},
	"Java": {func(s string) string {
		return "String key = " + eachLine(s, func(_ int, l string) string { return `"` + l + `\n" +` }) + ` "";`
	}, ""},
	"Java, CRLF": {func(s string) string {
		return "String key =\r\n" + strings.ReplaceAll(eachLine(s, func(_ int, l string) string { return `    "` + l + `\r\n" +` }), "\n", "\r\n") + ` "";`
	}, ""},
	"PHP, joined with dots": {func(s string) string {
		return "$key = " + eachLine(s, func(_ int, l string) string { return "'" + l + "' . PHP_EOL ." }) + " '';"
	}, "strings"},
	"Visual Basic": {func(s string) string {
		return eachLine(s, func(_ int, l string) string { return `"` + l + `" & vbCrLf & _` })
	}, "strings"},
	"a list in JavaScript": {func(s string) string {
		return "[" + eachLine(s, func(_ int, l string) string { return "'" + l + "'," }) + "].join('\\n')"
	}, ""},
	"a template in JavaScript": {func(s string) string { return "const key = `" + s + "`;" }, ""},
	"C": {func(s string) string {
		return eachLine(s, func(_ int, l string) string { return `"` + l + `\n"` }) + ";"
	}, ""},
	"Go": {func(s string) string { return fmt.Sprintf("key := %q", s) }, "backslash"},
	"Python": {func(s string) string {
		return "KEY = (" + eachLine(s, func(_ int, l string) string { return "    b'" + l + "\\n'" }) + ")"
	}, ""},
	"YAML":      {func(s string) string { return "public_key: |\n" + prefixed("    ")(s) }, ""},
	"YAML list": {func(s string) string { return "keys:\n  - |\n" + prefixed("    ")(s) + "\nother: 1" }, ""},
	"YAML, folded": {func(s string) string {
		return "public_key: \"" + eachLine(s, func(_ int, l string) string { return l + "\\n\\" }) + "\n\""
	}, "backslash"},
	"shell":                  {func(s string) string { return "export PUBLIC_KEY='" + s + "'" }, ""},
	"shell, ANSI quotes":     {func(s string) string { return "export PUBLIC_KEY=$'" + strings.ReplaceAll(s, "\n", `\n`) + "'" }, "backslash"},
	"shell, lines continued": {func(s string) string { return eachLine(s, func(_ int, l string) string { return l + ` \` }) }, "backslash"},
	"a .env line":            {func(s string) string { return "PUBLIC_KEY=\"" + strings.ReplaceAll(s, "\n", `\n`) + "\"" }, "backslash"},
	"a .env line, bare":      {func(s string) string { return "PUBLIC_KEY=" + bare(s) }, "longer text"},
	"a label, bare":          {func(s string) string { return "Public Key: " + bare(s) + "\nCopy" }, "longer text"},
	"properties":             {func(s string) string { return "key=" + eachLine(s, func(_ int, l string) string { return l + `\n\` }) }, "backslash"},
	"a quoted mail":          {prefixed("> "), ""},
	"a mail quoted twice":    {prefixed("> > "), ""},
	"quoted-printable":       {func(s string) string { return wrapQP(strings.ReplaceAll(s, "=", "=3D")) }, ""},
	"line numbers":           {numbered("%4d  ", 1), "numbers"},
	"line numbers of cat":    {numbered("%6d\t", 1), "numbers"},
	"line numbers of a page": {numbered("%d\n", 1), "numbers"},
	"line numbers of less":   {numbered("%3d: ", 97), "numbers"},
	"line numbers, no blank": {numbered("%d", 1), "numbers"},
	"line numbers of an IDE": {numbered("%2d │ ", 8), "numbers"},
	"a patch":                {prefixed("+"), "prefix"},
	"a comment with #":       {prefixed("# "), "prefix"},
	"a comment with //":      {prefixed("// "), "prefix"},
	"a comment with *":       {prefixed(" * "), "prefix"},
	"URL-encoded":            {url.PathEscape, "URL-encoded"},
	"URL-encoded query":      {url.QueryEscape, "URL-encoded"},
	"URL-encoded form":       {func(s string) string { return "client_id=a+b&public_key=" + url.QueryEscape(s) + "&x=1" }, "URL-encoded"},
	"URL-encoded twice":      {func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }, "URL-encoded"},
	"URL-encoded, + kept":    {replaced("\n", "%0A", " ", "%20"), "URL-encoded"},
	"URL-encoded, a little":  {replaced("\n", "%0D%0A"), "URL-encoded"},
	"+ as blank":             {inner(replaced("+", " ")), "blanks"},
	"+ as blank, one line":   {func(s string) string { return strings.ReplaceAll(inner(replaced("+", " "))(s), "\n", " ") }, "blanks"},
	"blanks in BEGIN as +":   {replaced(" ", "+"), "URL-encoded"},
	"base64 of PEM":          {func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }, "base64 of a PEM"},
	"base64 of PEM, wrapped": {func(s string) string { return wrap(base64.StdEncoding.EncodeToString([]byte(s)), 76) }, "base64 of a PEM"},
	"base64 of PEM in YAML": {func(s string) string {
		return "tls.crt: " + base64.StdEncoding.EncodeToString([]byte(s)) + "\ntype: Opaque"
	}, "base64 of a PEM"},
	"base64url":       {inner(replaced("+", "-", "/", "_")), "base64url"},
	"base64url, bare": {func(s string) string { return replaced("+", "-", "/", "_")(bare(s)) }, "base64url"},
	"base64 of base64 of PEM": {func(s string) string {
		return "data:\n  key: " + base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s)))) + "\n"
	}, "base64 of a PEM"},
	"hexadecimal": {func(s string) string { b, _ := pem.Decode([]byte(s)); return fmt.Sprintf("%x", b.Bytes) }, "hexadecimal"},
	"hexadecimal, colons": {func(s string) string {
		b, _ := pem.Decode([]byte(s))
		return strings.ReplaceAll(fmt.Sprintf("% X", b.Bytes), " ", ":")
	}, "hexadecimal"},
	"hexadecimal, 0x": {func(s string) string {
		b, _ := pem.Decode([]byte(s))
		return "{ " + strings.ReplaceAll(fmt.Sprintf("% #x", b.Bytes), " ", ", ") + " }"
	}, "hexadecimal"},
	"DER":                    {func(s string) string { b, _ := pem.Decode([]byte(s)); return string(b.Bytes) }, "DER"},
	"UTF-16":                 {toUTF16, ""},
	"UTF-16 without mark":    {func(s string) string { return toUTF16(s)[2:] }, ""},
	"BOM":                    {func(s string) string { return "\ufeff" + s }, ""},
	"en dashes":              {replaced("-----", "–––––"), ""},
	"em dashes":              {replaced("-----", "——-"), ""},
	"Windows dashes":         {replaced("-----", "\x96\x96\x96"), ""},
	"minus signs":            {replaced("-", "−"), ""},
	"full width":             {replaced("+", "＋", "/", "／", "=", "＝"), ""},
	"ligatures":              {replaced("fi", "ﬁ", "fl", "ﬂ", "ff", "ﬀ"), ""},
	"no-break blanks":        {replaced(" ", "\u00a0", "\n", "\u2028"), ""},
	"no line end":            {strings.TrimSpace, ""},
	"twice":                  {func(s string) string { return s + s }, "2 copies"},
	"twice, one in one line": {func(s string) string { return s + strings.ReplaceAll(s, "\n", "") }, "2 copies"},
	"three times, bare":      {func(s string) string { return bare(s) + "\n" + bare(s) + "\n" + bare(s) }, "3 copies"},
	"twice in JSON":          {func(s string) string { return jsonText(map[string]string{"a": s, "b": s}) }, "2 copies"},
}

// wrapQP breaks lines as quoted-printable does.
func wrapQP(s string) string {
	return eachLine(s, func(_ int, l string) string { return wrapWith(l, 40, "=\n") })
}

func wrapWith(s string, n int, end string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%n == 0 {
			b.WriteString(end)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func notesOf(k PublicKey) string {
	var out []string
	for _, f := range k.Notes() {
		if !f.Warning {
			out = append(out, "not a warning:")
		}
		out = append(out, strings.TrimSpace(string(f.Code)+" "+f.Params["form"]))
	}
	return strings.Join(out, "; ")
}

// A key is read whatever it was wrapped in, exactly, and the note says how. What is wrapped
// without doubt is a private key, too.
func TestPastes(t *testing.T) {
	public, private := publicPEM(t, testKey()), privatePEM(t, testKey())
	certificate := selfSigned(t, testKey())
	for name, p := range pastes {
		for kind, text := range map[string]string{"key": public, "certificate": certificate} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				k, err := ParsePublicKey(p.change(text))
				if err != nil {
					t.Fatalf("%v of\n%s", err, p.change(text))
				}
				if k.PEM != strings.TrimSpace(text) {
					t.Errorf("read\n%s", k.PEM)
				}
				if got := notesOf(k); p.how != "" && !strings.Contains(got, p.how) {
					t.Errorf("notes are %q, want %q in them", got, p.how)
				}
			})
		}
		t.Run(name+"/private", func(t *testing.T) {
			k, err := ParsePrivateKey(NewText(p.change(private)))
			if err != nil || !k.RSA().Equal(testKey().RSA()) {
				t.Fatalf("%v of\n%s", err, p.change(private))
			}
			_, err = ParsePublicKey(p.change(private))
			if f := wantCode(t, err, finding.KeyIsPrivate.Code()); f.Raw != "" || len(f.Params) > 0 {
				t.Errorf("the finding carries %+v", f)
			}
		})
		t.Run(name+"/cut", func(t *testing.T) {
			b, _ := pem.Decode([]byte(public))
			b.Bytes = b.Bytes[:200]
			if k, err := ParsePublicKey(p.change(string(pem.EncodeToMemory(b)))); err == nil {
				t.Errorf("took a cut key for\n%s", k.PEM)
			}
		})
	}
}

// What needs no note gets none.
func TestPlainPastesHaveNoNote(t *testing.T) {
	for _, name := range []string{"rsa2048.pem", "cert1024sha1.pem"} {
		text := fixture(t, name)
		for _, change := range []func(string) string{strings.TrimSpace, bare, prefixed("   "), prefixed("> "), replaced("\n", "\r\n"), replaced("\n", " ")} {
			k, err := ParsePublicKey(change(text))
			if err != nil || len(k.Notes()) > 0 {
				t.Errorf("%v, notes %q of\n%s", err, notesOf(k), change(text))
			}
		}
	}
	k, err := ParsePublicKey("subject=CN = Acme\n" + fixture(t, "cert1024sha1.pem"))
	if err != nil || notesOf(k) != finding.TextBeforeCertificate.String() {
		t.Errorf("%v, notes %q", err, notesOf(k))
	}
}

func selfSigned(t testing.TB, k *PrivateKey) string {
	t.Helper()
	cert, err := k.Certificate("Acme", someDay)
	if err != nil {
		t.Fatal(err)
	}
	return cert + "\n"
}

func raw(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func jwk(k *rsa.PrivateKey, private bool) map[string]any {
	m := map[string]any{"kty": "RSA", "use": "sig", "kid": "1", "n": raw(k.N), "e": raw(big.NewInt(int64(k.E)))}
	if private {
		m["d"], m["p"], m["q"] = raw(k.D), raw(k.Primes[0]), raw(k.Primes[1])
	}
	return m
}

func keyXML(k *rsa.PrivateKey, private bool) string {
	b := func(name string, n *big.Int) string {
		return "<" + name + ">" + wrap(base64.StdEncoding.EncodeToString(n.Bytes()), 76) + "</" + name + ">"
	}
	text := b("Modulus", k.N) + b("Exponent", big.NewInt(int64(k.E)))
	if private {
		text += b("P", k.Primes[0]) + b("Q", k.Primes[1]) + b("D", k.D)
	}
	return "<RSAKeyValue>" + text + "</RSAKeyValue>"
}

func sshLine(t testing.TB, k *PrivateKey) string {
	t.Helper()
	key, err := ssh.NewPublicKey(&k.RSA().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// dotNet are the RSAParameters of .NET.
func dotNet(k *rsa.PrivateKey, private bool) map[string]any {
	b := func(n *big.Int) string { return base64.StdEncoding.EncodeToString(n.Bytes()) }
	m := map[string]any{"Modulus": b(k.N), "Exponent": b(big.NewInt(int64(k.E)))}
	if private {
		m["D"], m["P"], m["Q"] = b(k.D), b(k.Primes[0]), b(k.Primes[1])
	}
	return m
}

func dotNetXML(k *rsa.PrivateKey, private bool) string {
	return `<?xml version="1.0"?>` + strings.NewReplacer("<RSAKeyValue>", `<RSAParameters xmlns:xsd="http://www.w3.org/2001/XMLSchema">`, "/RSAKeyValue", "/RSAParameters").Replace(keyXML(k, private))
}

// yamlText writes a map as YAML, some values in quotes.
func yamlText(m map[string]any) string {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, []string{"%s: %s\n", "%s: \"%s\"\n"}[i%2], name, m[name])
	}
	return b.String()
}

// Other forms of the same numbers are converted to the one that Bitbucket takes.
func TestForms(t *testing.T) {
	want, key := strings.TrimSpace(publicPEM(t, testKey())), testKey().RSA()
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)})
	line := sshLine(t, testKey())
	for name, c := range map[string]struct{ text, note string }{
		"JSON Web Key":              {jsonText(jwk(key, false)), "AL-KEY-018 JSON"},
		"a set with one of them":    {jsonText(map[string]any{"keys": []any{jwk(key, false)}}), "AL-KEY-018 JSON"},
		"the same twice":            {jsonText(map[string]any{"keys": []any{jwk(key, false), jwk(key, false)}}), "AL-KEY-018 JSON; AL-KEY-018 2 copies of the same key"},
		"JWK with padded base64":    {strings.ReplaceAll(jsonText(jwk(key, false)), `"AQAB"`, `"AQAB=="`), "AL-KEY-018 JSON"},
		"XML":                       {keyXML(key, false), "AL-KEY-018 an XML RSAKeyValue"},
		"XML, escaped":              {html.EscapeString(keyXML(key, false)), "AL-KEY-018 HTML, in an XML RSAKeyValue"},
		"XML with a prefix":         {strings.NewReplacer("</", "</ds:", "<", "<ds:").Replace(keyXML(key, false)), "AL-KEY-018 an XML RSAKeyValue"},
		"RSAParameters in XML":      {dotNetXML(key, false), "AL-KEY-018 an XML RSAKeyValue"},
		"RSAParameters in JSON":     {jsonText(dotNet(key, false)), "AL-KEY-018 JSON"},
		"RSAParameters, half empty": {strings.Replace(jsonText(dotNet(key, false)), "{", `{"D":null,"P":null,`, 1), "AL-KEY-018 JSON"},
		"JWK in YAML":               {yamlText(jwk(key, false)), "AL-KEY-018 the numbers of a key by their names"},
		"JWK in a list of YAML":     {"keys:\n  - " + strings.ReplaceAll(yamlText(jwk(key, false)), "\n", "\n    "), "AL-KEY-018 the numbers of a key by their names"},
		"JWK of Python":             {strings.ReplaceAll(jsonText(jwk(key, false)), `"`, "'"), "AL-KEY-018 the numbers of a key by their names"},
		"SSH":                       {line, finding.KeyFromSSH.String()},
		"SSH with a comment":        {line + " maria@example.com", finding.KeyFromSSH.String()},
		"SSH with options":          {`command="ls",no-pty ` + line + " x\n", finding.KeyFromSSH.String()},
		"SSH, wrapped":              {wrap(line, 60), finding.KeyFromSSH.String()},
		"SSH, without its name":     {strings.Fields(line)[1], finding.KeyFromSSH.String()},
		"SSH, RFC 4716":             {"---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"2048-bit RSA, \\\nmade here\"\n" + wrap(strings.Fields(line)[1], 70) + "\n---- END SSH2 PUBLIC KEY ----\n", finding.KeyFromSSH.String()},
		"SSH in JSON":               {jsonText(map[string]string{"key": line}), finding.KeyFromSSH.String()},
		"PKCS#1":                    {string(pkcs1), finding.KeyFromPKCS1.String()},
		"PKCS#1, bare":              {bare(string(pkcs1)), finding.KeyFromPKCS1.String()},
		"PKCS#1 in the wrong lines": {strings.ReplaceAll(string(pkcs1), "RSA ", ""), finding.KeyFromPKCS1.String()},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := ParsePublicKey(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if k.PEM != want || notesOf(k) != c.note {
				t.Errorf("notes %q, want %q, of\n%s", notesOf(k), c.note, k.PEM)
			}
		})
	}
}

// The private forms are read where a private key belongs, and are known for what they are
// elsewhere.
func TestPrivateForms(t *testing.T) {
	key := testKey().RSA()
	open, err := ssh.MarshalPrivateKey(key, "me")
	if err != nil {
		t.Fatal(err)
	}
	openssh := string(pem.EncodeToMemory(open))
	for name, text := range map[string]string{
		"JSON Web Key":            jsonText(jwk(key, true)),
		"a set":                   jsonText(map[string]any{"keys": []any{jwk(key, true)}}),
		"XML":                     keyXML(key, true),
		"XML, escaped":            html.EscapeString(keyXML(key, true)),
		"RSAParameters in XML":    dotNetXML(key, true),
		"RSAParameters in JSON":   jsonText(dotNet(key, true)),
		"JWK in YAML":             yamlText(jwk(key, true)),
		"OpenSSH":                 openssh,
		"OpenSSH, bare":           bare(openssh),
		"OpenSSH in one line":     strings.ReplaceAll(openssh, "\n", " "),
		"OpenSSH, escaped":        jsonText(openssh),
		"a member of JSON":        jsonText(map[string]string{"type": "service_account", "private_key": privatePEM(t, testKey())}),
		"twice":                   privatePEM(t, testKey()) + privatePEM(t, testKey()),
		"PKCS#8 in base64 of PEM": base64.StdEncoding.EncodeToString([]byte(privatePEM(t, testKey()))),
	} {
		t.Run(name, func(t *testing.T) {
			k, err := ParsePrivateKey(NewText(text))
			if err != nil || !k.RSA().Equal(key) {
				t.Fatalf("%v", err)
			}
			_, err = ParsePublicKey(text)
			wantCode(t, err, finding.KeyIsPrivate.Code())
			if !HoldsPrivateKey(text) {
				t.Error("it is not known for a private key")
			}
		})
	}
	if HoldsPrivateKey(publicPEM(t, testKey())) || HoldsPrivateKey("Never paste a private key here.") || HoldsPrivateKey("") {
		t.Error("what is public is taken for private")
	}
	wrong := jwk(key, true)
	wrong["q"] = raw(big.NewInt(12345))
	_, err = ParsePublicKey(jsonText(wrong))
	wantCode(t, err, finding.KeyIsPrivate.Code())
	_, err = ParsePrivateKey(NewText(jsonText(wrong)))
	wantCode(t, err, finding.KeyDamaged.Code())
}

func TestEncryptedOpenSSH(t *testing.T) {
	b, err := ssh.MarshalPrivateKeyWithPassphrase(testKey().RSA(), "", []byte("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	text := NewText(string(pem.EncodeToMemory(b)))
	_, err = DecryptPrivateKey(text, Text{})
	wantCode(t, err, finding.KeyEncrypted.Code())
	_, err = DecryptPrivateKey(text, NewText("another"))
	wantCode(t, err, finding.WrongPassphrase.Code())
	k, err := DecryptPrivateKey(text, NewText("open sesame"))
	if err != nil || !k.RSA().Equal(testKey().RSA()) {
		t.Fatal(err)
	}
	_, err = DecryptPrivateKey(NewText(text.Reveal()[:900]), NewText("open sesame"))
	wantCode(t, err, finding.KeyDamaged.Code())
}

// What is no key is told for what it is.
func TestNamed(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sshEC, err := ssh.MarshalPrivateKey(ec, "")
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, testKey().RSA())
	if err != nil {
		t.Fatal(err)
	}
	requestPEM := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}))
	for name, c := range map[string]struct {
		text string
		code core.Code
		what string
	}{
		"request":           {requestPEM, finding.KeyFormatUnsupported.Code(), "certificate request"},
		"request, bare":     {bare(requestPEM), finding.KeyFormatUnsupported.Code(), "certificate request"},
		"request, DER":      {string(request), finding.KeyFormatUnsupported.Code(), "certificate request"},
		"request, escaped":  {jsonText(requestPEM), finding.KeyFormatUnsupported.Code(), "certificate request"},
		"PKCS#7, label":     {"-----BEGIN PKCS7-----\nMIIC\n-----END PKCS7-----", finding.KeyFormatUnsupported.Code(), "PKCS#7"},
		"web page":          {"<!DOCTYPE html>\n<html><head><title>Log in</title></head></html>", finding.KeyFormatUnsupported.Code(), "web page"},
		"CRL":               {"-----BEGIN X509 CRL-----\nMIIC\n-----END X509 CRL-----", finding.KeyFormatUnsupported.Code(), "CRL"},
		"parameters":        {"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----", finding.KeyFormatUnsupported.Code(), "parameters"},
		"PGP":               {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF\n-----END PGP PUBLIC KEY BLOCK-----", finding.KeyTypeUnsupported.Code(), "PGP"},
		"EC JWK":            {`{"kty": "EC", "crv": "P-256", "x": "a", "y": "b"}`, finding.KeyIsEC.Code(), ""},
		"Ed25519 JWK":       {`{"kty":"OKP","crv":"Ed25519","x":"a"}`, finding.KeyTypeUnsupported.Code(), "Ed25519"},
		"shared JWK":        {`{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}`, finding.KeyFormatUnsupported.Code(), "shared secret"},
		"KMS name":          {"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", finding.KeyFormatUnsupported.Code(), "AWS KMS"},
		"KMS text":          {"AQICAHhSVzUQqW3Yb0yVGJ4K8qvF0a2U1gA3F3kxgXrXkPzv4wGmZ0m6", finding.KeyFormatUnsupported.Code(), "AWS KMS"},
		"SSH certificate":   {"ssh-rsa-cert-v01@openssh.com AAAAHHNzaC1yc2EtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg me", finding.KeyFormatUnsupported.Code(), "SSH certificate"},
		"half a JWK":        {`{"kty":"RSA","n":"AQAB"}`, finding.KeyFormatUnsupported.Code(), "JSON Web Key"},
		"half in YAML":      {"kty: RSA\nn: AQAB\n", finding.KeyFormatUnsupported.Code(), "JSON Web Key"},
		"half in XML":       {"<RSAParameters><Modulus>AQAB</Modulus></RSAParameters>", finding.KeyFormatUnsupported.Code(), "XML"},
		"an object":         {"<cryptography.hazmat.bindings._rust.openssl.rsa.RSAPublicKey object at 0x7f12>", finding.KeyFormatUnsupported.Code(), "a program prints"},
		"an object of Node": {"PublicKeyObject {}", finding.KeyFormatUnsupported.Code(), "a program prints"},
		"bytes as numbers":  {"{" + strings.Repeat("0x30, 0x82, ", 40) + "0}", finding.KeyFormatUnsupported.Code(), "numbers"},
		"fingerprint":       {"SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8", finding.KeyFormatUnsupported.Code(), "fingerprint"},
		"MD5 fingerprint":   {"MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", finding.KeyFormatUnsupported.Code(), "fingerprint"},
		"printout":          {"Public-Key: (2048 bit)\nModulus:\n    00:b1:0c:11:85:bb", finding.KeyFormatUnsupported.Code(), "printout"},
		"modulus":           {"Modulus=B10C1185BB", finding.KeyFormatUnsupported.Code(), "printout"},
		"address":           {"https://app.example/.well-known/jwks.json", finding.KeyFormatUnsupported.Code(), "web address"},
		"file":              {"./keys/public.pem", finding.KeyFormatUnsupported.Code(), "file"},
		"Windows file":      {`C:\keys\public.pem`, finding.KeyFormatUnsupported.Code(), "file"},
		"masked":            {"••••••••••••", finding.MaskedValue.Code(), ""},
		"stars":             {"****************", finding.MaskedValue.Code(), ""},
		"shortened":         {"MIIBIjANBgkq…", finding.KeyDamaged.Code(), ""},
		"shortened, dots":   {"MIIBIjANBgkq...IDAQAB", finding.KeyDamaged.Code(), ""},
		"shortened PEM":     {"-----BEGIN PUBLIC KEY-----\nMIIB…\n-----END PUBLIC KEY-----", finding.KeyDamaged.Code(), ""},
		"starred PEM":       {"-----BEGIN CERTIFICATE-----\n********\n-----END CERTIFICATE-----", finding.KeyDamaged.Code(), ""},
		"labelled and cut":  {"Public Key: " + bare(publicPEM(t, testKey()))[:120], finding.KeyDamaged.Code(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := ParsePublicKey(c.text)
			f := wantCode(t, err, c.code)
			if got := f.Params["what"] + f.Params["type"]; !strings.Contains(got, c.what) {
				t.Errorf("it is %q, want %q", got, c.what)
			}
			if k.PEM != "" {
				t.Error("there is a key with the finding")
			}
		})
	}
	for name, c := range map[string]struct {
		text string
		code core.Code
	}{
		"PuTTY":        {"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPublic-Lines: 1\nAAAAB3NzaC1yc2EAAAADAQAB\n", finding.KeyFormatUnsupported.Code()},
		"OpenSSH EC":   {string(pem.EncodeToMemory(sshEC)), finding.KeyIsEC.Code()},
		"request":      {requestPEM, finding.KeyFormatUnsupported.Code()},
		"RSA-PSS":      {pssKey(t), finding.KeyTypeUnsupported.Code()},
		"768 bits":     {shortKey(t), finding.KeyTooShort.Code()},
		"a short JWK":  {`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQ"}`, finding.KeyDamaged.Code()},
		"masked":       {"••••••••••", finding.MaskedValue.Code()},
		"kept in KMS":  {"arn:aws:kms:eu-west-1:111122223333:key/1234abcd", finding.KeyFormatUnsupported.Code()},
		"PGP, private": {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nxx\n-----END PGP PRIVATE KEY BLOCK-----", finding.KeyTypeUnsupported.Code()},
	} {
		t.Run("private "+name, func(t *testing.T) {
			_, err := ParsePrivateKey(NewText(c.text))
			f := wantCode(t, err, c.code)
			if c.code == finding.KeyTooShort.Code() && (f.Params["bits"] != "768" || f.Params["least"] != "1024") {
				t.Errorf("it says %v", f.Params)
			}
		})
	}
}

// pssKey is a private key that is bound to RSA-PSS: PKCS#8 with that algorithm.
func pssKey(t *testing.T) string {
	t.Helper()
	text := privatePEM(t, testKey())
	b, _ := pem.Decode([]byte(text))
	oid := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}
	b.Bytes[strings.Index(string(b.Bytes), string(oid))+8] = 10
	return string(pem.EncodeToMemory(b))
}

// shortKey has 768 bits, which crypto/rsa does not make any more.
func shortKey(t *testing.T) string {
	t.Helper()
	e := big.NewInt(65537)
	for {
		p, _ := rand.Prime(rand.Reader, 384)
		q, _ := rand.Prime(rand.Reader, 384)
		n := new(big.Int).Mul(p, q)
		one := big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || n.BitLen() != 768 {
			continue
		}
		k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		k.Precompute()
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k)}))
	}
}

// Of a chain the certificate that issued none is the application's own; other sets are
// refused, with what is in them.
func TestSeveralKeys(t *testing.T) {
	issue := func(name string, serial int64, ca bool, key *PrivateKey, parent *x509.Certificate, by *PrivateKey) (string, *x509.Certificate) {
		template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, IsCA: ca,
			BasicConstraintsValid: true, NotBefore: someDay, NotAfter: someDay.Add(time.Hour)}
		if parent == nil {
			parent = template
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.RSA().PublicKey, by.RSA())
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return armour("CERTIFICATE", der) + "\n", cert
	}
	rootPEM, root := issue("Root", 1, true, otherKey(), nil, otherKey())
	leafPEM, _ := issue("Packagist", 2, false, testKey(), root, otherKey())
	strangerPEM, _ := issue("Stranger", 3, false, testKey(), nil, testKey())
	for name, text := range map[string]string{"leaf first": leafPEM + rootPEM, "root first": rootPEM + leafPEM, "with prose": "0 s:CN=x\n" + leafPEM + "1 s:CN=y\n" + rootPEM} {
		k, err := ParsePublicKey(text)
		if err != nil || k.PEM != strings.TrimSpace(leafPEM) || !strings.Contains(notesOf(k), "a chain of 2 certificates: CN=Packagist") {
			t.Errorf("%s: %v, notes %q", name, err, notesOf(k))
		}
	}
	k, err := ParsePublicKey(strangerPEM + publicPEM(t, testKey()))
	if err != nil || k.PEM != strings.TrimSpace(strangerPEM) {
		t.Errorf("a certificate and its own key: %v", err)
	}
	for name, text := range map[string]string{
		"two keys":                publicPEM(t, testKey()) + publicPEM(t, otherKey()),
		"unrelated":               rootPEM + strangerPEM,
		"a chain and a key":       leafPEM + rootPEM + publicPEM(t, otherKey()),
		"in JSON":                 jsonText(map[string]string{"a": publicPEM(t, testKey()), "b": publicPEM(t, otherKey())}),
		"bare in JSON":            jsonText(map[string]string{"a": bare(publicPEM(t, testKey())), "b": bare(publicPEM(t, otherKey()))}),
		"a list":                  jsonText([]string{publicPEM(t, testKey()), publicPEM(t, otherKey())}),
		"a list of bare ones":     jsonText([]string{bare(publicPEM(t, testKey())), bare(publicPEM(t, otherKey()))}),
		"JSON Web Keys":           jsonText(map[string]any{"keys": []any{jwk(testKey().RSA(), false), jwk(otherKey().RSA(), false)}}),
		"XML":                     keyXML(testKey().RSA(), false) + keyXML(otherKey().RSA(), false),
		"SSH":                     sshLine(t, testKey()) + " a\n" + sshLine(t, otherKey()) + " b\n",
		"in prose":                "Old: " + bare(publicPEM(t, testKey())) + "\nNew: " + bare(publicPEM(t, otherKey())),
		"encoded":                 base64.StdEncoding.EncodeToString([]byte(publicPEM(t, testKey()))) + "\n" + base64.StdEncoding.EncodeToString([]byte(publicPEM(t, otherKey()))),
		"one that cannot be read": publicPEM(t, testKey()) + "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
	} {
		_, err := ParsePublicKey(text)
		if f := wantCode(t, err, finding.SeveralKeys.Code()); strings.Count(f.Params["names"], ";") < 1 {
			t.Errorf("%s: named are %q", name, f.Params["names"])
		}
	}
}

// A changed character does not pass for another key: the modulus shows it, as a rule.
func TestChangedCharacter(t *testing.T) {
	text := bare(publicPEM(t, testKey()))
	taken := 0
	for i := 60; i < 160; i++ {
		c := "A"
		if text[i] == 'A' {
			c = "B"
		}
		if _, err := ParsePublicKey(text[:i] + c + text[i+1:]); err == nil {
			taken++
		}
	}
	if taken > 30 {
		t.Errorf("%d of 100 changed keys were taken", taken)
	}
}

// What openssl makes, and Go does not.
func TestOfOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"key.pem": privatePEM(t, testKey()), "cert.pem": selfSigned(t, testKey())} {
		if err := os.WriteFile(file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openssl := func(args ...string) string {
		out, err := exec.Command("openssl", args...).Output()
		if err != nil {
			t.Fatalf("openssl %v: %v", args, err)
		}
		return string(out)
	}
	trusted := openssl("x509", "-in", file("cert.pem"), "-trustout", "-setalias", "mine", "-addtrust", "serverAuth")
	if k, err := ParsePublicKey(trusted); err != nil || k.PEM != strings.TrimSpace(selfSigned(t, testKey())) && k.Kind != KindCertificate {
		t.Errorf("a trusted certificate: %v", err)
	}
	p7 := openssl("crl2pkcs7", "-nocrl", "-certfile", file("cert.pem"))
	p12 := openssl("pkcs12", "-export", "-in", file("cert.pem"), "-inkey", file("key.pem"), "-passout", "pass:x")
	for name, c := range map[string]struct{ text, what string }{
		"PKCS#7": {p7, "PKCS#7"}, "PKCS#7, bare": {bare(p7), "PKCS#7"},
		"PKCS#12": {p12, "PKCS#12"}, "PKCS#12 in base64": {base64.StdEncoding.EncodeToString([]byte(p12)), "PKCS#12"},
	} {
		_, err := ParsePublicKey(c.text)
		if f := wantCode(t, err, finding.KeyFormatUnsupported.Code()); !strings.Contains(f.Params["what"], c.what) || f.Params["command"] == "" {
			t.Errorf("%s: %v", name, f.Params)
		}
		_, err = ParsePrivateKey(NewText(c.text))
		wantCode(t, err, finding.KeyFormatUnsupported.Code())
	}
	if !HoldsPrivateKey(p12) {
		t.Error("a PKCS#12 store may be shown")
	}
	printed := openssl("x509", "-in", file("cert.pem"), "-text")
	if k, err := ParsePublicKey(printed); err != nil || notesOf(k) != finding.TextBeforeCertificate.String() {
		t.Errorf("a printed certificate: %v, %q", err, notesOf(k))
	}
}

// hostilePastes are made to cost time: whatever rescans what it has read ends in
// minutes, or not at all. BenchmarkHostilePastes tells the figures.
var hostilePastes = map[string]string{
	"MI":        strings.Repeat("MI", pasteLimit/2),
	"MIIB":      strings.Repeat("MIIBMIID", pasteLimit/8),
	"BEGIN":     strings.Repeat("-----BEGIN A-----", pasteLimit/17),
	"blocks":    strings.Repeat("-----BEGIN A-----MIIB-----END A-----", pasteLimit/36),
	"dashes":    strings.Repeat("-", pasteLimit),
	"lists":     strings.Repeat("[", pasteLimit),
	"escapes":   strings.Repeat(`\\u005c`, pasteLimit/7),
	"entities":  strings.Repeat("&amp;", pasteLimit/5),
	"tags":      strings.Repeat("<a", pasteLimit/2),
	"percent":   strings.Repeat("%25", pasteLimit/3),
	"quotes":    strings.Repeat(`"a"`, pasteLimit/3),
	"lines":     strings.Repeat("1 BEGIN -\n", pasteLimit/10),
	"encoded":   strings.Repeat(encodedBegin, pasteLimit/len(encodedBegin)),
	"SSH":       strings.Repeat(sshRSA+"E", pasteLimit/15),
	"XML":       strings.Repeat("<RSAKeyValue>", pasteLimit/13),
	"strings":   "[" + strings.Repeat(`"MIIB",`, pasteLimit/8) + `"x"]`,
	"objects":   strings.Repeat(`{"a":`, pasteLimit/5),
	"UTF-16":    strings.Repeat("\x00-", pasteLimit/2),
	"not UTF-8": "BEGIN" + strings.Repeat("\xff", pasteLimit-5),
}

func TestHostilePastesAreNoKeys(t *testing.T) {
	for name, text := range hostilePastes {
		text = text[:len(text)/8] // the whole of it is for the benchmark
		if _, err := ParsePublicKey(text); err == nil {
			t.Errorf("%s is a key", name)
		}
		if _, err := ParsePrivateKey(NewText(text)); err == nil {
			t.Errorf("%s is a private key", name)
		}
	}
}

func BenchmarkHostilePastes(b *testing.B) {
	for name, text := range hostilePastes {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ParsePublicKey(text)
				ParsePrivateKey(NewText(text))
			}
		})
	}
}

// What follows the END line is left out, and told.
func TestTextBehindAKeyIsTold(t *testing.T) {
	one := publicPEM(t, otherKey())
	line := strings.ReplaceAll(one, "\n", "")
	for behind, want := range map[string]string{
		"": "", " \r\n\n\t": "", "\"},\n": "", "\n'": "", "\u200b\u00a0": "",
		"Client secret: hunter2\n":     "AL-KEY-030 Client secret: hunter2",
		"\nFingerprint: 12:34\nCopy\n": "AL-KEY-030 Fingerprint: 12:34 Copy",
		strings.Repeat("ab", 32):       "AL-KEY-030 ••••",
		"&lt;/key&gt;":                 "",
		"EOF\n":                        "AL-KEY-030 EOF",
		bare(publicPEM(t, testKey())):  "AL-KEY-030 ",
	} {
		k, err := ParsePublicKey(one + behind)
		var told string
		for _, f := range k.Notes() {
			told += string(f.Code) + " " + f.Params["text"]
		}
		if err != nil || !strings.HasPrefix(told, want) || want == "" && told != "" {
			t.Errorf("%q behind: %v, %q, want %q", behind, err, told, want)
		}
	}
	for _, behind := range []string{`\n`, `\n"`, "</textarea>", "&quot;", "%0A", "<br/>\n"} {
		if k, err := ParsePublicKey(line + behind); err != nil || strings.Contains(notesOf(k), finding.TextBehindKey.String()) {
			t.Errorf("%q behind: %v, %q", behind, err, notesOf(k))
		}
	}
}

// A public key in the place of the private one is told as that, however it is wrapped.
func TestPublicHalfIsNoPrivateKey(t *testing.T) {
	text := publicPEM(t, testKey())
	for name, text := range map[string]string{
		"PEM": text, "in a diff": "+" + strings.ReplaceAll(text, "\n", "\n+"), "escaped": strings.ReplaceAll(text, "\n", `\n`),
		"of RFC 4716": "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"me\"\n" + wrap(strings.Fields(sshLine(t, testKey()))[1], 70) + "\n---- END SSH2 PUBLIC KEY ----\n",
		"a JWK":       jsonText(jwk(testKey().RSA(), false)), "XML": keyXML(testKey().RSA(), false),
	} {
		if _, err := ParsePrivateKey(NewText(text)); !errors.Is(err, finding.NotAKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Numbers that come line by line are waited for.
func TestNumbersAreUnfinished(t *testing.T) {
	key := testKey().RSA()
	for _, whole := range []string{"kty: RSA\nn: " + raw(key.N) + "\ne: AQAB\n", dotNetXML(key, false), keyXML(key, false)} {
		lines := strings.SplitAfter(strings.ReplaceAll(whole, ">", ">\n"), "\n")
		if text := strings.Join(lines[:2], ""); !Unfinished(text) {
			t.Errorf("it ends behind\n%s", text)
		}
		if Unfinished(whole) {
			t.Errorf("it goes on behind\n%s", whole)
		}
	}
}
