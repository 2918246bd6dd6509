package tui

import (
	"io"
	"strings"

	"applink/core"
)

// plainWidth is where plain text is wrapped. Values are never wrapped.
const plainWidth = 76

// plainWriter passes on text that a screen reader can read out: printable, as
// everything is that was made by package core, and without boxes, blocks or braille.
type plainWriter struct{ to io.Writer }

func (w plainWriter) Write(b []byte) (int, error) {
	if _, err := io.WriteString(w.to, strings.Map(spoken, core.Printable(string(b)))); err != nil {
		return 0, err
	}
	return len(b), nil
}

func spoken(r rune) rune {
	if r >= 0x2500 && r <= 0x259f || r >= 0x2800 && r <= 0x28ff {
		return '-'
	}
	return r
}
