package tui

import (
	"regexp"
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
			if q.Kind == setup.PublicKey {
				value = "FILE"
			}
			words = append(words, "--"+string(q.Field), value)
		}
	}
	return strings.Join(words, " ")
}

// made reports whether a field holds what applink made itself: the Client ID and
// the Public Key of a pair that is held here.
func made(s *setup.State, f core.Field) bool {
	return s.App.Holder == core.HeldHere && (f == core.FieldClientID || f == core.FieldPublicKey)
}

var shellSafe = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellQuote quotes a word for a POSIX shell where that is needed.
func ShellQuote(s string) string {
	if shellSafe.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
