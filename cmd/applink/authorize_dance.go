package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"applink/core"
	"applink/core/auth"
	"applink/core/check"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/tui"
)

// lines reads what the user types. The channel is closed at the end of input; it
// is nil, and never ready, when nobody may be asked.
func (a *app) lines() <-chan string {
	if a.face() == nobody {
		return nil
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(a.in); s.Scan(); {
			lines <- strings.TrimSpace(s.Text())
		}
	}()
	return lines
}

// dance lets the user sign in. The browser comes back to this machine, or what it
// ends at is typed or pasted; whichever comes first.
func (a *app) dance(ctx context.Context, runner *check.Runner, s *setup.State, o authorization, lines <-chan string) (core.Outcome, auth.Tokens, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	code := o.code || a.carrier().Remote() && s.OAuth() == core.OAuth1 // whose port nobody knows in time to forward it
	waits := s.WayBack(code) == core.BackHere
	if !waits && lines == nil {
		return core.Outcome{}, auth.Tokens{}, nobodyTypes()
	}
	dance, tokens, err := runner.AuthorizeKeep(ctx, s, code)
	if err != nil {
		return core.Outcome{}, auth.Tokens{}, err
	}
	defer dance.Close()
	a.invite(s, dance, waits)
	ended := make(chan core.Outcome, 1)
	if waits {
		go func() { ended <- dance.Wait(ctx) }()
	}
	for last := (core.Outcome{}); ; { // of what was typed
		select {
		case outcome := <-ended:
			if ctx.Err() != nil || outcome.State == core.Unknown {
				return outcome, auth.Tokens{}, tui.ErrInterrupted
			}
			return outcome, tokens(), nil
		case line, ok := <-lines:
			if !ok && !waits {
				return a.unanswered(last)
			}
			if lines = stillOpen(lines, ok); line == "" {
				continue
			}
			end := dance.Submit
			if line == "error" {
				end = func(ctx context.Context, _ string) core.Outcome { return dance.ErrorPage(ctx) }
			}
			last = end(ctx, line)
			switch {
			case last.State == core.Unknown:
				return last, auth.Tokens{}, tui.ErrInterrupted
			case last.State == core.Passed, !finding.Retypable(last.Finding):
				return last, tokens(), nil
			}
			fmt.Fprintf(a.err, "%s\nTry again, or press Ctrl-C to end: ", guide.ProblemText(last.Finding))
		case <-ctx.Done():
			return core.Outcome{}, auth.Tokens{}, tui.ErrInterrupted
		}
	}
}

// nobodyTypes refuses a dance that ends with something to be typed.
func nobodyTypes() *core.Finding {
	return finding.TypingNeeded.With()
}

// stillOpen is the channel, or nil when it was closed.
func stillOpen(lines <-chan string, open bool) <-chan string {
	if !open {
		return nil
	}
	return lines
}

// unanswered is how a dance ends whose input did before a code that is right: with
// what was wrong with the last one, which is told already unless in a document.
func (a *app) unanswered(last core.Outcome) (core.Outcome, auth.Tokens, error) {
	switch {
	case last.Finding == nil:
		fmt.Fprintln(a.err, "\nThe input ended before the code.")
		return last, auth.Tokens{}, exit(exitUsage)
	case a.json:
		return last, auth.Tokens{}, last.Finding
	}
	fmt.Fprintln(a.err)
	return last, auth.Tokens{}, exit(codeOf(last.Finding))
}

// invite says which pages to open, and what to do when the browser runs elsewhere.
func (a *app) invite(s *setup.State, dance core.Dance, waits bool) {
	if forward := dance.Forward(); forward != "" && a.carrier().Remote() {
		fmt.Fprintf(a.err, "Run this where the browser is, and leave it running:\n%s\n", forward)
	}
	if warmup, _ := dance.Warmup(); warmup != "" {
		fmt.Fprintf(a.err, "First open this page in the browser and let it accept the certificate, which is applink's own:\n%s\n", warmup)
	}
	fmt.Fprintf(a.err, "Open this page in a browser, sign in and allow:\n%s\n", dance.URL())
	if a.face() != nobody {
		fmt.Fprintln(a.err, tui.ErrorPageWords)
	}
	if waits {
		fmt.Fprintln(a.err, "applink waits until the browser comes back. Should it not, paste the whole address that it was sent to.")
		return
	}
	if s.OAuth() == core.OAuth2 {
		fmt.Fprint(a.err, "Then paste the whole address that it ends at. The code in it lives 10 seconds by default: ")
		return
	}
	fmt.Fprint(a.err, "Then type the code that it shows, or paste the whole address that it was sent to: ")
}
