package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// columns draws the columns that rows begins with side by side, or one a line
// where they have no room.
func (m *mock) columns(rows []Row) {
	var cells [][]string // of each column, its heading first
	width, height := -2, 0
	for _, r := range rows {
		if r.Kind != RowColumn {
			break
		}
		column := append([]string{r.Label}, boxes(r)...)
		cells = append(cells, column)
		width, height = width+2+widest(column), max(height, len(column))
	}
	if width > m.width || len(cells) == 1 {
		for _, r := range rows[:len(cells)] {
			m.column(r)
		}
		return
	}
	for y := range height {
		var line strings.Builder
		for _, column := range cells {
			cell := ""
			if y < len(column) {
				cell = column[y]
			}
			line.WriteString(m.box(cell) + strings.Repeat(" ", widest(column)-ansi.StringWidth(cell)+2))
		}
		m.add(strings.TrimRight(line.String(), " "))
	}
}

// column tells one column on a line.
func (m *mock) column(r Row) {
	parts := []string{r.Label + ":"}
	for _, box := range boxes(r) {
		parts = append(parts, m.box(box))
	}
	m.add(ansi.Truncate(strings.Join(parts, "  "), m.width, "…"))
}

func (m *mock) box(text string) string {
	if strings.HasPrefix(text, "[x]") {
		return m.t.Value.Render(text)
	}
	return text
}

func boxes(r Row) []string {
	out := strings.Split(r.Value, "|")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func widest(column []string) int {
	w := 0
	for _, cell := range column {
		w = max(w, ansi.StringWidth(cell))
	}
	return w
}
