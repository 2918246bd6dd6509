package tui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui/widget"
)

// removedMsg is what came of a removal.
type removedMsg struct {
	run int
	in  core.Integration
	err error
}

func (h *home) askRemoval(s *setup.State) tea.Cmd {
	if s == nil {
		return nil
	}
	h.removal = widget.NewForm(h.w.theme, widget.Field{Kind: widget.AskText})
	h.Resize(h.w.width, h.w.height)
	return h.removal.Init()
}

// removalView asks for the name of what is to be removed.
func (h *home) removalView() string {
	return widget.Prose(h.w.theme, []widget.Block{
		widget.Say(widget.Heading, fmt.Sprintf("Remove %q from applink? Type its name to confirm.", h.selected().Integration.Name)),
		widget.Say(widget.Paragraph, "The keys and tokens that applink keeps for it are gone then. What was set up in Bitbucket stays there: delete the link there too."),
	}, h.frame.Width()) + "\n\n" + h.removal.View()
}

func (h *home) keyRemoval(msg tea.KeyMsg) tea.Cmd {
	if msg.String() == "esc" {
		h.removal = nil
		return nil
	}
	return h.typeName(msg)
}

// typeName gives a message to the field of a removal, which tells by one of its
// own that it is done.
func (h *home) typeName(msg tea.Msg) tea.Cmd {
	cmd := h.removal.Update(msg)
	if !h.removal.Entered() {
		return cmd
	}
	typed, s := h.removal.Value(), h.selected()
	h.removal = nil
	if s == nil || typed != s.Integration.Name {
		h.message = "Not removed: the name differs."
		return nil
	}
	ctx, run, lib, in := h.ctx, h.run, h.w.session.Library, s.Integration
	return func() tea.Msg { return removedMsg{run, in, lib.Remove(ctx, in.ID)} }
}

func (h *home) removed(msg removedMsg) tea.Cmd {
	if msg.err != nil {
		h.problem = walk.FindingOf(msg.err)
		return nil
	}
	h.message = fmt.Sprintf("Removed %s.", msg.in.Name)
	h.count--
	h.states = slices.DeleteFunc(h.states, func(s *setup.State) bool { return s.Integration.ID == msg.in.ID })
	return h.more()
}
