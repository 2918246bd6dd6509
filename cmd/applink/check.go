package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/setup"
	"applink/core/walk"
)

// atOnce is how many servers are asked at the same time.
const atOnce = 32

// checkJSON is one entry of "check --json".
type checkJSON struct {
	Name    string        `json:"name"`
	Slug    string        `json:"slug"`
	Verdict string        `json:"verdict"`
	Checks  []outcomeJSON `json:"checks"`
	Proved  bool          `json:"link_proved"` // of the link itself, not only of its server, a check passed now
	// Support and the announced end of the product; no failure.
	Lifecycle []*findingJSON `json:"lifecycle,omitempty"`
	Once      []outcomeJSON  `json:"once,omitempty"` // proved with a secret that is not kept, not asked now
}

// verdicts, from best to worst, and their exit codes.
var verdicts = []struct {
	name string
	code int
}{{"ok", exitOK}, {"warnings", exitWarnings}, {"waiting", exitWaiting}, {"problem", exitFinding}}

// checked is one integration's ladder of checks, climbed up to its first failure.
type checked struct {
	state    *setup.State
	outcomes []core.Outcome
	err      error
	due      []*core.Finding // ends of support that are over or near; told once for each server
	warns    bool            // these count as warnings
	notes    []*core.Finding // the other ends of support
}

func (a *app) checkCommand() *cobra.Command {
	var all, warn bool
	c := &cobra.Command{
		Use: "check [NAME...]", Short: "Look whether links still work",
		Long: `check asks Bitbucket what can be asked without you: is it there and is it Bitbucket,
does it know the consumer key and the public key. Each integration's checks stop at
the first failure. The last line is the verdict; the exit code says it too: 0 all is
well, 1 a problem or no integration to check, 3 Bitbucket is waited for, 4 warnings
only. That support of the server's version ends, or that of the product, is noted and
no warning, unless --warn-lifecycle makes it one where the end is over or less than
six months away.

With --json: {"verdict": ..., "integrations": [...]}, each with name, slug, verdict
(ok, warnings, waiting or problem; of the whole also nothing, when there is none),
link_proved (false when only the server was asked, as for a link whose secret is not held here) and checks (check, state, strength, at,
learned, finding). What was proved with a secret that is not kept is told with its time, in "once",
and not asked again. What is known of the end of support is in "lifecycle".`,
		Example: `  applink check onpremisebitbucket
  applink check --all --json`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			states, err := a.chosen(c, args, all)
			if err != nil {
				return err
			}
			if len(states) == 0 {
				return a.nothingChecked()
			}
			lib, err := a.open(c.Context())
			if err != nil {
				return err
			}
			results := climbAll(c.Context(), lib, a.checker(lib), states, a.err)
			if c.Context().Err() != nil {
				return walk.ErrInterrupted
			}
			for i := range results {
				if results[i].err != nil {
					continue
				}
				results[i].due, results[i].notes = diagnose.Lifecycle(results[i].state.Server().Version, time.Now())
				results[i].warns = warn
			}
			return a.reportChecks(results)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "check every integration")
	c.Flags().BoolVar(&warn, "warn-lifecycle", false, "count an end of support, or of the product, that is over or near as a warning (exit code 4)")
	a.jsonFlag(c)
	return c
}

func (a *app) chosen(c *cobra.Command, names []string, all bool) ([]*setup.State, error) {
	if all {
		return a.all(c)
	}
	if len(names) == 0 {
		return nil, finding.AnswerMissing.With("--all")
	}
	var states []*setup.State
	for _, name := range names {
		s, err := a.find(c, name)
		if err != nil {
			return nil, err
		}
		states = append(states, s)
	}
	return states, nil
}

// climbAll runs the ladders of all integrations, many at once.
func climbAll(ctx context.Context, lib *auth.Library, checker walk.Checker, states []*setup.State, talk io.Writer) []checked {
	results := make([]checked, len(states))
	turns := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, s := range states {
		if host := s.Values()["host"]; host != "" {
			fmt.Fprintf(talk, "Asking %s about %s.\n", host, s.Integration.Name)
		}
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			c := &results[i]
			c.state, c.outcomes, c.err = lib.Check(ctx, s, checker)
		})
	}
	wg.Wait()
	return results
}

// verdict is the rank of the worst that was found.
func (c checked) verdict() int {
	worst := 0
	if c.warns && len(c.due) > 0 {
		worst = 1
	}
	if len(c.outcomes) == 0 || !c.state.Path().Complete() && (len(c.outcomes) < askable(c.state) || !c.proved()) {
		worst = 2 // what was not asked yet is not in order
	}
	for _, o := range c.outcomes {
		switch {
		case o.State == core.Failed:
			return 3
		case o.State == core.Waiting:
			worst = max(worst, 2)
		case o.Finding != nil, o.State == core.Unknown:
			worst = max(worst, 1)
		}
	}
	return worst
}

// proved reports whether a check of the link itself passed, not only one of its server.
func (c checked) proved() bool {
	return slices.ContainsFunc(c.outcomes, func(o core.Outcome) bool {
		return o.State == core.Passed && slices.ContainsFunc(c.state.Path().Steps(), func(st setup.Step) bool { return st.OfLink && st.Needs.Check == o.Check })
	})
}

// askable counts the checks of the path that need nobody in a browser.
func askable(s *setup.State) (n int) {
	for _, st := range s.Path().Steps() {
		if s.Path().Repeatable(st) {
			n++
		}
	}
	return n
}

// once are the steps whose check was made, or could have been, when its answer was
// given, and can be made at no other time.
func (c checked) once() []setup.Step {
	return slices.DeleteFunc(c.state.Path().Steps(), func(st setup.Step) bool {
		return !c.state.Path().AskedOnce(st) || c.state.Path().Status(st) == setup.Open
	})
}
