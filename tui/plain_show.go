package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// prompt writes what is waited for, without a line end.
func (p *plain) prompt(text string) { fmt.Fprint(p.out, text) }

// heading says once per step where the set-up is. A step that only asks has its
// page read before its first question.
func (p *plain) heading(at setup.Position) {
	if p.step == string(at.Step.ID) {
		return
	}
	page := p.page(at, nil)
	p.title(at, page)
	if at.Step.Shows != nil && !at.Step.Shows(p.state) {
		p.body(page)
	}
}

func (p *plain) title(at setup.Position, page guide.Page) {
	p.step = string(at.Step.ID)
	if n, steps := p.state.Number(at.Step.ID); n > 0 {
		p.say("\nStep %d of %d: %s", n, steps, page.Title)
	}
}

func (p *plain) body(page guide.Page) {
	if len(page.Blocks) > 0 {
		p.say("\n%s", guide.Plain(page.Blocks, plainWidth))
	}
	if page.OpenURL != "" && strings.Contains(page.OpenURL, "://") {
		p.say("\nPage to open in %s: %s", page.OpenIn, page.OpenURL)
	}
	if page.Mock != nil {
		p.say("\n%s", strings.Join(guide.MockLines(page.Mock), "\n"))
	}
	if len(page.Values) > 0 {
		p.say("\nValues:")
	}
	for _, v := range page.Values {
		text := guide.Shorten(v.Text)
		if v.Secret {
			text = "secret, type copy " + strconv.Itoa(v.Number)
		}
		p.say("  %d. %s: %s", v.Number, v.Label, text)
	}
}

// show prints a page and waits until it is confirmed.
func (p *plain) show(ctx context.Context, at setup.Position) error {
	page := p.page(at, nil)
	p.title(at, page)
	p.body(page)
	p.tellWords()
	for {
		switch {
		case at.Step.Last && p.moves():
			p.prompt("\nPress Enter to go on with the move to OAuth 2: ")
		case at.Step.Last:
			p.prompt("\nPress Enter to end: ")
		case p.earlier != nil:
			p.prompt("\nPress Enter to go on: ")
		default:
			p.prompt("\nPress Enter when this is done: ")
		}
		line, err := p.in.line(ctx)
		if err != nil {
			if at.Step.Last && ctx.Err() == nil {
				return errQuit // nothing is left to be answered
			}
			return err
		}
		if word(line) != "" {
			if left, err := p.command(ctx, line, &page, at); left || err != nil {
				return err
			}
			continue
		}
		switch {
		case at.Step.Last && p.moves():
			return p.take(p.session.Library.Migrate(ctx, p.state.Integration.ID))
		case at.Step.Last:
			return errQuit
		case p.earlier != nil:
			p.forward()
			return nil
		}
		return p.take(p.session.Library.Say(ctx, p.state.Integration.ID, at.Step.ID))
	}
}

// moves reports whether a link that was taken over is to be moved next.
func (p *plain) moves() bool { return p.session.ThenMigrate && movable(p.state) }

func word(line string) string { return strings.ToLower(strings.TrimSpace(line)) }

// command does what was typed at a page and reports whether the page was left.
func (p *plain) command(ctx context.Context, line string, page *guide.Page, at setup.Position) (left bool, err error) {
	verb, rest, _ := strings.Cut(word(line), " ")
	switch verb {
	case "quit":
		return true, errQuit
	case "back":
		p.back()
		return true, nil
	case "help":
		p.say("%s", pageHelp)
	case "copy":
		p.withValue(page, rest, func(v guide.Value) { p.copy(ctx, v) })
	case "show":
		p.withValue(page, rest, p.alone)
	case "open":
		p.open(ctx, page.OpenURL)
	case "old":
		return p.oldLink(), nil
	case "mend":
		return p.mend(at, ""), nil
	case "look":
		p.look++
		*page = p.page(at, nil)
		if page.Looks < 2 {
			p.say("There is no other look of this page.")
		} else {
			p.say("Another look: Bitbucket %s", page.Versions)
			p.body(*page)
		}
	default:
		p.say("%q is not understood here. Type help for the words that are.", line)
	}
	return false, nil
}

// mend goes to the question whose answer can mend a finding; from the last page to the
// step that stands refused.
func (p *plain) mend(at setup.Position, code core.Code) (left bool) {
	to, ok := p.state.Offered(at.Step, code)
	if at.Step.Last {
		to, ok = p.state.WayBackTo()
	}
	if !ok {
		p.say("There is no question here whose answer would mend it.")
		return false
	}
	p.earlier, p.look = &to, 0
	return true
}

// oldLink goes to the link that was superseded, or says why not.
func (p *plain) oldLink() (left bool) {
	if problem := p.state.MayRetire(); problem != nil {
		p.say("\n%s", guide.ProblemText(problem))
		return false
	}
	p.state, p.earlier, p.look = p.state.For(setup.Retire), nil, 0
	return true
}

func (p *plain) withValue(page *guide.Page, number string, do func(guide.Value)) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if len(page.Values) == 1 && number == "" {
		n, err = page.Values[0].Number, nil
	}
	for _, v := range page.Values {
		if err == nil && v.Number == n {
			do(v)
			return
		}
	}
	if len(page.Values) == 0 {
		p.say("There is no value here.")
		return
	}
	p.say("Say which value, from 1 to %d.", len(page.Values))
}

// alone shows a value whole, unless it must not stay on the screen.
func (p *plain) alone(v guide.Value) {
	if v.Secret {
		p.say("%s is a secret: type copy %d.", v.Label, v.Number)
		return
	}
	p.say("%s:\n%s", v.Label, strings.TrimRight(v.Text, "\n"))
}

// copy carries a value and says what came of it. A failed copy shows the value.
func (p *plain) copy(ctx context.Context, v guide.Value) {
	r := p.session.Carrier.Copy(ctx, v.Text)
	p.say("%s: %s", v.Label, r.Sentence)
	if r.Err != nil && !v.Secret {
		p.say("%s", strings.TrimRight(v.Text, "\n"))
	}
}

func (p *plain) open(ctx context.Context, url string) {
	if url == "" {
		p.say("There is no page to open here.")
		return
	}
	p.say("%s", p.session.Carrier.OpenAsked(ctx, url).Sentence)
}

func (p *plain) tellWords() {
	if !p.told {
		p.told = true
		p.say("\n%s", pageHelp)
	}
}

const pageHelp = `Press Enter to go on, or type one of these words (help repeats them):
  copy 1     copy value 1 to the clipboard
  show 1     show value 1 whole
  open       open the page in the browser
  look       the screens of another version of Bitbucket
  retry      ask Bitbucket again
  why        explain what the last check found
  evidence   what was asked and answered
  error      the browser shows an error of Bitbucket's: what can be the cause
  mend       answer the question that can mend a problem, where there is one
  go on      go on without proof
  old link   retire the link before the one in use
  back       the place before
  quit       leave; everything so far is saved`

// evidence prints what a check asked and was answered.
func (p *plain) evidence(o core.Outcome) {
	if len(o.Evidence) == 0 {
		p.say("Nothing was asked yet.")
	}
	for _, e := range o.Evidence {
		p.say("%s: %s", e.Label, e.Value)
	}
	if o.Finding != nil && o.Finding.Raw != "" {
		p.say("raw: %s", o.Finding.Raw)
	}
}
