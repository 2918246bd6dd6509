package tui

import (
	"net/url"
	"strings"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// row is what the list shows of an integration.
func (h *home) row(i int) []string {
	s, t := h.states[i], h.w.theme
	server := ""
	if u, err := url.Parse(s.Value(core.FieldBaseURL)); err == nil {
		server = u.Host + u.Path
	}
	if v := s.Server().Version; v.Known() {
		server += " " + string(v)
	}
	state := h.state(s)
	switch {
	case strings.HasPrefix(state, "✓"):
		state = t.Good.Render(state)
	case strings.HasPrefix(state, "✗"):
		state = t.Bad.Render(state)
	}
	return []string{s.Integration.Name, server, s.Links().InUse().OAuth().String(), state}
}

func (h *home) state(s *setup.State) string {
	if h.checks[s.Integration.ID] {
		return "◌ checking"
	}
	switch st := s.Standing(); {
	case st.Problem != nil:
		return "✗ " + string(st.Problem.Code)
	case st.Step > 0:
		of := map[setup.Move]string{setup.Migration: "moving: ", setup.Rotation: "rotating: "}
		return "● " + of[st.UnderWay] + guide.Short(s.Path().Current().Step.ID)
	case st.MustMove != "":
		return "! move to OAuth 2"
	case s.Moves().MayRetire() == nil:
		return "✓ retire old link"
	case st.Proof == setup.Proved:
		return "✓ proved " + guide.Ago(h.w.now().Sub(st.Latest.At))
	case st.Proof == setup.Weak:
		return "✓ proved in part"
	}
	return "~ said, not proved"
}
