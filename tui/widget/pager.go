package widget

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// Pager shows as many lines of a text as fit and scrolls through the rest. Only
// arrows and page keys scroll; letters stay free for the screen.
type Pager struct {
	t       *theme.Theme
	view    viewport.Model
	width   int
	height  int
	content string
}

// NewPager returns an empty pager. It shows nothing before SetSize.
func NewPager(t *theme.Theme) *Pager {
	view := viewport.New(0, 0)
	view.MouseWheelEnabled = false
	view.KeyMap = viewport.KeyMap{
		Up:       key.NewBinding(key.WithKeys("up")),
		Down:     key.NewBinding(key.WithKeys("down")),
		PageUp:   key.NewBinding(key.WithKeys("pgup")),
		PageDown: key.NewBinding(key.WithKeys("pgdown")),
	}
	return &Pager{t: t, view: view}
}

// SetSize sets columns and lines.
func (p *Pager) SetSize(width, height int) {
	p.width, p.height = max(0, width), max(0, height)
	p.fit()
}

// SetContent replaces the text and keeps the place in it where it can.
func (p *Pager) SetContent(content string) {
	if content == p.content {
		return
	}
	p.content = content
	p.view.SetContent(content)
	p.fit()
}

// fit leaves the last line to the scroll position when there is one to tell.
func (p *Pager) fit() {
	p.view.Width, p.view.Height = p.width, p.height
	if p.overflows() {
		p.view.Height = max(0, p.height-1)
	}
	p.view.SetYOffset(p.view.YOffset)
}

func (p *Pager) overflows() bool { return p.view.TotalLineCount() > p.height }

// Top goes to the first line.
func (p *Pager) Top() { p.view.GotoTop() }

// Update scrolls.
func (p *Pager) Update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyMsg); ok {
		switch k.String() {
		case "home":
			p.view.GotoTop()
			return nil
		case "end":
			p.view.GotoBottom()
			return nil
		}
	}
	var cmd tea.Cmd
	p.view, cmd = p.view.Update(msg)
	return cmd
}

// View returns at most the lines and columns of SetSize.
func (p *Pager) View() string {
	if p.height == 0 || p.width == 0 {
		return ""
	}
	lines := strings.Split(p.content, "\n")
	from := min(p.view.YOffset, len(lines))
	to := min(from+p.view.Height, len(lines))
	shown := make([]string, 0, p.height)
	for _, line := range lines[from:to] {
		shown = append(shown, ansi.Truncate(line, p.width, "…"))
	}
	if p.overflows() {
		place := fmt.Sprintf("lines %d-%d of %d · pgup pgdn", from+1, to, len(lines))
		shown = append(shown, p.t.Muted.Render(ansi.Truncate(place, p.width, "…")))
	}
	return strings.Join(shown, "\n")
}
