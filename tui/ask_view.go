package tui

import (
	"cmp"

	"applink/core/guide"
	"applink/core/setup"
	"applink/tui/widget"
)

// label is the word for a choice: the machine's own, which can carry a
// recommendation, else the page's.
func (a *ask) label(o setup.Option, words guide.Ask) string {
	return cmp.Or(o.Label, cmp.Or(words.Options[o.Value].Label, o.Value))
}

// input draws the field. A private key is not shown even while it is pasted, whether
// it belongs here or not.
func (a *ask) input() string {
	t := a.f.w.theme
	switch {
	case a.busy && a.q.Transient:
		return "> ••••"
	case a.busy:
		return a.shown
	case a.hidden() != "":
		return widget.Prose(t, []widget.Block{widget.Say(widget.Warning, a.hidden())}, a.frame.ContentWidth(true))
	}
	return a.field.View()
}

// View draws the question with its page's words.
func (a *ask) View() string {
	t, width := a.f.w.theme, a.frame.ContentWidth(true)
	words := a.words()
	p := widget.Parts{
		Header: a.f.header(a.frame),
		Side:   a.f.side(a.frame),
		Title:  a.f.title(a.frame, words.Title),
		Fixed:  a.input(),
		Body:   a.body(words, width),
		Footer: widget.KeyHelp(t, a.keys(), a.frame.Width()),
	}
	switch {
	case a.told != "":
		p.Notice = t.Accent.Render(a.told)
	case a.fresh:
		p.Notice = t.Muted.Render("Typing replaces the proposal, an arrow key edits it.")
	}
	if a.busy && !a.q.Transient {
		p.Notice = t.Muted.Render("Saving …")
	}
	if a.q.Transient || !a.doubted.Empty() || a.costly != nil {
		p.Status, p.StatusLines = a.status(width), 2
	}
	return a.frame.View(p)
}

// body is what is wrong with the answer, else the words that help to find it.
func (a *ask) body(words guide.Ask, width int) string {
	if a.problem != nil {
		return problemPage(a.f.w.theme, a.problem, width)
	}
	var out []widget.Block
	if words.Help != "" {
		out = append(out, widget.Say(widget.Paragraph, words.Help))
	}
	if words.Example != "" {
		out = append(out, widget.Say(widget.Note, "For example: "+words.Example))
	}
	if a.q.Kind == setup.Choice {
		for _, o := range a.q.Options(a.f.state) {
			if note := cmp.Or(o.Note, words.Options[o.Value].Note); note != "" {
				out = append(out, widget.Block{Kind: widget.Item, Spans: []widget.Span{{Kind: widget.Strong, Text: a.label(o, words) + " ·"}, {Text: " " + note}}})
			}
		}
	}
	return widget.Prose(a.f.w.theme, append(out, blocks(a.page.Blocks)...), width)
}

func (a *ask) keys() []widget.Key {
	keys := []widget.Key{{Key: "enter", Does: "answer", Keep: true}}
	switch {
	case a.skipping:
		return goOnKeys()
	case a.costly != nil:
		return []widget.Key{{Key: "y", Does: "take it", Keep: true}, {Key: "esc", Does: "leave the answer as it is", Keep: true}}
	case a.mendable != "":
		keys = []widget.Key{{Key: "enter", Does: "take this", Keep: true}, {Key: "esc", Does: "what I typed", Keep: true}}
	case a.q.Kind == setup.Choice:
		keys = append([]widget.Key{{Key: "↑↓", Does: "choose", Keep: true}}, append(keys, widget.Key{Key: "esc", Does: "back", Keep: true}, widget.Key{Key: "q", Does: "quit"}, widget.Key{Key: "?", Keep: true})...)
	default:
		keys = append(keys, widget.Key{Key: "esc", Does: "back", Keep: true}, widget.Key{Key: "ctrl+c", Does: "quit"}, widget.Key{Key: "f1", Does: "help"})
	}
	return keys
}

// Help names the keys of a question.
func (a *ask) Help() []binding {
	return []binding{
		{"enter", "answer and go on"},
		{"esc", "go back; what was answered stays"},
		{"↑ ↓", "choose"},
		{"pgup pgdn", "scroll the explanation"},
		{marks, marksMean},
	}
}
