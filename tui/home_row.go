package tui

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"applink/core"
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
	return []string{s.Integration.Name, server, s.OAuth().String(), state}
}

func (h *home) state(s *setup.State) string {
	if h.checks[s.Integration.ID] {
		return "◌ checking"
	}
	last, ok := latest(s)
	problem := failure(s)
	switch {
	case problem != nil:
		return "✗ " + string(problem.Code)
	case !s.Complete():
		done, total := s.Progress()
		return fmt.Sprintf("● step %d of %d", done+1, total)
	case mustMove(s) != "":
		return "! move to OAuth 2"
	case ok && last.State == core.Passed:
		return "✓ proved " + ago(h.w.now().Sub(last.At))
	}
	return "✓ said, not proved"
}

// failure is what the latest check found: of the link in use, while another is set
// up beside it, else of the one that is set up; nil when it did not fail.
func failure(s *setup.State) *core.Finding {
	last, _ := latest(s)
	if s.Beside() {
		var inUse core.Outcome
		for _, o := range s.InUse().Link.Checks {
			if o.At.After(inUse.At) {
				inUse = o
			}
		}
		if inUse.State == core.Failed {
			last = inUse
		}
	}
	if last.State != core.Failed {
		return nil
	}
	return last.Finding
}

// latest is the youngest outcome of the link that is looked through.
func latest(s *setup.State) (core.Outcome, bool) {
	var last core.Outcome
	found := false
	for _, st := range s.Path() {
		if o, ok := s.Check(st.Needs.Check); ok && !o.At.Before(last.At) {
			last, found = o, true
		}
	}
	return last, found
}

func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}
