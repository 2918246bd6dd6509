package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

func (a *app) removeCommand() *cobra.Command {
	var confirm string
	var dry bool
	c := &cobra.Command{
		Use: "remove NAME", Aliases: []string{"rm"}, Short: "Forget an integration", Args: arguments("NAME"),
		Long: `remove deletes what applink knows about an integration, its keys included. What was
set up in Bitbucket and in the application stays there. It says first what depends
on the integration, and asks for its name to be typed.`,
		Example: `  applink remove labs --dry-run
  applink remove labs --confirm=Labs`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.find(c, args[0])
			if err != nil && !errors.Is(err, finding.RecordDamaged) {
				return err // a damaged one can still be removed
			}
			copies, err := a.exports(c.Context(), s)
			if err != nil {
				return err
			}
			a.plan(s)
			if words := copyWords(copies); words != "" {
				fmt.Fprintf(a.out, "  the copies of its secrets that were exported: %s\n", words)
			}
			if dry {
				fmt.Fprintln(a.err, "Nothing was removed (--dry-run).")
				return nil
			}
			if err := a.confirmed(s, confirm, "remove it", "Nothing was removed."); err != nil {
				return err
			}
			if err := a.library.Remove(c.Context(), s.Integration.ID); err != nil {
				return err
			}
			fmt.Fprintf(a.err, "%s was removed. See what is left: applink list\n", s.Integration.Name)
			return nil
		},
	}
	c.Flags().StringVar(&confirm, flagConfirm, "", "the integration's name, instead of typing it")
	c.Flags().BoolVar(&dry, "dry-run", false, "only say what would be removed")
	return c
}

// plan says what goes and what stays.
func (a *app) plan(s *setup.State) {
	in, srv := s.Integration, s.Server()
	fmt.Fprintf(a.out, "Removing %s deletes here:\n", in.Name)
	fmt.Fprintln(a.out, "  its answers, the results of its checks and its history")
	for _, l := range in.Links {
		if l.OAuth == "" {
			continue
		}
		fmt.Fprintf(a.out, "  its %s link (%s)\n", l.OAuth, l.State)
		switch retired := l.State == core.LinkRetired; { // then they are gone already
		case retired || s.App.Holder != core.HeldHere:
		case l.OAuth == core.OAuth1 && l.Answers[core.FieldPublicKey].Value != "":
			fmt.Fprintln(a.out, "  the private key of that link: whatever signs in with it here stops working")
		case l.OAuth == core.OAuth2 && l.Answers[core.FieldSecret].Value != "":
			fmt.Fprintln(a.out, "  the Client secret of that link: whatever signs in with it here stops working")
		}
		if l.Tokens {
			fmt.Fprintln(a.out, "  the tokens kept for that link: whatever uses them stops working")
		}
	}
	fmt.Fprintln(a.out, "What stays:")
	if srv.BaseURL != "" {
		link := "of " + s.App.InSentence()
		if name := s.Links().LinkName(); name != "" {
			link = strconv.Quote(name)
		}
		fmt.Fprintf(a.out, "  the Application Link %s in Bitbucket, if it was made; delete it at %s\n", link, s.Values()["applinks-url"])
	}
	if s.App.Holder == core.HeldByApplication {
		fmt.Fprintf(a.out, "  the integration in %s, if it was made there\n", s.App.InSentence())
	}
}

// flagConfirm is the flag that confirms by the name of the integration.
const flagConfirm = "confirm"

// named reports whether a confirmation names the integration.
func named(s *setup.State, given string) bool {
	slug := core.Slug(given)
	return slug != "" && (slug == s.Integration.Slug || slug == core.Slug(s.Integration.Name))
}

// confirmed asks for the name to be typed, unless the flag gave it.
func (a *app) confirmed(s *setup.State, given, to, not string) error {
	if given == "" {
		if a.face() == nobody {
			return finding.AnswerMissing.With("--confirm")
		}
		fmt.Fprintf(a.err, "Type the name %q to %s: ", s.Integration.Name, to)
		var err error
		if given, err = a.line(); err != nil {
			return finding.AnswerMissing.With("--confirm")
		}
	}
	if !named(s, given) {
		return finding.NameNotConfirmed.With(given, s.Integration.Name, not)
	}
	return nil
}
