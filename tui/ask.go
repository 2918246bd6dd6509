package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
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
	q        walk.Question
	page     guide.Page
	frame    *widget.Frame
	field    field
	problem  *core.Finding
	begun    bool   // the field holds what it began with, whose place a paste takes
	fresh    bool   // that is a proposal, whose place typing takes, too
	told     string // how the answer before was understood
	shown    string // the field as it was answered, which stays while that is stored
	skipping bool   // asks whether to go on without the proof that the answer is for
}

func newAsk(f *flow) *ask {
	a := &ask{f: f, page: f.Page(), frame: widget.NewFrame(f.w.theme), told: f.tell()}
	a.put()
	a.fresh = a.q.Proposed && a.Typing() && !a.q.Kind.FromFile()
	return a
}

// put asks the walk's question with a fresh field, which alone holds the draft.
func (a *ask) put() {
	a.q, a.problem = a.f.Question(), a.f.Problem()
	draft := a.q.Draft
	a.q.Draft = ""
	a.field = a.newField(draft)
}

// newField makes a field that begins with a draft.
func (a *ask) newField(draft string) field {
	a.begun = draft != ""
	if a.q.Lines() {
		pem := widget.NewPEM(a.f.w.theme, draft)
		pem.Whole = a.q.Whole
		return pem
	}
	q := widget.Question{Kind: widget.AskText, Placeholder: a.q.Words.Placeholder, Value: draft}
	if a.q.Hidden() {
		q.Kind = widget.AskSecret
	}
	if a.q.Kind == setup.Choice {
		q.Kind = widget.AskChoice
		for _, o := range a.q.Options {
			q.Options = append(q.Options, widget.Option{Value: o.Value, Label: o.Label})
		}
	}
	return widget.NewForm(a.f.w.theme, q)
}

// renew puts a fresh field in place of one that is done.
func (a *ask) renew() tea.Cmd {
	a.put()
	return a.focus()
}

func (a *ask) focus() tea.Cmd {
	a.Resize(a.f.w.width, a.f.w.height)
	return a.field.Init()
}

// Init gives the field the focus.
func (a *ask) Init() tea.Cmd { return a.field.Init() }

// Close cancels what is being stored; a transaction is kept or undone whole.
func (a *ask) Close() { a.f.Close() }

// Typing: letters are text, except while choosing.
func (a *ask) Typing() bool { return a.q.Kind != setup.Choice && !a.skipping && !a.q.Costly }

// Resize takes the size of the window.
func (a *ask) Resize(width, height int) {
	a.frame.SetSize(width, height)
	lines := 3
	switch {
	case a.q.Lines() && a.problem != nil:
		lines = 4 // room to say what is wrong
	case a.q.Lines():
		lines = max(4, height-15)
	case a.q.Kind == setup.Choice:
		lines = len(a.q.Options) + 2
	}
	a.field.SetSize(a.frame.ContentWidth(true), lines)
}

// Update takes the answer when the field is done, and its acceptance or refusal.
func (a *ask) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case resultMsg:
		return a.took(a.f.take(msg))
	case tea.KeyMsg:
		if cmd, done := a.key(msg); done {
			return cmd
		}
		if a.Typing() {
			a.makeRoom(msg)
		}
	}
	shown := a.input()
	cmd := a.field.Update(msg)
	if !a.field.Done() || a.f.Giving() {
		return cmd
	}
	a.problem, a.shown = nil, shown
	job, taken := a.f.Give(a.field.Value())
	if job != nil {
		return tea.Batch(cmd, a.f.do(job))
	}
	return tea.Batch(cmd, a.took(taken))
}

// took goes on, or asks again: with what is wrong, or with the proof, which is to be read.
func (a *ask) took(taken walk.Taken) tea.Cmd {
	switch taken {
	case walk.Dropped:
		return nil
	case walk.Moved:
		return a.f.open()
	case walk.Skips:
		a.skipping = true
	case walk.Proved:
		a.told = a.f.tell()
	}
	return a.renew()
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
		a.field = a.newField("")
		a.focus()
	}
	a.fresh = false
	if msg.Type != tea.KeyEnter {
		a.begun = false
	}
}

func (a *ask) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	switch k := msg.String(); {
	case a.skipping, a.q.Costly:
		return a.answerYesNo(k), true
	case a.f.Giving() && k == "esc" && a.q.Transient:
		a.f.StopGiving()
	case a.f.Giving():
		return nil, true
	case k == "esc" && a.q.Mended:
		a.f.Unmend()
	case k == "esc" && a.q.Passphrase:
		a.f.Relock()
	case k == "esc":
		return a.f.back(), true
	case k == "q" && !a.Typing():
		return tea.Quit, true
	case k == "pgup" || k == "pgdown":
		return a.frame.Update(msg), true
	default:
		return nil, false
	}
	return a.renew(), true
}

// answerYesNo answers whether to go on without proof, or to take what is costly: what is
// given up takes its own key.
func (a *ask) answerYesNo(k string) tea.Cmd {
	no := k == "n" || k == "esc"
	switch {
	case a.skipping && k == "y":
		a.skipping = false
		return a.f.do(a.f.Say())
	case a.skipping && no:
		a.skipping = false
	case k == "y":
		a.shown = a.input()
		job := a.f.Confirm()
		a.q.Costly, a.problem = false, nil
		return a.f.do(job)
	case no:
		a.f.Withdraw()
		return a.renew()
	}
	return nil
}

// unseen tells of a private key, or a Client secret in the place of its ID, that it is
// there, without a character of it; "" when the field may be shown.
func (a *ask) unseen() string {
	text := a.field.Value()
	switch secret := a.f.Unseen(text); {
	case secret == "":
		return ""
	case a.q.Lines() && a.q.Hidden():
		return "•••• " + lineCount(text) + ", not shown. Enter takes it, another paste replaces it."
	default:
		return "•••• a " + secret + ", not shown. Delete it, or press enter to be told what belongs here."
	}
}

func lineCount(text string) string {
	if n := strings.Count(text, "\n") + 1; n > 1 {
		return fmt.Sprintf("%d lines", n)
	}
	return "one line"
}
