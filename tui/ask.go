package tui

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui/widget"
)

// ask is one form: the questions that are filled in together. What was typed stays until it
// is accepted; leaving a field stores it.
type ask struct {
	f        *flow
	form     []walk.Question
	q        walk.Question // the one with the focus
	page     guide.Page    // of its step
	frame    *widget.Frame
	fields   *widget.Form
	problem  *core.Finding
	begun    bool            // the field holds what it began with, whose place a paste takes
	fresh    bool            // that is a proposal, whose place typing takes, too
	told     string          // how the answer before was understood
	skipping bool            // asks whether to go on without the proof that the answer is for
	leaving  *setup.Position // where the focus goes once the answer is stored; nil: on
	goingOn  countdown       // after the proof that a transient answer was for
}

func newAsk(f *flow) *ask {
	a := &ask{f: f, frame: widget.NewFrame(f.w.theme), told: f.tell(), goingOn: countdown{f: f, run: nextRun()}}
	if to, lacks := f.Lacks(); lacks && !f.Behind() {
		f.Turn(to)
	}
	a.put()
	return a
}

// put asks the walk's questions with a fresh form, which alone holds the drafts.
func (a *ask) put() {
	form, at := a.f.Form()
	fields := make([]widget.Field, len(form))
	for i := range form {
		fields[i] = a.field(form[i])
		form[i].Draft = ""
	}
	a.form, a.q, a.page, a.problem = form, form[at], a.f.Page(), a.f.Problem()
	a.begun = fields[at].Value != ""
	a.fresh = a.q.Proposed && a.Typing() && !a.q.Kind.FromFile() && a.problem == nil
	fields[at].Conceal = a.unseen
	a.fields = widget.NewForm(a.f.w.theme, fields...)
	a.fields.Focus(at)
	if a.problem != nil && (len(form) > 1 || a.brief()) {
		a.fields.Wrong(problemText(a.problem) + " (" + string(a.problem.Code) + ")")
	}
}

// brief reports whether a line below the field tells all of what is wrong with its answer.
func (a *ask) brief() bool { return guide.Problem(a.problem).Brief }

// field is a question as the form asks it.
func (a *ask) field(q walk.Question) widget.Field {
	field := widget.Field{Kind: widget.AskText, Label: q.Words.Label, Placeholder: q.Words.Placeholder, Value: q.Draft}
	switch {
	case q.Lines():
		field.Kind, field.Whole, field.Describe = widget.AskLines, q.Whole, seal.DescribeKey
	case q.Hidden():
		field.Kind = widget.AskSecret
	case q.Kind == setup.Choice:
		field.Kind = widget.AskChoice
		for _, o := range q.Options {
			field.Options = append(field.Options, widget.Option{Value: o.Value, Label: o.Label, Note: o.Note, Group: o.Group})
		}
	}
	if q.Hidden() && q.Stored {
		field.Placeholder = "•••• stored; left empty, it is kept"
	}
	return field
}

// renew puts a fresh form in place of the one that was answered.
func (a *ask) renew() tea.Cmd {
	a.put()
	a.Resize(a.f.w.width, a.f.w.height)
	return a.fields.Init()
}

// Where is for the window's title.
func (a *ask) Where() string { return a.f.where() }

// Init gives the field the focus.
func (a *ask) Init() tea.Cmd { return a.fields.Init() }

// Close cancels what is being stored; a transaction is kept or undone whole.
func (a *ask) Close() { a.f.Close() }

// Typing: letters are text, except while choosing.
func (a *ask) Typing() bool {
	return (a.q.Kind != setup.Choice || a.fields != nil && a.fields.Finding()) && !a.skipping && !a.q.Costly
}

// Resize takes the size of the window.
func (a *ask) Resize(width, height int) {
	a.frame.SetSize(width, height)
	a.fields.SetSize(a.frame.ContentWidth(true), max(4, height-8))
}

// Update takes an answer when its entry has ended, and its acceptance or refusal.
func (a *ask) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case resultMsg:
		return a.took(a.f.take(msg))
	case countMsg:
		if a.f.w.covered() {
			a.goingOn.stop()
		}
		return a.goingOn.pass(msg)
	case tea.KeyMsg:
		a.goingOn.stop()
		if cmd, done := a.key(msg); done {
			return cmd
		}
		if a.Typing() && a.q.Kind != setup.Choice {
			a.makeRoom(msg)
		}
		cmd := a.fields.Update(msg)
		if a.f.Giving() || !a.fields.Entered() && !a.carried(msg) {
			return cmd
		}
		return tea.Batch(cmd, a.give(nil))
	}
	return a.fields.Update(msg)
}

// carried reports whether a key is the paste of a whole answer that was copied elsewhere:
// nothing of it is to be edited, so it needs no Enter. One that is pressed out of habit
// right after is not taken for the next place.
func (a *ask) carried(msg tea.KeyMsg) bool {
	text := strings.TrimSpace(string(msg.Runes))
	whole := msg.Paste && len(msg.Runes) > 1 && a.q.Carried() && a.fields.Complete() &&
		strings.Count(a.fields.Value(), "\n") == strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	if whole {
		a.f.w.pasted = a.f.w.now()
	}
	return whole
}

// give gives the answer of the field with the focus, which goes to the place after it.
func (a *ask) give(to *setup.Position) tea.Cmd {
	a.problem, a.leaving = nil, to
	a.fields.Wrong("")
	job, taken := a.f.Give(a.fields.Value())
	if job != nil {
		return a.f.do(job)
	}
	return a.took(taken)
}

// took goes on, or asks again: with what is wrong, or with the proof, which is to be read.
func (a *ask) took(taken walk.Taken) tea.Cmd {
	to := a.leaving
	switch a.leaving = nil; taken {
	case walk.Dropped:
		return nil
	case walk.Moved:
		return a.moved(to)
	case walk.Skips:
		a.skipping = true
	case walk.Proved:
		a.told = a.f.tell()
		return tea.Batch(a.renew(), a.goingOn.begin())
	}
	return a.renew()
}

// moved goes on within the form: to the field that was chosen, else to the next that has
// nothing to start from. When none lacks, what the form proposes is taken.
func (a *ask) moved(to *setup.Position) tea.Cmd {
	told := a.f.tell()
	switch lack, lacks := a.f.Lacks(); {
	case to != nil:
		a.f.Visit(*to)
	case !a.inForm():
		a.f.said = told
		return a.f.open()
	case lacks:
		a.f.Turn(lack)
	case !a.f.Behind():
		return a.f.do(a.f.Fill())
	}
	a.told = told
	return a.renew()
}

// inForm reports whether the walk stands at a question of this form.
func (a *ask) inForm() bool {
	q := a.f.At().Question
	return q != nil && q.Form != "" && q.Form == a.q.Form
}

// makeRoom empties the field for a text that is to take the place of what is there. A
// paste replaces what a field began with (a proposal, an earlier answer, what was refused)
// until it is edited, and a key always: of one nobody pastes a part. What is typed replaces
// a proposal, and edits everything else.
func (a *ask) makeRoom(msg tea.KeyMsg) {
	text := msg.Type == tea.KeyRunes
	paste := msg.Paste || text && len(msg.Runes) > 1 && a.begun // terminals that do not mark a paste send it in lumps
	if paste && (a.begun || a.q.Lines()) || a.fresh && text {
		a.problem = nil
		a.fields.Set("")
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
	case k == "esc" && a.fields.Finding():
		a.fields.Find(false)
		return nil, true
	case k == "esc":
		return a.f.back(), true
	case k == "/" && a.fields.Grouped() && !a.Typing():
		a.fields.Find(true)
		return nil, true
	case a.fields.Grouped() && (k == "pgup" || k == "pgdown"):
		return nil, false
	case k == "q" && !a.Typing():
		return tea.Quit, true
	case k == "f" && !a.Typing() && a.f.More():
		return a.f.open(), true
	case k == "pgup" || k == "pgdown":
		return a.frame.Update(msg), true
	case len(a.form) > 1 && (k == "up" || k == "shift+tab"):
		return a.leave(a.fields.At() - 1), true
	case len(a.form) > 1 && (k == "down" || k == "tab"):
		return a.leave(a.fields.At() + 1), true
	default:
		return nil, false
	}
	return a.renew(), true
}

// leave goes to another field. What this one holds is stored before, unless it is what it
// began with.
func (a *ask) leave(to int) tea.Cmd {
	if to < 0 || to >= len(a.form) {
		return nil
	}
	target := a.f.State().Path().Form(a.f.At())[to]
	given, _ := a.f.Form()
	if text := a.fields.Value(); text == "" || text == given[a.fields.At()].Draft {
		a.f.Visit(target)
		return a.renew()
	}
	return a.give(&target)
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
func (a *ask) unseen(text string) string {
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

// habit is how long after a paste that was taken at once an Enter is one of habit.
const habit = 1500 * time.Millisecond
