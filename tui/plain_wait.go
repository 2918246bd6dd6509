package tui

import (
	"context"
	"time"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// While a check is asked again by itself the user hears a word twice a minute.
const (
	aliveEvery  = 30 * time.Second
	stillAsking = "Still asking, %s so far: %s"
)

// proving is a page whose check is being asked.
type proving struct {
	*plain
	at       setup.Position
	page     guide.Page
	began    time.Time
	rule     *core.Asking
	outcome  core.Outcome
	asked    bool // by the user, who is told everything
	giving   bool // the user is asked whether to go on without proof
	answers  chan core.Outcome
	cancel   context.CancelFunc
	attempts int
}

// prove shows a page and asks its question of the server: once, or until it is
// answered well where it waits for something that is done elsewhere. On a page that was
// gone back to it asks only when the user does.
func (p *plain) prove(ctx context.Context, at setup.Position) error {
	w := &proving{plain: p, at: at, page: p.page(at, nil), began: time.Now(), rule: at.Step.Ask()}
	p.title(at, w.page)
	p.body(w.page)
	defer w.stop()
	if w.behind() {
		w.outcome, _ = p.state.Check(at.Step.Needs.Check)
		p.say("\n%s: %s.", p.page(at, nil).Title, guide.StatusWords(p.state, at.Step, time.Now()))
		p.say("Press Enter to go on, or type retry to ask %s again.", p.host())
		return w.wait(ctx)
	}
	p.say("\nAsking %s.", p.host())
	w.ask(ctx)
	return w.wait(ctx)
}

// behind reports whether the page was gone back to.
func (w *proving) behind() bool { return w.earlier != nil }

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
	if w.behind() {
		typed = w.in.next
	}
	for {
		select {
		case o := <-w.answers:
			w.stop()
			heard := w.rule.Take(o)
			if err := w.took(ctx, o, heard); heard.Passed || err != nil {
				return err
			}
			typed = w.in.next
			if again = nil; heard.Again > 0 {
				again = time.After(heard.Again)
			}
		case <-again:
			w.ask(ctx)
		case <-alive.C:
			if w.at.Step.Needs.Repeats && w.attempts > 0 {
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

// took stores and tells what is new.
func (w *proving) took(ctx context.Context, o core.Outcome, heard core.Heard) (err error) {
	asked := w.asked
	w.outcome, w.asked = o, false
	w.attempts++
	if heard.Passed {
		return w.proved(ctx, o)
	}
	if heard.Store {
		if w.state, err = w.session.Library.Record(ctx, w.state, o); err != nil {
			return err
		}
	}
	if heard.News || asked {
		w.report(o, asked)
	}
	return nil
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
		w.say("\n%s", guide.ProblemText(o.Finding))
	}
	if _, ok := w.state.Offered(w.at.Step, code(o.Finding)); ok {
		w.say("Type mend to answer the question that can mend it.")
	}
	switch {
	case w.attempts > 1 && !asked:
		return
	case w.behind():
		w.say("Nothing moves on by that. Press Enter to go on, type retry to ask again, or evidence, mend, back, help or quit.")
	case w.at.Step.Needs.Repeats && o.State != core.Unknown:
		w.say("applink asks again by itself, and at once when you press Enter.")
		w.tellWords()
	default:
		w.say("Press Enter to ask again, or type back, go on, evidence, help or quit.")
	}
	if w.giving {
		w.prompt(withoutProofPlain)
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
	if w.giving {
		w.say("") // the question that it answers stands in an open line
	}
	w.say("%s", guide.ProofWords(state, o))
	if o.Finding != nil {
		w.say("\n%s", guide.ProblemText(o.Finding))
	}
	return w.pressEnter(ctx)
}

// pressEnter waits until what was told is read.
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
		case "help":
			p.say("%s", enterHelp)
		default:
			p.say("%q is not understood here. %s", line, enterHelp)
		}
	}
}

const enterHelp = "Enter goes on to the next place, quit leaves; everything so far is saved."

// typed does what was typed while the check is waited for.
func (w *proving) typed(ctx context.Context, line string) (left bool, err error) {
	if w.giving {
		w.giving = false
		return w.gaveUp(ctx, w.at, line)
	}
	switch verb := word(line); verb {
	case "", "retry":
		if verb == "" && w.behind() {
			w.forward()
			return true, nil
		}
		w.rule.Hurry()
		w.asked = true
		w.say("Asking %s.", w.host())
		w.ask(ctx)
	case "why":
		if w.outcome.Finding != nil {
			w.say("\n%s", guide.ProblemText(w.outcome.Finding))
		}
	case "evidence":
		w.evidence(w.outcome)
	case "mend":
		return w.mend(w.at, code(w.outcome.Finding)), nil
	case "go on":
		if w.behind() {
			w.forward()
			return true, nil
		}
		w.giving = true
		w.prompt(withoutProofPlain)
	default:
		return w.command(ctx, line, &w.page, w.at)
	}
	return false, nil
}

// withoutProofPlain is [withoutProof] where a line is typed. Whatever is no yes is a no,
// an empty line above all.
const withoutProofPlain = "Go on without proof? The step is kept as said, not as proved. Type yes: "

// overrule asks whether to go on without proof, and does.
func (p *plain) overrule(ctx context.Context, at setup.Position) (left bool, err error) {
	p.prompt(withoutProofPlain)
	line, err := p.in.line(ctx)
	if err != nil {
		return false, err
	}
	return p.gaveUp(ctx, at, line)
}

// gaveUp takes the answer to [withoutProofPlain].
func (p *plain) gaveUp(ctx context.Context, at setup.Position, line string) (left bool, err error) {
	if w := word(line); w != "yes" && w != "y" {
		p.say("Not gone on.")
		return false, nil
	}
	return true, p.take(p.session.Library.Say(ctx, p.state.Integration.ID, at.Step.ID))
}
