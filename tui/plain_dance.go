package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// dancing is an authorization that waits for the browser or for a typed code.
type dancing struct {
	*plain
	at    setup.Position
	page  guide.Page
	dance core.Dance
	ends  chan core.Outcome
	rule  *core.Asking
	// giving: the user is asked whether to go on without proof.
	giving bool
	ended  bool // by what was typed, which cannot be mended by typing once more
}

// dance shows the page and lets the user sign in once, as proof. Over SSH the
// browser is elsewhere: it shows a code, or comes back by a forwarded port.
func (p *plain) dance(ctx context.Context, at setup.Position) error {
	page := p.page(at, nil)
	p.title(at, page)
	p.body(page)
	p.tellWords()
	shows := p.state.WayBack(true) == core.BackByCode
	if shows {
		p.say("\nWith the word code, Bitbucket shows a code to be typed here, for a browser on another machine.")
	}
	code := codeFirst(p.session, p.state)
	for {
		behind := p.earlier != nil
		if behind {
			p.say("\n%s: %s.", page.Title, guide.StatusWords(p.state, at.Step, time.Now()))
			p.prompt("Press Enter to go on, or type retry to sign in again: ")
		} else {
			p.prompt("\nPress Enter to begin: ")
		}
		line, err := p.in.line(ctx)
		if err != nil {
			return err
		}
		switch verb := word(line); {
		case verb == "code" && shows:
			code = true
		case behind && (verb == "" || verb == "go on"):
			p.forward()
			return nil
		case verb == "", verb == "retry":
		case verb == "go on":
			if left, err := p.overrule(ctx, at); left || err != nil {
				return err
			}
			continue
		default:
			if left, err := p.command(ctx, line, &page, at); left || err != nil {
				return err
			}
			continue
		}
		if left, err := p.danceOnce(ctx, at, code); left || err != nil {
			return err
		}
	}
}

// ErrorPageWords say what to do at an error page, from which no browser comes back.
const ErrorPageWords = "Should the page show an error in place of \"Allow\", nothing comes back from there: type error to be told the causes."

// danceOnce begins and ends one dance; left is false when it may be tried again.
func (p *plain) danceOnce(ctx context.Context, at setup.Position, code bool) (left bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.say("Asking %s for an authorization.", p.host())
	dance, err := p.session.Checker.Authorize(ctx, p.state, code)
	if err != nil {
		var f *core.Finding
		if !errors.As(err, &f) {
			return false, err
		}
		d := &dancing{plain: p, at: at, rule: at.Step.Ask()}
		return d.took(ctx, core.Outcome{Check: at.Step.Needs.Check, State: core.Failed, Finding: f, At: time.Now()})
	}
	defer dance.Close()
	d := &dancing{plain: p, at: at, dance: dance, ends: make(chan core.Outcome, 1), rule: at.Step.Ask()}
	d.page = p.page(at, map[string]string{"authorize-url": dance.URL()})
	if forward := dance.Forward(); forward != "" && p.session.Carrier.Remote() {
		p.say("Run this where the browser is, and leave it running:\n%s", forward)
	}
	if warmup, _ := dance.Warmup(); warmup != "" {
		p.say("First open this page in the browser and let it accept the certificate, which is applink's own:\n%s", warmup)
	}
	p.say("Open this page in a browser, sign in and allow:\n%s", dance.URL())
	p.say("%s", ErrorPageWords)
	if p.state.WayBack(code) != core.BackHere {
		p.say("%s", d.page.Asks["code"].Help)
		p.prompt(d.page.Asks["code"].Title + " ")
	} else {
		p.say("applink goes on when the browser comes back here. Should it not, paste the whole address that it was sent to.")
		go func() { d.ends <- dance.Wait(ctx) }()
	}
	return d.wait(ctx)
}

// wait listens to the browser and to the user.
func (d *dancing) wait(ctx context.Context) (left bool, err error) {
	for {
		select {
		case o := <-d.ends:
			if o.State != core.Unknown {
				return d.took(ctx, o)
			}
			d.ends = nil // the browser does not come back to this machine
			d.prompt("Paste the whole address that the browser was sent to: ")
		case line, ok := <-d.in.next:
			if !ok {
				return false, ErrEndOfInput
			}
			if left, err := d.typed(ctx, line); left || err != nil || d.ended {
				return left, err
			}
		case <-ctx.Done():
			return false, ErrInterrupted
		}
	}
}

func (d *dancing) typed(ctx context.Context, line string) (left bool, err error) {
	if d.giving {
		d.giving = false
		return d.gaveUp(ctx, d.at, line)
	}
	switch verb := word(line); {
	case verb == "":
		d.say("Still waiting. The page to open is\n%s", d.dance.URL())
	case verb == "open":
		d.open(ctx, d.dance.URL())
	case verb == "go on" && d.earlier == nil:
		d.giving = true
		d.prompt(withoutProofPlain)
	case verb == "error":
		d.say("Asking %s for the cause.", d.host())
		o := d.dance.ErrorPage(ctx)
		if d.ended = true; o.State == core.Unknown {
			return false, ErrInterrupted
		}
		return d.took(ctx, o)
	case isCommand(verb):
		return d.command(ctx, line, &d.page, d.at)
	default:
		d.say("Asking %s about the code.", d.host())
		o := d.dance.Submit(ctx, line)
		if o.State == core.Unknown && o.Finding == nil {
			return false, ErrInterrupted
		}
		if left, err := d.took(ctx, o); left || err != nil {
			return left, err
		}
		if d.ended = !finding.Retypable(o.Finding); d.ended {
			return false, nil
		}
		d.prompt("Once more, or back: ")
	}
	return false, nil
}

// isCommand tells a word from a code.
func isCommand(line string) bool {
	verb, _, _ := strings.Cut(line, " ")
	return slices.Contains([]string{"help", "back", "quit", "look", "copy", "show"}, verb)
}

// took stores the outcome; what is no proof leads back to the beginning.
func (d *dancing) took(ctx context.Context, o core.Outcome) (left bool, err error) {
	heard, state := d.rule.Take(o), d.state
	if heard.Passed {
		if err := d.session.Library.KeepGranted(ctx, d.state, d.dance, false); err != nil {
			return false, err
		}
	}
	if heard.Store {
		if state, err = d.session.Library.Record(ctx, d.state, o); err != nil {
			return false, err
		}
	}
	if d.giving {
		d.say("")
	}
	if !heard.Passed {
		d.state = state
		d.say("\n%s", guide.ProblemText(o.Finding))
		return false, nil
	}
	d.say("%s", guide.ProofWords(state, o))
	if err := d.take(state, nil); err != nil {
		return false, err
	}
	return true, d.pressEnter(ctx)
}
