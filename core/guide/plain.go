package guide

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"applink/core"
	"applink/core/seal"
)

// Plain formats blocks as text without marks, wrapped at width characters, with an
// empty line between blocks other than list items. Code and words longer than a
// line are not broken.
func Plain(blocks []Block, width int) string {
	var s strings.Builder
	for i, b := range blocks {
		if i > 0 {
			s.WriteByte('\n')
			if !b.listed() || b.Kind != blocks[i-1].Kind {
				s.WriteByte('\n')
			}
		}
		switch b.Kind {
		case Code:
			s.WriteString(b.String())
		case Item:
			s.WriteString(wrap("- ", b.String(), width))
		case Numbered:
			s.WriteString(wrap(fmt.Sprintf("%d. ", b.Number), b.String(), width))
		case Note:
			s.WriteString(wrap("Note: ", b.String(), width))
		default:
			s.WriteString(wrap("", b.String(), width))
		}
	}
	return s.String()
}

func (b Block) listed() bool { return b.Kind == Item || b.Kind == Numbered }

// wrap formats a text after a lead and indents its further lines to match.
func wrap(lead, text string, width int) string {
	indent := strings.Repeat(" ", utf8.RuneCountInString(lead))
	var s strings.Builder
	s.WriteString(lead)
	at := len(indent)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > width:
			s.WriteString("\n" + indent)
			at = len(indent)
		default:
			s.WriteByte(' ')
			at++
		}
		s.WriteString(word)
		at += n
	}
	return s.String()
}

// textWidth is where the text of a problem is wrapped.
const textWidth = 76

// ProblemText formats a finding as text: what happened, why, what to do, how to
// confirm it, and its code.
func ProblemText(f *core.Finding) string {
	p := Problem(f)
	kind := "Problem"
	if f.Warning {
		kind = "Warning"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n", kind, f.Code, p.Title)
	for _, part := range []struct {
		head   string
		blocks []Block
	}{{"", p.What}, {"Why (most likely first):", p.Why}, {"Do this:", p.Do}, {"To confirm:", p.Confirm}} {
		if len(part.blocks) == 0 {
			continue
		}
		b.WriteByte('\n')
		if part.head != "" {
			b.WriteString(part.head + "\n")
		}
		b.WriteString(Plain(part.blocks, textWidth) + "\n")
	}
	return b.String()
}

// MockLines describes a drawn screen as a list of actions, from its top to its bottom.
// What is left as it is belongs to the whole windows only.
func MockLines(m *Mock, whole bool) []string {
	var lines []string
	for _, r := range m.Rows {
		if whole || !r.More {
			lines = append(lines, rowText(r))
		}
	}
	return lines
}

// Draws reports whether a drawing shows the value with a number in one of its fields.
func (m *Mock) Draws(number int) bool {
	return slices.ContainsFunc(m.Rows, func(r Row) bool { return r.Number == number })
}

func rowText(r Row) string {
	note := ""
	if r.Note != "" {
		note = " (" + r.Note + ")"
	}
	switch r.Kind {
	case RowTitle:
		return "Screen: " + r.Label
	case RowTabs:
		return "  Tab: " + r.Label
	case RowWarn:
		return "  The screen warns: " + r.Label
	case RowNote:
		return "  Note: " + r.Label
	case RowField, RowSelect:
		if r.Number > 0 {
			return fmt.Sprintf("  [%d] %s: %s", r.Number, r.Label, entryText(r))
		}
		return "  " + r.Label + ": " + entryText(r)
	case RowCheck:
		if strings.HasPrefix(r.Note, "leave") {
			return "  Box " + r.Label + ": " + r.Note
		}
		return "  Box " + r.Label + ": " + pick(r.Value, "tick it", "leave it unticked") + note
	case RowRadio:
		return "  Choice " + r.Label + ": " + pick(r.Value, "choose it", "do not choose it") + note
	case RowButton:
		if r.Value != "" {
			return "  Press " + r.Label + " (beside it: " + r.Value + ")"
		}
		return "  Press " + r.Label
	case RowColumn:
		return "  Boxes under " + r.Label + ": " + boxesText(r.Value)
	case RowTable:
		return "  Row: " + strings.Join(cells(r), ", ")
	}
	return "  " + r.Label
}

func entryText(r Row) string {
	if r.Value == "" {
		return r.Note
	}
	entry := Shorten(r.Value)
	if r.Note != "" {
		entry += " (" + r.Note + ")"
	}
	return entry
}

func boxesText(boxes string) string {
	var out []string
	for box := range strings.SplitSeq(boxes, " | ") {
		label := strings.TrimPrefix(strings.TrimPrefix(box, "[x] "), "[ ] ")
		out = append(out, label+": "+pick(box[1:2], "tick it", "leave it unticked"))
	}
	return strings.Join(out, ", ")
}

func pick(value, yes, no string) string {
	if value == "x" {
		return yes
	}
	return no
}

func cells(r Row) []string {
	var out []string
	for _, c := range []string{r.Label, r.Value, r.Note} {
		if c != "" {
			out = append(out, c)
		}
	}
	return out
}

// Shorten tells a key, or another text of many lines, in one.
func Shorten(text string) string {
	text = strings.TrimRight(text, "\n")
	first, _, many := strings.Cut(text, "\n")
	if !many {
		return text
	}
	if key := seal.KeyInShort(text); key != "" {
		return key
	}
	return fmt.Sprintf("%s and so on, %d lines", first, strings.Count(text, "\n")+1)
}
