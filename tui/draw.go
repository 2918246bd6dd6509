package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/tui/theme"
	"applink/tui/widget"
)

var blockKinds = map[guide.BlockKind]widget.BlockKind{
	guide.Paragraph: widget.Paragraph,
	guide.Item:      widget.Item,
	guide.Numbered:  widget.Numbered,
	guide.Note:      widget.Note,
	guide.Code:      widget.Verbatim,
	guide.Heading:   widget.Heading,
}

var spanKinds = map[guide.SpanKind]widget.SpanKind{
	guide.Text:   widget.Plain,
	guide.Strong: widget.Strong,
	guide.Mono:   widget.Code,
	guide.Link:   widget.Link,
}

// blocks turns the guide's words into what the widgets draw.
func blocks(in []guide.Block) []widget.Block {
	out := make([]widget.Block, len(in))
	for i, b := range in {
		out[i].Kind = blockKinds[b.Kind]
		for _, s := range b.Spans {
			out[i].Spans = append(out[i].Spans, widget.Span{Kind: spanKinds[s.Kind], Text: s.Text})
		}
	}
	return out
}

// rows turns a drawing of the guide into the widget's rows. A guide's button row
// names the button to press and, beside it, the others. What is left as it is belongs to
// the whole windows only.
func rows(m *guide.Mock, whole bool) []widget.Row {
	if m == nil {
		return nil
	}
	var out []widget.Row
	for _, r := range m.Rows {
		if r.More && !whole {
			continue
		}
		row := widget.Row{Kind: widget.RowKind(r.Kind), Label: r.Label, Value: r.Value, Note: r.Note, Number: r.Number}
		switch r.Kind {
		case guide.RowTabs:
			row.Value = r.Label
		case guide.RowButton:
			row.Value = "press"
			out = append(out, row)
			for other := range strings.SplitSeq(r.Value, "|") {
				if other = strings.TrimSpace(other); other != "" {
					out = append(out, widget.Row{Kind: widget.RowButton, Label: other})
				}
			}
			continue
		}
		out = append(out, row)
	}
	return out
}

// hasMore reports whether whole windows show more.
func hasMore(m *guide.Mock) bool {
	return m != nil && slices.ContainsFunc(m.Rows, func(r guide.Row) bool { return r.More })
}

// steps are the marks of the way through the set-up.
func (f *flow) steps() []widget.Step {
	var out []widget.Step
	around := f.Around()
	current := around.Path().Current().Step.ID
	for _, st := range around.Path().Steps() {
		if st.On != "" {
			continue // told on the page of another
		}
		s := widget.Step{Name: guide.Short(st.ID), State: widget.StepTodo, Here: st.ID == f.At().Step.ID}
		switch status := around.Path().Status(st); {
		case s.Here && around != f.State(), st.Last && st.ID == current && !around.Standing().Unfinished():
			s.State = widget.StepDone
		case st.ID == current:
			s.State = widget.StepCurrent
		case status == setup.Said, status == setup.Implied:
			s.State = widget.StepSaid
		case status != setup.Open && status != setup.Added:
			s.State = widget.StepDone
		}
		out = append(out, s)
	}
	return out
}

// header is the top of every screen of a flow: where am I.
func (f *flow) header(frame *widget.Frame) string {
	t := f.w.theme
	left := t.Title.Render("applink")
	if name := f.State().Integration.Name; name != "" {
		left += "  " + name
	}
	var right []string
	if srv := f.Around().Server(); srv.Version.Known() {
		v := "Bitbucket " + string(srv.Version)
		if srv.Stated {
			v += " (said)"
		}
		right = append(right, v)
	}
	if o := f.Around().OAuth(); o != "" {
		right = append(right, o.String())
	}
	line := widget.Spread(left, t.Muted.Render(strings.Join(right, " · ")), frame.Width())
	if frame.Wide() {
		return line
	}
	return line + "\n" + widget.Progress(t, f.steps(), frame.Width())
}

// title is the heading of a screen of a flow, with what comes next.
func (f *flow) title(frame *widget.Frame, text string) string {
	t, next := f.w.theme, ""
	if after := f.after(); after != "" {
		next = "next: " + after
	}
	width := frame.ContentWidth(true)
	room := width - ansi.StringWidth(next) - 2
	if ansi.StringWidth(text) <= room {
		return widget.Spread(t.Title.Render(text), t.Muted.Render(next), width)
	}
	if ansi.StringWidth(text) <= width {
		return t.Title.Render(text)
	}
	return widget.Prose(t, []widget.Block{widget.Say(widget.Heading, text)}, width)
}

// after is the name of the page after the one that is looked at; "" after the last.
func (f *flow) after() string {
	places, form := f.Around().Path().Places(), f.Around().Path().Form(f.At())
	i := slices.IndexFunc(places, form[len(form)-1].Same)
	if i < 0 || i+1 == len(places) {
		return ""
	}
	next := places[i+1]
	switch same := next.Step.ID == f.At().Step.ID; {
	case same && next.Question != nil:
		return f.Page().Asks[next.Question.Field].Label
	case same && next.Step.Needs.Check != "":
		return "proof"
	}
	return guide.Short(next.Step.ID)
}

// side is the list of steps that wide windows show at the left.
func (f *flow) side(frame *widget.Frame) string {
	width, height := frame.SideSize()
	return widget.StepList(f.w.theme, f.steps(), width, height)
}

// problemTitle is a finding on one line.
func problemTitle(t *theme.Theme, f *core.Finding, width int) string {
	style, mark := t.Bad, "✗ "
	if f.Warning {
		style, mark = t.Warn, "! "
	}
	return widget.Spread(style.Render(mark+guide.Problem(f).Title), t.Muted.Render(string(f.Code)), width)
}

// problemPage is a finding with its title, what happened, what to do and the causes.
func problemPage(t *theme.Theme, f *core.Finding, width int) string {
	parts := []string{problemTitle(t, f, width), problemAdvice(t, f, width)}
	if causes := problemCauses(t, f, width); causes != "" {
		parts = append(parts, causes)
	}
	return strings.Join(parts, "\n\n")
}

// problemAdvice is what happened and what to do about it.
func problemAdvice(t *theme.Theme, f *core.Finding, width int) string {
	p := guide.Problem(f)
	return widget.Prose(t, append(blocks(p.What), section("Do this", p.Do)...), width)
}

// problemCauses are the causes of a finding, and how to confirm them.
func problemCauses(t *theme.Theme, f *core.Finding, width int) string {
	p := guide.Problem(f)
	return widget.Prose(t, append(section("Most likely", p.Why), section("Confirm", p.Confirm)...), width)
}

func section(head string, text []guide.Block) []widget.Block {
	if len(text) == 0 {
		return nil
	}
	return append([]widget.Block{widget.Say(widget.Heading, head)}, blocks(text)...)
}

// problemBlocks is the whole page of a finding but its title.
func problemBlocks(f *core.Finding) []widget.Block {
	p := guide.Problem(f)
	return slices.Concat(blocks(p.What), section("Do this", p.Do), section("Most likely", p.Why), section("Confirm", p.Confirm))
}

// evidenceBlocks lists what was asked and answered.
func evidenceBlocks(o core.Outcome) []widget.Block {
	if len(o.Evidence) == 0 && (o.Finding == nil || o.Finding.Raw == "") {
		return []widget.Block{widget.Say(widget.Note, "Nothing was asked yet.")}
	}
	out := []widget.Block{widget.Say(widget.Heading, "Evidence")}
	for _, e := range o.Evidence {
		out = append(out, widget.Say(widget.Item, e.Label+": "+e.Value))
	}
	if o.Finding != nil && o.Finding.Raw != "" {
		out = append(out, widget.Say(widget.Item, "cause: "+o.Finding.Raw))
	}
	return out
}

// problemText is a finding's title without colour.
func problemText(f *core.Finding) string { return guide.Problem(f).Title }
