package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/setup"
	"applink/tui"
)

// atOnce is how many servers are asked at the same time.
const atOnce = 32

// checkJSON is one entry of "check --json".
type checkJSON struct {
	Name    string        `json:"name"`
	Slug    string        `json:"slug"`
	Verdict string        `json:"verdict"`
	Checks  []outcomeJSON `json:"checks"`
	Proved  bool          `json:"link_proved"`    // of the link itself, not only of its server, a check passed now
	Once    []outcomeJSON `json:"once,omitempty"` // proved with a secret that is not kept, not asked now
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
}

func (a *app) checkCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "check [NAME...]", Short: "Look whether links still work",
		Long: `check asks Bitbucket what can be asked without you: is it there and is it Bitbucket,
does it know the consumer key and the public key. Each integration's checks stop at
the first failure. The last line is the verdict; the exit code says it too: 0 all is
well, 1 a problem, 3 Bitbucket is waited for, 4 warnings only.

With --json: {"verdict": ..., "integrations": [...]}, each with name, slug, verdict
(ok, warnings, waiting or problem), link_proved (false when only the server was asked,
as for a link whose secret is not held here) and checks (check, state, strength, at,
learned, finding). What was proved with a secret that is not kept is told with its time, in "once",
and not asked again.`,
		Example: `  applink check onpremisebitbucket
  applink check --all --json`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			states, err := a.chosen(c, args, all)
			if err != nil {
				return err
			}
			lib, err := a.open(c.Context())
			if err != nil {
				return err
			}
			results := climbAll(c.Context(), lib, a.checker(lib), states, a.err)
			if c.Context().Err() != nil {
				return tui.ErrInterrupted
			}
			return a.reportChecks(results)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "check every integration")
	a.jsonFlag(c)
	return c
}

func (a *app) chosen(c *cobra.Command, names []string, all bool) ([]*setup.State, error) {
	if all {
		return a.all(c)
	}
	if len(names) == 0 {
		return nil, core.Find("AL-INPUT-001", "", "flag", "--all")
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
func climbAll(ctx context.Context, lib *auth.Library, checker tui.Checker, states []*setup.State, talk io.Writer) []checked {
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
	if len(c.outcomes) == 0 || !c.state.Complete() && len(c.outcomes) < askable(c.state) {
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
		return o.State == core.Passed && slices.ContainsFunc(c.state.Path(), func(st setup.Step) bool { return st.OfLink && st.Needs.Check == o.Check })
	})
}

// askable counts the checks of the path that need nobody in a browser.
func askable(s *setup.State) (n int) {
	for _, st := range s.Path() {
		if s.Repeatable(st) {
			n++
		}
	}
	return n
}

// once are the steps whose check was made, or could have been, when its answer was
// given, and can be made at no other time.
func (c checked) once() []setup.Step {
	return slices.DeleteFunc(c.state.Path(), func(st setup.Step) bool {
		return !c.state.AskedOnce(st) || c.state.Status(st) == setup.Open
	})
}

// onceWords tell what such a check came to.
func onceWords(s *setup.State, st setup.Step) string {
	if o, ok := s.Check(st.Needs.Check); ok && o.State == core.Passed {
		return fmt.Sprintf("%s At %s; not asked again, because the secret is not kept.", tui.ProofWords(s, o), o.At.UTC().Format("2006-01-02 15:04 MST"))
	}
	return fmt.Sprintf("Said (%s): not asked, because the secret is not kept.", st.Needs.Check)
}

func (a *app) reportChecks(results []checked) error {
	worst := 0
	entries := []checkJSON{}
	for _, c := range results {
		if c.err != nil {
			return c.err
		}
		worst = max(worst, c.verdict())
		in := c.state.Integration
		e := checkJSON{Name: in.Name, Slug: in.Slug, Verdict: verdicts[c.verdict()].name, Proved: c.proved(), Checks: []outcomeJSON{}}
		for _, o := range c.outcomes {
			e.Checks = append(e.Checks, outcomeAsJSON(o))
		}
		for _, st := range c.once() {
			if o, ok := c.state.Check(st.Needs.Check); ok && o.State == core.Passed {
				e.Once = append(e.Once, outcomeAsJSON(o))
			}
		}
		entries = append(entries, e)
		if !a.json {
			a.printChecked(c)
		}
	}
	if a.json {
		err := a.printJSON(struct {
			Verdict      string      `json:"verdict"`
			Integrations []checkJSON `json:"integrations"`
		}{verdicts[worst].name, entries})
		if err != nil {
			return err
		}
	} else {
		fmt.Fprintln(a.out, verdictLine(results))
	}
	if code := verdicts[worst].code; code != exitOK {
		return exit(code)
	}
	return nil
}

func (a *app) printChecked(c checked) {
	fmt.Fprintf(a.out, "%s\n", c.state.Integration.Name)
	for _, o := range c.outcomes {
		switch o.State {
		case core.Passed:
			fmt.Fprintf(a.out, "  %s\n", tui.ProofWords(c.state, o))
		case core.Waiting:
			fmt.Fprintf(a.out, "  Waiting (%s)\n", o.Check)
		case core.Failed:
			fmt.Fprintf(a.out, "  Failed (%s)\n", o.Check)
		default:
			fmt.Fprintf(a.out, "  No answer that decides (%s)\n", o.Check)
		}
		if o.Finding != nil {
			fmt.Fprintf(a.err, "\n%s\n", tui.PlainProblem(o.Finding))
		}
	}
	for _, st := range c.once() {
		fmt.Fprintf(a.out, "  %s\n", onceWords(c.state, st))
	}
	if c.verdict() == 2 {
		fmt.Fprintf(a.err, "Go on with: applink setup %s\n", c.state.Integration.Slug)
	}
}

// verdictLine sums up in one line, the last one.
func verdictLine(results []checked) string {
	words := []string{"in order", "with warnings", "waiting for Bitbucket", "with a problem", "reachable, the link itself not asked"}
	count := make([]int, len(words))
	for _, c := range results {
		if v := c.verdict(); v == 0 && !c.proved() {
			count[len(words)-1]++
		} else {
			count[v]++
		}
	}
	var parts []string
	for i, n := range count {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[i]))
		}
	}
	if len(parts) == 0 {
		return "Nothing to check."
	}
	return fmt.Sprintf("%d checked: %s.", len(results), strings.Join(parts, ", "))
}
