package widget

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// FieldList lists a form's rows as "field ← value", for windows too narrow for a drawing.
// Rows without an entry are left out, except texts and warnings.
func FieldList(t *theme.Theme, rows []Row, width int) string {
	m := mock{t: t, width: max(1, width)}
	for _, r := range rows {
		switch r.Kind {
		case RowTabs, RowRow, RowNote:
		case RowTitle:
			m.wrap(t.Title, "", r.Label)
		case RowColumn:
			m.column(r)
		case RowField, RowSelect:
			m.arrow(r)
		default:
			m.draw(r)
		}
	}
	return strings.Join(m.lines, "\n")
}

func (m *mock) arrow(r Row) {
	right := copyKey(m.t, r.Number)
	label := Shorten(r.Label, m.width*60/100) + " ← "
	room := m.width - ansi.StringWidth(label) - ansi.StringWidth(right)
	if right != "" {
		room -= 2
	}
	value, below := m.value(r, max(1, room))
	if right == "" {
		m.add(strings.TrimRight(label+value, " "))
	} else {
		m.add(Spread(label+value, right, m.width))
	}
	if below {
		m.wrap(m.t.Muted, "  ", r.Note)
	}
}

// Value is one numbered value to carry.
type Value struct {
	Number int // key that copies it
	Name   string
	Text   string // the whole value; "" with Secret when it is not at hand
	Secret bool   // shown as dots
}

// dots stand for a secret, whatever its length.
const dots = "••••"

// Values lists the numbered values, one line each, long ones shortened.
func Values(t *theme.Theme, values []Value, width int) string {
	name := 0
	for _, v := range values {
		name = max(name, ansi.StringWidth(v.Name))
	}
	name = min(name, width*labelShare/100)
	lines := make([]string, 0, len(values))
	for _, v := range values {
		key := fmt.Sprintf("%d ", v.Number)
		text := dots
		if !v.Secret {
			text = Shorten(v.Text, max(1, width-ansi.StringWidth(key)-name-2))
		}
		lines = append(lines, ansi.Truncate(t.Key.Render(key)+
			pad(ansi.Truncate(v.Name, name, "…"), name)+"  "+t.Value.Render(text), width, "…"))
	}
	return strings.Join(lines, "\n")
}
