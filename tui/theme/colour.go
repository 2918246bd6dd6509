package theme

import "github.com/charmbracelet/lipgloss"

// colours are numbers of the palette of 256 or 16 colours.
type colours struct {
	accent, good, warn, bad lipgloss.Color
	quiet                   lipgloss.Color // "" to dim the text's own colour
}

// coloursOf chooses by background. Without knowing it, the colours are those
// with a contrast of at least 4 to both black and white. In the palette of 16,
// which people set as they like, "bright black" may be the background itself:
// there notes are dimmed.
func coloursOf(p Profile) colours {
	if p.Depth == Colours16 {
		return colours{accent: "6", good: "2", warn: "3", bad: "1"}
	}
	switch p.Background {
	case Dark:
		return colours{accent: "75", good: "114", warn: "214", bad: "210", quiet: "245"}
	case Light:
		return colours{accent: "25", good: "28", warn: "94", bad: "124", quiet: "242"}
	}
	return colours{accent: "31", good: "28", warn: "130", bad: "161", quiet: "243"}
}

func (c colours) muted(s lipgloss.Style) lipgloss.Style {
	if c.quiet == "" {
		return s.Faint(true)
	}
	return s.Foreground(c.quiet)
}
