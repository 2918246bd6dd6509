package widget

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// StepState is how far a step is.
type StepState string

// The states of a step, each with its own mark.
const (
	StepDone    StepState = "done"    // ✓
	StepSaid    StepState = "said"    // ~, done by the admin's word
	StepCurrent StepState = "current" // ●
	StepTodo    StepState = "todo"    // ○
)

// Step is one entry of the way through a set-up.
type Step struct {
	Name  string
	State StepState
	Here  bool // the one on the screen, which need not be the current one
}

func (s Step) mark() string {
	switch s.State {
	case StepDone:
		return "✓"
	case StepSaid:
		return "~"
	case StepCurrent:
		return "●"
	}
	return "○"
}

// text is the step as it is drawn. A step that is looked at without being the
// current one stands in brackets.
func (s Step) text() string {
	text := s.mark() + " " + s.Name
	if s.Here && s.State != StepCurrent {
		return "[" + text + "]"
	}
	return text
}

func (s Step) style(t *theme.Theme) lipgloss.Style {
	switch {
	case s.Here, s.State == StepCurrent:
		return t.Accent
	case s.State == StepDone:
		return t.Good
	case s.State == StepSaid:
		return t.Warn
	}
	return t.Muted
}

// focus is the index of the step that must stay visible.
func focus(steps []Step) int {
	found := 0
	for i, s := range steps {
		if s.Here {
			return i
		}
		if s.State == StepCurrent {
			found = i
		}
	}
	return found
}

// Progress draws how far the way is done as a thin bar: the steps that are behind, and
// the rest.
func Progress(t *theme.Theme, steps []Step, width int) string {
	if len(steps) == 0 || width <= 0 {
		return ""
	}
	done := 0
	for _, s := range steps {
		if s.State == StepDone || s.State == StepSaid {
			done++
		}
	}
	full := width * done / len(steps)
	return t.Accent.Render(strings.Repeat("━", full)) + t.Rule.Render(strings.Repeat("─", width-full))
}

// StepList draws the steps below each other in at most height lines, the one on
// the screen among them.
func StepList(t *theme.Theme, steps []Step, width, height int) string {
	from := 0
	if len(steps) > height {
		from = min(max(0, focus(steps)-height/2), len(steps)-height)
	}
	var lines []string
	for i := from; i < len(steps) && len(lines) < height; i++ {
		s := steps[i]
		hidden := (i == from && from > 0) || (len(lines) == height-1 && i < len(steps)-1)
		if hidden && i != focus(steps) {
			lines = append(lines, t.Muted.Render("…"))
			continue
		}
		lines = append(lines, s.style(t).Render(ansi.Truncate(s.text(), width, "…")))
	}
	return strings.Join(lines, "\n")
}
