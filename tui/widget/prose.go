package widget

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// BlockKind is the kind of a block of text.
type BlockKind string

// The kinds of blocks.
const (
	Paragraph BlockKind = "paragraph"
	Heading   BlockKind = "heading"
	Item      BlockKind = "item"     // of a list with bullets
	Numbered  BlockKind = "numbered" // of a list with numbers; successive ones count up
	Note      BlockKind = "note"     // less important than the rest
	Warning   BlockKind = "warning"
	Verbatim  BlockKind = "verbatim" // lines kept as they are: commands, answers
)

// SpanKind is the meaning of some words in a block.
type SpanKind string

// The kinds of spans.
const (
	Plain  SpanKind = ""
	Strong SpanKind = "strong"
	Code   SpanKind = "code" // to be typed or compared literally
	Press  SpanKind = "key"  // a key of the keyboard
	Link   SpanKind = "link" // a URL
)

// Span is a run of words of one kind.
type Span struct {
	Kind SpanKind
	Text string
}

// Block is a paragraph, a heading or an item of a list.
type Block struct {
	Kind  BlockKind
	Spans []Span
}

// Say makes a block of plain words.
func Say(kind BlockKind, text string) Block {
	return Block{Kind: kind, Spans: []Span{{Text: text}}}
}

// Prose wraps blocks at width. Items of one list stand together, and so do a
// heading and what it heads; other blocks have an empty line between them. Each line carries its own styles from start
// to end, so that lines can be indented, cut and scrolled one by one.
func Prose(t *theme.Theme, blocks []Block, width int) string {
	var lines []string
	number := 0
	for i, b := range blocks {
		if i > 0 && !together(blocks[i-1].Kind, b.Kind) {
			lines = append(lines, "")
		}
		if b.Kind == Numbered {
			number++
		} else {
			number = 0
		}
		lines = append(lines, wrapBlock(t, b, number, width)...)
	}
	return strings.Join(lines, "\n")
}

func together(above, below BlockKind) bool {
	return above == Heading || isItem(below) && above == below
}

func isItem(k BlockKind) bool { return k == Item || k == Numbered }

func wrapBlock(t *theme.Theme, b Block, number, width int) []string {
	base, mark := t.Text, ""
	switch b.Kind {
	case Heading:
		base = t.Title
	case Item:
		mark = "• "
	case Numbered:
		mark = fmt.Sprintf("%d. ", number)
	case Note:
		base = t.Muted
	case Warning:
		base, mark = t.Warn, "! "
	case Verbatim:
		return verbatim(t, b, width)
	}
	hang := ansi.StringWidth(mark)
	lines := wrapSpans(t, b.Spans, base, max(1, width-hang))
	for i := range lines {
		if i == 0 {
			lines[i] = base.Render(mark) + lines[i]
		} else {
			lines[i] = strings.Repeat(" ", hang) + lines[i]
		}
	}
	return lines
}

func verbatim(t *theme.Theme, b Block, width int) []string {
	var text strings.Builder
	for _, s := range b.Spans {
		text.WriteString(s.Text)
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(text.String(), "\n"), "\n") {
		for part := range strings.SplitSeq(ansi.Hardwrap(line, max(1, width-2), true), "\n") {
			lines = append(lines, "  "+t.Value.Render(part))
		}
	}
	return lines
}

func spanStyle(t *theme.Theme, kind SpanKind, base lipgloss.Style) lipgloss.Style {
	switch kind {
	case Strong:
		return t.Strong
	case Code:
		return t.Value
	case Press:
		return t.Key
	case Link:
		return t.Accent
	}
	return base
}

// word is a piece of text without blanks; glued words follow the one before
// without a blank between, because only their styles differ.
type word struct {
	text  string
	style lipgloss.Style
	glued bool
	leads string // to this address; "" for no link
}

func words(t *theme.Theme, spans []Span, base lipgloss.Style) []word {
	var all []word
	blank := true
	for _, s := range spans {
		text := s.Text
		style := spanStyle(t, s.Kind, base)
		for text != "" {
			trimmed := strings.TrimLeft(text, " \t\r\n")
			blank = blank || len(trimmed) < len(text)
			end := strings.IndexAny(trimmed, " \t\r\n")
			if end < 0 {
				end = len(trimmed)
			}
			if end > 0 {
				all = append(all, word{text: trimmed[:end], style: style, glued: !blank})
				if s.Kind == Link {
					all[len(all)-1].leads = trimmed[:end]
				}
				blank = false
			}
			text = trimmed[end:]
		}
	}
	return all
}

func wrapSpans(t *theme.Theme, spans []Span, base lipgloss.Style, width int) []string {
	var lines []string
	var line strings.Builder
	column := 0
	flush := func() {
		lines = append(lines, line.String())
		line.Reset()
		column = 0
	}
	for all := words(t, spans, base); len(all) > 0; {
		next, text := cluster(all)
		if column > 0 && column+1+ansi.StringWidth(text) > width {
			flush()
		} else if column > 0 {
			line.WriteString(base.Render(" "))
			column++
		}
		for n, part := range pieces(text, width) {
			if n > 0 {
				flush()
			}
			column += ansi.StringWidth(part)
			for part != "" {
				size := min(len(part), len(all[0].text))
				line.WriteString(t.Link(all[0].leads, all[0].style.Render(part[:size])))
				part, all[0].text = part[size:], all[0].text[size:]
				if all[0].text == "" {
					all = all[1:]
				}
			}
		}
		all = next
	}
	if column > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}

// cluster joins the first word and those glued to it, and returns what follows.
func cluster(all []word) (rest []word, text string) {
	n := 1
	for text = all[0].text; n < len(all) && all[n].glued; n++ {
		text += all[n].text
	}
	return all[n:], text
}

// leastRest is the minimum length of the last piece, so that a lone "." never stands on
// its own line.
const leastRest = 8

// pieces breaks a word that is wider than a line.
func pieces(text string, width int) []string {
	parts := strings.Split(ansi.Hardwrap(text, width, true), "\n")
	last := len(parts) - 1
	if last == 0 || strings.ContainsFunc(parts[last], letterOrDigit) {
		return parts
	}
	before := []rune(parts[last-1])
	stay := len(before) - min(leastRest, len(before)/2)
	if rest := string(before[stay:]) + parts[last]; ansi.StringWidth(rest) <= width {
		parts[last-1], parts[last] = string(before[:stay]), rest
	}
	return parts
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
