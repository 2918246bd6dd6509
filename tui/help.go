package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/tui/theme"
	"applink/tui/widget"
)

// helpScreen lists the keys of the screen that it covers.
type helpScreen struct {
	t        *theme.Theme
	frame    *widget.Frame
	bindings []binding
}

func newHelp(t *theme.Theme, bindings []binding) *helpScreen {
	return &helpScreen{t: t, frame: widget.NewFrame(t), bindings: bindings}
}

func (h *helpScreen) Resize(width, height int) { h.frame.SetSize(width, height) }

// Update reports whether the page is to be closed.
func (h *helpScreen) Update(msg tea.KeyMsg) bool {
	switch msg.String() {
	case "esc", "?", "f1", "q", "enter":
		return true
	}
	h.frame.Update(msg)
	return false
}

// everywhere are the keys that mean the same on every screen.
var everywhere = []binding{
	{"? f1", "this page (f1 also while typing)"},
	{"ctrl+c", "leave at once; all answers are saved"},
}

func (h *helpScreen) View() string {
	var lines []string
	for _, b := range append(h.bindings, everywhere...) {
		lines = append(lines, fmt.Sprintf("%s %s", h.t.Key.Render(fmt.Sprintf("%14s", b.Key)), " "+b.Does))
	}
	return h.frame.View(widget.Parts{
		Header: h.t.Title.Render("applink"),
		Title:  h.t.Title.Render("Keys"),
		Body:   strings.Join(lines, "\n"),
		Footer: widget.KeyHelp(h.t, []widget.Key{{Key: "esc", Does: "back", Keep: true}}, h.frame.Width()),
	})
}
