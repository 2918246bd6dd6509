package tui

import (
	"applink/core/setup"
	"applink/tui/widget"
)

// input draws the field. A private key is not shown even while it is pasted, whether
// it belongs here or not.
func (a *ask) input() string {
	t := a.f.w.theme
	switch {
	case a.f.Giving() && a.q.Transient:
		return "> ••••"
	case a.f.Giving():
		return a.shown
	}
	if words := a.unseen(); words != "" {
		return widget.Prose(t, []widget.Block{widget.Say(widget.Warning, words)}, a.frame.ContentWidth(true))
	}
	return a.field.View()
}

// View draws the question with its page's words.
func (a *ask) View() string {
	t, width := a.f.w.theme, a.frame.ContentWidth(true)
	p := widget.Parts{
		Header: a.f.header(a.frame),
		Side:   a.f.side(a.frame),
		Title:  a.f.title(a.frame, a.q.Words.Title),
		Fixed:  a.input(),
		Body:   a.body(width),
		Footer: widget.KeyHelp(t, a.keys(), a.frame.Width()),
	}
	switch {
	case a.told != "":
		p.Notice = t.Accent.Render(a.told)
	case a.fresh:
		p.Notice = t.Muted.Render("Typing replaces the proposal, an arrow key edits it.")
	}
	if a.f.Giving() && !a.q.Transient {
		p.Notice = t.Muted.Render("Saving …")
	}
	if a.q.Transient || !a.f.Doubted().Empty() || a.q.Costly {
		p.Status, p.StatusLines = a.status(width), 2
	}
	return a.frame.View(p)
}

// body is what is wrong with the answer, else the words that help to find it.
func (a *ask) body(width int) string {
	if a.problem != nil {
		return problemPage(a.f.w.theme, a.problem, width)
	}
	var out []widget.Block
	if words := a.q.Words; words.Help != "" {
		out = append(out, widget.Say(widget.Paragraph, words.Help))
	}
	if a.q.Words.Example != "" {
		out = append(out, widget.Say(widget.Note, "For example: "+a.q.Words.Example))
	}
	for _, o := range a.q.Options {
		if o.Note != "" {
			out = append(out, widget.Block{Kind: widget.Item, Spans: []widget.Span{{Kind: widget.Strong, Text: o.Label + " ·"}, {Text: " " + o.Note}}})
		}
	}
	return widget.Prose(a.f.w.theme, append(out, blocks(a.page.Blocks)...), width)
}

// costs asks for the word that lets an answer take something from a link in use.
const costs = "Take this answer all the same?"

// status tells what Enter does with an odd answer, and how the proof stands that a
// transient one is for.
func (a *ask) status(width int) string {
	t := a.f.w.theme
	if a.skipping {
		return t.Warn.Render(withoutProof)
	}
	if a.q.Costly {
		return t.Warn.Render(costs)
	}
	switch doubted, value := a.f.Doubted(), a.field.Value(); {
	case doubted.Empty():
	case value == doubted.Reveal():
		return t.Accent.Render("Enter takes it all the same; a paste takes its place.")
	case value == "":
		return t.Accent.Render("Pasted once more, it is taken all the same.")
	}
	if a.f.Giving() {
		return t.Accent.Render("◌ ") + a.page.Asking + "\n" + t.Muted.Render("esc stops asking.")
	}
	o, ok := a.f.State().Proof(a.f.At().Step.Needs.Check)
	if !ok {
		return t.Muted.Render("Enter alone asks whether to go on without proof.")
	}
	return provedLine(t, a.page, o, width) + "\n" + t.Muted.Render("Proved. What was pasted is not kept. Enter goes on.")
}

func (a *ask) keys() []widget.Key {
	keys := []widget.Key{{Key: "enter", Does: "answer", Keep: true}}
	switch {
	case a.skipping:
		return goOnKeys()
	case a.q.Costly:
		return []widget.Key{{Key: "y", Does: "take it", Keep: true}, {Key: "esc", Does: "leave the answer as it is", Keep: true}}
	case a.q.Mended:
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
