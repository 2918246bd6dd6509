package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// authorization is one command line of authorize.
type authorization struct {
	keep, yes, code bool
}

func (a *app) authorizeCommand() *cobra.Command {
	var o authorization
	c := &cobra.Command{
		Use: "authorize NAME", Short: "Sign in once, as proof or to keep the tokens", Args: arguments("NAME"),
		Long: `authorize lets you sign in to Bitbucket in a browser, and proves by it that the link
of an integration works. What you grant is discarded, unless --keep is given: then
applink keeps it, sealed, for token, api and programs that use its library.

The page to open is printed. When the browser runs on another machine, the command
that forwards its way back is printed too; the address that it was sent to can be
pasted instead, and for OAuth 1 Bitbucket shows a code to be typed.`,
		Example: `  applink authorize buildfarm
  applink authorize buildfarm --keep`,
		ValidArgsFunction: a.completeNames,
		RunE:              func(c *cobra.Command, args []string) error { return a.authorize(c.Context(), args[0], o) },
	}
	c.Flags().BoolVar(&o.keep, "keep", false, "keep what is granted, to act as the user later")
	c.Flags().BoolVar(&o.yes, "yes", false, "agree to what --keep means without being asked")
	c.Flags().BoolVar(&o.code, "code", false, "nothing waits here: type the code or paste the address that the browser ends at")
	a.jsonFlag(c)
	return c
}

func (a *app) authorize(ctx context.Context, name string, o authorization) error {
	lib, runner, err := a.acting(ctx)
	if err != nil {
		return err
	}
	defer lib.Close()
	s, err := lib.Find(ctx, name)
	if err == nil {
		s = signedInto(s)
		err = heldHere(s)
	}
	if err == nil {
		err = a.unlock(ctx)
	}
	if err != nil {
		return err
	}
	lines := a.lines()
	if s.Value(core.FieldKeepTokens) == "yes" {
		o.keep, o.yes = true, true
	}
	if o.keep && !o.yes {
		if err := a.consent(ctx, s, lines); err != nil {
			return err
		}
	}
	session := walk.Session{Library: lib, Checker: runner, Keep: o.keep, Remote: a.carrier().Remote()}
	w := walk.New(&session, s)
	defer w.Close()
	step, _ := s.Path().Asks(core.CheckIdentity)
	w.Visit(setup.Position{Step: step})
	if err := a.dance(ctx, w, o.code, lines); err != nil {
		return err
	}
	return a.danced(w, o)
}

// signedInto looks through the link that is signed in to: the one that is set up, when that
// waits for it, else the one in use.
func signedInto(s *setup.State) *setup.State {
	if next := s.Links().SetUp(); next.Path().Current().Step.Needs.Dance {
		return next
	}
	return s.Links().InUse()
}

// danced tells what came of a dance.
func (a *app) danced(w *walk.Walk, o authorization) error {
	s, outcome := w.State(), w.Outcome()
	if outcome.State != core.Passed {
		return outcome.Finding
	}
	if a.json {
		return a.printJSON(struct {
			outcomeJSON
			Kept bool `json:"kept"`
		}{outcomeAsJSON(outcome), o.keep})
	}
	fmt.Fprintln(a.out, guide.ProofWords(s, outcome))
	if o.keep {
		fmt.Fprintf(a.err, "The tokens are kept. Use them: applink api %s PATH. Forget them: applink token %[1]s --drop\n", s.Integration.Slug)
	} else {
		fmt.Fprintln(a.err, "What was granted is discarded.")
	}
	fmt.Fprintf(a.err, "The user can revoke the access %s\n", revocation(s))
	return nil
}

// revocation says where a user takes access back. Over OAuth 2 the address of the
// page is not documented.
func revocation(s *setup.State) string {
	if s.OAuth() == core.OAuth2 {
		return `in Bitbucket: profile, "Authorized applications"`
	}
	return "at " + s.Values()["revoke-url"]
}

// consent says what keeping means and asks for it.
func (a *app) consent(ctx context.Context, s *setup.State, lines <-chan string) error {
	what := "for five years and without limits: an OAuth 1 token may do all that the user may"
	if s.OAuth() == core.OAuth2 {
		what = "within what the link is asked for (" + permissions(s) + "), until it is revoked or not used for 90 days"
	}
	fmt.Fprintln(a.err, guide.Plain([]guide.Block{{Kind: guide.Paragraph, Spans: []guide.Span{{Text: "Keeping means: applink stores, sealed, " +
		"what lets it act as the user who now signs in, " + what + ". Whoever has this database and its key can do that too."}}}}, 76))
	if a.face() == nobody {
		return finding.AnswerMissing.With("--yes")
	}
	fmt.Fprint(a.err, "Keep the tokens? (yes or no): ")
	select {
	case line := <-lines:
		if answer := strings.ToLower(line); answer == "yes" || answer == "y" {
			return nil
		}
		fmt.Fprintln(a.err, "Nothing was done.")
		return exit(exitUsage)
	case <-ctx.Done():
		return walk.ErrInterrupted
	}
}

// permissions are the boxes of the link in words, or what it allows without any.
func permissions(s *setup.State) string {
	if boxes := s.Permissions(); len(boxes) > 0 {
		return strings.Join(boxes, ", ")
	}
	return "reading public repositories, which Bitbucket calls " + strings.Join(s.Scopes(), ", ")
}
