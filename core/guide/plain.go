package guide

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Plain sets blocks as text without marks, wrapped at width characters, with an
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

// wrap sets a text behind a lead; its further lines are indented as deep.
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
