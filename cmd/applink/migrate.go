package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui"
)

// moveFlags say what is to be done about a migration or rotation.
type moveFlags struct {
	all, back, abandon, retired, overrule bool
	synchronized, confirm                 string
}

// migrateHelp documents what a script relies on; the members of --json are stable.
const migrateHelp = `migrate sets up an OAuth 2 link beside the active OAuth 1 link, on the same
integration: its name, its slug and its login link stay. The old link stays the
active one until the new one's set-up is complete; then they are switched at once.
It can be interrupted anywhere and gone on with. A link that was set up by hand, of
which nothing is stored, is taken over first (adopt); on a terminal that is offered.

--all lists every OAuth 1 integration, the most urgent first: what the rules say
about the server's version, the application and the purpose, the strength of the
key, the last check. With somebody to ask it then goes through them. With --json it
prints {"integrations": [...]}, each with name, slug, application, purpose, server,
version, rank, why and blocked (why it cannot be moved yet), and begins nothing.

For your own application --back makes the old link active again, until it is
retired; migrate then leads to the new one again. Both ask Bitbucket first whether that
link works, and are confirmed by --confirm NAME where it does not, where programs lose
the kept tokens, and for the way forward always. --abandon drops a migration that is
not complete. What Private Packagist uses is decided in its form: it uses the new link
from saving "Edit Integration" on, users may have to authorize again, and going
back is not documented.

--retired is for the old link, when users have signed in over the new one and a
synchronization, if there are any, has run (--synchronized yes): it shows what to
delete in Bitbucket, proves that it is gone, and deletes its key here. Without a
terminal it only asks Bitbucket; --overrule takes your word.`

func (a *app) migrateCommand() *cobra.Command {
	var f moveFlags
	c := &cobra.Command{
		Use: "migrate [NAME]", Short: "Move an OAuth 1 integration to OAuth 2",
		Args: func(c *cobra.Command, args []string) error {
			if f.all {
				return cobra.NoArgs(c, args)
			}
			return arguments("NAME")(c, args)
		},
		Long: migrateHelp,
		Example: `  applink migrate onpremisebitbucket
  applink migrate --all
  applink migrate labs --back
  applink migrate labs --retired`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case f.all:
				return a.migrateAll(c)
			case a.json:
				return finding.AnswerMissing.With("--all")
			}
			s, err := a.find(c, args[0])
			if errors.Is(err, finding.NoSuchIntegration) && f == (moveFlags{}) {
				if agreed, failed := a.offerAdoption(c.Context(), args[0]); agreed || failed != nil {
					return failed
				}
			}
			if err != nil {
				return err
			}
			return a.move(c.Context(), setup.Migration, s, f)
		},
	}
	c.Flags().BoolVar(&f.all, "all", false, "list what is to be moved, the most urgent first, and go through it")
	c.Flags().BoolVar(&f.back, "back", false, "make the link before the active one active again")
	c.Flags().BoolVar(&f.abandon, "abandon", false, "drop a migration that is not complete")
	f.retireFlags(c)
	a.jsonFlag(c)
	c.MarkFlagsMutuallyExclusive("all", "back", "abandon", "retired")
	return c
}

// move does what the flags of a command say about the move that it begins.
func (a *app) move(ctx context.Context, m setup.Move, s *setup.State, f moveFlags) error {
	id, name, session := s.Integration.ID, s.Integration.Name, a.walks(a.library)
	switch {
	case !f.retired && (f.overrule || f.synchronized != ""):
		return finding.AnswerMissing.With("--retired")
	case f.back:
		back, problem := session.GoBack(s, m)
		if problem != nil {
			return problem
		}
		return a.switchTo(ctx, s, back, f.confirm)
	case f.abandon:
		drop, problem := session.Abandon(s, m)
		if problem != nil {
			return problem
		}
		return a.abandon(ctx, drop, s, f.confirm)
	case f.retired:
		return a.retire(ctx, s, f)
	}
	forward, begin, why := session.Begin(s, m)
	switch {
	case why != nil:
		return why
	case forward != nil:
		return a.switchTo(ctx, s, forward, f.confirm)
	case s.Moves().TokensAtStake(m):
		fmt.Fprintln(a.err, guide.ProblemText(s.Moves().TokensEnd()))
	}
	s, err := begin(ctx)
	switch {
	case err != nil:
		return err
	case a.face() == nobody:
		fmt.Fprintf(a.err, "Another link of %s is begun, over %s. Go on with: applink setup %s\n", name, s.OAuth(), s.Integration.Slug)
		return exit(exitWaiting)
	}
	return a.wizard(ctx, nil, tui.RunOptions{Integration: id})
}

// abandon drops the move that is under way. Where that takes the key that Bitbucket has, it
// has to be confirmed.
func (a *app) abandon(ctx context.Context, drop *walk.Drop, s *setup.State, confirm string) error {
	drop.Try(ctx)
	if ctx.Err() != nil {
		return walk.ErrInterrupted
	}
	if costs := drop.Costs(); costs != nil {
		if confirm == "" && a.face() == nobody {
			return costs
		}
		fmt.Fprintln(a.err, guide.ProblemText(costs))
		if err := a.confirmed(s, confirm, "drop the new key", "Nothing was dropped."); err != nil {
			return err
		}
	}
	_, err := drop.Make(ctx)
	if err == nil {
		fmt.Fprintf(a.err, "%s is as it was before. What was made in Bitbucket for the new link stays there.\n", s.Integration.Name)
	}
	return err
}
