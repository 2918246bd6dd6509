package widget

import (
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/huh"

	"applink/tui/theme"
)

// huhTheme dresses huh's fields in our styles. What is filled in stands out in every field;
// labels tell which one has the focus.
func huhTheme(t *theme.Theme) *huh.Theme {
	h := huh.ThemeBase()
	plain := t.Style()
	f := &h.Focused
	f.Base, f.Card = plain, plain
	f.SelectSelector = t.Accent.SetString(here)
	f.SelectedOption = t.Selected
	f.UnselectedOption, f.Option = t.Text, t.Text
	f.PrevIndicator, f.NextIndicator = t.Accent.SetString("‹ "), t.Accent.SetString(" ›")
	f.TextInput = huh.TextInputStyles{
		Cursor: t.Cursor, CursorText: t.Value, Placeholder: t.Muted,
		Prompt: t.Accent, Text: t.Value,
	}
	h.Form.Base, h.Group.Base = plain, plain
	h.Blurred = h.Focused
	return h
}

// huhKeys leaves out what the screen owns (quit, the ways between fields), what would leave
// it (the editor) and what reacts to Esc (filters). An empty binding stays off even when
// huh switches it on.
func huhKeys() *huh.KeyMap {
	k := huh.NewDefaultKeyMap()
	k.Quit = key.NewBinding()
	k.Input.AcceptSuggestion, k.Input.Prev, k.Input.Next, k.Input.Submit = key.NewBinding(), key.NewBinding(), key.NewBinding(), key.NewBinding()
	s := &k.Select
	s.Filter, s.SetFilter, s.ClearFilter = key.NewBinding(), key.NewBinding(), key.NewBinding()
	s.Prev, s.Next, s.Submit = key.NewBinding(), key.NewBinding(), key.NewBinding()
	return k
}
