package tui

import (
	"cmp"
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// begins is a method of the library that puts a link beside the active one.
type begins func(ctx context.Context, id int64) (*setup.State, error)

// begin puts another link beside the one in use, or goes on with it.
func (h *home) begin(s *setup.State, m setup.Move, begin begins) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	if s.MayGoForward(m) == nil {
		return h.try(&turn{state: s, to: *s.Ahead(), do: h.w.session.Library.GoForward})
	}
	if h.message = whyNot(s, s.MayMove(m)); h.message != "" {
		return nil
	}
	ctx, run, id := h.ctx, h.run, s.Integration.ID
	return func() tea.Msg {
		state, err := begin(ctx, id)
		return openedMsg{run: run, state: state, err: err}
	}
}

// leads reports whether the key of a move begins it, goes on with it or forward again.
func leads(s *setup.State, m setup.Move) bool { return s.MayMove(m) == nil || s.MayGoForward(m) == nil }

// begun opens the new link's set-up.
func (h *home) begun(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		h.problem = walk.FindingOf(msg.err)
		return nil
	}
	f := newFlow(h.w, msg.state)
	if s := msg.state; s.TokensAtStake(s.UnderWay()) {
		f.said = problemText(s.TokensEnd()) + ", unless tokens of its own are kept."
	}
	return f.open()
}

const noneChosen = "There is no integration yet: n connects the first."

// whyNot is why the library would refuse, "" when it would not, with the key that
// helps where one does.
func whyNot(s *setup.State, problem *core.Finding) string {
	if problem == nil {
		return ""
	}
	why := cmp.Or(problem.Params["why"], problemText(problem)+".")
	if errors.Is(problem, finding.OtherMoveInProgress) || s.Integration.Active() == nil {
		why += " Enter goes on with it."
	}
	return why
}

// turn is a switch to a link that is not in use: to the one before, or forward again.
type turn struct {
	state *setup.State
	to    core.Link
	do    func(context.Context, int64, setup.Move) (*setup.State, error)
	said  string // what Bitbucket said about the link; "" before it was asked
}

// triedMsg is what Bitbucket says about the link of a turn.
type triedMsg struct {
	run     int
	turn    *turn
	outcome core.Outcome
}

// askBack asks whether to go back to the link before.
func (h *home) askBack(s *setup.State) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	if h.message = whyNot(s, s.MayGoBack("")); h.message != "" {
		return nil
	}
	return h.try(&turn{state: s, to: *s.Before(), do: h.w.session.Library.GoBack})
}

// try asks Bitbucket about the link to be switched to, before the admin is asked.
func (h *home) try(t *turn) tea.Cmd {
	h.turn = t
	h.message = "Asking " + t.state.Values()["host"] + " about the " + t.to.OAuth.String() + " link …"
	ctx, run, lib, checker := h.ctx, h.run, h.w.session.Library, h.w.session.Checker
	return func() tea.Msg { return triedMsg{run, t, lib.Try(ctx, t.state, t.to, checker)} }
}

// tried asks the admin, who is told what Bitbucket said.
func (h *home) tried(msg triedMsg) {
	if h.turn != msg.turn {
		return // given up meanwhile
	}
	h.turn.said = guide.Tried(msg.outcome)
	if h.turn.state.LosesTokens(h.turn.to) {
		h.turn.said += " Programs that use the kept tokens lose access."
	}
	h.message = "Make the " + h.turn.to.OAuth.String() + " link active again? y does, any other key does not."
}

// keyTurn takes the answer.
func (h *home) keyTurn(msg tea.KeyMsg) tea.Cmd {
	t := h.turn
	h.turn = nil
	if h.message = ""; msg.String() != "y" || t.said == "" {
		return nil
	}
	ctx, run, id := h.ctx, h.run, t.state.Integration.ID
	return func() tea.Msg {
		state, err := t.do(ctx, id, "")
		return laddersMsg{run: run, id: id, state: state, err: err, back: true}
	}
}

// retire opens the step of the superseded link, or tells why there is none.
func (w *Wizard) retire(s *setup.State) (cmd tea.Cmd, why string) {
	if s == nil {
		return nil, noneChosen
	}
	problem := s.MayRetire()
	if problem == nil {
		return newFlow(w, s.For(setup.Retire)).open(), ""
	}
	return nil, whyNot(s, problem)
}
