package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/finding"
)

// proof is the check that a page needs: it asks, waits, asks again, and tells
// when the page may move on.
type proof struct {
	f       *flow
	ctx     context.Context
	run     int // of the page
	turn    int // the latest question; results of an earlier one are dropped
	asking  bool
	stopped bool         // the admin asked for quiet
	rule    *core.Asking // what follows from an outcome
	outcome core.Outcome // the latest, or the stored one
	dance   core.Dance
	warm    bool               // the browser has accepted the listener's certificate, or need not
	end     context.CancelFunc // ends the dance under way, or the one that is being started
	goingOn int                // seconds until the page moves on; 0 when it does not
}

// The messages of a check. Each carries the turn that it belongs to; a second of
// the countdown belongs to the page.
type (
	checkedMsg struct {
		turn    int
		outcome core.Outcome
		typed   bool // of a code or address that was typed
	}
	dancedMsg struct {
		turn  int
		dance core.Dance
		err   error
	}
	warmedMsg struct{ turn int } // the browser accepted the listener's certificate
	againMsg  struct{ turn int } // time to ask once more
	countMsg  struct{ run int }  // a second of the countdown passed
)

// patience is how long the admin has to read that a step is proved, in seconds.
const patience = 3

// needed reports whether the page waits for a check at all.
func (p *proof) needed() bool { return p.f.at.Step.Needs.Check != "" }

// passed reports whether the check passed, now or earlier.
func (p *proof) passed() bool { return p.outcome.State == core.Passed }

// start loads the stored outcome and, at the current place, asks.
func (p *proof) start() tea.Cmd {
	if !p.needed() {
		return nil
	}
	if o, ok := p.f.state.Check(p.f.at.Step.Needs.Check); ok {
		p.outcome = o
	}
	if !p.f.current() {
		return nil
	}
	return p.ask()
}

// ask puts the question to the server, unless it is being put.
func (p *proof) ask() tea.Cmd {
	if p.asking || !p.needed() || p.f.at.Step.Needs.Dance {
		return nil
	}
	p.asking, p.stopped, p.turn = true, false, nextRun()
	ctx, turn, checker, s, name := p.ctx, p.turn, p.f.w.session.Checker, p.f.state, p.f.at.Step.Needs.Check
	return func() tea.Msg { return checkedMsg{turn: turn, outcome: checker.Run(ctx, s, name)} }
}

// begin starts the dance, in place of one under way; the listener is open before
// its URL is shown. Whatever ends the dance's context closes it, also when the
// page is left before the dance was even there.
func (p *proof) begin(code bool) tea.Cmd {
	p.leave()
	p.asking, p.turn = true, nextRun()
	ctx, cancel := context.WithCancel(p.ctx)
	p.end = cancel
	turn, checker, s := p.turn, p.f.w.session.Checker, p.f.state
	return func() tea.Msg {
		d, err := checker.Authorize(ctx, s, code)
		if err == nil {
			context.AfterFunc(ctx, d.Close)
		}
		return dancedMsg{turn, d, err}
	}
}

// danced takes the dance and waits for the browser.
func (p *proof) danced(msg dancedMsg) tea.Cmd {
	p.asking = false
	if msg.err != nil {
		return p.checked(checkedMsg{outcome: core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: problemOf(msg.err), At: p.f.w.now()}})
	}
	p.outcome = core.Outcome{}
	p.dance = msg.dance
	ctx, turn := p.ctx, p.turn
	wait := func() tea.Msg { return checkedMsg{turn: turn, outcome: msg.dance.Wait(ctx)} }
	url, visited := msg.dance.Warmup()
	if p.warm = url == ""; p.warm {
		return wait
	}
	return tea.Batch(wait, func() tea.Msg {
		select {
		case <-visited:
			return warmedMsg{turn}
		case <-ctx.Done():
			return nil
		}
	})
}

// urls are the pages of the dance that are still to be opened.
func (p *proof) urls() map[string]string {
	urls := map[string]string{"authorize-url": p.dance.URL()}
	if url, _ := p.dance.Warmup(); !p.warm {
		urls["warmup-url"] = url
	}
	if p.f.w.session.Remote {
		urls["forward-command"] = p.dance.Forward()
	}
	return urls
}

// leave ends the dance that is under way, if there is one.
func (p *proof) leave() {
	if p.dance = nil; p.end != nil {
		p.end()
	}
}

// checked takes an outcome and does what follows from it: it is stored, and asked for
// again. A dance goes on where typing once more can mend what was typed.
func (p *proof) checked(msg checkedMsg) tea.Cmd {
	o, dance := msg.outcome, p.f.at.Step.Needs.Dance
	if o.State == core.Unknown && dance {
		return nil // of a dance that was left for another
	}
	p.asking = false
	heard := p.rule.Take(o)
	if o.State == core.Unknown && o.Finding == nil {
		return nil
	}
	p.outcome = o
	of := p.dance
	if dance && !(msg.typed && finding.Retypable(o.Finding)) {
		p.leave()
	}
	var cmds []tea.Cmd
	if heard.Store {
		cmds = append(cmds, p.f.record(p.ctx, p.run, o, of))
	}
	if heard.Again > 0 && !p.stopped {
		turn := p.turn
		cmds = append(cmds, tea.Tick(heard.Again, func(time.Time) tea.Msg { return againMsg{turn} }))
	}
	return tea.Batch(cmds...)
}

// goOn starts the countdown after a proof, or waits for Enter when no frame may
// be driven by a timer.
func (p *proof) goOn() tea.Cmd {
	if p.f.w.session.ReducedMotion {
		return nil
	}
	p.goingOn = patience
	return p.count()
}

func (p *proof) count() tea.Cmd {
	run := p.run
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return countMsg{run} })
}

func code(f *core.Finding) core.Code {
	if f == nil {
		return ""
	}
	return f.Code
}
