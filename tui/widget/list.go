package widget

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// Column is a column of a [List].
type Column struct {
	Title string
	Width int // columns of the terminal; with Flex the least
	Flex  int // share of what is left over
}

// List shows the rows of a table that fit and lets one be chosen. It asks only
// for the rows that it shows, so a key costs the same however many there are.
type List struct {
	Columns []Column
	Len     func() int
	// Row returns the cells of a row; they may be styled, are cut at their
	// column's width, and must not break lines.
	Row func(i int) []string

	t             *theme.Theme
	width, height int
	cursor, top   int
}

// NewList returns a list that waits for its size.
func NewList(t *theme.Theme, columns []Column, length func() int, row func(int) []string) *List {
	return &List{t: t, Columns: columns, Len: length, Row: row}
}

// SetSize sets columns and lines, the line of titles included.
func (l *List) SetSize(width, height int) {
	l.width, l.height = width, height
	l.clamp()
}

// Selected is the index of the chosen row, -1 when there is none.
func (l *List) Selected() int {
	l.clamp()
	if l.Len() == 0 {
		return -1
	}
	return l.cursor
}

// Select chooses a row and brings it into view.
func (l *List) Select(i int) {
	l.cursor = i
	l.clamp()
}

// rows is how many rows fit below the titles.
func (l *List) rows() int { return max(0, l.height-1) }

// clamp keeps the cursor on a row and the row in view; rows may have gone since.
func (l *List) clamp() {
	n := l.Len()
	l.cursor = max(0, min(l.cursor, n-1))
	l.top = max(0, min(l.top, n-l.rows()))
	l.top = min(l.top, l.cursor)
	if l.rows() > 0 {
		l.top = max(l.top, l.cursor-l.rows()+1)
	}
}

// Update moves the choice. It reports whether it took the key.
func (l *List) Update(msg tea.KeyMsg) bool {
	switch msg.String() {
	case "up", "k":
		l.cursor--
	case "down", "j":
		l.cursor++
	case "pgup":
		l.cursor -= max(1, l.rows()-1)
	case "pgdown":
		l.cursor += max(1, l.rows()-1)
	case "home":
		l.cursor = 0
	case "end":
		l.cursor = l.Len() - 1
	default:
		return false
	}
	l.clamp()
	return true
}

const (
	here   = "▸ "
	gutter = 2 // columns between cells
)

// View draws titles and rows.
func (l *List) View() string {
	if l.height <= 0 {
		return ""
	}
	l.clamp()
	widths := l.widths()
	titles := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		titles[i] = c.Title
	}
	lines := []string{l.t.Muted.Render(l.line("  ", titles, widths))}
	for i := l.top; i < min(l.Len(), l.top+l.rows()); i++ {
		if i == l.cursor {
			lines = append(lines, l.t.Selected.Render(ansi.Strip(l.line(here, l.Row(i), widths))))
		} else {
			lines = append(lines, l.line("  ", l.Row(i), widths))
		}
	}
	return strings.Join(lines, "\n")
}

func (l *List) line(mark string, cells []string, widths []int) string {
	var b strings.Builder
	b.WriteString(mark)
	for i, w := range widths {
		if i >= len(cells) {
			break
		}
		cell := ansi.Truncate(cells[i], w, "…")
		if i < len(widths)-1 {
			cell = pad(cell, w+gutter)
		}
		b.WriteString(cell)
	}
	return ansi.Truncate(strings.TrimRight(b.String(), " "), l.width, "…")
}

// widths shares out the line by the columns' own numbers, never by what the rows
// hold, so that columns stand still while rows scroll.
func (l *List) widths() []int {
	rest := l.width - ansi.StringWidth(here) - gutter*(len(l.Columns)-1)
	flex := 0
	for _, c := range l.Columns {
		rest -= c.Width
		flex += c.Flex
	}
	widths := make([]int, len(l.Columns))
	for i, c := range l.Columns {
		widths[i] = c.Width
		if flex > 0 && rest > 0 {
			widths[i] += rest * c.Flex / flex
		}
	}
	return widths
}
