// Package theme holds the colours of applink: one accent, one warning, one
// error, and weight. What a terminal can show is worked out here, once, from
// flags and environment; nothing is asked of the terminal and nothing is left
// to be found out while drawing.
//
// Colour only ever repeats what a word or a sign already says.
package theme

import (
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// Bubble Tea's package initialisation asks the terminal for its background and
// waits up to five seconds where nothing answers, even for "version". It asks
// nothing when the answer is already set. Go initialises packages that are ready
// in the order of their import paths, so this runs first as long as the package
// imports lipgloss but not bubbletea, and nothing that lipgloss does not need.
func init() { lipgloss.SetHasDarkBackground(true) }

// Theme is a set of styles for one [Profile]. It is built once and not changed.
type Theme struct {
	Profile Profile

	Text     lipgloss.Style // running text
	Title    lipgloss.Style // headings
	Strong   lipgloss.Style // words that stand out in running text
	Accent   lipgloss.Style // where the user is, and what to do now
	Muted    lipgloss.Style // notes and what is not current
	Good     lipgloss.Style
	Warn     lipgloss.Style
	Bad      lipgloss.Style
	Key      lipgloss.Style // keys to press
	Value    lipgloss.Style // values to carry
	Selected lipgloss.Style // the chosen row of a list
	Rule     lipgloss.Style // lines that separate
	Cursor   lipgloss.Style // the place where typing goes

	renderer *lipgloss.Renderer
}

// New builds the styles for a profile.
func New(p Profile) *Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(p.Depth.termenv())
	r.SetHasDarkBackground(p.Background != Light)
	c := coloursOf(p)
	plain := r.NewStyle()
	return &Theme{
		Profile:  p,
		Text:     plain,
		Title:    plain.Bold(true),
		Strong:   plain.Bold(true),
		Accent:   plain.Foreground(c.accent),
		Muted:    c.muted(plain),
		Good:     plain.Foreground(c.good),
		Warn:     plain.Foreground(c.warn),
		Bad:      plain.Foreground(c.bad),
		Key:      plain.Foreground(c.accent),
		Value:    plain.Bold(true),
		Selected: plain.Bold(true).Foreground(c.accent),
		Rule:     c.muted(plain),
		Cursor:   cursor(plain, p.Depth),
		renderer: r,
	}
}

// Style returns an empty style of this theme.
func (t *Theme) Style() lipgloss.Style { return t.renderer.NewStyle() }

// Link makes a text, styled or not, lead to an address where the terminal knows links. The
// address is free of control characters, or the text stays as it is.
func (t *Theme) Link(address, text string) string {
	if !t.Profile.Links || !strings.Contains(address, "://") || strings.ContainsFunc(address, unicode.IsControl) {
		return text
	}
	return ansi.SetHyperlink(address) + text + ansi.ResetHyperlink()
}

// Install makes the profile that of lipgloss itself, with which bubbles and huh
// draw what takes no style of ours. It is called once, before the first frame.
func (t *Theme) Install() { lipgloss.SetDefaultRenderer(t.renderer) }

// cursor is drawn reversed by bubbles. Without colour lipgloss drops that too,
// so the cursor becomes a character of its own.
func cursor(s lipgloss.Style, d Depth) lipgloss.Style {
	if d != NoColour {
		return s
	}
	return s.Transform(func(char string) string {
		if char == " " || char == "" {
			return "█"
		}
		return char + "\u0332"
	})
}

func (d Depth) termenv() termenv.Profile {
	switch d {
	case Colours16:
		return termenv.ANSI
	case Colours256:
		return termenv.ANSI256
	}
	return termenv.Ascii
}
