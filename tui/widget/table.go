package widget

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// columnGap is the blanks between the columns of a table.
const columnGap = 2

// table draws the rows of a table that rows begins with, the first one as its heading,
// their cells below each other. A cell that has no room is wrapped.
func (m *mock) table(rows []Row) {
	var cells [][]string
	for _, r := range rows {
		if r.Kind != RowRow {
			break
		}
		cells = append(cells, cellsOf(r))
	}
	widths := m.widths(cells)
	for i, row := range cells {
		style := m.t.Text
		if i == 0 {
			style = m.t.Muted
		}
		m.tableRow(row, widths, style)
	}
}

// cellsOf are the cells of a row; the note holds all from the third on.
func cellsOf(r Row) []string {
	cells := append([]string{r.Label, r.Value}, strings.Split(r.Note, "|")...)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// widths fits the columns into the drawing, at the cost of the widest.
func (m *mock) widths(cells [][]string) []int {
	var widths []int
	for _, row := range cells {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	total := -columnGap
	for _, w := range widths {
		total += w + columnGap
	}
	for ; total > m.width; total-- {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] == 1 {
			break
		}
		widths[widest]--
	}
	return widths
}

func (m *mock) tableRow(row []string, widths []int, style lipgloss.Style) {
	wrapped, height := make([][]string, len(row)), 1
	for i, cell := range row {
		wrapped[i] = wrapSpans(m.t, []Span{{Text: cell}}, style, widths[i])
		height = max(height, len(wrapped[i]))
	}
	for y := range height {
		var line strings.Builder
		for i, lines := range wrapped {
			cell := ""
			if y < len(lines) {
				cell = lines[y]
			}
			line.WriteString(pad(cell, widths[i]+columnGap))
		}
		m.add(ansi.Truncate(strings.TrimRight(line.String(), " "), m.width, ""))
	}
}
