package tui

import (
	"context"
	"time"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// The pace of a check that is asked again: gentle with the server, and a word to
// the user twice a minute.
const (
	firstPause  = 2 * time.Second
	longPause   = 15 * time.Second
	aliveEvery  = 30 * time.Second
	stillAsking = "Still asking, %s so far: %s"
)

// proving is a page whose check is being asked.
type proving struct {
	*plain
	at       setup.Position
	page     guide.Page
	began    time.Time
	pause    time.Duration
	outcome  core.Outcome
	asked    bool // by the user, who is told everything
	answers  chan core.Outcome
	cancel   context.CancelFunc
	attempts int
}

// prove shows a page and asks its question of the server: once, or until it is
// answered well where it waits for something that is done elsewhere.
func (p *plain) prove(ctx context.Context, at setup.Position) error {
	w := &proving{plain: p, at: at, page: p.page(at, nil), began: time.Now(), pause: firstPause}
	p.title(at, w.page)
	p.body(w.page)
	defer w.stop()
	p.say("\nAsking %s.", p.host())
	w.ask(ctx)
	return w.wait(ctx)
}

// ask puts the question in the background; the answer comes on w.answers.
func (w *proving) ask(ctx context.Context) {
	w.stop()
	ctx, w.cancel = context.WithCancel(ctx)
	answers, checker, state := make(chan core.Outcome, 1), w.session.Checker, w.state
	w.answers = answers
	go func() { answers <- checker.Run(ctx, state, w.at.Step.Needs.Check) }()
}

func (w *proving) stop() {
	if w.cancel != nil {
		w.cancel()
	}
	w.answers, w.cancel = nil, nil
}

// wait listens to the server, the clock and the user. What is typed is read only
// after the first answer, so that piped answers meet the question they are for.
func (w *proving) wait(ctx context.Context) error {
	var again <-chan time.Time
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	var typed <-chan string
	for {
		select {
		case o := <-w.answers:
			w.stop()
			if done, err := w.took(ctx, o); done || err != nil {
				return err
			}
			typed = w.in.next
			if w.at.Step.Needs.Repeats && o.State != core.Unknown {
				again = time.After(w.pause)
				w.pause = min(w.pause*3/2, longPause)
			}
		case <-again:
			w.ask(ctx)
		case <-alive.C:
			if w.at.Step.Needs.Repeats {
				w.say(stillAsking, time.Since(w.began).Round(time.Second), w.reason())
			}
		case line, ok := <-typed:
			if !ok {
				return ErrEndOfInput
			}
			if left, err := w.typed(ctx, line); left || err != nil {
				return err
			}
		case <-ctx.Done():
			return ErrInterrupted
		}
	}
}

func (w *proving) reason() string {
	if w.outcome.Finding == nil {
		return "no answer that decides"
	}
	return guide.Problem(w.outcome.Finding).Title
}

// took judges an answer: stores and tells what is new.
func (w *proving) took(ctx context.Context, o core.Outcome) (done bool, err error) {
	news := w.attempts == 0 || o.State != w.outcome.State || code(o.Finding) != code(w.outcome.Finding)
	asked := w.asked
	w.outcome, w.asked = o, false
	w.attempts++
	if o.State == core.Passed {
		return true, w.proved(ctx, o)
	}
	if !news && !asked {
		return false, nil
	}
	if news && (o.State == core.Failed || o.State == core.Unknown) {
		if w.state, err = w.session.Library.Record(ctx, w.state, o); err != nil {
			return false, err
		}
	}
	w.report(o, asked)
	return false, nil
}

// report tells an outcome that is no proof. While Bitbucket is waited for, the
// user hears one line, and everything after having asked.
func (w *proving) report(o core.Outcome, asked bool) {
	switch {
	case o.Finding == nil:
		w.say("The answer decides nothing.")
	case o.State == core.Waiting && !asked:
		w.say("Not yet: %s", guide.Problem(o.Finding).Title)
	default:
		w.say("\n%s", PlainProblem(o.Finding))
	}
	if _, ok := w.state.Offered(w.at.Step, code(o.Finding)); ok {
		w.say("Type mend to answer the question that can mend it.")
	}
	switch {
	case w.attempts > 1 && !asked:
		return
	case w.at.Step.Needs.Repeats && o.State != core.Unknown:
		w.say("applink asks again by itself, and at once when you press Enter.")
		w.tellWords()
	default:
		w.say("Press Enter to ask again, or type back, go on, evidence, help or quit.")
	}
}

// proved stores the outcome, tells it and leaves the user time to read.
func (w *proving) proved(ctx context.Context, o core.Outcome) error {
	before := w.state
	state, err := w.session.Library.Record(ctx, before, o)
	if err := w.take(state, err); err != nil {
		return err
	}
	if _, there := state.Step(w.at.Step.ID); !there {
		state = before // the proof ended the step
	}
	w.say("%s", ProofWords(state, o))
	if o.Finding != nil {
		w.say("\n%s", PlainProblem(o.Finding))
	}
	return w.pressEnter(ctx)
}

func (p *plain) pressEnter(ctx context.Context) error {
	for {
		p.prompt("Press Enter to go on: ")
		line, err := p.in.line(ctx)
		if err != nil {
			return err
		}
		switch word(line) {
		case "":
			return nil
		case "quit":
			return errQuit
		}
	}
}

// typed does what was typed while the check is waited for.
func (w *proving) typed(ctx context.Context, line string) (left bool, err error) {
	switch word(line) {
	case "", "retry":
		w.asked, w.pause = true, firstPause
		w.say("Asking %s.", w.host())
		w.ask(ctx)
	case "why":
		if w.outcome.Finding != nil {
			w.say("\n%s", PlainProblem(w.outcome.Finding))
		}
	case "evidence":
		w.evidence(w.outcome)
	case "mend":
		at, ok := w.state.Offered(w.at.Step, code(w.outcome.Finding))
		if !ok {
			w.say("There is no question here whose answer would mend it.")
			return false, nil
		}
		w.earlier = &at
		return true, nil
	case "go on":
		return w.overrule(ctx, w.at)
	default:
		return w.command(ctx, line, &w.page, w.at)
	}
	return false, nil
}

// overrule goes on without proof, asked once.
func (p *plain) overrule(ctx context.Context, at setup.Position) (left bool, err error) {
	p.prompt("Go on without proof? The step is kept as said, not as proved. Type yes: ")
	line, err := p.in.line(ctx)
	if err != nil {
		return false, err
	}
	if w := word(line); w != "yes" && w != "y" {
		p.say("Not gone on.")
		return false, nil
	}
	return true, p.take(p.session.Library.Say(ctx, p.state.Integration.ID, at.Step.ID))
}
