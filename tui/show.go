package tui

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core/carry"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/walk"
	"applink/tui/widget"
)

// over names what lies over a page's text.
type over string

const (
	overNothing  over = ""
	overEvidence over = "evidence" // what was asked and answered
	overGoOn     over = "go on"    // asks whether to go on without proof
	overPick     over = "pick"     // waits for the number of the value to show
	overCode     over = "code"     // a field for the verification code
	overHand     over = "hand"     // how the secret half is handed out
)

// show is the page of a step: the instruction, the values to carry, the drawing
// of the other program's screen, and the proof.
type show struct {
	f       *flow
	page    guide.Page
	run     int
	ctx     context.Context
	cancel  context.CancelFunc
	frame   *widget.Frame
	over    over
	code    *widget.Form
	whole   bool              // whole windows are drawn, not only what matters in them
	short   map[string]string // values of several lines, as they are told in one
	kind    int               // of export, while one is chosen
	copied  int               // the number of the value that was copied last
	message string            // what came of the last key
	timer   int               // the latest that asks once more; earlier ones do nothing
	goingOn countdown
}

func newShow(f *flow) *show {
	ctx, cancel := context.WithCancel(f.w.ctx)
	s := &show{f: f, run: nextRun(), ctx: ctx, cancel: cancel, frame: widget.NewFrame(f.w.theme), message: f.tell()}
	s.goingOn = countdown{f: f, run: s.run}
	s.turn(f.Page())
	return s
}

// turn shows a page.
func (s *show) turn(p guide.Page) {
	s.page, s.short = p, map[string]string{}
	for _, v := range p.Values {
		if words := seal.KeyInShort(v.Text); words != "" {
			s.short[v.Text] = words
		}
	}
}

// Where is for the window's title.
func (s *show) Where() string { return s.f.where() }

// Init asks the server at once when the page needs it.
func (s *show) Init() tea.Cmd {
	switch {
	case s.f.Behind():
		return nil
	case s.f.At().Step.Needs.Dance:
		return s.f.do(s.f.SignIn(s.f.ByCode()))
	}
	return s.f.do(s.f.Ask())
}

// Close cancels what the page started.
func (s *show) Close() { s.cancel(); s.f.Close() }

// Typing reports whether the code field is open.
func (s *show) Typing() bool { return s.over == overCode }

// Resize takes the size of the window.
func (s *show) Resize(width, height int) {
	s.frame.SetSize(width, height)
	if s.code != nil {
		s.code.SetSize(s.frame.ContentWidth(true), 6)
	}
}

// The messages of a page carry its run.
type (
	copiedMsg struct { // what came of copying, opening or showing a value
		run    int
		what   string
		value  guide.Value // what was to be carried
		result carry.Result
	}
	againMsg struct{ run, timer int } // time to ask once more
)

// Update routes messages of this run; keys go to what lies on top.
func (s *show) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return s.key(msg)
	case resultMsg:
		return s.took(s.f.take(msg))
	case againMsg:
		if msg == (againMsg{s.run, s.timer}) && s.f.Again() > 0 {
			return s.f.do(s.f.Ask())
		}
	case countMsg:
		if s.over != overNothing || s.f.w.covered() {
			s.goingOn.stop()
		}
		return s.goingOn.pass(msg)
	case copiedMsg:
		if msg.run == s.run {
			return s.carried(msg)
		}
	default:
		if s.code != nil {
			return s.typeCode(msg)
		}
	}
	return nil
}

// carried tells what came of a copy or of opening a page. Where that failed, the
// value or address is shown alone, so that it can be taken by hand.
func (s *show) carried(msg copiedMsg) tea.Cmd {
	s.message = strings.TrimSpace(msg.what + " " + msg.result.Sentence)
	if msg.result.Err != nil && msg.value.Text != "" {
		return s.showAlone(strings.TrimSuffix(s.message, msg.value.Text), msg.value)
	}
	return nil
}

// took does what follows from a result. A proof closes the question whether to go on
// without one, and drops the key that was about to answer it.
func (s *show) took(taken walk.Taken) tea.Cmd {
	switch taken {
	case walk.Dropped:
		return nil
	case walk.Moved:
		return s.f.open()
	}
	s.turn(s.f.Page())
	if s.over == overGoOn && s.f.Passed() {
		s.over, s.f.w.moved = overNothing, s.f.w.now()
	}
	switch taken {
	case walk.Begun:
		return tea.Batch(s.f.do(s.f.Await()), s.f.do(s.f.Warmed()))
	case walk.Proved:
		return s.goingOn.begin()
	}
	return s.askLater()
}

// askLater has the check asked once more by itself, when that is due.
func (s *show) askLater() tea.Cmd {
	pause := s.f.Again()
	if pause == 0 {
		return nil
	}
	s.timer++
	msg := againMsg{s.run, s.timer}
	return tea.Tick(pause, func(time.Time) tea.Msg { return msg })
}
