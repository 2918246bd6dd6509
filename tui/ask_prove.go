package tui

import (
	"cmp"
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui/widget"
)

// A secret that is odd is warned about, and taken when it is given once more. One that
// is not kept is put to the server while the question stays, and what came of it is
// told below the field.

// doubts warns about the answer, once.
func (a *ask) doubts() bool {
	text := a.field.Value()
	warning := auth.Doubt(a.f.state, a.q, text)
	if warning == nil || a.kind() != a.q.Kind || a.doubted.Reveal() == text {
		a.doubted = seal.Text{}
		return false
	}
	a.doubted, a.problem = seal.NewText(text), warning
	if a.kind() != setup.Secret && core.HoldsSecret(text) {
		text = "" // this field would show it
	}
	a.renew(text)
	return true
}

// skips asks whether to go on without proof, where nothing was given to be proved.
func (a *ask) skips() bool {
	if _, proved := a.proof(); !a.q.Transient || a.field.Value() != "" || proved || !a.f.current() {
		return false
	}
	a.skipping = true
	a.renew("")
	return true
}

// keySkip answers it, as on a page.
func (a *ask) keySkip(k string) tea.Cmd {
	switch k {
	case "y":
		a.skipping, a.busy = false, true
		return a.store("")
	case "n", "esc":
		a.skipping = false
	}
	return nil
}

// costs asks for the word that lets an answer take something from a link in use.
const costs = "Take this answer all the same?"

// keyCostly answers it: what is given up takes its own key.
func (a *ask) keyCostly(k string) tea.Cmd {
	text := *a.costly
	switch k {
	case "y":
		a.costly, a.problem, a.busy, a.shown = nil, nil, true, a.input()
		return a.f.answer(a.ctx, a.run, a.q, text, true)
	case "n", "esc":
		a.costly, a.problem = nil, nil
		return a.renew(a.f.proposal(a.q))
	}
	return nil
}

// renew puts a fresh field in place of one that is done.
func (a *ask) renew(draft string) tea.Cmd {
	a.field = a.newField(draft)
	a.Resize(a.f.w.width, a.f.w.height)
	return a.field.Init()
}

// stop gives up asking the server; a late answer is dropped.
func (a *ask) stop() tea.Cmd {
	a.cancel()
	a.ctx, a.cancel = context.WithCancel(a.f.w.ctx)
	a.busy, a.run = false, nextRun()
	return a.renew("")
}

// proved stays, so that the proof can be read; what it leaves open is told too.
func (a *ask) proved() tea.Cmd {
	o, _ := a.proof()
	a.problem = o.Finding
	return a.renew("")
}

// proof is what came of the question, now or earlier.
func (a *ask) proof() (core.Outcome, bool) {
	return a.f.state.Proof(a.f.at.Step.Needs.Check)
}

// status tells what Enter does with an odd answer, and how the proof stands that a
// transient one is for.
func (a *ask) status(width int) string {
	t := a.f.w.theme
	if a.skipping {
		return t.Warn.Render(withoutProof)
	}
	if a.costly != nil {
		return t.Warn.Render(costs)
	}
	switch value := a.field.Value(); {
	case a.doubted.Empty():
	case value == a.doubted.Reveal():
		return t.Accent.Render("Enter takes it all the same; a paste takes its place.")
	case value == "":
		return t.Accent.Render("Pasted once more, it is taken all the same.")
	}
	if a.busy {
		return t.Accent.Render("◌ ") + a.page.Asking + "\n" + t.Muted.Render("esc stops asking.")
	}
	o, ok := a.proof()
	if !ok {
		return t.Muted.Render("Enter alone asks whether to go on without proof.")
	}
	text := a.page.Proved
	if o.Strength == core.Weak {
		text = cmp.Or(a.page.Weak, text)
	}
	return widget.Spread(t.Good.Render("✓ ")+text, t.Muted.Render(o.At.Local().Format("15:04:05")), width) +
		"\n" + t.Muted.Render("Proved. What was pasted is not kept. Enter goes on.")
}
