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
const MockWidth = 96

// labelShare is the part of the width that labels may take, in percent.
const labelShare = 40

// frameWidth is the columns that the two sides of a window's frame take.
const frameWidth = 4

// Mock draws the windows of another program in frames, one below the other, with the values
// in place: labels in one column, values shortened to one line, the keys that copy them and
// the buttons at the right. What is to be known beside them stands below, without a frame.
func Mock(t *theme.Theme, rows []Row, width int) string {
	width = max(frameWidth+1, min(width, MockWidth))
	m := mock{t: t, width: width - frameWidth, label: labelWidth(rows, width-frameWidth)}
	var out, notes []string
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].Kind != RowTitle {
			to++
		}
		m.lines = nil
		m.window(rows[from:to])
		left, right := "├", "┤"
		if from == 0 {
			left, right = "╭", "╮"
		}
		out = append(out, m.edge(left, rows[from], right))
		for _, line := range m.lines {
			out = append(out, t.Rule.Render("│")+" "+pad(line, m.width)+" "+t.Rule.Render("│"))
		}
		for _, r := range rows[from:to] {
			if r.Kind == RowNote {
				notes = append(notes, wrapSpans(t, []Span{{Text: cmp.Or(r.Note, r.Label)}}, t.Muted, width)...)
			}
		}
		from = to
	}
	if len(out) > 0 {
		out = append(out, t.Rule.Render("╰"+strings.Repeat("─", width-2)+"╯"))
	}
	return strings.Join(append(out, notes...), "\n")
}

// edge is the upper edge of a window, with its title.
func (m *mock) edge(left string, r Row, right string) string {
	room := m.width + frameWidth - 2
	title := ""
	if r.Kind == RowTitle {
		title = " " + ansi.Truncate(r.Label, max(0, room-3), "…") + " "
	}
	rule := strings.Repeat("─", max(0, room-ansi.StringWidth(title)))
	return m.t.Rule.Render(left) + m.t.Title.Render(title) + m.t.Rule.Render(rule+right)
}

// window draws what stands in one window. Buttons stand at the right, beside the last line
// where that has room.
func (m *mock) window(rows []Row) {
	var buttons []string
	for i, r := range rows {
		joins := i > 0 && rows[i-1].Kind == r.Kind
		switch r.Kind {
		case RowTitle, RowNote:
		case RowButton:
			buttons = append(buttons, m.button(r))
		case RowRow:
			if !joins {
				m.table(rows[i:])
			}
		case RowColumn:
			if !joins {
				m.columns(rows[i:])
			}
		default:
			m.draw(r)
		}
	}
	if len(buttons) == 0 {
		return
	}
	line := ansi.Truncate(strings.Join(buttons, " "), m.width, "…")
	if n := len(m.lines) - 1; n >= 0 && ansi.StringWidth(m.lines[n])+2+ansi.StringWidth(line) <= m.width {
		m.lines[n] = Spread(m.lines[n], line, m.width)
		return
	}
	m.add(Spread("", line, m.width))
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

func (m *mock) draw(r Row) {
	switch r.Kind {
	case RowTabs:
		m.add(tabs(m.t, r, m.width))
	case RowText:
		m.wrap(m.t.Text, "", cmp.Or(r.Label, r.Value))
	case RowWarn:
		m.wrap(m.t.Warn, "! ", cmp.Or(r.Label, r.Value))
	case RowCheck:
		m.choice(r, "[x] ", "[ ] ")
	case RowRadio:
		m.choice(r, "(•) ", "( ) ")
	case RowButton:
		m.add(m.button(r))
	default:
		m.field(r)
	}
}

// choice draws a box or a button of a group, with its remark beside it where that fits.
func (m *mock) choice(r Row, on, off string) {
	style, mark := m.t.Text, off
	if r.Value != "" {
		style, mark = m.t.Value, on
	}
	if r.Note != "" && ansi.StringWidth(mark+r.Label)+2+ansi.StringWidth(r.Note) <= m.width {
		m.add(style.Render(mark+r.Label) + "  " + m.t.Muted.Render(r.Note))
		return
	}
	m.wrap(style, mark, r.Label)
	if r.Note != "" {
		m.wrap(m.t.Muted, "    ", r.Note)
	}
}

// button draws a button, the one to press so that it stands out.
func (m *mock) button(r Row) string {
	style := m.t.Muted
	if r.Value != "" {
		style = m.t.Accent
	}
	return style.Render("[ " + ansi.Truncate(r.Label, max(0, m.width-4), "…") + " ]")
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
