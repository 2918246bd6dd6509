package tui

import (
	"context"
	"strings"
	"time"

	"applink/core"
	"applink/core/guide"
	"applink/core/walk"
)

// While a check is asked again by itself the user hears a word twice a minute.
const (
	aliveEvery  = 30 * time.Second
	stillAsking = "Still asking, %s so far: %s"
)

// paging is a page while it is read: its check is asked, the browser is waited for, and
// words are typed.
type paging struct {
	*plain
	page    guide.Page
	results chan walk.Result
	again   <-chan time.Time // when to ask once more
	began   time.Time
	told    int  // how many outcomes there were
	held    bool // what is typed is for what comes after the answer
	asked   bool // by the user, who is told everything
	giving  bool // the user is asked whether to go on without proof
	left    bool
}

// page shows a page until it is left. Its check is asked at once, but for a page that was
// gone back to: there the user asks.
func (p *plain) page(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := &paging{plain: p, page: p.Page(), results: make(chan walk.Result), began: time.Now()}
	if p.step != p.At().Step.ID {
		p.title()
	}
	p.body(g.page)
	switch ask := p.Needed() && !p.At().Step.Needs.Dance; {
	case ask && p.Behind():
		p.say("\n%s: %s.", g.page.Title, p.status())
		p.say("Press Enter to go on, or type retry to ask %s again.", guide.Host(p.State()))
	case ask:
		p.say("\nAsking %s.", guide.Host(p.State()))
		g.held = true
		g.start(ctx, p.Ask())
	default:
		p.tellWords()
		if p.Needed() && p.State().WayBack(true) == core.BackByCode {
			p.say("\nWith the word code, Bitbucket shows a code to be typed here, for a browser on another machine.")
		}
		g.promptPage()
	}
	return g.wait(ctx)
}

func (p *plain) status() string { return guide.StatusWords(p.State(), p.At().Step, time.Now()) }

// start does a job in the background.
func (g *paging) start(ctx context.Context, job walk.Job) {
	if job == nil {
		return
	}
	go func() {
		select {
		case g.results <- job(ctx):
		case <-ctx.Done():
		}
	}()
}

// wait listens to the server, the browser, the clock and the user. What is typed is read
// only after the first answer, so that piped answers meet the question they are for.
func (g *paging) wait(ctx context.Context) (err error) {
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	for !g.left && err == nil {
		typed := g.in.ready()
		if g.held {
			typed = nil
		}
		select {
		case r := <-g.results:
			err = g.took(ctx, r)
		case <-g.again:
			g.start(ctx, g.Ask())
		case <-alive.C:
			if g.At().Step.Needs.Repeats && g.told > 0 {
				g.say(stillAsking, time.Since(g.began).Round(time.Second), g.reason())
			}
		case line, ok := <-typed:
			if g.in.pop(); ok {
				err = g.typed(ctx, line)
			} else if err = walk.ErrEndOfInput; g.At().Step.Last {
				err = errQuit // nothing is left to be answered
			}
		case <-ctx.Done():
			err = walk.ErrInterrupted
		}
	}
	return err
}

func (g *paging) reason() string {
	if f := g.Outcome().Finding; f != nil {
		return guide.Problem(f).Title
	}
	return "no answer that decides"
}

// took takes what came of a job.
func (g *paging) took(ctx context.Context, r walk.Result) error {
	taken := g.Take(r)
	switch {
	case taken == walk.Dropped:
		return nil
	case taken == walk.Begun:
		g.held = false
		g.invite(ctx)
		return nil
	case g.Problem() != nil:
		return g.Problem()
	}
	asked, dance := g.asked, g.At().Step.Needs.Dance
	if g.held, g.asked = false, false; dance && g.Outcome().State == "" {
		return nil // nobody comes back to this machine
	}
	if g.giving && (dance || g.Passed()) {
		g.say("") // the question that it answers stands in an open line
	}
	if g.told++; g.Passed() {
		g.left = true
		return g.proved(ctx, g.ToCurrent)
	}
	if g.again = nil; g.Again() > 0 {
		g.again = time.After(g.Again())
	}
	switch {
	case dance:
		g.giving = false
		g.problem(g.Outcome().Finding)
		g.promptPage()
	case g.News() || asked:
		g.report(asked)
	}
	return nil
}

// report tells an outcome that is no proof. While Bitbucket is waited for, the
// user hears one line, and everything after having asked.
func (g *paging) report(asked bool) {
	switch o := g.Outcome(); {
	case o.Finding == nil:
		g.say("The answer decides nothing.")
	case o.State == core.Waiting && !asked:
		g.say("Not yet: %s", guide.Problem(o.Finding).Title)
	default:
		g.problem(o.Finding)
	}
	switch r := g.Remedy(); {
	case r.Answer != "":
		g.say("Type mend to take %s.", r.Answer)
	case r.Question != nil:
		g.say("Type mend to answer the question that can mend it.")
	case r.Step != nil:
		g.say("Type mend to go back to %q.", guide.Short(r.Step.Step.ID))
	}
	switch {
	case g.told > 1 && !asked:
		return
	case g.Behind():
		g.say("Nothing moves on by that. Press Enter to go on, type retry to ask again, or evidence, mend, back, help or quit.")
	case g.At().Step.Needs.Repeats && g.Outcome().State != core.Unknown:
		g.say("applink asks again by itself, and at once when you press Enter.")
		g.tellWords()
	default:
		g.say("Press Enter to ask again, or type back, go on, evidence, help or quit.")
	}
	if g.giving {
		g.prompt(withoutProofPlain)
	}
}

// proved tells a proof, leaves the user time to read, and goes on.
func (p *plain) proved(ctx context.Context, on func()) error {
	p.say("%s", guide.ProofWords(p.Around(), p.Outcome()))
	if f := p.Outcome().Finding; f != nil {
		p.problem(f)
	}
	err := p.pressEnter(ctx)
	on()
	return err
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

// promptPage tells what Enter does, on a page that does not ask by itself.
func (g *paging) promptPage() {
	dance := g.At().Step.Needs.Dance
	switch enter := g.Enter(); {
	case g.Dance() != nil:
		g.prompt("Try again, or type back: ")
	case dance && g.Behind():
		g.say("\n%s: %s.", g.page.Title, g.status())
		g.prompt("Press Enter to go on, or type retry to sign in again: ")
	case dance:
		g.prompt("\nPress Enter to begin: ")
	case g.Needed():
	case enter == walk.Migrate:
		g.prompt("\nPress Enter to go on with the move to OAuth 2: ")
	case enter == walk.GoHome:
		g.prompt("\nPress Enter to end: ")
	case enter == walk.GoForward:
		g.prompt("\nPress Enter to go on: ")
	default:
		g.prompt("\nPress Enter when this is done: ")
	}
}

// invite says which pages to open for a sign-in, and waits for the browser.
func (g *paging) invite(ctx context.Context) {
	g.page = g.Page()
	g.say("%s\n%s", guide.Invite(g.Dance(), g.session.Remote), guide.ErrorPage)
	if g.Way() == core.BackHere {
		g.say("applink goes on when the browser comes back here. Should it not, paste the whole address that it was sent to.")
		g.start(ctx, g.Await())
		return
	}
	g.say("%s", g.page.Asks["code"].Help)
	g.prompt(g.page.Asks["code"].Title + " ")
}

// signIn begins a sign-in.
func (g *paging) signIn(ctx context.Context, code bool) {
	g.say("Asking %s for an authorization.", guide.Host(g.State()))
	g.hold(ctx, g.SignIn(code))
}

// hold does a job that must have ended before what is typed next.
func (g *paging) hold(ctx context.Context, job walk.Job) {
	g.held = job != nil
	g.start(ctx, job)
}

// typed does what was typed.
func (g *paging) typed(ctx context.Context, line string) (err error) {
	verb := word(line)
	dance, signing := g.At().Step.Needs.Dance, g.Dance() != nil
	switch {
	case g.giving:
		g.giving = false
		if g.left, err = g.gaveUp(ctx, line); !g.left && dance && !signing {
			g.promptPage()
		}
	case verb == "go on" && g.Needed() && !g.Behind():
		g.giving = true
		g.prompt(withoutProofPlain)
	case signing && verb == "":
		g.say("Still waiting. The page to open is\n%s", g.Dance().URL())
	case signing && verb == "open":
		g.open(ctx, g.Dance().URL())
	case signing && verb == "error":
		g.say("Asking %s for the cause.", guide.Host(g.State()))
		g.hold(ctx, g.ErrorPage())
	case signing && !isCommand(verb):
		g.say("Asking %s about the code.", guide.Host(g.State()))
		g.hold(ctx, g.Submit(line))
	case signing:
		g.left, err = g.command(ctx, line)
	case g.Needed() && g.Behind() && (verb == "" || verb == "go on"):
		g.Forward()
		g.left = true
	case dance && (verb == "" || verb == "retry"):
		g.signIn(ctx, g.ByCode())
	case dance && verb == "code" && g.State().WayBack(true) == core.BackByCode:
		g.signIn(ctx, true)
	case g.Needed() && !dance && (verb == "" || verb == "retry"):
		g.asked = true
		g.say("Asking %s.", guide.Host(g.State()))
		g.Hurry()
		g.start(ctx, g.Ask())
	case verb == "":
		g.left, err = true, g.enter(ctx)
	default:
		if g.left, err = g.command(ctx, line); !g.left {
			g.promptPage()
		}
	}
	return err
}

// enter confirms a page that has no check.
func (g *paging) enter(ctx context.Context) error {
	switch g.Enter() {
	case walk.Migrate:
		return g.move(ctx, g.Migrate())
	case walk.GoHome:
		return errQuit
	case walk.GoForward:
		g.Forward()
		return nil
	}
	return g.move(ctx, g.Say())
}

// isCommand tells a word from a code.
func isCommand(line string) bool {
	verb, _, _ := strings.Cut(line, " ")
	switch verb {
	case "help", "back", "quit", "look", "copy", "show", "open", "evidence", "why":
		return true
	}
	return false
}

// command does what was typed at a page and reports whether the page was left.
func (p *plain) command(ctx context.Context, line string) (left bool, err error) {
	verb, rest, _ := strings.Cut(word(line), " ")
	page := p.Page()
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
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9":
		p.withValue(page, verb, func(v guide.Value) { p.copy(ctx, v) })
	case "summary":
		if !p.At().Step.Last {
			p.say("There is a summary once the set-up is complete.")
			break
		}
		p.copy(ctx, guide.Value{Label: "Summary", Text: guide.Summary(p.State(), time.Now())})
	case "whole":
		p.whole = !p.whole
		p.body(page)
	case "show":
		p.withValue(page, rest, p.alone)
	case "open":
		p.open(ctx, page.OpenURL)
	case "why":
		if f := p.Outcome().Finding; f != nil {
			p.problem(f)
		}
	case "evidence":
		p.evidence()
	case "key":
		p.handOut(ctx, strings.TrimSpace(strings.TrimSpace(line)[len("key"):]))
	case "fails":
		if !p.Fails() {
			p.say("Nobody signs in through the application here.")
			break
		}
		p.problem(p.Problem())
		p.Dismiss()
	case "old":
		problem := p.OldLink()
		if problem != nil {
			p.problem(problem)
		}
		return problem == nil, nil
	case "mend":
		r := p.Remedy()
		if !p.Mend(r.Question) && !p.Mend(r.Step) {
			p.say("Nothing here would mend it.")
			break
		}
		if r.Answer != "" {
			q := p.Question()
			_, err := p.give(ctx, &q, r.Answer)
			return true, err
		}
		return true, nil
	case "look":
		if p.OtherLook() {
			p.say("Another look: Bitbucket %s", p.Page().Versions)
			p.body(p.Page())
		} else {
			p.say("There is no other look of this page.")
		}
	default:
		p.say("%q is not understood here. Type help for the words that are.", line)
	}
	return false, nil
}

// tellWords tells, once, the words that a page takes, those that most pages need.
func (p *plain) tellWords() {
	if !p.told {
		p.told = true
		p.say("\nType a number to copy that value, show 1 to see it whole, open, back, quit, or help for all words.")
	}
}

const pageHelp = `Enter does what the prompt says. These words are understood:
  0 to 9     copy that value; 0 is the address of the page
  show 1     show value 1 whole
  open       open the page in the browser
  look       the screens of another version of Bitbucket
  whole      whole screens, with what is left as it is
  retry      ask Bitbucket again
  why        explain what the last check found
  evidence   what was asked and answered
  key        copy the private key or the Client secret for the application; key FILE writes it
  fails      the sign-in through the application fails: what can be the cause
  error      the browser shows an error of Bitbucket's: what can be the cause
  mend       do what mends the problem, where applink can
  go on      go on without proof
  summary    copy a summary of what is set up
  old link   retire the link before the one in use
  back       the place before
  quit       leave; everything so far is saved`

// evidence prints what a check asked and was answered.
func (p *plain) evidence() {
	o := p.Outcome()
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
