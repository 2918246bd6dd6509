package seal

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted replaces a secret wherever it is printed.
const redacted = "••••"

// Text is a secret text: a client secret, a token, a passphrase, a private key
// as PEM. Only [Text.Reveal] gives the text. The zero value is empty.
type Text struct {
	// A pointer, because fmt prints unexported fields of foreign structs
	// without asking their methods; of a pointer it prints the address.
	text *string
}

// NewText makes a secret of s.
func NewText(s string) Text { return Text{text: &s} }

// Reveal returns the secret itself, to be shown on request or sent to the one
// who must have it.
func (t Text) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.Reveal() == "" }

// String returns "••••".
func (t Text) String() string { return redacted }

// GoString returns "••••".
func (t Text) GoString() string { return redacted }

// Format prints "••••" for every verb.
func (t Text) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// MarshalText returns "••••"; encoding/json uses it too.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "••••" as a JSON string.
func (t Text) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue returns "••••".
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }
