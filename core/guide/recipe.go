package guide

import (
	"slices"
	"strings"

	"applink/core"
	"applink/core/setup"
)

// Recipe is [Command] in a sentence, and what that command does not do as it
// was done: nobody can tell from what is kept whether a key's file was encrypted, a key
// that was made here is made anew, and some steps nothing but a person can prove.
func Recipe(s *setup.State) string {
	lines := []string{"The same without questions: " + Command(s)}
	_, keys := s.Path().Step(setup.Keys)
	switch {
	case keys && s.App.Holder == core.HeldHere && s.Adopted():
		lines = append(lines, "If the file of the private key is encrypted, add: --key-passphrase FILE")
	case keys && s.App.Holder == core.HeldHere:
		lines = append(lines, "That makes another key, which Bitbucket has to be given then.")
	}
	if flags := unprovable(s); flags != "" {
		lines = append(lines, "A script cannot prove every step. When the others are done, your word counts: applink setup "+s.Integration.Slug+flags)
	}
	return strings.Join(lines, "\n")
}

// unprovable are the flags for the steps that no check completes without a person: it is
// not there, did not pass, or needs a browser or a secret that is kept nowhere.
func unprovable(s *setup.State) string {
	var flags string
	path := s.Path().Steps()
	for i, st := range path {
		proved := slices.ContainsFunc(path[i:], func(by setup.Step) bool {
			_, proved := s.Proof(by.Needs.Check)
			return (by.ID == st.ID || by.OfLink && st.OfLink) && s.Path().Repeatable(by) && proved
		})
		switch {
		case st.Last || proved || s.Path().Status(st) == setup.Answered:
		case st.Needs.Check != "":
			flags += " --overrule " + string(st.ID)
		default:
			flags += " --say " + string(st.ID)
		}
	}
	return flags
}

// Saved tells whoever leaves a set-up how to go on with it.
func Saved(s *setup.State) string {
	return "Everything so far is saved. Go on with: applink setup " + s.Integration.Slug
}

// Command is the command that gives the same answers without questions.
func Command(s *setup.State) string {
	words := []string{"applink", "setup"}
	if s.Adopted() {
		words[1] = "adopt"
	}
	for _, st := range s.Path().Steps() {
		for _, q := range st.Asks {
			a, _ := s.AnswerTo(q)
			if a.Value == "" || q.Applies != nil && !q.Applies(s) && !q.Optional {
				continue
			}
			value := ShellQuote(core.HideSecrets(a.Value))
			if q.Kind.FromFile() || q.Kind == setup.File {
				value = "FILE"
			}
			words = append(words, "--"+string(q.Field), value)
		}
	}
	return strings.Join(words, " ")
}

var shellSafe = core.Pattern(`^[A-Za-z0-9_@%+=:,./-]+$`)

// ShellQuote quotes a word for a POSIX shell where that is needed.
func ShellQuote(s string) string {
	if shellSafe().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
