package tui

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui/widget"
)

// kind is how the field on the screen is answered: while the passphrase of a private
// key is asked for, as a secret.
func (a *ask) kind() setup.Kind {
	if !a.locked.Empty() {
		return setup.Secret
	}
	return a.q.Kind
}

// newPEM is the field for a key. A private one may be the path of a file, too, and a
// public one be left out.
func (a *ask) newPEM(draft string) field {
	pem := widget.NewPEM(a.f.w.theme, draft)
	switch {
	case a.q.Kind == setup.PrivateKey:
		pem.Whole = auth.IsKeyPath
	case a.q.MayBeEmpty(a.f.state):
		pem.Whole = func(text string) bool { return text == "" }
	}
	return pem
}

// store stores what was answered.
func (a *ask) store(text string) tea.Cmd {
	switch {
	case a.q.Transient && text != "":
		return a.f.prove(a.ctx, a.run, a.q, seal.NewText(text))
	case a.q.Kind != setup.PrivateKey:
		return a.f.answer(a.ctx, a.run, a.q, text, false)
	case a.locked.Empty():
		a.pasted = seal.NewText(text)
		return a.f.keepKey(a.ctx, a.run, a.pasted, seal.Text{})
	}
	return a.f.keepKey(a.ctx, a.run, a.locked, seal.NewText(text))
}

// unlock asks for the passphrase of the key that was pasted: that it is needed is no
// problem, that another one was given is.
func (a *ask) unlock(f *core.Finding) tea.Cmd {
	if a.problem = f; errors.Is(f, finding.KeyEncrypted) {
		a.locked, a.problem = a.pasted, nil
	}
	return a.renew("")
}

// relock goes back from the passphrase to the key, which is still there.
func (a *ask) relock() tea.Cmd {
	draft := a.locked.Reveal()
	a.locked, a.problem = seal.Text{}, nil
	return a.renew(draft)
}

// hidden tells of a private key, or a Client secret in the place of its ID, that it is
// there, without a character of it; "" when the field may be shown. Where one is asked for, only a path may.
func (a *ask) hidden() string {
	text := a.field.Value()
	switch wanted := a.kind() == setup.PrivateKey; {
	case wanted && text != "" && !auth.IsKeyPath(text):
		return "•••• " + lineCount(text) + ", not shown. Enter takes it, another paste replaces it."
	case !wanted && seal.HoldsPrivateKey(text):
		return "•••• a private key, not shown. Delete it, or press enter to be told what belongs here."
	case a.kind() == setup.ClientID && a.f.state.OAuth() == core.OAuth2 && core.HoldsSecret(text):
		return "•••• a Client secret, not shown. Delete it, or press enter to be told what belongs here."
	}
	return ""
}

func lineCount(text string) string {
	if n := strings.Count(text, "\n") + 1; n > 1 {
		return fmt.Sprintf("%d lines", n)
	}
	return "one line"
}

// words are those of the question, or of the one for a passphrase.
func (a *ask) words() guide.Ask {
	if a.locked.Empty() {
		return a.page.Asks[a.q.Field]
	}
	return a.page.Asks["key-passphrase"]
}

// kept reports whether nothing was typed in place of a secret that is stored.
func (a *ask) kept() bool {
	if k := a.kind(); k != setup.Secret && k != setup.PrivateKey || a.field.Value() != "" || a.f.current() {
		return false
	}
	stored, _ := a.f.state.AnswerTo(a.q)
	return stored.Value != ""
}
