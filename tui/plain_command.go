package tui

import (
	"strings"

	"applink/core"
	"applink/core/setup"
)

// SetupCommand is the command that gives the same answers without questions.
func SetupCommand(s *setup.State) string {
	words := []string{"applink", "setup"}
	if s.Adopted() {
		words[1] = "adopt"
	}
	for _, st := range s.Path() {
		for _, q := range st.Asks {
			a, _ := s.AnswerTo(q)
			if a.Value == "" || q.Applies != nil && !q.Applies(s) && !q.Optional {
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
func FromFile(k setup.Kind) bool {
	return k == setup.PublicKey || k == setup.PrivateKey || k == setup.Secret
}

var shellSafe = core.Pattern(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellQuote quotes a word for a POSIX shell where that is needed.
func ShellQuote(s string) string {
	if shellSafe().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
