package main

import (
	"context"
	"fmt"

	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// switchTo makes a link that is not in use the active one, after a yes where one is asked.
func (a *app) switchTo(ctx context.Context, s *setup.State, t *walk.Turn, confirm string) error {
	fmt.Fprintf(a.err, "Asking %s about the %s link.\n", guide.Host(s), t.To.OAuth)
	t.Try(ctx)
	if ctx.Err() != nil {
		return walk.ErrInterrupted
	}
	if f := t.Outcome().Finding; f != nil {
		fmt.Fprintf(a.err, "%s\n", guide.ProblemText(f))
	}
	if t.LosesTokens() {
		fmt.Fprintf(a.err, "%s\n", guide.ProblemText(s.Moves().TokensEnd()))
	}
	if t.NeedsYes() {
		if confirm == "" && a.face() == nobody {
			return t.Unconfirmed()
		}
		if confirm == "" {
			fmt.Fprintf(a.err, "%s\n", t.Words())
		}
		if err := a.confirmed(s, confirm, "use the "+t.To.OAuth.String()+" link again", "Nothing was switched."); err != nil {
			return err
		}
	}
	now, err := t.Make(ctx)
	if err == nil {
		fmt.Fprintf(a.err, "%s uses its %s link again. Look whether it works: applink check %s\n", now.Integration.Name, now.OAuth(), now.Integration.Slug)
	}
	return err
}
