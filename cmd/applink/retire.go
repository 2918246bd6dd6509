package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui"
)

// retireFlags declares the flags about the link before the switch.
func (f *moveFlags) retireFlags(c *cobra.Command) {
	c.Flags().StringVar(&f.confirm, flagConfirm, "", "the integration's name, to switch to the link before, or forward again, or to drop a key that Bitbucket has, without being asked")
	c.Flags().BoolVar(&f.retired, "retired", false, "retire the old link: prove that Bitbucket does not take it any more, and delete its key here")
	c.Flags().StringVar(&f.synchronized, string(core.FieldSynchronized), "", "with --retired: has a synchronization run since the switch (yes or no)")
	c.Flags().BoolVar(&f.overrule, "overrule", false, "with --retired: go on without proof")
}

// retire opens the step of the superseded link. With nobody to ask, or with the
// answers given, it puts the question to Bitbucket itself.
func (a *app) retire(ctx context.Context, s *setup.State, f moveFlags) error {
	id, name := s.Integration.ID, s.Integration.Name
	if s.Links().Retired() {
		fmt.Fprintf(a.err, "The old link of %s is retired already.\n", name)
		return nil
	}
	s, problem := walk.Retiring(s)
	if problem != nil {
		return problem
	}
	if f.synchronized != "" {
		var err error
		if s, err = a.library.Answer(ctx, id, core.FieldSynchronized, f.synchronized); err != nil {
			return err
		}
	}
	if a.face() != nobody && !f.overrule {
		return a.wizard(ctx, nil, tui.RunOptions{Integration: id, Step: setup.Retire})
	}
	if q := s.Path().Current().Question; q != nil {
		return finding.AnswerMissing.With("--" + string(q.Field))
	}
	if err := a.proveRetired(ctx, s, f.overrule); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "The old link of %s is retired, and its key is deleted here.\n", name)
	return nil
}

// proveRetired asks Bitbucket about the superseded link, or takes the admin's word.
func (a *app) proveRetired(ctx context.Context, s *setup.State, said bool) error {
	session := a.walks(a.library)
	w := walk.New(&session, s)
	job := w.Say
	if !said {
		job = w.Ask
	}
	w.Run(ctx, job())
	switch f := w.Problem(); {
	case ctx.Err() != nil:
		return walk.ErrInterrupted
	case f != nil:
		return f
	case !said && !w.Passed():
		return w.Outcome().Finding
	}
	return nil
}
