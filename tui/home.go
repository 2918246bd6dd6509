package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui/widget"
)

// pageSize is how many integrations are read at once; the next page is read when
// the choice comes near the end of what is there.
const pageSize = 100

// home lists the integrations.
type home struct {
	w       *Wizard
	run     int
	ctx     context.Context
	cancel  context.CancelFunc
	frame   *widget.Frame
	list    *widget.List
	states  []*setup.State
	count   int
	loaded  bool // the first page came
	reading bool
	ended   bool // there are no more
	removal *widget.Form
	message string
	problem *core.Finding
	turn    *turn          // what is asked about; nil mostly
	checks  map[int64]bool // those being checked
}

func newHome(w *Wizard) *home {
	ctx, cancel := context.WithCancel(w.ctx)
	h := &home{w: w, run: nextRun(), ctx: ctx, cancel: cancel, frame: widget.NewFrame(w.theme), checks: map[int64]bool{}}
	h.list = widget.NewList(w.theme, []widget.Column{{Title: "NAME", Width: 12, Flex: 2}, {Title: "SERVER", Width: 14, Flex: 3},
		{Title: "LINK", Width: 7}, {Title: "STATE", Width: 17, Flex: 1}}, func() int { return len(h.states) }, h.row)
	return h
}

// pageMsg is a page of integrations.
type pageMsg struct {
	run    int
	states []*setup.State
	count  int
	err    error
}

// laddersMsg is the result of checking one integration.
type laddersMsg struct {
	run   int
	id    int64
	state *setup.State
	err   error
	done  string // what is to be told, where it was no check
}

// Init reads the first page.
func (h *home) Init() tea.Cmd { return h.read(core.Integration{}) }

func (h *home) read(after core.Integration) tea.Cmd {
	if h.reading || h.ended {
		return nil
	}
	h.reading = true
	ctx, run, lib := h.ctx, h.run, h.w.session.Library
	return func() tea.Msg {
		states, err := lib.Page(ctx, after, pageSize)
		msg := pageMsg{run: run, states: states, err: err}
		if err == nil {
			msg.count, msg.err = lib.Count(ctx)
		}
		return msg
	}
}

// Close cancels what is being read or checked.
func (h *home) Close() { h.cancel() }

// Typing reports whether a name is being typed to confirm a removal.
func (h *home) Typing() bool { return h.removal != nil }

// Resize takes the size of the window.
func (h *home) Resize(width, height int) {
	h.frame.SetSize(width, height)
	h.list.SetSize(h.frame.Width(), max(3, height-10))
	if h.removal != nil {
		h.removal.SetSize(h.frame.Width(), 4)
	}
}

// Update takes pages and results, and keys.
func (h *home) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pageMsg:
		if msg.run == h.run {
			h.page(msg)
		}
	case removedMsg:
		if msg.run == h.run {
			return h.removed(msg)
		}
	case laddersMsg:
		if msg.run == h.run {
			h.checked(msg)
		}
	case triedMsg:
		if msg.run == h.run {
			h.tried(msg)
		}
	case openedMsg:
		if msg.run == h.run {
			return h.begun(msg)
		}
	case tea.KeyMsg:
		switch {
		case h.removal != nil:
			return h.keyRemoval(msg)
		case h.turn != nil:
			return h.keyTurn(msg)
		}
		return h.key(msg)
	default:
		if h.removal != nil {
			return h.typeName(msg)
		}
	}
	return nil
}

func (h *home) page(msg pageMsg) {
	h.reading, h.loaded = false, true
	if msg.err != nil {
		h.problem = walk.FindingOf(msg.err)
		return
	}
	h.states = append(h.states, msg.states...)
	h.count, h.ended = msg.count, len(msg.states) < pageSize
}

func (h *home) selected() *setup.State {
	if i := h.list.Selected(); i >= 0 && i < len(h.states) {
		return h.states[i]
	}
	return nil
}

func (h *home) key(msg tea.KeyMsg) tea.Cmd {
	s := h.selected()
	if h.message = ""; h.problem != nil {
		h.problem = nil // read; any key goes back to the list
		return nil
	}
	switch msg.String() {
	case "q", "esc":
		return tea.Quit
	case "n":
		return newFlow(h.w, h.w.session.Library.Begin()).open()
	case "enter":
		if s == nil {
			return newFlow(h.w, h.w.session.Library.Begin()).open()
		}
		return newFlow(h.w, s).open()
	case "a":
		return newFlow(h.w, h.w.session.Library.BeginAdoption()).open()
	case "c":
		return h.check(s)
	case "m":
		return h.begin(s, setup.Migration)
	case "r":
		return h.begin(s, setup.Rotation)
	case "b":
		return h.askBack(s)
	case "u":
		return h.drop(s)
	case "p":
		if !h.w.session.Fleeting {
			h.w.practise = true
			return tea.Quit
		}
	case "x":
		return h.retire(s)
	case "d":
		return h.askRemoval(s)
	}
	h.list.Update(msg)
	return h.more()
}

// more reads the next page when the choice comes near the end of what is there.
func (h *home) more() tea.Cmd {
	var after core.Integration
	if n := len(h.states); n > 0 {
		after = h.states[n-1].Integration
	}
	if h.list.Selected() > len(h.states)-pageSize/2 || len(h.states) == 0 {
		return h.read(after)
	}
	return nil
}

// check runs the ladder of one integration and stores each outcome.
func (h *home) check(s *setup.State) tea.Cmd {
	if s == nil {
		h.message = noneChosen
		return nil
	}
	if h.checks[s.Integration.ID] {
		h.message = "It is being checked."
		return nil
	}
	id := s.Integration.ID
	h.checks[id] = true
	ctx, run, lib, checker := h.ctx, h.run, h.w.session.Library, h.w.session.Checker
	return func() tea.Msg {
		state, _, err := lib.Check(ctx, s, checker)
		return laddersMsg{run: run, id: id, state: state.Links().SetUp(), err: err}
	}
}

func (h *home) checked(msg laddersMsg) {
	delete(h.checks, msg.id)
	if msg.err != nil {
		h.problem = walk.FindingOf(msg.err)
		return
	}
	for i, s := range h.states {
		if s.Integration.ID == msg.id {
			h.states[i] = msg.state
			if h.message = msg.done; msg.done == "" {
				h.message = "Checked just now: " + msg.state.Integration.Name + ", " + h.state(msg.state)
			}
		}
	}
}

// Help names the keys of the list.
func (h *home) Help() []binding {
	return []binding{
		{"enter", "open, or go on with the set-up"},
		{"n", "connect a new application"},
		{"a", "take over a link that was set up by hand"},
		{"c", "check the chosen integration now"},
		{"m", "move it to OAuth 2; nothing is switched before that is set up"},
		{"r", "change its key or secret, in the same way"},
		{"x", "old link: retire the one before the switch"},
		{"b", "make the link before the active one again"},
		{"u", "undo a move: drop the link that is being set up"},
		{"p", "try everything on a practice Bitbucket on this machine"},
		{"d", "remove it from applink"},
		{"↑ ↓", "choose"},
		{"q", "quit"},
	}
}
