package seal

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"applink/core"
	"applink/core/finding"
)

// pasteLimit bounds what is looked at, in bytes. A 16,384-bit key in a
// certificate stays below a tenth of it.
const pasteLimit = 64 << 10

// block is one armoured part of a paste, blanks removed.
type block struct {
	label string // "PUBLICKEY", "CERTIFICATE", …; "" where the text had no BEGIN line
	body  string // what stands between the lines, hopefully base64
	begun bool   // a BEGIN line was there
	ended bool   // an END line was there
}

// The dashes may be short of a few where a selection began or ended inside
// them.
var (
	beginLine = core.Pattern(`-*BEGIN([A-Z0-9]+?)-{1,5}`)
	endLine   = core.Pattern(`-+END([A-Z0-9]*)-*`)
)

// ligatures are what the text of a PDF has in place of letters.
var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl")

// squeeze removes everything that terminals, mails and web pages add to a key:
// blanks of every kind, line ends, invisible characters, quotation marks,
// quoting and frames. What is left of a key does not depend on how it was
// wrapped.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zs, r):
			return -1
		case unicode.Is(unicode.Pd, r), r == '−':
			return '-'
		case strings.ContainsRune("\"'`“”„‘’‚«»<>|│┃", r):
			return -1
		case r >= '！' && r <= '～': // of full width
			return r - '！' + '!'
		}
		return r
	}, ligatures.Replace(s))
}

// split finds the armoured blocks of squeezed text, and what stood before the
// first one. Text without BEGIN and END is one block, and so is what repeats itself.
func split(s string) (blocks []block, before string) {
	begins := beginLine().FindAllStringSubmatchIndex(s, -1)
	if len(begins) == 0 {
		b := block{body: s}
		if end := endLine().FindStringIndex(s); end != nil {
			b.body, b.ended = s[:end[0]], true
		}
		return slices.Repeat([]block{{label: b.label, body: once(b.body), ended: b.ended}}, copies(b.body)), ""
	}
	for i, m := range begins {
		stop := len(s)
		if i+1 < len(begins) {
			stop = begins[i+1][0]
		}
		b := block{label: s[m[2]:m[3]], body: s[m[1]:stop], begun: true}
		if end := endLine().FindStringIndex(b.body); end != nil {
			b.body, b.ended = b.body[:end[0]], true
		}
		blocks = append(blocks, b)
	}
	return blocks, s[:begins[0][0]]
}

// copies is how often a text without lines holds the same key.
func copies(body string) int {
	bare := strings.ReplaceAll(body, "=", "")
	for n := 2; n <= 4; n++ {
		if len(bare)%n == 0 && len(bare) >= 80*n && bare == strings.Repeat(bare[:len(bare)/n], n) {
			return n
		}
	}
	return 1
}

// once is a body without the copies.
func once(body string) string {
	if n := copies(body); n > 1 {
		bare := strings.ReplaceAll(body, "=", "")
		return bare[:len(bare)/n]
	}
	return body
}

// decode turns the block's body into whole DER bytes, or says what is missing.
func (b block) decode() ([]byte, error) {
	der, err := b.bytes()
	if err != nil {
		return nil, err
	}
	if total, ok := derLength(der); ok && b.label == "TRUSTEDCERTIFICATE" && total < len(der) {
		der = der[:total] // OpenSSL's notes on trust follow
	}
	return der, b.complete(der, len(strings.TrimRight(b.body, "="))%4 == 1)
}

// bytes decodes the base64 of a block, whole or not.
func (b block) bytes() ([]byte, error) {
	body := strings.TrimRight(b.body, "=")
	if i := strings.IndexFunc(body, notBase64); i >= 0 {
		hidden := strings.ContainsAny(body, masks+".")
		switch {
		case hidden && (b.begun || b.ended || i >= 4 && strings.HasPrefix(body, "MI")):
			return nil, cut("what stands where the dots are")
		case !b.begun && !b.ended:
			return nil, finding.NotAKey.With()
		}
		return nil, cut(fmt.Sprintf("character %d of %d", i+1, len(body)))
	}
	if len(body)%4 == 1 {
		body = body[:len(body)-1]
	}
	der, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil {
		return nil, finding.NotAKey.With()
	}
	return der, nil
}

func notBase64(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/')
}

// complete compares what came with what the lines and the DER header announce.
func (b block) complete(der []byte, odd bool) error {
	var missing []string
	if !b.begun && b.ended {
		missing = append(missing, "the BEGIN line")
	}
	if b.begun && !b.ended {
		missing = append(missing, "the END line")
	}
	total, ok := derLength(der)
	switch {
	case !ok && !b.begun && !b.ended:
		return finding.NotAKey.With()
	case !ok && len(der) == 0:
		missing = append(missing, "the key between the lines")
	case !ok:
		missing = append(missing, "the start of the key")
	case len(der) < total:
		missing = append(missing, fmt.Sprintf("%d of %d bytes", total-len(der), total))
	case len(der) > total:
		return cut(fmt.Sprintf("the length, %d bytes too many", len(der)-total))
	case odd:
		return cut("the length, one character too many")
	}
	if len(missing) > 0 {
		return cut(strings.Join(missing, " and "))
	}
	return nil
}

func cut(missing string) *core.Finding {
	return finding.KeyDamaged.With(missing)
}

// derLength reads the header of a DER SEQUENCE and returns how many bytes the
// whole has, header included.
func derLength(der []byte) (total int, ok bool) {
	if len(der) < 2 || der[0] != 0x30 {
		return 0, false
	}
	if der[1] < 0x80 {
		return 2 + int(der[1]), true
	}
	n := int(der[1] & 0x7f)
	if n == 0 || n > 3 || len(der) < 2+n {
		return 0, false
	}
	for _, b := range der[2 : 2+n] {
		total = total<<8 | int(b)
	}
	return total + 2 + n, true
}
