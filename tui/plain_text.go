package tui

import (
	"fmt"
	"io"
	"strings"

	"applink/core"
	"applink/core/guide"
)

// plainWidth is where plain text is wrapped. Values are never wrapped.
const plainWidth = 76

// plainWriter passes on text that a screen reader can read out: printable, as
// everything is that was made by package core, and without boxes, blocks or braille.
type plainWriter struct{ to io.Writer }

func (w plainWriter) Write(b []byte) (int, error) {
	if _, err := io.WriteString(w.to, strings.Map(spoken, core.Printable(string(b)))); err != nil {
		return 0, err
	}
	return len(b), nil
}

func spoken(r rune) rune {
	if r >= 0x2500 && r <= 0x259f || r >= 0x2800 && r <= 0x28ff {
		return '-'
	}
	return r
}

// PlainProblem tells a finding as text: what happened, why, what to do, how to
// confirm it, and its code.
func PlainProblem(f *core.Finding) string {
	p := guide.Problem(f)
	kind := "Problem"
	if f.Warning {
		kind = "Warning"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", kind, f.Code, p.Title)
	for _, part := range []struct {
		head   string
		blocks []guide.Block
	}{{"", p.What}, {"Why (most likely first):", p.Why}, {"Do this:", p.Do}, {"To confirm:", p.Confirm}} {
		if len(part.blocks) == 0 {
			continue
		}
		b.WriteByte('\n')
		if part.head != "" {
			b.WriteString(part.head + "\n")
		}
		b.WriteString(guide.Plain(part.blocks, plainWidth) + "\n")
	}
	return b.String()
}

// PlainMock tells a drawn screen as a list of what to do in it, from its top to
// its bottom.
func PlainMock(m *guide.Mock) []string {
	var lines []string
	for _, r := range m.Rows {
		lines = append(lines, plainRow(r))
	}
	return lines
}

func plainRow(r guide.Row) string {
	note := ""
	if r.Note != "" {
		note = " (" + r.Note + ")"
	}
	switch r.Kind {
	case guide.RowTitle:
		return "Screen: " + r.Label
	case guide.RowTabs:
		return "  Tab: " + r.Label
	case guide.RowWarn:
		return "  The screen warns: " + r.Label
	case guide.RowNote:
		return "  Note: " + r.Label
	case guide.RowField, guide.RowSelect:
		return "  " + r.Label + " <- " + plainEntry(r)
	case guide.RowCheck:
		if strings.HasPrefix(r.Note, "leave") {
			return "  Box " + r.Label + ": " + r.Note
		}
		return "  Box " + r.Label + ": " + choose(r.Value, "tick it", "leave it unticked") + note
	case guide.RowRadio:
		return "  Choice " + r.Label + ": " + choose(r.Value, "choose it", "do not choose it") + note
	case guide.RowButton:
		if r.Value != "" {
			return "  Press " + r.Label + " (beside it: " + r.Value + ")"
		}
		return "  Press " + r.Label
	case guide.RowColumn:
		return "  Boxes under " + r.Label + ": " + plainBoxes(r.Value)
	case guide.RowTable:
		return "  Row: " + strings.Join(cells(r), ", ")
	}
	return "  " + r.Label
}

func plainEntry(r guide.Row) string {
	if r.Value == "" {
		return r.Note
	}
	entry := plainShort(r.Value)
	if r.Number > 0 {
		entry += fmt.Sprintf(" (value %d)", r.Number)
	}
	if r.Note != "" {
		entry += " (" + r.Note + ")"
	}
	return entry
}

func plainBoxes(boxes string) string {
	var out []string
	for box := range strings.SplitSeq(boxes, " | ") {
		label := strings.TrimPrefix(strings.TrimPrefix(box, "[x] "), "[ ] ")
		out = append(out, label+": "+choose(box[1:2], "tick it", "leave it unticked"))
	}
	return strings.Join(out, ", ")
}

func choose(value, yes, no string) string {
	if value == "x" {
		return yes
	}
	return no
}

func cells(r guide.Row) []string {
	var out []string
	for _, c := range []string{r.Label, r.Value, r.Note} {
		if c != "" {
			out = append(out, c)
		}
	}
	return out
}

// plainShort shortens a text of many lines to its first, with their number.
func plainShort(text string) string {
	text = strings.TrimRight(text, "\n")
	first, _, many := strings.Cut(text, "\n")
	if !many {
		return text
	}
	return fmt.Sprintf("%s and so on, %d lines", first, strings.Count(text, "\n")+1)
}
