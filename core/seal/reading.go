package seal

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"applink/core"
	"applink/core/finding"
)

// A paste is read by taking off, one after the other, what a key was wrapped in on
// its way: an encoding of characters, JSON, HTML, a URL, a program's text. A layer is
// taken off only where its signs are there. What comes out must be a whole key: base64
// and DER announce their lengths, so that a wrong reading does not pass for a right one.

// reading is a text as it may have been meant.
type reading struct {
	text  string
	how   []string // what was taken off or converted, in words for the user
	guess bool     // a layer without sure signs was tried
}

// layer undoes one way of wrapping.
type layer struct {
	how string // in words that follow "read from"; "" is not worth telling
	// undo returns the texts that were meant, none when the signs of the layer are missing.
	undo func(text string) []string
}

// anSSHKey is the layer that has a finding of its own.
const anSSHKey = "an SSH public key"

// wrappings have sure signs. Each is taken off as often as it is found.
var wrappings = []layer{
	{"a DER file", fromDER},
	{"hexadecimal digits", fromHex},
	{"JSON", fromJSON},
	{"an XML RSAKeyValue", fromXML},
	{"the numbers of a key by their names", fromNumbers},
	{anSSHKey, fromSSH},
	{"HTML", fromHTML},
	{"a URL-encoded text", fromURL},
	{"a text with backslash escapes", fromEscapes},
	{"base64 of a PEM", fromBase64},
}

// guesses are tried when no certain reading is a key.
var guesses = []layer{
	{"the strings of a program", fromLiterals},
	{"lines with a prefix or numbers", fromLines},
	{"a quoted-printable mail", fromQuotedPrintable},
	{"a form that turned + into blanks", fromBlanks},
	{"base64url", fromBase64URL},
	{"the base64 in a longer text", fromProse},
}

// mostReadings bounds the work on one paste.
const mostReadings = 24

// unwrapped lists the certain readings of a text, the text itself first.
func unwrapped(from reading) []reading {
	from.text = InUTF8(from.text)
	out := []reading{from}
	for i := 0; i < len(out) && len(out) < mostReadings; i++ {
		out = out[i].undo(out, wrappings, from.guess)
	}
	return out
}

// undo appends to the readings found so far those that the layers make of r.
func (r reading) undo(found []reading, layers []layer, guess bool) []reading {
	for _, l := range layers {
		for _, text := range l.undo(r.text) {
			known := slices.ContainsFunc(found, func(o reading) bool { return o.text == text })
			if known || len(text) > pasteLimit || len(found) >= mostReadings {
				continue
			}
			next := reading{text: text, how: r.how, guess: guess}
			if !slices.Contains(r.how, l.how) {
				next.how = append(slices.Clone(r.how), l.how)
			}
			found = append(found, next)
		}
	}
	return found
}

// readings calls try with every reading of a text, the certain ones first, until one
// is taken.
func readings(text string, try func(reading) (taken bool)) {
	certain := unwrapped(reading{text: text})
	if slices.ContainsFunc(certain, try) {
		return
	}
	var tried []reading
	for _, r := range certain {
		tried = r.undo(tried, guesses, true)
	}
	for _, r := range tried {
		if slices.ContainsFunc(unwrapped(r), try) {
			return
		}
	}
}

// InUTF8 undoes UTF-16, and the dashes of Windows-1252 between characters that matter
// nowhere in a key.
func InUTF8(s string) string {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case strings.HasPrefix(s, "\xff\xfe"), len(s) > 3 && s[1] == 0 && s[3] == 0:
	case strings.HasPrefix(s, "\xfe\xff"), len(s) > 3 && s[0] == 0 && s[2] == 0:
		order = binary.BigEndian
	case !utf8.ValidString(s) && strings.Contains(s, "BEGIN"):
		return strings.ToValidUTF8(strings.NewReplacer("\x96", "-", "\x97", "-").Replace(s), " ")
	default:
		return s
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(s[2*i : 2*i+2]))
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

func fromDER(s string) []string {
	total, ok := derLength([]byte(s))
	if !ok || s[1] < 0x80 || total > len(s) || strings.TrimSpace(s[total:]) != "" {
		return nil
	}
	return []string{armour("DER", []byte(s[:total]))}
}

var hexNoise = core.Pattern(`0[xX]|[\s:,;{}\[\]()]|\\x`)

// fromHex decodes DER as hexadecimal digits, with what programs put between them.
func fromHex(s string) []string {
	der, err := hex.DecodeString(hexNoise().ReplaceAllLiteralString(s, ""))
	if err != nil || len(der) < 60 {
		return nil
	}
	return fromDER(string(der))
}

// deepest bounds how far a JSON document is looked into.
const deepest = 8

// fromJSON finds the keys in a JSON text: JSON Web Keys, a string, a list of lines, the
// members of an object.
func fromJSON(s string) []string {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	if s == "" || !strings.ContainsRune(`{["`, rune(s[0])) {
		return nil
	}
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return nil
	}
	if text, ok := v.(string); ok {
		return []string{text}
	}
	found := keysIn(v, 0)
	if len(found) == 0 {
		return nil
	}
	return []string{strings.Join(found, "\n")}
}

func keysIn(v any, depth int) (found []string) {
	if depth > deepest {
		return nil
	}
	switch v := v.(type) {
	case string:
		if text := asBlock(v); text != "" {
			return []string{text}
		}
	case []any:
		if text, ok := joined(v); ok {
			return keysIn(text, depth+1)
		}
		for _, e := range v {
			found = append(found, keysIn(e, depth+1)...)
		}
	case map[string]any:
		if text, ok := fromMembers(v); ok {
			return []string{text}
		}
		for _, e := range v {
			found = append(found, keysIn(e, depth+1)...)
		}
		slices.Sort(found) // a map has no order
	}
	return found
}

// joined makes one text of a list of lines. A list of whole keys is none.
func joined(list []any) (string, bool) {
	lines, whole := make([]string, len(list)), 0
	for i, e := range list {
		line, ok := e.(string)
		if !ok {
			return "", false
		}
		if strings.Contains(line, "BEGIN") && strings.Contains(line, "END ") || strings.HasPrefix(asBlock(line), bareBegin) {
			whole++
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n"), len(lines) > 0 && whole < 2
}

// The lines around bare base64. What is in it decides.
const (
	bareBegin = "-----BEGIN KEY-----\n"
	bareEnd   = "\n-----END KEY-----"
)

// asBlock returns a string that can hold a key, with lines around what is bare base64;
// "" for any other.
func asBlock(s string) string {
	if strings.Contains(s, "BEGIN") || strings.Contains(s, "ssh-rsa ") || strings.HasPrefix(strings.TrimSpace(s), "{") {
		return s
	}
	bare := strings.TrimRight(squeeze(s), "=")
	if len(bare) < 80 || strings.ContainsFunc(bare, notBase64) {
		return ""
	}
	if der, err := base64.RawStdEncoding.DecodeString(bare[:len(bare)/4*4]); err == nil {
		if _, ok := derLength(der); ok {
			return bareBegin + s + bareEnd
		}
	}
	return s
}

var (
	tag    = core.Pattern(`</?[a-zA-Z][^<>]*>|<!--[^<>]*-->|<!\[CDATA\[|\]\]>`)
	entity = core.Pattern(`&(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z]+);`)
)

func fromHTML(s string) []string {
	if !tag().MatchString(s) && !entity().MatchString(s) {
		return nil
	}
	return []string{html.UnescapeString(tag().ReplaceAllString(s, "\n"))}
}

var percent = core.Pattern(`%[0-9A-Fa-f]{2}`)

// fromURL decodes a query or a path. A raw + is a blank in a query, where the key's own
// are encoded, and itself in a path.
func fromURL(s string) []string {
	plus := strings.Contains(s, "BEGIN+")
	if !plus && !percent().MatchString(s) {
		return nil
	}
	decode := func(s string) string {
		return percent().ReplaceAllStringFunc(s, func(p string) string {
			b, _ := strconv.ParseUint(p[1:], 16, 8)
			return string([]byte{byte(b)})
		})
	}
	query := decode(strings.ReplaceAll(s, "+", " "))
	if plus || strings.Contains(strings.ToUpper(s), "%2B") {
		return []string{query}
	}
	return []string{decode(s), query}
}

var escape = core.Pattern(`\\+(?:[nrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.|\n|$)`)

// fromEscapes undoes what string literals do, however often: no key has a backslash.
func fromEscapes(s string) []string {
	if !strings.Contains(s, `\`) {
		return nil
	}
	return []string{escape().ReplaceAllStringFunc(s, func(e string) string {
		e = strings.TrimLeft(e, `\`)
		switch {
		case e == "n" || e == "r" || e == "t" || e == "\n" || e == "":
			return "\n"
		case len(e) > 2: // u002b, x2b
			r, _ := strconv.ParseUint(e[1:], 16, 32)
			return string(rune(r))
		}
		return e
	})}
}

// encodedBegin is base64 of "-----BEGIN".
const encodedBegin = "LS0tLS1CRUdJTi"

func fromBase64(s string) []string {
	if strings.Contains(s, encodedTwice[:8]) {
		s += "\n" + again(s)
	}
	if !strings.Contains(s, encodedBegin[:8]) {
		return nil
	}
	var found []string
	for rest := squeeze(s); len(found) < mostReadings; {
		_, after, ok := strings.Cut(rest, encodedBegin)
		if !ok {
			break
		}
		run := encodedBegin + after[:baseRun(after)]
		if text, err := base64.RawStdEncoding.DecodeString(run[:len(run)/4*4+tail(len(run))]); err == nil {
			found = append(found, string(text))
		}
		rest = after
	}
	if len(found) == 0 {
		return nil
	}
	return []string{strings.Join(found, "\n")}
}

// encodedTwice is base64 of encodedBegin.
const encodedTwice = "TFMwdExTMUNSVWRKVG"

// again decodes the first base64 of base64 of a PEM in a text.
func again(s string) string {
	s = squeeze(s)
	s = s[max(0, strings.Index(s, encodedTwice)):]
	s = s[:baseRun(s)]
	text, _ := base64.RawStdEncoding.DecodeString(s[:len(s)/4*4+tail(len(s))])
	return string(text)
}

// baseRun is how many bytes of base64 a text begins with.
func baseRun(s string) int {
	if i := strings.IndexFunc(s, notBase64); i >= 0 {
		return i
	}
	return len(s)
}

// tail is how many of the characters behind the last whole group of four can be decoded.
func tail(n int) int {
	if n%4 == 1 {
		return 0
	}
	return n % 4
}

// fromLiterals joins the string literals of a program's text.
func fromLiterals(s string) (out []string) {
	for _, quote := range []string{`"`, `'`, "`"} {
		parts := strings.Split(s, quote)
		if len(parts) < 4 { // one literal is read as it is
			continue
		}
		var inside []string
		for i := 1; i < len(parts); i += 2 {
			inside = append(inside, parts[i])
		}
		out = append(out, strings.Join(inside, "\n"))
	}
	return out
}

// fromLines takes from every line what an editor, a comment or a patch put before it:
// ascending numbers, or what stands before BEGIN.
func fromLines(s string) (out []string) {
	lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	if len(lines) < 3 {
		return nil
	}
	if plain := unnumbered(lines); plain != nil {
		out = append(out, strings.Join(plain, "\n"))
	}
	first := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "BEGIN ") })
	if first < 0 {
		return out
	}
	prefix := strings.TrimRight(lines[first][:strings.Index(lines[first], "BEGIN ")], "-–—− ")
	if strings.TrimSpace(prefix) == "" {
		return out
	}
	plain := make([]string, 0, len(lines)-first)
	for _, l := range lines[first:] {
		plain = append(plain, strings.TrimPrefix(l, prefix))
	}
	return append(out, strings.Join(plain, "\n"))
}

var number = core.Pattern(`^\s*([0-9]{1,5})`)

// unnumbered takes numbers off that ascend by one, on lines of their own or else in front
// of every line from the first one on; nil when there are none.
func unnumbered(lines []string) []string {
	first := slices.IndexFunc(lines, number().MatchString)
	if first < 0 {
		return nil
	}
	start, _ := strconv.Atoi(number().FindStringSubmatch(lines[first])[1])
	between, behind := lines[:first:first], lines[:first:first]
	alone, before := start, start
	for _, l := range lines[first:] {
		trimmed := strings.TrimSpace(l)
		if trimmed == strconv.Itoa(alone) {
			alone++
		} else {
			between = append(between, l)
		}
		if rest, ok := strings.CutPrefix(trimmed, strconv.Itoa(before)); ok {
			before++
			behind = append(behind, strings.TrimLeft(rest, " \t:|.)]│┃→"))
		} else if trimmed != "" {
			before = -1
		}
	}
	switch {
	case alone-start >= 3:
		return between
	case before-start >= 3:
		return behind
	}
	return nil
}

var softBreak = core.Pattern(`=\r?\n|=[0-9A-F]{2}`)

func fromQuotedPrintable(s string) []string {
	if !softBreak().MatchString(s) {
		return nil
	}
	return []string{softBreak().ReplaceAllStringFunc(s, func(e string) string {
		b, err := strconv.ParseUint(e[1:], 16, 8)
		if err != nil {
			return ""
		}
		return string([]byte{byte(b)})
	})}
}

// inBody changes what stands between the lines of a PEM, or the whole of a text without.
func inBody(s string, change func(string) string) string {
	from, to := 0, len(s)
	if m := begins().FindStringIndex(s); m != nil {
		from = m[1]
	}
	if m := ends().FindStringIndex(s[from:]); m != nil {
		to = from + m[0]
	}
	return s[:from] + "\n" + change(s[from:to]) + "\n" + s[to:]
}

var (
	begins = core.Pattern(`BEGIN [A-Z0-9 ]+-{1,5}`)
	ends   = core.Pattern(`-+END`)
)

// fromBlanks puts the + back where a form left blanks. In a text that lost its line ends
// too, the blanks at regular places are those.
func fromBlanks(s string) (out []string) {
	for _, width := range []int{0, 64, 76} {
		out = append(out, inBody(s, func(body string) string {
			body = strings.Trim(body, "\r\n ")
			if !strings.Contains(body, " ") {
				return body
			}
			b := []byte(body)
			plain := b[:0:0]
			for i, c := range b {
				if width > 0 && c == ' ' && i%(width+1) == width {
					continue
				}
				if c == ' ' {
					c = '+'
				}
				plain = append(plain, c)
			}
			return string(plain)
		}))
		if !strings.Contains(s, " ") {
			return nil
		}
	}
	return out
}

func fromBase64URL(s string) []string {
	if !strings.ContainsAny(s, "-_") {
		return nil
	}
	return []string{inBody(s, strings.NewReplacer("-", "+", "_", "/").Replace)}
}

// mostTries bounds how often a text is searched for the beginning of a key.
const mostTries = 16

// longestRest is how many characters of base64 may follow a key at once: words do, once
// their blanks are gone, but more would be the rest of something longer.
const longestRest = 20

// fromProse finds base64 of DER inside a longer text without BEGIN and END. DER tells
// where it ends.
func fromProse(s string) []string {
	rest := squeeze(s)
	if beginLine().MatchString(rest) || endLine().MatchString(rest) {
		return nil
	}
	var found []string
	for range mostTries {
		i := strings.Index(rest, "MI")
		if i < 0 {
			break
		}
		rest = rest[i:]
		run := rest[:baseRun(rest)]
		total := 0
		if len(run) >= 80 {
			der, _ := base64.RawStdEncoding.DecodeString(run[:8])
			total, _ = derLength(der)
		}
		length := (total*4 + 2) / 3
		if total < 60 || len(run) > length+longestRest && !(strings.HasPrefix(run[length:], "MI") && len(run) >= length+80) {
			rest = rest[2:]
			continue
		}
		run = run[:min(len(run), length)]
		found = append(found, bareBegin+run+bareEnd)
		rest = rest[len(run):]
	}
	if len(found) == 0 {
		return nil
	}
	return []string{strings.Join(found, "\n")}
}

// HoldsPrivateKey reports whether a text holds a private key, whole or cut, in any form
// that is known here. Such a text is neither stored nor shown.
func HoldsPrivateKey(text string) bool { return privateIn(text[:min(len(text), pasteLimit)]) != nil }

// privateIn names the private key in a text, nil for none.
func privateIn(text string) *core.Finding {
	for _, r := range unwrapped(reading{text: text}) {
		if f := private(r.text); f != nil {
			return f
		}
	}
	return nil
}

var privateLine = core.Pattern(`(BEGIN|END)[A-Z0-9]*PRIVATEKEY|BEGIN(RSA|EC|DSA|OPENSSH|ENCRYPTED)?PRIVATE|PUTTY-USER-KEY-FILE|^B3BLBNNZAC1RZXK`)

// private recognises a private key by its words or by its bytes.
func private(text string) *core.Finding {
	s := squeeze(text)
	if privateLine().MatchString(strings.ToUpper(s)) {
		return finding.KeyIsPrivate.With()
	}
	blocks, _ := split(s)
	for _, b := range blocks {
		switch der, _ := b.bytes(); {
		case ofPKCS12(der):
			return finding.KeyFormatUnsupported.With(storeName, "openssl pkcs12 -in FILE -clcerts -nokeys")
		case looksPrivate(der):
			return finding.KeyIsPrivate.With()
		}
	}
	return nil
}

const storeName = "a PKCS#12 store (.p12 or .pfx)"

// opened ends a line after which the text itself must come.
var opened = core.Pattern(`[:|>=([{+\\]\s*$`)

// Unfinished reports whether a key that is typed or pasted line by line goes on behind
// these lines: a block is open, or DER announces more.
func Unfinished(text string) bool {
	if len(text) > pasteLimit {
		return false
	}
	balance := strings.Count(text, "{") + strings.Count(text, "[") - strings.Count(text, "}") - strings.Count(text, "]")
	switch start := strings.TrimSpace(text); {
	case start == "":
		return false
	case strings.ContainsRune("{[", rune(start[0])) && balance > 0,
		openXML().MatchString(text) && !keyValue().MatchString(text),
		namedRSA(text),
		strings.Contains(text, "PuTTY-User-Key-File") && !strings.Contains(text, "Private-MAC"):
		return true
	}
	return slices.ContainsFunc(unwrapped(reading{text: text}), func(r reading) bool {
		s := squeeze(r.text)
		begun, ended := len(beginLine().FindAllString(s, -1)), len(endLine().FindAllString(s, -1))
		if begun > 0 || ended > 0 {
			return begun > ended
		}
		der, err := block{body: s}.bytes()
		total, ok := derLength(der)
		return err == nil && ok && len(s) >= 40 && len(der) < total || len(s) < 60 && opened().MatchString(r.text)
	})
}

var openXML = core.Pattern(`<(?:\w+:)?RSA(?:KeyValue|Parameters)\b`)

// namedRSA reports whether the numbers of an RSA key have begun by their names, and lack one.
func namedRSA(text string) bool {
	m := membersOf(text)
	return m["kty"] == "RSA" && (m["n"] == nil || m["e"] == nil)
}

// told is the note that tells how a key was read; nil when there is nothing to tell.
func told(r reading) *core.Finding {
	if len(r.how) == 0 {
		return nil
	}
	if len(r.how) == 1 && r.how[0] == anSSHKey {
		return finding.KeyFromSSH.With().AsWarning()
	}
	return finding.KeyConverted.With(strings.Join(r.how, ", in ")).AsWarning()
}
