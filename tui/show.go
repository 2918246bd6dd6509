package tui

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/carry"
	"applink/core/guide"
	"applink/tui/widget"
)

// runs numbers the screens, so that a result that arrives late is not taken for
// another screen's.
var runs int

func nextRun() int { runs++; return runs }

// over names what lies over a page's text.
type over string

const (
	overNothing  over = ""
	overEvidence over = "evidence" // what was asked and answered
	overGoOn     over = "go on"    // asks whether to go on without proof
	overPick     over = "pick"     // waits for the number of the value to show
	overCode     over = "code"     // a field for the verification code
)

// show is the page of a step: the instruction, the values to carry, the drawing
// of the other program's screen, and the proof.
type show struct {
	f       *flow
	page    guide.Page
	run     int
	ctx     context.Context
	cancel  context.CancelFunc
	proof   *proof
	frame   *widget.Frame
	over    over
	code    *widget.Form
	byCode  bool   // the dance shows a code instead of coming back here
	message string // what came of the last key
	problem *core.Finding
}

func newShow(f *flow) *show {
	ctx, cancel := context.WithCancel(f.w.ctx)
	s := &show{f: f, page: f.page(), run: nextRun(), ctx: ctx, cancel: cancel, frame: widget.NewFrame(f.w.theme), message: f.told}
	s.proof = &proof{f: f, ctx: ctx, run: s.run, rule: f.at.Step.Ask()}
	s.byCode = codeFirst(f.w.session, f.state)
	return s
}

// Init asks the server at once when the page needs it.
func (s *show) Init() tea.Cmd {
	if s.f.at.Step.Needs.Dance && s.f.current() {
		return tea.Batch(s.proof.start(), s.proof.begin(s.byCode))
	}
	return s.proof.start()
}

// Close cancels what the page started.
func (s *show) Close() { s.cancel() }

// Typing reports whether the code field is open.
func (s *show) Typing() bool { return s.over == overCode }

// Resize takes the size of the window.
func (s *show) Resize(width, height int) {
	s.frame.SetSize(width, height)
	if s.code != nil {
		s.code.SetSize(s.frame.ContentWidth(true), 6)
	}
}

// copiedMsg is what came of copying, opening or showing a value.
type copiedMsg struct {
	run    int
	what   string
	value  guide.Value // what was to be carried
	result carry.Result
}

// Update routes messages of this run; keys go to what lies on top.
func (s *show) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return s.key(msg)
	case checkedMsg:
		if msg.turn == s.proof.turn {
			return s.checked(msg)
		}
	case warmedMsg:
		if msg.turn == s.proof.turn && s.proof.dance != nil {
			s.proof.warm = true
			s.page = s.f.pageWith(s.proof.urls())
		}
	case dancedMsg:
		if msg.turn == s.proof.turn {
			return s.danced(msg)
		}
	case savedMsg:
		if msg.run == s.run {
			return s.saved(msg)
		}
	case recordedMsg:
		if msg.run == s.run {
			return s.recorded(msg)
		}
	case againMsg:
		if msg.turn == s.proof.turn && !s.proof.stopped && !s.proof.passed() {
			return s.proof.ask()
		}
	case countMsg:
		if msg.run == s.run {
			return s.count()
		}
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

// checked takes an outcome. A proof closes the question whether to go on without one, and
// drops the key that was about to answer it.
func (s *show) checked(msg checkedMsg) tea.Cmd {
	s.problem = nil
	if s.over == overGoOn && msg.outcome.State == core.Passed {
		s.over, s.f.w.moved = overNothing, s.f.w.now()
	}
	return s.proof.checked(msg)
}

func (s *show) danced(msg dancedMsg) tea.Cmd {
	cmd := s.proof.danced(msg)
	if s.proof.dance != nil {
		s.page = s.f.pageWith(s.proof.urls())
	}
	return cmd
}

// saved goes on after a word, or to the link that a move put beside this one.
func (s *show) saved(msg savedMsg) tea.Cmd {
	if !s.took(msg) || s.f.current() {
		return nil
	}
	return s.f.forward()
}

// recorded takes the facts with an outcome in them. Only a pass moves on, after the
// countdown, so that it can be read.
func (s *show) recorded(msg recordedMsg) tea.Cmd {
	if !s.took(msg.savedMsg) || !msg.passed || s.f.current() {
		return nil
	}
	return s.proof.goOn()
}

// took takes the changed facts, or says why they were not stored.
func (s *show) took(msg savedMsg) bool {
	if msg.err != nil {
		s.problem = s.f.refused(msg.err)
		return false
	}
	s.f.take(msg.state)
	s.page = s.f.page()
	if s.proof.dance != nil {
		s.page = s.f.pageWith(s.proof.urls())
	}
	return true
}

// count goes on at the end of the countdown, unless something lies over the page.
func (s *show) count() tea.Cmd {
	if s.proof.goingOn == 0 {
		return nil
	}
	if s.over != overNothing || s.f.w.covered() {
		s.proof.goingOn = 0
		return nil
	}
	if s.proof.goingOn--; s.proof.goingOn > 0 {
		return s.proof.count()
	}
	s.f.w.moved = s.f.w.now()
	return s.f.to(s.f.state.Current())
}
