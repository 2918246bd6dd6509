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
func (h *home) begin(s *setup.State, begin begins, refused string) tea.Cmd {
	if refused != "" {
		h.message = refused
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

const (
	noneChosen  = "There is no integration yet: n connects the first."
	notComplete = "Its set-up is not complete: enter goes on with it."
)

// noMigration tells why the chosen integration cannot be moved to OAuth 2 from the
// list, "" when it can.
func noMigration(s *setup.State) string {
	switch {
	case s == nil:
		return noneChosen
	case s.Integration.Active() == nil:
		return notComplete
	case s.InUse().OAuth() != core.OAuth1:
		return "It uses OAuth 2 already."
	case s.Rotating():
		return "Its key is being changed. Complete that first: enter goes on with it."
	}
	return ""
}

// movable reports whether an integration's link in use can be moved to OAuth 2.
func movable(s *setup.State) bool { return noMigration(s) == "" }

// noRotation is noMigration for another key or secret.
func noRotation(s *setup.State) string {
	switch {
	case s == nil:
		return noneChosen
	case s.Integration.Active() == nil:
		return notComplete
	case s.Migrating():
		return "It is being moved to OAuth 2. Complete that first: enter goes on with it."
	}
	return ""
}

// noWayBack tells why the link before the active one cannot be made active again.
func noWayBack(s *setup.State) string {
	switch {
	case s == nil:
		return noneChosen
	case s.Ahead() != nil:
		return "The older link is the active one already. To use the other one again, press " + map[bool]string{true: "r", false: "m"}[s.Ahead().OAuth == s.Integration.Active().OAuth] + "."
	case s.Before() == nil:
		return problemText(core.Find("AL-MOVE-003", "", "name", s.Integration.Name)) + "."
	case s.App.Holder == core.HeldByApplication:
		return problemText(core.Find("AL-MOVE-002", "", "vendor", s.App.Vendor)) + "."
	case s.Beside():
		return "Another link is being set up. Complete that first: enter goes on with it."
	}
	return ""
}

// askBack asks whether to go back to the link before.
func (h *home) askBack(s *setup.State) {
	if h.message = noWayBack(s); h.message == "" {
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
	return nil, cmp.Or(problem.Params["why"], problemText(problem)+".")
}
