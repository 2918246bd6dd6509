package widget

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// RowKind is the kind of a row in a drawn form.
type RowKind string

// The kinds of rows.
const (
	RowTitle  RowKind = "title"
	RowTabs   RowKind = "tabs" // Value: the tabs separated by "|"; Label: the open one
	RowText   RowKind = "text"
	RowWarn   RowKind = "warn"
	RowField  RowKind = "field"
	RowSelect RowKind = "select"
	RowCheck  RowKind = "check"  // Value: not empty when ticked
	RowRadio  RowKind = "radio"  // Value: not empty when chosen
	RowButton RowKind = "button" // Value: not empty for the one to press
	RowRow    RowKind = "row"    // a row of a table, the first its heading; cells: Label, Value, and in Note the others, separated by "|"
	RowColumn RowKind = "column" // a heading with boxes below, separated by "|" in Value
	RowNote   RowKind = "note"
)

// Row is one row of a drawn form.
type Row struct {
	Kind   RowKind
	Label  string
	Value  string // as it is to be carried, however long
	Note   string // said beside or instead of the value
	Number int    // key that copies the value; 0 for none
}

// MockWidth is the widest that a form is drawn.
const MockWidth = 76

// labelShare is the part of the width that labels may take, in percent.
const labelShare = 40

// Mock draws a form of another program with the values in place: labels in one
// column, values shortened to one line, the keys that copy them at the right.
func Mock(t *theme.Theme, rows []Row, width int) string {
	width = max(1, min(width, MockWidth))
	m := mock{t: t, width: width, label: labelWidth(rows, width)}
	for i, r := range rows {
		joins := i > 0 && rows[i-1].Kind == r.Kind
		switch {
		case r.Kind != RowColumn && r.Kind != RowRow:
			m.draw(r, joins && r.Kind == RowButton)
		case joins:
		case r.Kind == RowRow:
			m.table(rows[i:])
		default:
			m.columns(rows[i:])
		}
	}
	if len(rows) > 0 && rows[0].Kind == RowTitle {
		m.rule()
	}
	return strings.Join(m.lines, "\n")
}

type mock struct {
	t            *theme.Theme
	width, label int
	lines        []string
}

func labelWidth(rows []Row, width int) int {
	widest := 0
	for _, r := range rows {
		switch r.Kind {
		case RowField, RowSelect:
			if w := ansi.StringWidth(r.Label); w <= width*labelShare/100 {
				widest = max(widest, w)
			}
		}
	}
	return widest
}

func (m *mock) add(lines ...string) { m.lines = append(m.lines, lines...) }

func (m *mock) rule() { m.add(m.t.Rule.Render(strings.Repeat("─", m.width))) }

// wrap adds a text; a mark before its first line indents the others.
func (m *mock) wrap(style lipgloss.Style, mark, text string) {
	m.hang(style.Render(mark), style, text)
}

// hang adds a text beside what stands before its first line.
func (m *mock) hang(first string, style lipgloss.Style, text string) {
	indent := ansi.StringWidth(first)
	for i, line := range wrapSpans(m.t, []Span{{Text: text}}, style, max(1, m.width-indent)) {
		if i > 0 {
			first = strings.Repeat(" ", indent)
		}
		m.add(first + line)
	}
}

func (m *mock) draw(r Row, joins bool) {
	switch r.Kind {
	case RowTitle:
		m.wrap(m.t.Title, "", r.Label)
		m.rule()
	case RowTabs:
		m.add(tabs(m.t, r, m.width))
	case RowText:
		m.wrap(m.t.Text, "", cmp.Or(r.Label, r.Value))
	case RowWarn:
		m.wrap(m.t.Warn, "! ", cmp.Or(r.Label, r.Value))
	case RowNote:
		m.wrap(m.t.Muted, "", cmp.Or(r.Note, r.Label))
	case RowCheck:
		m.choice(r, "[x] ", "[ ] ")
	case RowRadio:
		m.choice(r, "(•) ", "( ) ")
	case RowButton:
		m.button(r, joins)
	default:
		m.field(r)
	}
}

func (m *mock) choice(r Row, on, off string) {
	style, mark := m.t.Text, off
	if r.Value != "" {
		style, mark = m.t.Value, on
	}
	m.wrap(style, mark, r.Label)
	if r.Note != "" {
		m.wrap(m.t.Muted, "    ", r.Note)
	}
}

func (m *mock) button(r Row, joins bool) {
	style := m.t.Text
	if r.Value != "" {
		style = m.t.Accent
	}
	button := style.Render("[ " + ansi.Truncate(r.Label, max(0, m.width-4), "…") + " ]")
	if joins {
		last := m.lines[len(m.lines)-1]
		if ansi.StringWidth(last)+2+ansi.StringWidth(button) <= m.width {
			m.lines[len(m.lines)-1] = last + "  " + button
			return
		}
	}
	m.add(button)
}

// field draws "Label  value  1 copy"; a label wider than its column stands on a
// line of its own.
func (m *mock) field(r Row) {
	label := r.Label
	if ansi.StringWidth(label) > m.label {
		m.wrap(m.t.Text, "", label)
		label = ""
	}
	right := copyKey(m.t, r.Number)
	room := m.width - m.label - 2 - ansi.StringWidth(right)
	if right != "" {
		room -= 2
	}
	line := pad(label, m.label) + "  "
	value, below := m.value(r, max(1, room))
	if value == "" && below {
		m.hang(line, m.t.Muted, r.Note)
		return
	}
	if right == "" {
		m.add(strings.TrimRight(line+value, " "))
	} else {
		m.add(Spread(line+value, right, m.width))
	}
	if below {
		m.wrap(m.t.Muted, strings.Repeat(" ", m.label+2), r.Note)
	}
}

// value is what stands in the value column, and whether the note goes below it.
func (m *mock) value(r Row, room int) (value string, below bool) {
	if r.Value == "" {
		if ansi.StringWidth(r.Note) > room {
			return "", r.Note != ""
		}
		return m.t.Muted.Render(r.Note), false
	}
	text := Shorten(r.Value, room)
	if r.Kind == RowSelect {
		text = Shorten(r.Value, max(1, room-2)) + " ▾"
	}
	value = m.t.Value.Render(text)
	if r.Note == "" {
		return value, false
	}
	if ansi.StringWidth(text)+2+ansi.StringWidth(r.Note) > room {
		return value, true
	}
	return value + "  " + m.t.Muted.Render(r.Note), false
}

func copyKey(t *theme.Theme, number int) string {
	if number == 0 {
		return ""
	}
	return t.Key.Render(fmt.Sprint(number)) + t.Muted.Render(" copy")
}

func tabs(t *theme.Theme, r Row, width int) string {
	var names []string
	for name := range strings.SplitSeq(r.Value, "|") {
		name = strings.TrimSpace(name)
		if name == r.Label {
			names = append(names, t.Accent.Render("["+name+"]"))
		} else {
			names = append(names, t.Muted.Render(name))
		}
	}
	return ansi.Truncate(strings.Join(names, "  "), width, "…")
}
