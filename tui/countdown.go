package tui

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// countdown goes on with the walk by itself once the admin had time to read what is proved.
type countdown struct {
	f    *flow
	run  int // of the screen that is left then
	left int // seconds; 0 when it does not go on by itself
}

// patience is how long the admin has to read that a step is proved, in seconds.
const patience = 3

// countMsg tells that a second of a countdown passed.
type countMsg struct{ run int }

// begin starts it, unless no frame may be driven by a timer.
func (c *countdown) begin() tea.Cmd {
	if c.f.w.session.ReducedMotion {
		return nil
	}
	c.left = patience
	return c.second()
}

func (c *countdown) second() tea.Cmd {
	msg := countMsg{c.run}
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return msg })
}

// stop has the screen stay, and reports whether it was about to go on.
func (c *countdown) stop() bool {
	was := c.left > 0
	c.left = 0
	return was
}

// pass takes a second off, and goes on at the end.
func (c *countdown) pass(msg countMsg) tea.Cmd {
	if msg.run != c.run || c.left == 0 {
		return nil
	}
	if c.left--; c.left > 0 {
		return c.second()
	}
	c.f.w.moved = c.f.w.now()
	c.f.ToCurrent()
	return c.f.open()
}

// words tell how long it takes; "" when it does not go on.
func (c *countdown) words() string {
	if c.left == 0 {
		return ""
	}
	return fmt.Sprintf("Going on in %d s (any key stays)", c.left)
}
