package widget

import (
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"

	"applink/tui/theme"
)

// maxPEM bounds a paste; a chain of certificates stays far below.
const maxPEM = 64 << 10

// PEM is a field of several lines for a pasted key or certificate. It keeps the
// lines as they come. Enter ends the entry when the text has its END line, the
// last line is empty or the text is whole by itself, and starts a new line otherwise. The terminal's own
// paste is the way in; ctrl+v, which would read the clipboard of this machine
// and not that of the user's, does nothing.
type PEM struct {
	// Whole tells of further texts that enter ends their entry; nil knows none.
	Whole  func(text string) bool
	area   textarea.Model
	done   bool
	pasted bool // the last that came was a paste, which is whole by itself
}

// NewPEM returns a field that holds a draft, with the cursor at its end.
func NewPEM(t *theme.Theme, draft string) *PEM {
	area := textarea.New()
	area.CharLimit = maxPEM
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
	area.SetValue(draft)
	return &PEM{area: area}
}

// SetSize sets columns and lines and keeps the text.
func (p *PEM) SetSize(width, height int) {
	p.area.SetWidth(width)
	p.area.SetHeight(max(1, height))
}

// Init gives the field the focus.
func (p *PEM) Init() tea.Cmd { return p.area.Focus() }

// Update takes keys and pastes.
func (p *PEM) Update(msg tea.Msg) tea.Cmd {
	k, isKey := msg.(tea.KeyMsg)
	whole := isKey && k.Paste // by the terminal's word; lines that are only fast go on
	switch {
	case !isKey:
	case asText(k).Paste:
		k = asText(k)
		k.Runes = []rune(unixLines(string(k.Runes)))
		msg = k
	case k.Type == tea.KeyCtrlV:
		return nil
	case k.Type == tea.KeyEnter && p.ended():
		p.done = true
		return nil
	}
	p.done = false
	if isKey {
		p.pasted = whole
	}
	var cmd tea.Cmd
	p.area, cmd = p.area.Update(msg)
	return cmd
}

// unixLines undoes what terminals do to line ends in a paste.
func unixLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// ended reports whether Enter ends the entry: the text was just pasted, an END
// line is there, or the last line is empty below some text.
func (p *PEM) ended() bool {
	text := p.area.Value()
	switch {
	case p.Whole != nil && p.Whole(text):
		return true
	case text == "":
		return false
	}
	return p.pasted || strings.Contains(text, "-----END ") || strings.HasSuffix(text, "\n")
}

// Done reports whether the entry was ended.
func (p *PEM) Done() bool { return p.done }

// Reset lets the entry go on after its value was refused.
func (p *PEM) Reset() { p.done = false }

// Value is the text with its lines, without blanks around it.
func (p *PEM) Value() string { return strings.TrimSpace(p.area.Value()) }

// View draws the field.
func (p *PEM) View() string { return p.area.View() }
