package widget

import (
	"fmt"
	"slices"
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

	sideWidth = 22 // of the steps at the left
	leastBody = 3  // lines of the body below which fixed parts scroll too
)

// Parts are what a screen shows, from top to bottom. Each is a block of lines
// no wider than [Frame.ContentWidth], except Header and Footer, which have
// [Frame.Width].
type Parts struct {
	Header string
	Side   string // beside the rest on a wide screen, else not shown
	Title  string
	Fixed  string // never scrolls: a form, a list
	Body   string // scrolls where it has no room
	// Values never scroll. They are left out where the first InBody lines of Body,
	// which show them too, fit; 0 means that Body does not show them.
	Values string
	InBody int
	Spare  string // below Body, where it has room for all of it
	Status string // how the check stands, right below the content
	// StatusLines is how many lines are kept for Status, so that nothing jumps
	// when it changes; a longer Status is cut.
	StatusLines int
	Notice      string // what the last key did; one line is kept for it
	Action      string // what to do next
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
		middle := f.column(p, f.Width(), f.height-len(header)-len(footer))
		lines = margin(append(append(header, middle...), footer...))
	}
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, f.width, "…")
	}
	return strings.Join(lines[:min(len(lines), f.height)], "\n")
}

// column stacks the parts between header and footer in exactly height lines. Empty lines
// part them as long as there is room: nothing scrolls while one stands empty.
func (f *Frame) column(p Parts, width, height int) []string {
	title, fixed, body := split(p.Title), split(p.Fixed), split(p.Body)
	status, bottom := exactly(split(p.Status), p.StatusLines), f.bottom(p)
	room := height - len(title) - len(fixed) - len(status) - len(bottom)
	if len(fixed) > 0 && len(body) > 0 && room < min(len(body), leastBody) {
		body, fixed = append(append(fixed, ""), body...), nil
		room = height - len(title) - len(status) - len(bottom)
	}
	body = squeeze(body, len(body)-room)
	values := split(p.Values)
	if p.InBody > 0 && min(p.InBody, len(body)) <= room {
		values = nil
	}
	values = values[:min(len(values), max(0, room-leastBody))]
	room -= len(values)
	if more := split(p.Spare); len(more) > 0 && len(body)+1+len(more) <= room {
		body = append(append(body, ""), more...)
	}
	spare := max(0, room-len(body))
	var out []string
	part := func(block []string) {
		if len(block) == 0 {
			return
		}
		if len(out) > 0 && spare > 0 {
			out, spare = append(out, ""), spare-1
		}
		out = append(out, block...)
	}
	gaps := 0
	for _, block := range [][]string{fixed, body, values, status} {
		gaps += min(1, len(block))
	}
	if spare > gaps {
		bottom = append([]string{""}, bottom...)
	}
	part(title)
	part(fixed)
	if len(body) > 0 {
		f.pager.SetContent(strings.Join(body, "\n"))
		f.pager.SetSize(width, max(0, min(room, len(body))))
		part(split(f.pager.View()))
	}
	part(values)
	part(status)
	for len(out) < height-len(bottom) {
		out = append(out, "")
	}
	return append(out[:max(0, height-len(bottom))], bottom...)
}

// bottom keeps one line for the notice, whether it says something or not.
func (f *Frame) bottom(p Parts) []string {
	return append([]string{strings.Join(split(p.Notice), " ")}, split(p.Action)...)
}

// squeeze takes n empty lines out of a block, the lowest first, or as many as there are.
func squeeze(block []string, n int) []string {
	for i := len(block) - 1; i >= 0 && n > 0; i-- {
		if block[i] == "" {
			block = slices.Delete(block, i, i+1)
			n--
		}
	}
	return block
}

// exactly are n lines of a block.
func exactly(block []string, n int) []string {
	out := make([]string, n)
	copy(out, block)
	return out
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
