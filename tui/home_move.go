package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/setup"
)

// migrate begins to move the chosen integration to OAuth 2, or goes on with it.
func (h *home) migrate(s *setup.State) tea.Cmd {
	if !movable(s) {
		return nil
	}
	ctx, run, lib, id := h.ctx, h.run, h.w.session.Library, s.Integration.ID
	return func() tea.Msg {
		state, err := lib.Migrate(ctx, id)
		return savedMsg{run, state, err}
	}
}

// migrating opens the new link's set-up.
func (h *home) migrating(msg savedMsg) tea.Cmd {
	if msg.err != nil {
		h.problem = finding(msg.err)
		return nil
	}
	return goTo(newFlow(h.w, msg.state).screen())
}

// movable reports whether an integration's active link is over OAuth 1.
func movable(s *setup.State) bool {
	if s == nil {
		return false
	}
	active := s.Integration.Active()
	return active != nil && active.OAuth == core.OAuth1
}
