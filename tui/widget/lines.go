package widget

import (
	"io"
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"applink/tui/theme"
)

// maxLines bounds a paste, in bytes; a chain of certificates stays far below.
const maxLines = 64 << 10

// shownLines is how many lines of a text are seen while it is not told in one.
const shownLines = 4

// lines is a field of several lines for a pasted key or certificate. It keeps the lines as
// they come. Enter ends the entry when the text has its END line, the last line is empty or
// the text is whole by itself, and starts a new line otherwise. It is a huh field of its
// own: huh's text area ends its entry with every Enter.
type lines struct {
	textarea.Model
	of *formField
}

var _ huh.Field = (*lines)(nil)

func newLines(t *theme.Theme, of *formField) *lines {
	area := textarea.New()
	area.CharLimit = maxLines
	area.MaxHeight = 0
	area.ShowLineNumbers = false
	area.Prompt = "│ "
	area.KeyMap.Paste = key.NewBinding()
	style := textarea.Style{
		Base: t.Style(), CursorLine: t.Text, EndOfBuffer: t.Muted,
		Placeholder: t.Muted, Prompt: t.Accent, Text: t.Value,
	}
	area.FocusedStyle, area.BlurredStyle = style, style
	area.Cursor.Style, area.Cursor.TextStyle = t.Cursor, t.Value
	area.Cursor.SetMode(cursor.CursorStatic)
	area.SetHeight(shownLines)
	area.SetValue(of.draft)
	return &lines{Model: area, of: of}
}

// Update takes keys and pastes.
func (l *lines) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok && k.Paste {
		k.Runes = []rune(unixLines(string(k.Runes)))
		msg = k
	}
	var cmd tea.Cmd
	l.Model, cmd = l.Model.Update(msg)
	l.of.draft = l.Value()
	return l, cmd
}

// unixLines undoes what terminals do to line ends in a paste.
func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// ended reports whether Enter ends the entry: the text was just pasted, an END line is
// there, or the last line is empty below some text.
func (l *lines) ended() bool {
	text := l.Value()
	switch {
	case l.of.Whole != nil && l.of.Whole(strings.TrimSpace(text)):
		return true
	case text == "":
		return false
	}
	return l.of.pasted || strings.Contains(text, "-----END ") || strings.HasSuffix(text, "\n")
}

// What follows makes it a field of huh's; accessible mode is plain mode's.

func (l *lines) Init() tea.Cmd                            { return nil }
func (l *lines) Focus() tea.Cmd                           { return l.Model.Focus() }
func (l *lines) Blur() tea.Cmd                            { l.Model.Blur(); return nil }
func (l *lines) Error() error                             { return nil }
func (l *lines) Run() error                               { return huh.Run(l) }
func (l *lines) RunAccessible(io.Writer, io.Reader) error { return nil }
func (l *lines) Skip() bool                               { return false }
func (l *lines) Zoom() bool                               { return false }
func (l *lines) KeyBinds() []key.Binding                  { return nil }
func (l *lines) WithTheme(*huh.Theme) huh.Field           { return l }
func (l *lines) WithAccessible(bool) huh.Field            { return l }
func (l *lines) WithKeyMap(*huh.KeyMap) huh.Field         { return l }
func (l *lines) WithHeight(int) huh.Field                 { return l }
func (l *lines) WithPosition(huh.FieldPosition) huh.Field { return l }
func (l *lines) GetKey() string                           { return "" }
func (l *lines) GetValue() any                            { return l.Value() }

func (l *lines) WithWidth(width int) huh.Field { l.SetWidth(width); return l }
