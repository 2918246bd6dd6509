package widget

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// The sizes at which the layout changes.
const (
	MinWidth    = 60  // below, one sentence asks for more room
	MinHeight   = 16  //
	MirrorWidth = 80  // from here on a drawn form has room
	WideWidth   = 100 // from here on the steps stand at the left

	sideWidth   = 22 // of the steps at the left
	roomyHeight = 20 // from here on empty lines separate the parts
	leastBody   = 3  // lines of the body below which fixed parts scroll too
)

// Parts are what a screen shows, from top to bottom. Each is a block of lines
// no wider than [Frame.ContentWidth], except Header and Footer, which have
// [Frame.Width].
type Parts struct {
	Header string
	Side   string // beside the rest on a wide screen, else not shown
	Title  string
	Fixed  string // never scrolls: values to copy, a form
	Body   string // scrolls
	// Values never scroll. They are left out where the first InBody lines of Body,
	// which show them too, fit; 0 means that Body does not show them.
	Values string
	InBody int
	Notice string // what the last key did; one line is kept for it
	Status string // how the check stands
	// StatusLines is how many lines are kept for Status, so that nothing jumps
	// when it changes; a longer Status is cut.
	StatusLines int
	Footer      string
}

// Frame lays out a screen, and is the only thing that does. Its view has exactly
// the size of the window.
type Frame struct {
	t             *theme.Theme
	width, height int
	pager         *Pager
}

// NewFrame returns a frame that waits for its size.
func NewFrame(t *theme.Theme) *Frame { return &Frame{t: t, pager: NewPager(t)} }

// SetSize sets the size of the window.
func (f *Frame) SetSize(width, height int) { f.width, f.height = width, height }

// Width is the columns for header and footer.
func (f *Frame) Width() int { return max(0, f.width-2) }

// Wide reports whether Side is shown.
func (f *Frame) Wide() bool { return f.width >= WideWidth }

// Narrow reports whether forms are told as lists instead of drawn.
func (f *Frame) Narrow() bool { return f.width < MirrorWidth }

// TooSmall reports whether nothing but a request for room is shown.
func (f *Frame) TooSmall() bool { return TooSmall(f.width, f.height) }

// TooSmall reports whether a window of that size has no room for a screen.
func TooSmall(width, height int) bool { return width < MinWidth || height < MinHeight }

// ContentWidth is the columns for everything between header and footer.
func (f *Frame) ContentWidth(side bool) int {
	if side && f.Wide() {
		return f.width - sideWidth - 4
	}
	return f.Width()
}

// SideSize is the room for Side on a wide screen.
func (f *Frame) SideSize() (width, height int) { return sideWidth - 2, max(0, f.height-4) }

// Top scrolls the body to its first line, as a new screen wants it.
func (f *Frame) Top() { f.pager.Top() }

// Update scrolls the body.
func (f *Frame) Update(msg tea.Msg) tea.Cmd { return f.pager.Update(msg) }

// View lays the parts out.
func (f *Frame) View(p Parts) string {
	if f.TooSmall() {
		return f.askForRoom()
	}
	var lines []string
	switch {
	case p.Side != "" && f.Wide():
		lines = f.wide(p)
	default:
		header, footer := split(p.Header), split(p.Footer)
		lines = append(lines, header...)
		if f.roomy() {
			lines = append(lines, "")
			footer = append([]string{""}, footer...)
		}
		middle := f.column(p, f.Width(), f.height-len(lines)-len(footer))
		lines = append(append(lines, middle...), footer...)
		lines = margin(lines)
	}
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, f.width, "…")
	}
	return strings.Join(lines[:min(len(lines), f.height)], "\n")
}

func (f *Frame) roomy() bool { return f.height >= roomyHeight }

// column stacks the parts between header and footer in exactly height lines.
func (f *Frame) column(p Parts, width, height int) []string {
	top, bottom := split(p.Title), f.bottom(p)
	gap := func() {
		if f.roomy() && len(top) > 0 {
			top = append(top, "")
		}
	}
	gap()
	body, fixed := p.Body, split(p.Fixed)
	switch {
	case len(fixed) == 0:
	case p.Body == "" || height-len(top)-len(fixed)-len(bottom) > leastBody:
		top = append(top, fixed...)
		if p.Body != "" {
			gap()
		}
	default:
		body = strings.TrimRight(p.Fixed+"\n\n"+p.Body, "\n")
	}
	top = top[:min(len(top), max(0, height-len(bottom)))]
	room := max(0, height-len(top)-len(bottom))
	if values := split(p.Values); len(values) > 0 && (p.InBody == 0 || p.InBody > room) {
		if f.roomy() {
			values = append([]string{""}, values...)
		}
		values = values[:min(len(values), max(0, room-leastBody))]
		bottom = append(values, bottom...)
		room -= len(values)
	}
	f.pager.SetContent(body)
	f.pager.SetSize(width, room)
	middle := split(f.pager.View())
	for len(middle) < room {
		middle = append(middle, "")
	}
	return append(append(top, middle[:room]...), bottom...)
}

// bottom keeps one line for the notice and StatusLines for the status, whether
// they say something or not.
func (f *Frame) bottom(p Parts) []string {
	bottom := []string{strings.Join(split(p.Notice), " ")}
	if f.roomy() {
		bottom = append([]string{""}, bottom...)
	}
	if p.StatusLines == 0 {
		return bottom
	}
	if f.roomy() {
		bottom = append(bottom, "")
	}
	status := split(p.Status)
	for i := range p.StatusLines {
		line := ""
		if i < len(status) {
			line = status[i]
		}
		bottom = append(bottom, line)
	}
	return bottom
}

// wide puts Side to the left, with rules that meet.
func (f *Frame) wide(p Parts) []string {
	header, footer, side := margin(split(p.Header)), margin(split(p.Footer)), split(p.Side)
	rule := func(joint string) string {
		return f.t.Rule.Render(" " + strings.Repeat("─", sideWidth-1) + joint +
			strings.Repeat("─", max(0, f.width-sideWidth-2)))
	}
	height := f.height - len(header) - len(footer) - 2
	lines := append(header, rule("┬"))
	for i, line := range f.column(p, f.ContentWidth(true), height) {
		left := ""
		if i < len(side) {
			left = side[i]
		}
		left = pad("  "+ansi.Truncate(left, sideWidth-2, "…"), sideWidth)
		lines = append(lines, strings.TrimRight(left+f.t.Rule.Render("│")+" "+line, " "))
	}
	return append(append(lines, rule("┴")), footer...)
}

func (f *Frame) askForRoom() string {
	text := fmt.Sprintf("applink needs a window of %d x %d; this one has %d x %d. Please enlarge it.",
		MinWidth, MinHeight, f.width, f.height)
	if f.width < 1 {
		return ""
	}
	lines := split(Prose(f.t, []Block{Say(Paragraph, text)}, f.width))
	return strings.Join(lines[:max(0, min(len(lines), f.height))], "\n")
}

func split(block string) []string {
	if block == "" {
		return nil
	}
	return strings.Split(block, "\n")
}

func margin(lines []string) []string {
	for i, line := range lines {
		if line != "" {
			lines[i] = " " + line
		}
	}
	return lines
}
