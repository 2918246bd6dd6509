package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/walk"
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
func (a *app) dance(ctx context.Context, w *walk.Walk, code bool, lines <-chan string) error {
	code = code || w.ByCode()
	if w.State().WayBack(code) != core.BackHere && lines == nil {
		return nobodyTypes()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	back := make(chan walk.Result, 1)
	if w.Run(ctx, w.SignIn(code)) == walk.Begun {
		a.invite(w)
		if w.Way() == core.BackHere {
			await := w.Await()
			go func() { back <- await(ctx) }()
		}
	}
	for w.Dance() != nil {
		select {
		case r := <-back:
			w.Take(r)
		case line, ok := <-lines:
			switch {
			case !ok && w.Way() != core.BackHere:
				return a.unanswered(w.Outcome().Finding)
			case !ok:
				lines = nil
			case line == "error":
				w.Run(ctx, w.ErrorPage())
			case line != "":
				if w.Run(ctx, w.Submit(line)); w.Dance() != nil && ctx.Err() == nil {
					fmt.Fprintf(a.err, "%s\nTry again, or press Ctrl-C to end: ", guide.ProblemText(w.Outcome().Finding))
				}
			}
		case <-ctx.Done():
			return walk.ErrInterrupted
		}
	}
	if f := w.Problem(); f != nil {
		return f
	}
	return nil
}

// nobodyTypes refuses a dance that ends with something to be typed.
func nobodyTypes() *core.Finding {
	return finding.TypingNeeded.With()
}

// unanswered is how a dance ends whose input did before a code that is right: with
// what was wrong with the last one, which is told already unless in a document.
func (a *app) unanswered(f *core.Finding) error {
	switch {
	case f == nil:
		fmt.Fprintln(a.err, "\nThe input ended before the code.")
		return exit(exitUsage)
	case a.json:
		return f
	}
	fmt.Fprintln(a.err)
	return exit(codeOf(f))
}

// invite says which pages to open, and what to do when the browser runs elsewhere.
func (a *app) invite(w *walk.Walk) {
	fmt.Fprintln(a.err, guide.Invite(w.Dance(), a.carrier().Remote()))
	if a.face() != nobody {
		fmt.Fprintln(a.err, guide.ErrorPage)
	}
	switch way := w.Way(); {
	case way == core.BackHere:
		fmt.Fprintln(a.err, "applink waits until the browser comes back. Should it not, paste the whole address that it was sent to.")
	case way == core.BackByAddress:
		fmt.Fprint(a.err, "Then paste the whole address that it ends at. The code in it lives 10 seconds by default: ")
	default:
		fmt.Fprint(a.err, "Then type the code that it shows, or paste the whole address that it was sent to: ")
	}
}
