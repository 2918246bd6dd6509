package tui

import (
	"strings"

	"applink/core/setup"
	"applink/tui/widget"
)

// View draws the form with the words of the question that has the focus.
func (a *ask) View() string {
	t, width := a.f.w.theme, a.frame.ContentWidth(true)
	p := widget.Parts{
		Header: a.f.header(a.frame),
		Side:   a.f.side(a.frame),
		Title:  a.f.title(a.frame, a.title()),
		Fixed:  a.fields.View(),
		Body:   a.body(width),
		Action: a.action(),
		Footer: widget.KeyHelp(t, a.keys(), a.frame.Width()),
	}
	if a.f.Giving() && a.q.Transient {
		p.Fixed = "> ••••"
	}
	if m := rows(a.page.Mock, false); a.problem == nil && len(m) > 0 && !a.frame.Narrow() {
		p.Spare = widget.Mock(t, m, width)
	}
	switch {
	case a.f.Giving() && !a.q.Transient:
		p.Notice = t.Muted.Render("Saving …")
	case a.told != "":
		p.Notice = t.Accent.Render(a.told)
	case a.fresh && len(a.form) == 1:
		p.Notice = t.Muted.Render("Typing replaces the proposal, an arrow key edits it.")
	}
	if a.q.Transient || !a.f.Doubted().Empty() || a.q.Costly {
		p.Status, p.StatusLines = a.status(width), 2
	}
	return a.frame.View(p)
}

// title is what is asked, and of several questions what they are about.
func (a *ask) title() string {
	if len(a.form) > 1 {
		return a.f.FormTitle()
	}
	return a.q.Words.Title
}

// body is what is wrong with the answer, else the words that help to find it.
func (a *ask) body(width int) string {
	t := a.f.w.theme
	switch {
	case a.problem == nil, a.brief():
	case len(a.form) > 1:
		return problemAdvice(t, a.problem, width)
	default:
		return problemPage(t, a.problem, width)
	}
	var out []widget.Block
	words := a.q.Words
	if len(a.form) > 1 {
		lead := widget.Block{Kind: widget.Paragraph, Spans: []widget.Span{{Kind: widget.Strong, Text: words.Title}}}
		if words.Help != "" {
			lead.Spans = append(lead.Spans, widget.Span{Text: " " + words.Help})
		}
		out = append(out, lead)
	} else if words.Help != "" {
		out = append(out, widget.Say(widget.Paragraph, words.Help))
	}
	if words.Example != "" {
		out = append(out, widget.Say(widget.Note, "For example: "+words.Example))
	}
	for _, o := range a.q.Options {
		if o.Note != "" && !a.fields.Grouped() {
			out = append(out, widget.Block{Kind: widget.Item, Spans: []widget.Span{{Kind: widget.Strong, Text: o.Label + " ·"}, {Text: " " + o.Note}}})
		}
	}
	if places := a.f.State().Path().Form(a.f.At()); places[0].Step.ID == places[len(places)-1].Step.ID {
		out = append(out, blocks(a.page.Blocks)...) // a form of several steps has no page of its own
	}
	return widget.Prose(t, out, width)
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
	switch doubted, value := a.f.Doubted(), a.fields.Value(); {
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
	return provedLine(t, a.page, o, width) + "\n" + t.Muted.Render(strings.TrimSpace("Proved. What was pasted is not kept. "+a.goingOn.words()))
}

// action is what Enter does.
func (a *ask) action() string {
	does := "go on"
	switch {
	case a.skipping, a.q.Costly, a.f.Giving():
		return ""
	case a.q.Mended:
		does = "take this address"
	case a.q.Lines() && a.fields.Value() == "":
		does = "once it is pasted whole"
	}
	return nextAction(a.f.w.theme, "enter", does)
}

func (a *ask) keys() []widget.Key {
	switch {
	case a.skipping:
		return goOnKeys()
	case a.q.Costly:
		return []widget.Key{{Key: "y", Does: "take it", Keep: true}, {Key: "esc", Does: "leave the answer as it is", Keep: true}}
	case a.q.Mended:
		return []widget.Key{{Key: "esc", Does: "what I typed", Keep: true}}
	}
	var keys []widget.Key
	switch choice := a.q.Kind == setup.Choice; {
	case len(a.form) > 1 && choice:
		keys = append(keys, widget.Key{Key: "← →", Does: "choose", Keep: true}, widget.Key{Key: "↑ ↓", Does: "field", Keep: true})
	case len(a.form) > 1:
		keys = append(keys, widget.Key{Key: "↑ ↓", Does: "field", Keep: true})
	case choice:
		keys = append(keys, widget.Key{Key: "↑ ↓", Does: "choose", Keep: true}, widget.Key{Key: "1-" + string(rune('0'+min(9, len(a.q.Options)))), Does: "take", Keep: true})
	}
	if a.fields.Grouped() && !a.Typing() {
		keys = append(keys, widget.Key{Key: "/", Does: "find", Keep: true})
	}
	keys = append(keys, widget.Key{Key: "esc", Does: "back", Keep: true})
	if !a.Typing() {
		return append(keys, widget.Key{Key: "q", Does: "quit"}, widget.Key{Key: "?", Keep: true})
	}
	return append(keys, widget.Key{Key: "ctrl+c", Does: "quit"}, widget.Key{Key: "f1", Does: "help"})
}

// Help names the keys of a form.
func (a *ask) Help() []binding {
	return []binding{
		{"enter", "take the answer and go on"},
		{"↑ ↓ tab", "another field; what this one holds is stored"},
		{"← →", "another choice"},
		{"1-9", "take a choice of a list"},
		{"/", "find a choice of a long list by typing"},
		{"esc", "go back; what was answered stays"},
		{"f2", "all integrations"},
		{"pgup pgdn", "scroll the explanation"},
		{strings.TrimSpace(marks), marksMean},
	}
}
