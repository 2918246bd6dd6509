package widget

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// choices is a field with a list to choose from, whose options may stand under headings,
// with a line each, and be found by typing after a slash. It is a huh field of its own:
// huh's list has neither headings nor a second column.
type choices struct {
	t             *theme.Theme
	of            *formField
	width, height int
}

var _ huh.Field = (*choices)(nil)

// newChoices begins at the option that is the draft, else at the first.
func newChoices(t *theme.Theme, of *formField, width, height int) *choices {
	c := &choices{t: t, of: of, width: width, height: height}
	c.choose(c.at())
	return c
}

// found are the options that hold what is looked for, each word of it.
func (c *choices) found() []Option {
	var out []Option
	for _, o := range c.of.Options {
		text := strings.ToLower(o.Label + " " + o.Value + " " + o.Note)
		if !slices.ContainsFunc(strings.Fields(strings.ToLower(c.of.find)), func(w string) bool { return !strings.Contains(text, w) }) {
			out = append(out, o)
		}
	}
	return out
}

func (c *choices) at() int {
	return max(0, slices.IndexFunc(c.found(), func(o Option) bool { return o.Value == c.of.draft }))
}

// choose makes an option the draft; without one nothing is chosen.
func (c *choices) choose(i int) {
	found := c.found()
	if c.of.draft = ""; len(found) > 0 {
		c.of.draft = found[max(0, min(i, len(found)-1))].Value
	}
}

// Update moves the choice, and takes what is looked for.
func (c *choices) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return c, nil
	}
	at, page := c.at(), max(1, c.height-2)
	switch name := k.String(); {
	case name == "up":
		c.choose(at - 1)
	case name == "down":
		c.choose(at + 1)
	case name == "pgup":
		c.choose(at - page)
	case name == "pgdown":
		c.choose(at + page)
	case name == "home":
		c.choose(0)
	case name == "end":
		c.choose(len(c.of.Options))
	case c.of.finding && name == "backspace":
		c.look(strings.TrimSuffix(c.of.find, lastRune(c.of.find)))
	case c.of.finding && (k.Type == tea.KeyRunes || k.Type == tea.KeySpace):
		c.look(c.of.find + string(k.Runes))
	case name == "k":
		c.choose(at - 1)
	case name == "j":
		c.choose(at + 1)
	}
	return c, nil
}

// look narrows the list down, and stays at what is chosen as long as it is found.
func (c *choices) look(text string) {
	was := c.of.draft
	c.of.find = text
	if !slices.ContainsFunc(c.found(), func(o Option) bool { return o.Value == was }) {
		c.choose(0)
	}
}

func lastRune(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[len(r)-1])
}

// View draws what is found, as far as it fits, with the choice in view.
func (c *choices) View() string {
	found, at := c.found(), c.at()
	var lines []string
	chosen, widest := 0, 0
	for _, o := range c.of.Options {
		widest = max(widest, ansi.StringWidth(o.Label))
	}
	for i, o := range found {
		if o.Group != "" && c.of.find == "" {
			lines = append(lines, c.t.Muted.Render(ansi.Truncate(o.Group, c.width, "…")))
		}
		label := o.Label
		if i < 9 && c.of.find == "" {
			label = fmt.Sprintf("%d  %s", i+1, label)
		} else if c.grouped() {
			label = "   " + label
		}
		mark, style := strings.Repeat(" ", ansi.StringWidth(here)), c.t.Text
		if i == at {
			mark, style, chosen = c.t.Accent.Render(here), c.t.Selected, len(lines)
		}
		line := style.Render(ansi.Truncate(label, max(1, c.width-4), "…"))
		if c.grouped() && o.Note != "" {
			indent := widest + 5
			if room := c.width - indent - 2; room > 20 {
				line += strings.Repeat(" ", max(1, indent-ansi.StringWidth(label))) + c.t.Muted.Render(ansi.Truncate(o.Note, room, "…"))
			}
		}
		lines = append(lines, mark+line)
	}
	if len(found) == 0 {
		lines = append(lines, c.t.Muted.Render("Nothing is called so. esc shows all."))
	}
	room := max(3, c.height)
	if c.of.finding {
		room--
	}
	if top := max(0, min(chosen-room/2, len(lines)-room)); len(lines) > room {
		above, below := top > 0, top+room < len(lines)
		lines = lines[top : top+room]
		if above {
			lines[0] = c.t.Muted.Render("↑ more")
		}
		if below {
			lines[room-1] = c.t.Muted.Render("↓ more")
		}
	}
	if c.of.finding {
		lines = append([]string{c.t.Accent.Render("/ ") + c.t.Value.Render(c.of.find) + c.t.Cursor.Render(" ")}, lines...)
	}
	return strings.Join(lines, "\n")
}

// grouped reports whether the options stand under headings.
func (c *choices) grouped() bool { return c.of.grouped() }

// What follows makes it a field of huh's; accessible mode is plain mode's.

func (c *choices) Init() tea.Cmd                            { return nil }
func (c *choices) Focus() tea.Cmd                           { return nil }
func (c *choices) Blur() tea.Cmd                            { return nil }
func (c *choices) Error() error                             { return nil }
func (c *choices) Run() error                               { return huh.Run(c) }
func (c *choices) RunAccessible(io.Writer, io.Reader) error { return nil }
func (c *choices) Skip() bool                               { return false }
func (c *choices) Zoom() bool                               { return false }
func (c *choices) KeyBinds() []key.Binding                  { return nil }
func (c *choices) WithTheme(*huh.Theme) huh.Field           { return c }
func (c *choices) WithAccessible(bool) huh.Field            { return c }
func (c *choices) WithKeyMap(*huh.KeyMap) huh.Field         { return c }
func (c *choices) WithHeight(int) huh.Field                 { return c }
func (c *choices) WithWidth(int) huh.Field                  { return c }
func (c *choices) WithPosition(huh.FieldPosition) huh.Field { return c }
func (c *choices) GetKey() string                           { return "" }
func (c *choices) GetValue() any                            { return c.of.draft }
