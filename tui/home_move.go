package tui

import (
	"cmp"
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/setup"
)

// begins is a method of the library that puts a link beside the active one.
type begins func(ctx context.Context, id int64) (*setup.State, error)

// begin puts another link beside the one in use, or goes on with it.
func (h *home) begin(s *setup.State, m setup.Move, begin begins) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	if h.message = whyNot(s, s.MayMove(m)); h.message != "" {
		return nil
	}
	ctx, run, id := h.ctx, h.run, s.Integration.ID
	return func() tea.Msg {
		state, err := begin(ctx, id)
		return savedMsg{run, state, err}
	}
}

// begun opens the new link's set-up.
func (h *home) begun(msg savedMsg) tea.Cmd {
	if msg.err != nil {
		h.problem = finding(msg.err)
		return nil
	}
	return goTo(newFlow(h.w, msg.state).screen())
}

const noneChosen = "There is no integration yet: n connects the first."

// whyNot is why the library would refuse, "" when it would not, with the key that
// helps where one does.
func whyNot(s *setup.State, problem *core.Finding) string {
	if problem == nil {
		return ""
	}
	why := cmp.Or(problem.Params["why"], problemText(problem)+".")
	if problem.Code == "AL-MOVE-011" || s.Integration.Active() == nil {
		why += " Enter goes on with it."
	}
	return why
}

// movable reports whether an integration's link in use can be moved to OAuth 2.
func movable(s *setup.State) bool { return s.MayMove(setup.Migration) == nil }

// askBack asks whether to go back to the link before.
func (h *home) askBack(s *setup.State) {
	if s == nil {
		h.message = noneChosen
		return
	}
	if h.message = whyNot(s, s.MayGoBack("")); h.message == "" {
		h.returning = s
		h.message = "Make the " + s.Before().OAuth.String() + " link active again? y goes back, any other key does not."
	}
}

// keyBack takes the answer to askBack.
func (h *home) keyBack(msg tea.KeyMsg) tea.Cmd {
	s := h.returning
	h.returning = nil
	if h.message = ""; msg.String() != "y" {
		return nil
	}
	ctx, run, lib, id := h.ctx, h.run, h.w.session.Library, s.Integration.ID
	return func() tea.Msg {
		state, err := lib.GoBack(ctx, id, "")
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
		return goTo(newFlow(w, s.For(setup.Retire)).screen()), ""
	}
	return nil, whyNot(s, problem)
}
