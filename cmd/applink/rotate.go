package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"applink/core/setup"
)

func (a *app) rotateCommand() *cobra.Command {
	var f moveFlags
	c := &cobra.Command{
		Use: "rotate NAME", Short: "Change the key or secret of an integration", Args: arguments("NAME"),
		Long: `rotate sets up another link of the same OAuth version, with a new key or secret, beside
the active one. Over OAuth 2 the old one stays the active one until the new one's set-up
is complete; then they are switched at once. It can be interrupted anywhere and gone on
with.

Over OAuth 1 the Application Link in Bitbucket stays and gets another Public Key: from
saving it there until the application signs with the new key, nobody can sign in. So the
new key is the active one as soon as Bitbucket takes it. Kept tokens stay good. Over
OAuth 2 a new incoming link is made beside the old one, and both work until the old
one is deleted.

For your own application --back makes the old key or secret the active one again,
until it is retired; over OAuth 1 enter the old Public Key in Bitbucket again, too.
rotate then leads to the new one again. Both ask Bitbucket first whether that link works;
see migrate about --confirm. --abandon drops a rotation that is not complete; where
Bitbucket has the new key already, that is confirmed in the same way.

--retired shows what to delete in Bitbucket, proves, where that is possible, that the
old key is not taken any more, and deletes it here; --overrule takes your word for it.`,
		Example: `  applink rotate buildfarm
  applink rotate buildfarm --back
  applink rotate buildfarm --retired`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.find(c, args[0])
			if err != nil {
				return err
			}
			copies, err := a.exports(c.Context(), s)
			if err != nil {
				return err
			}
			if words := copyWords(copies); words != "" && !f.back && !f.abandon {
				fmt.Fprintf(a.err, "The application has a copy of the secret (exported %s): give it the new one too, with applink export.\n", words)
			}
			return a.move(c.Context(), setup.Rotation, s, f)
		},
	}
	c.Flags().BoolVar(&f.back, "back", false, "make the key or secret before the active one active again")
	c.Flags().BoolVar(&f.abandon, "abandon", false, "drop a rotation that is not complete")
	f.retireFlags(c)
	c.MarkFlagsMutuallyExclusive("back", "abandon", "retired")
	return c
}
