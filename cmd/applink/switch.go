package main

import (
	"context"
	"fmt"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// switchTo makes a link that is not in use the active one: the one before, or the one that
// was gone back from. Bitbucket is asked about it first, since it may be gone. What was not
// asked for in so many words, what does not work and what ends the access of programs has
// to be confirmed.
func (a *app) switchTo(ctx context.Context, s *setup.State, to core.Link, do func(context.Context, int64, setup.Move) (*setup.State, error), confirm string) error {
	fmt.Fprintf(a.err, "Asking %s about the %s link.\n", s.Values()["host"], to.OAuth)
	o := a.library.Try(ctx, s, to, a.checker(a.library))
	if ctx.Err() != nil {
		return walk.ErrInterrupted
	}
	why := guide.Tried(o)
	if o.Finding != nil {
		fmt.Fprintf(a.err, "%s\n", guide.ProblemText(o.Finding))
	}
	if s.LosesTokens(to) {
		fmt.Fprintf(a.err, "%s\n", guide.ProblemText(s.TokensEnd()))
		why += " Programs that use the kept tokens lose access."
	}
	back := s.Before() != nil && s.Before().ID == to.ID
	if asked := !back || o.State != core.Passed || s.LosesTokens(to); asked {
		if confirm == "" && a.face() == nobody {
			return s.Unconfirmed(to, why)
		}
		if confirm == "" {
			fmt.Fprintf(a.err, "%s\n", why)
		}
		if err := a.confirmed(s, confirm, "use the "+to.OAuth.String()+" link again", "Nothing was switched."); err != nil {
			return err
		}
	}
	now, err := do(ctx, s.Integration.ID, "")
	if err == nil {
		fmt.Fprintf(a.err, "%s uses its %s link again. Look whether it works: applink check %s\n", now.Integration.Name, now.OAuth(), now.Integration.Slug)
	}
	return err
}
