package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core/guide"
	"applink/core/seal"
	"applink/core/walk"
	"applink/tui/widget"
)

// clipboardFor is how long a secret stays on the clipboard.
const clipboardFor = time.Minute

// handed is what came of handing out the secret half of a link.
type handedMsg struct {
	run    int
	says   string
	copied seal.Text // it is on the clipboard
}

// forgetMsg tells that a secret has been on the clipboard for long enough.
type forgetMsg struct{ copied seal.Text }

// hand opens the choice of how the secret half is handed out.
func (s *show) hand() {
	if s.f.HandsOut() {
		s.over, s.kind = overHand, 0
	}
}

func (s *show) keyHand(msg tea.KeyMsg) tea.Cmd {
	kinds := s.f.Kinds()
	switch msg.String() {
	case "up":
		s.kind = max(0, s.kind-1)
	case "down":
		s.kind = min(len(kinds)-1, s.kind+1)
	case "c", "enter":
		s.over = overNothing
		return s.handOut(kinds[s.kind], false)
	case "w":
		s.over = overNothing
		return s.handOut(kinds[s.kind], true)
	case "esc", "k":
		s.over = overNothing
	}
	return nil
}

// handOut exports to the clipboard, or to a new file in the working directory.
func (s *show) handOut(kind string, file bool) tea.Cmd {
	export, run, ctx := s.f.HandOut(kind), s.run, s.f.w.ctx
	carrier, slug := s.f.w.session.Carrier, s.f.State().Integration.Slug
	return func() tea.Msg {
		e, err := export(ctx)
		if err == nil && file {
			path := e.FileName(slug)
			if err = e.WriteFile(path); err == nil {
				return handedMsg{run: run, says: "Wrote " + kind + " to " + path + ", readable by you alone. Delete it once it is in place."}
			}
		}
		if err != nil {
			return handedMsg{run: run, says: problemText(walk.FindingOf(err))}
		}
		r := carrier.Copy(ctx, e.Text.Reveal())
		if r.Err != nil {
			return handedMsg{run: run, says: "Could not copy it (" + r.Err.Error() + "): k and w write it to a file."}
		}
		return handedMsg{run, r.Sentence + ". It is taken back in a minute.", e.Text}
	}
}

// handed has the page tell what came of it, where that is still shown, and the clipboard
// emptied later.
func (w *Wizard) handed(msg handedMsg) tea.Cmd {
	if s, ok := w.screen.(*show); ok && s.run == msg.run {
		s.message = msg.says
	}
	if msg.copied.Empty() {
		return nil
	}
	w.clipped = msg.copied
	return tea.Tick(clipboardFor, func(time.Time) tea.Msg { return forgetMsg{msg.copied} })
}

// forget takes a secret back from the clipboard.
func (w *Wizard) forget(copied seal.Text) tea.Cmd {
	if copied.Empty() || w.clipped.Reveal() != copied.Reveal() {
		return nil
	}
	w.clipped = seal.Text{}
	return func() tea.Msg { w.session.Carrier.Clear(w.ctx, copied.Reveal()); return nil }
}

// handBlocks are the kinds to choose from.
func (s *show) handBlocks() []widget.Block {
	out := []widget.Block{widget.Say(widget.Paragraph, "It goes to the clipboard for a minute, or to a new file that only you can read. The log notes that it was handed out, and as what.")}
	for i, kind := range s.f.Kinds() {
		words := guide.ExportWords(kind)
		if i == 0 {
			words += " (what is wanted here)"
		}
		mark := "  "
		if i == s.kind {
			mark = "▸ "
		}
		out = append(out, widget.Block{Kind: widget.Paragraph, Spans: []widget.Span{{Kind: widget.Strong, Text: mark + kind}, {Text: "  " + words}}})
	}
	return out
}
