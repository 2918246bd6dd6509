package tui

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui/widget"
)

// field is the widget that takes an answer: a form, or the larger one for keys.
type field interface {
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	View() string
	SetSize(width, height int)
	Done() bool
	Value() string
}

// ask is one question of a step. What was typed stays until it is accepted.
type ask struct {
	f        *flow
	q        setup.Question
	page     guide.Page
	run      int
	ctx      context.Context
	cancel   context.CancelFunc
	frame    *widget.Frame
	field    field
	busy     bool
	problem  *core.Finding
	pasted   seal.Text // the private key on its way, or the path of its file
	locked   seal.Text // one whose passphrase is asked for
	draft    string    // what the field began with, whose place a paste takes
	fresh    bool      // that is a proposal, whose place typing takes, too
	mendable string    // what was typed, when a better text was put in its place
	doubted  seal.Text // an answer that was warned about; once more, it is taken
	shown    string    // the field as it was answered, which stays while that is stored
	skipping bool      // asks whether to go on without the proof that the answer is for
}

func newAsk(f *flow) *ask {
	ctx, cancel := context.WithCancel(f.w.ctx)
	a := &ask{f: f, q: *f.at.Question, page: f.page(), run: nextRun(), ctx: ctx, cancel: cancel, frame: widget.NewFrame(f.w.theme)}
	draft := f.proposal(a.q)
	if a.q.Kind == setup.Secret {
		draft = "" // the answer only tells that one is kept
	}
	_, answered := f.state.AnswerTo(a.q)
	a.fresh = draft != "" && !answered && a.Typing() && !FromFile(a.q.Kind)
	a.draft, a.field = draft, a.newField(draft)
	return a
}

func (a *ask) newField(draft string) field {
	if k := a.kind(); k == setup.PublicKey || k == setup.PrivateKey {
		return a.newPEM(draft)
	}
	words := a.words()
	q := widget.Question{Kind: widget.AskText, Placeholder: words.Placeholder, Value: draft}
	if a.kind() == setup.Secret {
		q.Kind = widget.AskSecret
	}
	if a.q.Kind == setup.Choice {
		q.Kind = widget.AskChoice
		for _, o := range a.q.Options(a.f.state) {
			q.Options = append(q.Options, widget.Option{Value: o.Value, Label: a.label(o, words)})
		}
	}
	return widget.NewForm(a.f.w.theme, q)
}

// Init gives the field the focus.
func (a *ask) Init() tea.Cmd { return a.field.Init() }

// Close cancels what is being stored; a transaction is kept or undone whole.
func (a *ask) Close() { a.cancel() }

// Typing: letters are text, except while choosing.
func (a *ask) Typing() bool { return a.q.Kind != setup.Choice && !a.skipping }

// Resize takes the size of the window.
func (a *ask) Resize(width, height int) {
	a.frame.SetSize(width, height)
	lines := 3
	switch a.kind() {
	case setup.PublicKey, setup.PrivateKey:
		lines = max(4, height-15)
		if a.problem != nil {
			lines = 4 // room to say what is wrong
		}
	case setup.Choice:
		lines = len(a.q.Options(a.f.state)) + 2
	}
	a.field.SetSize(a.frame.ContentWidth(true), lines)
}

// Update takes the answer when the field is done, and its acceptance or refusal.
func (a *ask) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case savedMsg:
		if msg.run == a.run {
			return a.saved(msg)
		}
		return nil
	case tea.KeyMsg:
		if cmd, done := a.key(msg); done {
			return cmd
		}
	}
	if key, ok := msg.(tea.KeyMsg); ok && a.fresh {
		if a.fresh = false; key.Type == tea.KeyRunes {
			a.renew("")
		}
	}
	if key, ok := msg.(tea.KeyMsg); ok && a.replaces(key) {
		a.field, a.problem = a.newField(""), nil
		a.Resize(a.f.w.width, a.f.w.height)
		a.field.Init()
	}
	shown := a.input()
	cmd := a.field.Update(msg)
	if a.field.Done() && !a.busy && (a.doubts() || a.skips()) {
		return cmd
	}
	if a.field.Done() && !a.busy {
		a.busy, a.problem, a.shown = true, nil, shown
		return tea.Batch(cmd, a.store(a.field.Value()))
	}
	return cmd
}

// replaces reports whether a paste takes the place of what is there: of an answer that
// was not touched, or of a key, when it is one of its own.
func (a *ask) replaces(msg tea.KeyMsg) bool {
	_, key := a.field.(*widget.PEM)
	if msg.Paste && !key && a.draft != "" && a.field.Value() == a.draft {
		return true
	}
	return msg.Paste && !a.doubted.Empty() || key && msg.Paste && strings.Contains(string(msg.Runes), "-----BEGIN")
}

func (a *ask) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	switch k := msg.String(); {
	case a.skipping:
		return a.keySkip(k), true
	case a.busy && k == "esc" && a.q.Transient:
		return a.stop(), true
	case a.busy:
		return nil, true
	case k == "esc" && a.mendable != "":
		a.field, a.mendable, a.problem = a.newField(a.mendable), "", nil
		a.Resize(a.f.w.width, a.f.w.height)
		return a.field.Init(), true
	case k == "esc" && !a.locked.Empty():
		return a.relock(), true
	case k == "enter" && a.kept():
		return a.f.forward(), true
	case k == "esc":
		return a.f.back(), true
	case k == "q" && !a.Typing():
		return tea.Quit, true
	case k == "pgup" || k == "pgdown":
		return a.frame.Update(msg), true
	}
	return nil, false
}

// saved goes on, or says what is wrong and lets the text be mended. A suggestion
// is put into the field: Enter takes it, Esc brings back what was typed.
func (a *ask) saved(msg savedMsg) tea.Cmd {
	a.busy = false
	if msg.err == nil {
		a.f.take(msg.state)
		if a.q.Transient && a.field.Value() != "" {
			return a.proved()
		}
		return a.f.forward()
	}
	if f := finding(msg.err); f.Code == "AL-KEY-010" || !a.locked.Empty() {
		return a.unlock(f)
	}
	draft := a.field.Value()
	var better *core.Suggestion
	if errors.As(msg.err, &better) {
		a.problem, a.mendable, draft = better.Finding, draft, better.Value
	} else {
		a.problem, a.mendable = a.f.refused(msg.err), ""
	}
	if a.hidden() != "" || a.kind() == setup.Secret {
		draft = "" // a private key or secret is neither kept nor shown
	}
	a.field = a.newField(draft)
	a.Resize(a.f.w.width, a.f.w.height)
	return a.field.Init()
}
