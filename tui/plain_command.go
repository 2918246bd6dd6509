package tui

import (
	"strings"

	"applink/core"
	"applink/core/setup"
)

// SetupCommand is the command that gives the same answers without questions.
func SetupCommand(s *setup.State) string {
	words := []string{"applink", "setup"}
	for _, st := range s.Path() {
		for _, q := range st.Asks {
			a, ok := s.Answer(q.Field)
			if !ok || a.Value == "" || made(s, q.Field) {
				continue
			}
			value := ShellQuote(a.Value)
			if FromFile(q.Kind) {
				value = "FILE"
			}
			words = append(words, "--"+string(q.Field), value)
		}
	}
	return strings.Join(words, " ")
}

// FromFile reports whether an answer's flag names a file: it has many lines, or is
// a secret, which no process list may show.
func FromFile(k setup.Kind) bool { return k == setup.PublicKey || k == setup.Secret }

// made reports whether a field holds what applink made itself: the Client ID and
// the Public Key of a pair that is held here.
func made(s *setup.State, f core.Field) bool {
	return s.App.Holder == core.HeldHere && (f == core.FieldClientID || f == core.FieldPublicKey)
}

var shellSafe = core.Pattern(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellQuote quotes a word for a POSIX shell where that is needed.
func ShellQuote(s string) string {
	if shellSafe().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
