package tui

import (
	"context"
	"errors"
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
	begun    bool      // the field holds what it began with, whose place a paste takes
	fresh    bool      // that is a proposal, whose place typing takes, too
	told     string    // how the answer before was understood
	mendable string    // what was typed, when a better text was put in its place
	doubted  seal.Text // an answer that was warned about; once more, it is taken
	shown    string    // the field as it was answered, which stays while that is stored
	skipping bool      // asks whether to go on without the proof that the answer is for
	costly   *string   // an answer that takes something from a link in use, which is asked about
}

func newAsk(f *flow) *ask {
	ctx, cancel := context.WithCancel(f.w.ctx)
	a := &ask{f: f, q: *f.at.Question, page: f.page(), run: nextRun(), ctx: ctx, cancel: cancel, frame: widget.NewFrame(f.w.theme), told: f.told}
	draft := f.proposal(a.q)
	if a.q.Kind == setup.Secret {
		draft = "" // the answer only tells that one is kept
	}
	_, answered := f.state.AnswerTo(a.q)
	a.fresh = draft != "" && !answered && a.Typing() && !a.q.Kind.FromFile()
	a.field = a.newField(draft)
	return a
}

// newField makes a field that begins with a draft.
func (a *ask) newField(draft string) field {
	a.begun = draft != ""
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
func (a *ask) Typing() bool { return a.q.Kind != setup.Choice && !a.skipping && a.costly == nil }

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
	if key, ok := msg.(tea.KeyMsg); ok && a.Typing() {
		a.makeRoom(key)
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

// makeRoom empties the field for a text that is to take the place of what is there. A
// paste replaces what a field began with (a proposal, an earlier answer, what was refused)
// until it is edited, and a key always: of one nobody pastes a part. What is typed replaces
// a proposal, and edits everything else.
func (a *ask) makeRoom(msg tea.KeyMsg) {
	_, key := a.field.(*widget.PEM)
	text := msg.Type == tea.KeyRunes
	paste := msg.Paste || text && len(msg.Runes) > 1 && a.begun // terminals that do not mark a paste send it in lumps
	if paste && (a.begun || key) || a.fresh && text {
		a.problem = nil
		a.renew("")
	}
	a.fresh = false
	if msg.Type != tea.KeyEnter {
		a.begun = false
	}
}

func (a *ask) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	switch k := msg.String(); {
	case a.skipping:
		return a.keySkip(k), true
	case a.costly != nil:
		return a.keyCostly(k), true
	case a.busy && k == "esc" && a.q.Transient:
		return a.stop(), true
	case a.busy:
		return nil, true
	case k == "esc" && a.mendable != "":
		draft := a.mendable
		a.mendable, a.problem = "", nil
		return a.renew(draft), true
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
		a.told = noted(a.q, a.field.Value())
		for _, f := range msg.twins {
			a.told = strings.TrimSpace(a.told + " " + problemText(f) + ": " + f.Params["other"] + ".")
		}
		if a.q.Transient && a.field.Value() != "" {
			return a.proved()
		}
		return a.f.telling(a.told)
	}
	if f := problemOf(msg.err); errors.Is(f, finding.KeyEncrypted) || !a.locked.Empty() {
		return a.unlock(f)
	}
	if msg.state != nil {
		a.f.take(msg.state) // the answer before was taken back
	}
	draft := a.field.Value()
	if errors.Is(msg.err, finding.ChangeUnconfirmed) {
		a.problem, a.costly = problemOf(msg.err), &draft
		return a.renew(draft)
	}
	var better *core.Suggestion
	if errors.As(msg.err, &better) {
		a.problem, a.mendable, draft = better.Finding, draft, better.Value
	} else {
		a.problem, a.mendable = a.f.refused(msg.err), ""
	}
	if a.hidden() != "" || a.kind() == setup.Secret {
		draft = "" // a private key or secret is neither kept nor shown
	}
	return a.renew(draft)
}

// noted tells how an answer was understood, where that is not plain; "" otherwise.
func noted(q setup.Question, text string) string {
	var out []string
	for _, f := range auth.Notes(q, text) {
		out = append(out, problemText(f)+".")
	}
	return strings.Join(out, " ")
}
