package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui"
)

// setupFlags is the command line of setup.
type setupFlags struct {
	given         map[core.Field]string
	passphrase    seal.Text // of the private key among them
	say, overrule map[core.StepID]bool
	adopt         bool   // the link was set up by hand
	confirm       string // the integration's name, where an answer takes something from its link in use
}

// setupHelp documents what a script relies on; the members of --json are stable.
const setupHelp = `setup begins a new integration, or goes on with the one that is named, exactly
where it stands. Each question can be answered by its flag; what is missing is
asked on a terminal, and is an error that names the flag without one.

Without a terminal setup does what it can and stops when something is to be done
in Bitbucket or in the application: with exit code 3, the page to open and the
values to enter. Do it and call setup NAME again. With --json that is one document
with the members integration, state (complete, waiting, failed or missing), step,
title, done, total, proof (what the link in use rests on: proved, weak or said),
missing (the flag), finding, warnings, pages (step, title, open, text,
fields, values) and next (the command to call).

A step without a check is done by your word: --say STEP. A check that cannot be
made from here is overruled by --overrule STEP; the step then counts as said, not
as proved. That holds for the proof of a secret that is not kept, too: give it, or
overrule its step.

An answer that a link in use rests on is not changed by the way: a new base URL is
asked first whether Bitbucket is there, and what is lost all the same (proofs, kept
tokens) has to be confirmed by --confirm NAME.`

func (a *app) setupCommand() *cobra.Command {
	var say, overrule []string
	var confirm string
	c := &cobra.Command{
		Use:   "setup [NAME]",
		Short: "Set up an integration, or go on with one",
		Long:  setupHelp,
		Example: `  applink setup
  applink setup onpremisebitbucket
  applink setup --application packagist-cloud --name "On-premise Bitbucket" \
      --purpose sign-in --platform data-center --base-url https://git.example.com \
      --oauth 1 --json
  applink setup onpremisebitbucket --client-id 3f9c2e71 --public-key key.pem --json
  applink setup onpremisebitbucket --say finish --login-link https://packagist.com/...`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f := setupFlags{confirm: confirm}
			var err error
			if f.say, err = words(say); err != nil {
				return err
			}
			if f.overrule, err = stepSet(overrule); err != nil {
				return err
			}
			if f.given, err = a.collect(c); err != nil {
				return err
			}
			if f.passphrase, err = a.keyPassphrase(c); err != nil {
				return err
			}
			return a.setup(c.Context(), args, f)
		},
	}
	c.Flags().SortFlags = false
	for _, q := range questions() {
		c.Flags().String(string(q.Field), "", flagUsage(q))
	}
	passphraseFlag(c)
	c.Flags().StringVar(&confirm, flagConfirm, "", "the integration's name, to let an answer take from its link in use what rests on the old one")
	c.Flags().StringSliceVar(&say, "say", nil, "say that a step is done")
	c.Flags().StringSliceVar(&overrule, "overrule", nil, "go on without the proof of a step")
	a.jsonFlag(c)
	return c
}

func (a *app) setup(ctx context.Context, args []string, f setupFlags) error {
	if !a.talks() {
		return a.setupAlone(ctx, args, f)
	}
	s, err := a.session(ctx)
	if err != nil {
		return err
	}
	sc, err := a.script(ctx, s.Library, args, f)
	if err != nil {
		return err
	}
	if sc.State().Integration.ID == 0 {
		s.Proposals = f.given
		return a.wizard(ctx, s, tui.RunOptions{New: !f.adopt, Adopt: f.adopt})
	}
	if _, err := sc.run(ctx); err != nil {
		return err
	}
	if s.Proposals = sc.given; sc.locked != "" {
		s.Proposals[core.FieldPrivateKey] = sc.locked
	}
	return a.wizard(ctx, s, tui.RunOptions{Integration: sc.State().Integration.ID})
}

// talks reports whether questions may be asked.
func (a *app) talks() bool { return a.face() != nobody && !a.json }

// setupAlone goes as far as the flags and the server allow, and asks nothing.
func (a *app) setupAlone(ctx context.Context, args []string, f setupFlags) error {
	lib, err := a.open(ctx)
	if err != nil {
		return err
	}
	sc, err := a.script(ctx, lib, args, f)
	if err != nil {
		return err
	}
	if sc.State().Integration.ID == 0 {
		return finding.AnswerMissing.With(flagList(sc.missing()))
	}
	sc.alone = true
	end, err := sc.run(ctx)
	if err == nil && end.state == "missing" && sc.unnamed {
		err = finding.AnswerMissing.With(flagList(sc.missing()))
	}
	if err == nil {
		err = sc.foreign()
	}
	if err != nil {
		return errors.Join(err, sc.undo(ctx))
	}
	return a.report(ctx, sc, end)
}

// script prepares the walk: over the integration that is named, by argument or
// by flag, else over a new one, which needs to know its application.
func (a *app) script(ctx context.Context, lib *auth.Library, args []string, f setupFlags) (*script, error) {
	session := a.walks(lib)
	sc := &script{session: &session, lib: lib, given: f.given, passphrase: f.passphrase, say: f.say, overrule: f.overrule, confirm: f.confirm,
		tell: func(text string) { fmt.Fprintln(a.err, text) }}
	sc.open(lib.Begin())
	if f.adopt {
		return sc, sc.adoption(ctx, !a.talks())
	}
	name := f.given[core.FieldName]
	if len(args) == 1 {
		name = args[0]
	}
	application := f.given[core.FieldApplication]
	if name != "" {
		s, err := lib.Find(ctx, name)
		if err == nil {
			sc.open(s)
		}
		if !errors.Is(err, finding.NoSuchIntegration) || len(args) == 1 && application == "" {
			return sc, err
		}
		f.given[core.FieldName] = name
	}
	if application == "" {
		return sc, nil
	}
	s, err := lib.Create(ctx, application)
	if sc.created = err == nil; sc.created {
		sc.open(s)
	}
	return sc, err
}

// pageOf fetches the words of a step.
func pageOf(s *setup.State, id core.StepID) guide.Page {
	return guide.Of(s, id, 0, nil)
}
