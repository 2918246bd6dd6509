package widget

import (
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/huh"

	"applink/tui/theme"
)

// huhTheme dresses huh's fields in our styles.
func huhTheme(t *theme.Theme) *huh.Theme {
	h := huh.ThemeBase()
	plain := t.Style()
	f := &h.Focused
	f.Base, f.Card = plain, plain
	f.Title, f.NoteTitle = t.Title, t.Title
	f.Description = t.Muted
	f.ErrorIndicator = t.Bad.SetString(" ✗")
	f.SelectSelector = t.Accent.SetString("▸ ")
	f.SelectedOption = t.Selected
	f.UnselectedOption, f.Option = t.Text, t.Text
	f.FocusedButton = t.Selected.PaddingRight(3).SetString("▸")
	f.BlurredButton = t.Muted.PaddingRight(3).SetString(" ")
	f.TextInput = huh.TextInputStyles{
		Cursor: t.Cursor, CursorText: t.Value, Placeholder: t.Muted,
		Prompt: t.Accent, Text: t.Value,
	}
	h.Form.Base, h.Group.Base = plain, plain
	h.Group.Title, h.Group.Description = t.Title, t.Muted
	h.Blurred = h.Focused
	return h
}

// huhKeys leaves out what the screen owns (quit), what would leave it (the
// editor), what reacts to Esc (filters), and ways between fields of which there
// is only one. An empty binding stays off even when huh switches it on.
func huhKeys() *huh.KeyMap {
	k := huh.NewDefaultKeyMap()
	k.Quit = key.NewBinding()
	k.Input.AcceptSuggestion, k.Input.Prev = key.NewBinding(), key.NewBinding()
	k.Input.Next = k.Input.Submit
	k.Text.Editor = key.NewBinding()
	s := &k.Select
	s.Filter, s.SetFilter, s.ClearFilter = key.NewBinding(), key.NewBinding(), key.NewBinding()
	s.Prev, s.Next = key.NewBinding(), s.Submit
	k.Confirm.Prev, k.Confirm.Next = key.NewBinding(), k.Confirm.Submit
	return k
}
