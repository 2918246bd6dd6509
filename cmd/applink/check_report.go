package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// onceWords tell what such a check came to.
func onceWords(s *setup.State, st setup.Step) string {
	if o, ok := s.Proof(st.Needs.Check); ok {
		return fmt.Sprintf("%s At %s; not asked again, because the secret is not kept.", guide.ProofWords(s, o), o.At.UTC().Format("2006-01-02 15:04 MST"))
	}
	return fmt.Sprintf("Said (%s): not asked, because the application keeps the secret, not applink.", st.Needs.Check)
}

func (a *app) reportChecks(results []checked) error {
	worst, told := 0, map[string]bool{}
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
		for _, f := range slices.Concat(c.due, c.notes) {
			e.Lifecycle = append(e.Lifecycle, asJSON(f))
		}
		for _, st := range c.once() {
			if o, ok := c.state.Proof(st.Needs.Check); ok {
				e.Once = append(e.Once, outcomeAsJSON(o))
			}
		}
		entries = append(entries, e)
		if !a.json {
			a.printChecked(c)
			a.printLifecycle(c, told)
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

// nothingChecked reports that there is no integration: nothing is known to be in order
// then.
func (a *app) nothingChecked() error {
	f := finding.NothingToCheck.With()
	if !a.json {
		fmt.Fprintln(a.out, "Nothing to check.")
		return f
	}
	err := a.printJSON(struct {
		Verdict      string       `json:"verdict"`
		Integrations []checkJSON  `json:"integrations"`
		Finding      *findingJSON `json:"finding"`
	}{"nothing", []checkJSON{}, asJSON(f)})
	if err != nil {
		return err
	}
	return exit(exitFinding)
}

// printLifecycle tells what is known of the end of support, in a line, and each
// finding once for all integrations. Asked to warn, it tells the whole page of what is due.
func (a *app) printLifecycle(c checked, told map[string]bool) {
	for i, f := range slices.Concat(c.due, c.notes) {
		title := guide.Problem(f).Title
		switch {
		case told[title]:
			continue
		case c.warns && i < len(c.due):
			fmt.Fprintf(a.err, "\n%s\n", guide.ProblemText(f))
		default:
			fmt.Fprintf(a.out, "  Note (%s): %s.\n", f.Code, title)
		}
		told[title] = true
	}
}

func (a *app) printChecked(c checked) {
	fmt.Fprintf(a.out, "%s\n", c.state.Integration.Name)
	for _, o := range c.outcomes {
		switch o.State {
		case core.Passed:
			fmt.Fprintf(a.out, "  %s\n", guide.ProofWords(c.state, o))
		case core.Waiting:
			fmt.Fprintf(a.out, "  Waiting (%s)\n", o.Check)
		case core.Failed:
			fmt.Fprintf(a.out, "  Failed (%s)%s\n", o.Check, provedBefore(c.state, o))
		default:
			fmt.Fprintf(a.out, "  No answer that decides (%s)\n", o.Check)
		}
		if o.Finding != nil {
			fmt.Fprintf(a.err, "\n%s\n", guide.ProblemText(o.Finding))
		}
	}
	for _, st := range c.once() {
		fmt.Fprintf(a.out, "  %s\n", onceWords(c.state, st))
	}
	if c.verdict() == 2 {
		fmt.Fprintf(a.err, "Go on with: applink setup %s\n", c.state.Integration.Slug)
	}
}

// provedBefore tells when a check that fails now passed last.
func provedBefore(s *setup.State, o core.Outcome) string {
	proof, ok := s.Proof(o.Check)
	if !ok {
		return ""
	}
	if s.Integration.Active() == nil {
		return "; it passed " + guide.Ago(time.Since(proof.At))
	}
	return "; it passed " + guide.Ago(time.Since(proof.At)) + ", and what is set up stays"
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
	return fmt.Sprintf("%d checked: %s.", len(results), strings.Join(parts, ", "))
}
