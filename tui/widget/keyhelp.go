package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// Key is one entry of the line of keys.
type Key struct {
	Key  string // "enter", "1-3"
	Does string // "next"; "" for a key that speaks for itself
	Keep bool   // never left out: the way on and the way out
}

// KeyHelp draws the line of keys. Where it is too narrow it leaves out whole
// entries, from the right, those to keep last of all.
func KeyHelp(t *theme.Theme, keys []Key, width int) string {
	keys = fitting(keys, width)
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = t.Key.Render(k.Key)
		if k.Does != "" {
			parts[i] += " " + t.Muted.Render(k.Does)
		}
	}
	return ansi.Truncate(strings.Join(parts, t.Muted.Render(" · ")), width, "…")
}

func fitting(keys []Key, width int) []Key {
	keys = append([]Key(nil), keys...)
	for total(keys) > width {
		drop := -1
		for i, k := range keys {
			if !k.Keep {
				drop = i
			}
		}
		if drop < 0 {
			break
		}
		keys = append(keys[:drop], keys[drop+1:]...)
	}
	return keys
}

func total(keys []Key) int {
	width := -3
	for _, k := range keys {
		width += 3 + ansi.StringWidth(k.Key)
		if k.Does != "" {
			width += 1 + ansi.StringWidth(k.Does)
		}
	}
	return width
}
