package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/check"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/setup"
)

// answerLimit bounds one answer to a program, in bytes: a page of a list can have
// a thousand entries.
const answerLimit = 4 << 20

func (a *app) tokenCommand() *cobra.Command {
	var drop bool
	c := &cobra.Command{
		Use: "token NAME", Short: "Print a fresh access token", Args: arguments("NAME"),
		Long: `token prints the access token that "authorize --keep" has kept for the OAuth 2 link of
an integration, refreshed if its end is near, and nothing else. It is for programs
that cannot ask applink themselves. Bitbucket ends the token when applink refreshes
it, so ask for it each time it is needed, and do not store it.`,
		Example: `  curl -H "Authorization: Bearer $(applink token buildfarm)" https://git.example.com/rest/api/latest/projects
  applink token buildfarm --drop`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			lib, _, err := a.acting(c.Context())
			if err != nil {
				return err
			}
			defer lib.Close()
			if drop {
				return a.dropTokens(c.Context(), lib, args[0])
			}
			token, err := lib.Token(c.Context(), args[0])
			if err != nil {
				return asFinding(err)
			}
			_, err = fmt.Fprintln(a.out, token.Reveal())
			return err
		},
	}
	c.Flags().BoolVar(&drop, "drop", false, "forget the tokens instead")
	return c
}

func (a *app) dropTokens(ctx context.Context, lib *auth.Library, name string) error {
	s, err := lib.InUse(ctx, name)
	if err != nil {
		return err
	}
	if err := lib.DropTokens(ctx, s); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "applink has no tokens of %s any more. In Bitbucket the access holds until the user revokes it %s\n",
		s.Integration.Name, revocation(s))
	return nil
}

// acting opens the library for requests to Bitbucket, which go the way of the
// checks. The library is to be closed before the database is.
func (a *app) acting(ctx context.Context) (*auth.Library, *check.Runner, error) {
	lib, err := a.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	runner := a.checker(lib)
	runner.Options.BodyLimit = answerLimit
	lib.Transport = runner.Transport
	return lib, runner, nil
}

// asFinding explains a call to the token endpoint that failed in a way of which
// the library makes no finding.
func asFinding(err error) error {
	var found *core.Finding
	var problem *bitbucket.ProblemError
	if errors.As(err, &found) || !errors.As(err, &problem) {
		return err
	}
	if f := diagnose.OAuth2(problem.Exchange, diagnose.OAuth2Call{Refresh: true}); f != nil {
		return f
	}
	return err
}

// heldHere refuses what only the application could do.
func heldHere(s *setup.State) error {
	if s.App.Holder == core.HeldHere {
		return nil
	}
	return finding.SecretHeldElsewhere.With(s.Integration.Name, s.App.InSentence())
}
