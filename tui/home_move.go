package tui

import (
	"cmp"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// begin puts another link beside the one in use, or goes on with it.
func (h *home) begin(s *setup.State, m setup.Move) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	forward, begin, why := h.w.session.Begin(s, m)
	switch {
	case why != nil:
		h.message = whyNot(s, why)
		return nil
	case forward != nil:
		return h.switchTo(s, forward)
	}
	ctx, run := h.ctx, h.run
	return func() tea.Msg {
		state, err := begin(ctx)
		return openedMsg{run: run, state: state, err: err}
	}
}

// begun opens the new link's set-up.
func (h *home) begun(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		h.problem = walk.FindingOf(msg.err)
		return nil
	}
	f := newFlow(h.w, msg.state)
	if s := msg.state; s.Moves().TokensAtStake(s.Moves().UnderWay()) {
		f.said = problemText(s.Moves().TokensEnd()) + ", unless tokens of its own are kept."
	}
	return f.open()
}

const noneChosen = "There is no integration yet: n connects the first."

// whyNot is why a move cannot be made, with the key that helps where one does.
func whyNot(s *setup.State, problem *core.Finding) string {
	why := cmp.Or(problem.Params["why"], problemText(problem)+".")
	if walk.GoesOn(s, problem) {
		why += " Enter goes on with it."
	}
	return why
}

// turn is a switch to a link that is not in use, or the dropping of one that is being set
// up: Bitbucket is asked about it, then the admin.
type turn struct {
	walk.Asked
	asks, does, done string // the question, the word for yes, and what is told afterwards
	tried            bool   // Bitbucket was asked
}

// triedMsg tells that Bitbucket was asked about the link of a turn.
type triedMsg struct {
	run  int
	turn *turn
}

// askBack asks whether to go back to the link before.
func (h *home) askBack(s *setup.State) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	back, why := h.w.session.GoBack(s, "")
	if why != nil {
		h.message = whyNot(s, why)
		return nil
	}
	return h.switchTo(s, back)
}

// switchTo asks whether to make another link the active one.
func (h *home) switchTo(s *setup.State, to *walk.Turn) tea.Cmd {
	link := "the " + to.To.OAuth.String() + " link"
	return h.try(s, &turn{Asked: to, asks: "Make " + link + " active again?", does: "switch",
		done: "T" + link[1:] + " is the active one again. c looks whether it works."})
}

// drop asks whether to drop the link that is being set up beside the active one.
func (h *home) drop(s *setup.State) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	drop, why := h.w.session.Abandon(s, "")
	if why != nil {
		h.message = whyNot(s, why)
		return nil
	}
	return h.try(s, &turn{Asked: drop, asks: "Drop the " + s.Links().SetUp().OAuth().String() + " link that is being set up?", does: "drop it",
		done: "Dropped: the link in use is as it was."})
}

// try asks Bitbucket before the admin is asked.
func (h *home) try(s *setup.State, t *turn) tea.Cmd {
	h.turn = t
	h.message = "Asking " + guide.Host(s) + " …"
	ctx, msg := h.ctx, triedMsg{h.run, t}
	return func() tea.Msg {
		t.Try(ctx)
		return msg
	}
}

// tried asks the admin, who is told what Bitbucket said.
func (h *home) tried(msg triedMsg) {
	if h.turn != msg.turn {
		return // given up meanwhile
	}
	h.turn.tried = true
	h.message = h.turn.asks + " y does, any other key does not."
}

// keyTurn takes the answer.
func (h *home) keyTurn(msg tea.KeyMsg) tea.Cmd {
	t, id := h.turn, h.selected().Integration.ID
	h.turn = nil
	if h.message = ""; msg.String() != "y" || !t.tried {
		return nil
	}
	ctx, run := h.ctx, h.run
	return func() tea.Msg {
		state, err := t.Make(ctx)
		return laddersMsg{run: run, id: id, state: state, err: err, done: t.done}
	}
}

// retire opens the step of the superseded link, or tells why there is none.
func (h *home) retire(s *setup.State) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	old, why := walk.Retiring(s)
	if why != nil {
		h.message = whyNot(s, why)
		return nil
	}
	return newFlow(h.w, old).open()
}
