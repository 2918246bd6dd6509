package tui

import (
	"fmt"
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
// names the button to press and, beside it, the others.
func rows(m *guide.Mock) []widget.Row {
	if m == nil {
		return nil
	}
	var out []widget.Row
	for _, r := range m.Rows {
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

// values are the page's numbered values.
func values(in []guide.Value) []widget.Value {
	out := make([]widget.Value, len(in))
	for i, v := range in {
		out[i] = widget.Value{Number: v.Number, Name: v.Label, Text: v.Text, Secret: v.Secret}
	}
	return out
}

// steps are the marks of the way through the set-up.
func (f *flow) steps() []widget.Step {
	var out []widget.Step
	around := f.Around()
	current := around.Current().Step.ID
	for _, st := range around.Path() {
		s := widget.Step{Name: guide.Short(st.ID), State: widget.StepTodo, Here: st.ID == f.At().Step.ID}
		switch status := around.Status(st); {
		case s.Here && around != f.State():
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
	return line + "\n" + widget.StepBar(t, f.steps(), frame.Width())
}

// title is the heading of a screen of a flow, with how far it is.
func (f *flow) title(frame *widget.Frame, text string) string {
	t := f.w.theme
	progress := ""
	if n, steps := f.Around().Number(f.At().Step.ID); n > 0 {
		progress = fmt.Sprintf("step %d of %d", n, steps)
	}
	width := frame.ContentWidth(true)
	room := width - len(progress) - 2
	if ansi.StringWidth(text) <= room {
		return widget.Spread(t.Title.Render(text), t.Muted.Render(progress), width)
	}
	first, more, _ := strings.Cut(widget.Prose(t, []widget.Block{widget.Say(widget.Heading, text)}, room), "\n")
	return widget.Spread(first, t.Muted.Render(progress), width) + "\n" + more
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

// problemPage is a finding with its title.
func problemPage(t *theme.Theme, f *core.Finding, width int) string {
	return problemTitle(t, f, width) + "\n\n" + widget.Prose(t, problemBlocks(f), width)
}

// problemBlocks is the whole page of a finding but its title.
func problemBlocks(f *core.Finding) []widget.Block {
	p := guide.Problem(f)
	out := blocks(p.What)
	for _, part := range []struct {
		head string
		text []guide.Block
	}{{"Do this", p.Do}, {"Most likely", p.Why}, {"Confirm", p.Confirm}} {
		if len(part.text) > 0 {
			out = append(out, widget.Say(widget.Heading, part.head))
			out = append(out, blocks(part.text)...)
		}
	}
	return out
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
