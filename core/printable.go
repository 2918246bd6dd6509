package core

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How much of a text from outside is kept, in characters.
const (
	longestParam    = 1000 // of a finding
	longestLearned  = 200
	longestEvidence = 4000 // and of a finding's raw cause
)

// Printable returns text without what a terminal obeys instead of shows, and
// without what hides or reorders the text around it: control characters (C1 and
// the bytes that are no UTF-8 included), direction marks, zero-width and other
// invisible characters. Lines and tabs stay; every kind of line break becomes \n.
//
// It is the only place that decides this. Findings and outcomes are passed through
// it when they are made and when they are read from a database, and so are names,
// so that whoever shows them need not. What else comes from outside and is printed
// is passed through it where it is printed.
func Printable(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1, hidden(r):
		case r == '\r' && strings.HasPrefix(text[i+1:], "\n"):
		case lineBreak(r):
			b.WriteByte('\n')
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// Line is [Printable] on one line: a blank stands for each run of line breaks and
// tabs. It has at most limit characters; what is longer ends in "…".
func Line(text string, limit int) string {
	text = Printable(text)
	if strings.ContainsAny(text, "\n\t") {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' }), " ")
	}
	return cut(text, limit)
}

// line is [Line] for a name that a database holds.
func line[S ~string](s S) S { return S(Line(string(s), longestLearned)) }

// lines returns a copy of m with a [Line] for each value.
func lines[K ~string](m map[K]string, limit int) map[K]string {
	if m == nil {
		return nil
	}
	clean := make(map[K]string, len(m))
	for name, value := range m {
		clean[line(name)] = Line(HideSecrets(value), limit)
	}
	return clean
}

// evident cleans and bounds the text of a machine for storage.
func evident(text string) string { return cut(HideSecrets(Printable(text)), longestEvidence) }

// secretShape is that of a Client secret. The value need not be known as one: people
// enter it as the Client ID, too.
var secretShape = Pattern(`[0-9a-fA-F]{64,}`)

// HoldsSecret reports whether text contains something shaped like a Client secret. Such
// a text must not be shown.
func HoldsSecret(text string) bool { return secretShape().MatchString(text) }

// HideSecrets replaces with dots what [HoldsSecret] finds.
func HideSecrets(text string) string {
	return secretShape().ReplaceAllLiteralString(text, "••••")
}

// cut shortens a text to at most limit characters, "…" included.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	count := 0
	for i := range text {
		if count++; count == limit {
			if _, size := utf8.DecodeRuneInString(text[i:]); i+size < len(text) {
				return text[:i] + "…"
			}
		}
	}
	return text
}

// isPlain reports whether all of text is ASCII to be kept, as nearly all texts are.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

func lineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

func hidden(r rune) bool {
	if r == '\t' || lineBreak(r) {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
