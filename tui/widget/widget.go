// Package widget draws the parts that applink's screens are made of. It knows
// sizes, styles and keys, and nothing about links or servers: callers hand over
// rows, values and words, which have to be printable (core.Printable) already.
//
// Two kinds of widget live here. Functions turn data into a block of lines that
// is never wider than asked ([Mock], [FieldList], [Values], [StepBar],
// [StepList], [KeyHelp], [Prose]). Types hold what a person does to them
// ([Frame], [List], [Form], [PEM], [ShowAlone]); they are pointers, they take
// their size by SetSize before anything else, and nothing in them reads files,
// clipboards or the network.
//
// [Frame] is the one place that does layout. No other widget, and no screen,
// adds up heights.
package widget

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// Shorten fits a value into width columns on one line. A value of several lines
// is told by its first line and how many lines it has, a longer one ends in "…".
func Shorten(value string, width int) string {
	value = strings.TrimRight(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
	first, rest, several := strings.Cut(value, "\n")
	if !several {
		return ansi.Truncate(first, width, "…")
	}
	tail := fmt.Sprintf(" … %d lines", strings.Count(rest, "\n")+2)
	if ansi.StringWidth(first)+ansi.StringWidth(tail) > width {
		tail = fmt.Sprintf("… %d lines", strings.Count(rest, "\n")+2)
		first = ansi.Truncate(first, max(0, width-ansi.StringWidth(tail)), "")
	}
	return ansi.Truncate(first+tail, width, "…")
}

// asText marks letters that arrive in one read as a paste. They are text even
// when they spell the name of a key: Bubble Tea's String does not tell the typed
// word "right" from the arrow.
func asText(k tea.KeyMsg) tea.KeyMsg {
	k.Paste = k.Paste || (k.Type == tea.KeyRunes && len(k.Runes) > 1)
	return k
}

// pad fills a line with spaces up to width columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// Indent moves each line of a block to the right; empty lines stay empty.
func Indent(block string, columns int) string {
	if block == "" {
		return ""
	}
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = strings.Repeat(" ", columns) + line
		}
	}
	return strings.Join(lines, "\n")
}

// Spread puts one text at the left end of a line and one at the right end. The
// left one gives way where both do not fit.
func Spread(left, right string, width int) string {
	right = ansi.Truncate(right, width, "…")
	room := width - ansi.StringWidth(right)
	if ansi.StringWidth(right) > 0 {
		room--
	}
	left = ansi.Truncate(left, max(0, room), "…")
	gap := width - ansi.StringWidth(left) - ansi.StringWidth(right)
	return left + strings.Repeat(" ", max(0, gap)) + right
}
