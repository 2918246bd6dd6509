package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/auth"
	"applink/core/setup"
)

// urgent is the rank from which the list itself asks for a migration: a rule of
// the application refuses OAuth 1 on this server.
const urgent = 8

// mustMove tells why an integration has to be moved to OAuth 2 now, "" when it need
// not be.
func mustMove(s *setup.State) string {
	stakes := auth.Stakes([]*setup.State{s})
	if len(stakes) == 0 || stakes[0].Rank < urgent {
		return ""
	}
	return strings.Join(stakes[0].Why, " ")
}

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
