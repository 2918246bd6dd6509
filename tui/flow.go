package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// flow is the walk through one integration, on the screen.
type flow struct {
	*walk.Walk
	w    *Wizard
	said string // what the first screen tells; "" for what the walk tells
}

func newFlow(w *Wizard, s *setup.State) *flow {
	w.last = s
	return &flow{Walk: walk.New(&w.session.Session, s), w: w}
}

// open shows the place that is looked at.
func (f *flow) open() tea.Cmd {
	if f.At().Question != nil {
		return tea.Batch(f.w.show(newAsk(f)), f.do(f.Settle()))
	}
	return f.w.show(newShow(f))
}

// back goes to the place before, or home from the first one.
func (f *flow) back() tea.Cmd {
	if !f.Back() {
		return f.w.show(newHome(f.w))
	}
	return f.open()
}

// forward goes to the place that the walk goes on with.
func (f *flow) forward() tea.Cmd {
	f.Forward()
	return f.open()
}

// takeRemedy gives the answer that mends what stands in the way, as if it had been typed.
func (f *flow) takeRemedy() tea.Cmd {
	r := f.Remedy()
	f.Mend(r.Question)
	a := newAsk(f)
	cmd := f.w.show(a)
	a.fields.Set(r.Answer)
	return tea.Batch(cmd, a.give(nil))
}

// resultMsg is what came of a job of a walk, which knows its own and drops what is late.
type resultMsg struct{ walk.Result }

// do does a job of the walk beside the screen.
func (f *flow) do(job walk.Job) tea.Cmd {
	if job == nil {
		return nil
	}
	ctx := f.w.ctx
	return func() tea.Msg { return resultMsg{job(ctx)} }
}

// take hands a result to the walk. An integration that another applink removed is not the
// one to go on with.
func (f *flow) take(msg resultMsg) walk.Taken {
	taken := f.Take(msg.Result)
	if f.w.last = f.State(); f.Gone() {
		f.w.last = nil
	}
	return taken
}

// where is the integration and the step that is looked at.
func (f *flow) where() string {
	name, step := f.State().Integration.Name, guide.Short(f.At().Step.ID)
	if name == "" {
		return step
	}
	return name + ", " + step
}

// tell tells in a line what a new screen has to say first.
func (f *flow) tell() string {
	out := append([]string{f.said}, f.w.untold...)
	out = append(out, f.Settled()...)
	f.said, f.w.untold = "", nil
	for _, found := range f.Told() {
		text := problemText(found)
		if other := found.Params["other"]; other != "" {
			text += ": " + other
		}
		out = append(out, text+".")
	}
	return strings.TrimSpace(strings.Join(out, " "))
}

// openedMsg is an integration that is to be walked through, or why it is not.
type openedMsg struct {
	run   int
	state *setup.State
	err   error
}

// runs numbers the screens, so that a result that arrives late is not taken for
// another screen's.
var runs int

func nextRun() int { runs++; return runs }
