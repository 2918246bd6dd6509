package tui

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
)

// flow is the walk through one integration: its facts and the place that is
// looked at, which may lie before the current one.
type flow struct {
	w     *Wizard
	state *setup.State
	at    setup.Position
	look  int  // which of a page's drawings, 0 being the one that fits
	again bool // one walks through what was done before, place by place
	shown guide.Page
	told  string       // what the next screen tells of the answer before it
	left  *setup.State // the facts before the step looked at was gone from the path
}

func newFlow(w *Wizard, s *setup.State) *flow {
	w.last = s
	return &flow{w: w, state: s, at: s.Current()}
}

// screen makes the screen of the place that is looked at.
func (f *flow) screen() screen {
	if f.at.Question != nil {
		return newAsk(f)
	}
	return newShow(f)
}

// current reports whether the place looked at is where the set-up stands.
func (f *flow) current() bool { return f.at.Same(f.state.Current()) }

func (f *flow) index(places []setup.Position, p setup.Position) int {
	for i, q := range places {
		if q.Same(p) {
			return i
		}
	}
	return -1
}

// back goes to the place before, or home from the first one.
func (f *flow) back() tea.Cmd {
	places := f.state.Places()
	i := f.index(places, f.at)
	if i <= 0 {
		return goTo(newHome(f.w))
	}
	f.again = true
	return f.to(places[i-1])
}

// forward goes to the current place; to the next one after having gone back, so that
// what was answered is seen again on the way.
func (f *flow) forward() tea.Cmd {
	places, current := f.state.Places(), f.state.Current()
	i := f.index(places, f.at)
	if !f.again || i < 0 || i+1 >= len(places) || i+1 >= f.index(places, current) {
		f.again = false
		return f.to(current)
	}
	return f.to(places[i+1])
}

// telling goes forward, to a screen that tells something of the answer before it.
func (f *flow) telling(note string) tea.Cmd {
	f.told = note
	defer func() { f.told = "" }()
	return f.forward()
}

func (f *flow) to(p setup.Position) tea.Cmd {
	if !f.at.Same(p) {
		f.look = 0
	}
	f.at = p
	return goTo(f.screen())
}

// refused tells why a change was not stored. An integration that is gone, removed
// by another applink, is not the one to go on with.
func (f *flow) refused(err error) *core.Finding {
	problem := problemOf(err)
	if errors.Is(problem, finding.NoSuchIntegration) {
		problem = finding.NoSuchIntegration.With(f.state.Integration.Name).Because(problem.Raw)
		f.w.last = nil
	}
	return problem
}

// take makes a changed state the flow's.
func (f *flow) take(s *setup.State) {
	if _, there := f.state.Step(f.at.Step.ID); there {
		f.left = f.state
	}
	f.state, f.w.last = s, s
}

// around are the facts that the top of the screen is drawn from: those before, when
// the step looked at ended with its own proof and is gone from the path.
func (f *flow) around() *setup.State {
	if _, there := f.state.Step(f.at.Step.ID); !there && f.left != nil {
		return f.left
	}
	return f.state
}

// page fetches the words for the place.
func (f *flow) page() guide.Page { return f.pageWith(nil) }

// pageWith fetches the words with further values in place.
// A step that ended with its own proof leaves its page as it was, to be read.
func (f *flow) pageWith(more map[string]string) guide.Page {
	if _, there := f.state.Step(f.at.Step.ID); !there && f.shown.Step == f.at.Step.ID {
		return f.shown
	}
	f.shown = guide.Of(f.state, f.at.Step.ID, f.look, more)
	return f.shown
}

// proposal is the text that a question starts with: the answer so far, what the
// session proposes, or the question's own default.
func (f *flow) proposal(q setup.Question) string {
	if q.Afresh {
		return ""
	}
	if a, ok := f.state.Answer(q.Field); ok && a.Value != "" {
		return shownAnswer(q, a.Value)
	}
	if v, ok := f.w.session.Proposals[q.Field]; ok {
		return v
	}
	if q.Default != nil {
		return q.Default(f.state)
	}
	return ""
}

// shownAnswer is a stored answer as a field shows it. Of a file with certificates it
// tells which they are, and stands for them when it is given back.
func shownAnswer(q setup.Question, stored string) string {
	if q.Kind == setup.File {
		return seal.DescribeAuthorities(stored)
	}
	return stored
}

// savedMsg is the result of a change to the facts: the new state, or why it was
// refused. Run tells which screen it belongs to.
type savedMsg struct {
	run   int
	state *setup.State
	err   error
	twins []*core.Finding // warnings about the answer
}

// recordedMsg is what came of storing an outcome. It moves on only after a pass.
type recordedMsg struct {
	savedMsg
	passed bool
}

// answer stores an answer; the first one of all creates the integration. What it takes
// from a link in use has to be confirmed.
func (f *flow) answer(ctx context.Context, run int, q setup.Question, text string, confirmed bool) tea.Cmd {
	session, id, begun := f.w.session, f.state.Integration.ID, f.state
	lib, assent := session.Library, auth.Assent{Confirmed: confirmed, Checker: session.Checker}
	return func() tea.Msg {
		var s *setup.State
		var err error
		if id == 0 {
			s, err = create(ctx, lib, begun, text)
		} else {
			s, err = lib.AnswerWith(ctx, id, q.Field, text, assent)
		}
		msg := savedMsg{run: run, state: s, err: err}
		if err == nil {
			msg.twins, msg.err = twinsOf(ctx, session, q, s)
		}
		return msg
	}
}

// twinsOf warns about a Client ID that is another integration's, after it was answered.
func twinsOf(ctx context.Context, s *Session, q setup.Question, now *setup.State) ([]*core.Finding, error) {
	if q.Field != core.FieldClientID || now == nil {
		return nil, nil
	}
	return s.Library.Twins(ctx, now)
}

// create stores what was begun, now that its application is known.
func create(ctx context.Context, lib *auth.Library, begun *setup.State, application string) (*setup.State, error) {
	if begun.Adopted() {
		return lib.Adopt(ctx, application)
	}
	return lib.Create(ctx, application)
}

// keepKey stores a private key; one that is encrypted needs its passphrase.
func (f *flow) keepKey(ctx context.Context, run int, text, passphrase seal.Text) tea.Cmd {
	lib, id := f.w.session.Library, f.state.Integration.ID
	return func() tea.Msg {
		s, err := lib.KeepPrivateKey(ctx, id, text, passphrase)
		return savedMsg{run: run, state: s, err: err}
	}
}

// prove has a transient answer proved; it is stored nowhere.
func (f *flow) prove(ctx context.Context, run int, q setup.Question, text seal.Text) tea.Cmd {
	lib, id, checker := f.w.session.Library, f.state.Integration.ID, f.w.session.Checker
	return func() tea.Msg {
		s, _, err := lib.Prove(ctx, id, q.Field, text, checker)
		return savedMsg{run: run, state: s, err: err}
	}
}

func (f *flow) say(ctx context.Context, run int) tea.Cmd {
	lib, id, step := f.w.session.Library, f.state.Integration.ID, f.at.Step.ID
	return func() tea.Msg {
		s, err := lib.Say(ctx, id, step)
		return savedMsg{run: run, state: s, err: err}
	}
}

// record stores an outcome, and what the sign-in that it came of was granted, where that
// is to be kept.
func (f *flow) record(ctx context.Context, run int, o core.Outcome, of core.Dance) tea.Cmd {
	lib, checked := f.w.session.Library, f.state
	return func() tea.Msg {
		if o.State == core.Passed {
			if err := lib.KeepGranted(ctx, checked, of, false); err != nil {
				return recordedMsg{savedMsg{run: run, state: nil, err: err}, false}
			}
		}
		s, err := lib.Record(ctx, checked, o)
		return recordedMsg{savedMsg{run: run, state: s, err: err}, o.State == core.Passed}
	}
}

// migrate begins to move the integration to OAuth 2.
func (f *flow) migrate(ctx context.Context, run int) tea.Cmd {
	lib, id := f.w.session.Library, f.state.Integration.ID
	return func() tea.Msg {
		s, err := lib.Migrate(ctx, id)
		return savedMsg{run: run, state: s, err: err}
	}
}

// name is the word for a step.
func (f *flow) name(id core.StepID) string { return guide.Short(id) }

// problemOf turns any error into what can be shown.
func problemOf(err error) *core.Finding {
	var f *core.Finding
	if errors.As(err, &f) {
		return f
	}
	return finding.Internal.With().Because(err.Error())
}
