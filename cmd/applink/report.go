package main

import (
	"context"
	"fmt"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// setupJSON is what "setup --json" prints.
type setupJSON struct {
	Integration refJSON      `json:"integration"`
	State       string       `json:"state"`
	Step        core.StepID  `json:"step"`
	Title       string       `json:"title"`
	Done        int          `json:"done"`
	Total       int          `json:"total"`
	Proof       setup.Status `json:"proof"`
	Missing     string       `json:"missing,omitempty"`
	Finding     *findingJSON `json:"finding,omitempty"`
	// Warnings tell of other integrations that the link concerns.
	Warnings []*findingJSON `json:"warnings,omitempty"`
	Pages    []pageJSON     `json:"pages,omitempty"`
	Next     string         `json:"next"`
}

type refJSON struct {
	Name string `json:"name"`
	Slug string `json:"slug"`
}

// pageJSON is something to be done in Bitbucket or in the application.
type pageJSON struct {
	Step   core.StepID `json:"step"`
	Title  string      `json:"title"`
	Open   string      `json:"open,omitempty"`
	Text   string      `json:"text,omitempty"`
	Fields []string    `json:"fields,omitempty"`
	Values []valueJSON `json:"values,omitempty"`
}

type valueJSON struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// report tells where a script stopped, and ends with the code that says it too.
func (a *app) report(ctx context.Context, sc *script, end ending) error {
	next := sc.next(end)
	twins, err := sc.lib.Twins(ctx, sc.State())
	if err != nil {
		return err
	}
	if a.json {
		d := sc.document(end, next)
		for _, f := range twins {
			d.Warnings = append(d.Warnings, asJSON(f))
		}
		if err := a.printJSON(d); err != nil {
			return err
		}
	} else {
		for _, f := range twins {
			fmt.Fprintln(a.err, guide.ProblemText(f))
		}
		a.reportText(sc, end, next)
	}
	switch end.state {
	case "waiting":
		return exit(exitWaiting)
	case "failed":
		return exit(exitFinding)
	case "missing":
		return exit(exitUsage)
	}
	return nil
}

func (sc *script) document(end ending, next string) setupJSON {
	in, step := sc.State().Integration, end.steps[0]
	d := setupJSON{Integration: refJSON{in.Name, in.Slug}, State: end.state, Step: step.ID,
		Title: pageOf(sc.State(), step.ID).Title, Finding: asJSON(end.outcome.Finding), Next: next}
	d.Done, d.Total = sc.State().Path().Progress()
	st := sc.State().Standing()
	d.Proof = st.Proof
	if d.Finding == nil && end.state == "complete" {
		d.Finding = asJSON(st.Problem)
	}
	if end.missing != "" {
		d.Missing = "--" + string(end.missing)
	}
	if end.state == "complete" {
		return d
	}
	for _, st := range end.steps {
		d.Pages = append(d.Pages, pageAsJSON(pageOf(sc.State(), st.ID)))
	}
	return d
}

func pageAsJSON(p guide.Page) pageJSON {
	j := pageJSON{Step: p.Step, Title: p.Title, Open: openable(p), Text: guide.Plain(p.Blocks, 1<<20)}
	if p.Mock != nil {
		for _, line := range guide.MockLines(p.Mock, true) {
			j.Fields = append(j.Fields, strings.TrimSpace(line))
		}
	}
	for _, v := range p.Values {
		if !v.Secret {
			j.Values = append(j.Values, valueJSON{v.Name, v.Label, v.Text})
		}
	}
	return j
}

// openable is the page to open, where its address is known.
func openable(p guide.Page) string {
	if strings.Contains(p.OpenURL, "://") {
		return p.OpenURL
	}
	return ""
}

func (a *app) reportText(sc *script, end ending, next string) {
	if end.outcome.Finding != nil {
		fmt.Fprintln(a.err, guide.ProblemText(end.outcome.Finding))
	} else if problem := sc.State().Standing().Problem; problem != nil && end.state == "complete" {
		fmt.Fprintln(a.err, guide.ProblemText(problem))
	}
	switch end.state {
	case "missing":
		fmt.Fprint(a.err, guide.ProblemText(finding.AnswerMissing.With(flagList(sc.missing()))))
		if step := end.steps[0]; sc.State().Path().AskedOnce(step) {
			fmt.Fprintf(a.err, "\nTo go on without this proof: applink setup %s --overrule %s\n", sc.State().Integration.Slug, step.ID)
		}
	case "complete":
		if sc.State().Adopted() {
			a.adopted(sc.State(), end)
			break
		}
		fmt.Fprintf(a.out, "%s.\n", guide.Headline(sc.State()))
	default:
		for _, st := range end.steps {
			a.pageText(pageOf(sc.State(), st.ID))
		}
		if step := end.steps[0]; step.Needs.Dance {
			fmt.Fprintf(a.out, "The page to open is printed by this command, which waits for you to sign in:\n%s\n\n", sc.authorize())
			fmt.Fprintf(a.err, "To go on without this proof: applink setup %s --overrule %s\n", sc.State().Integration.Slug, step.ID)
		}
		if sc.State().Adopted() {
			a.adopted(sc.State(), end)
			return
		}
		fmt.Fprintln(a.err, "Waiting: do what is written above, then go on.")
	}
	if unused := sc.unused(); end.state == "complete" && len(unused) > 0 {
		fmt.Fprintf(a.err, "Not needed here: --%s\n", unused[0])
	}
	fmt.Fprintf(a.err, "Next: %s\n", next)
}

func (a *app) pageText(p guide.Page) {
	fmt.Fprintf(a.out, "%s\n\n%s\n", p.Title, guide.Plain(p.Blocks, 76))
	if u := openable(p); u != "" {
		fmt.Fprintf(a.out, "\nOpen in %s: %s\n", p.OpenIn, u)
	}
	if p.Mock != nil {
		fmt.Fprintf(a.out, "\n%s\n", strings.Join(guide.MockLines(p.Mock, false), "\n"))
	}
	for _, v := range p.Values {
		if !v.Secret {
			fmt.Fprintf(a.out, "\n%s:\n%s\n", v.Label, strings.TrimRight(v.Text, "\n"))
		}
	}
	fmt.Fprintln(a.out)
}

// authorize is the command that proves a step by signing in. Where the browser does
// not come back to this machine, it reads the address or code from standard input.
func (sc *script) authorize() string {
	command := "applink authorize " + sc.State().Integration.Slug
	if sc.State().WayBack(false) != core.BackHere {
		command += " --plain"
	}
	return command
}

// placeholder is FILE for an answer that comes from one, else the value.
func placeholder(f core.Field, value string) string {
	if _, q, _ := setup.Find(f); q.Kind.FromFile() {
		return "FILE"
	}
	return value
}

// next is the command to call after what is to be done. It repeats the answers
// that had no turn yet.
func (sc *script) next(end ending) string {
	slug := sc.State().Integration.Slug
	if end.state == "complete" {
		if sc.State().Adopted() && sc.State().Moves().MoveReason() != "" {
			return "applink migrate " + slug
		}
		return "applink check " + slug
	}
	words := []string{"applink", "setup", slug}
	if end.missing != "" {
		for _, f := range sc.missing() {
			words = append(words, "--"+string(f), placeholder(f, "VALUE"))
		}
	}
	for _, f := range sc.unused() {
		words = append(words, "--"+string(f), placeholder(f, guide.ShellQuote(core.HideSecrets(sc.given[f]))))
	}
	for _, id := range sc.waiting() {
		flag := "--overrule"
		if sc.say[id] {
			flag = "--say"
		}
		words = append(words, flag, string(id))
	}
	step := end.steps[0]
	if end.state == "waiting" && end.outcome.Check == "" {
		if step.Needs.Dance {
			return sc.authorize() + " && " + strings.Join(words, " ")
		}
		words = append(words, "--say", string(step.ID))
	}
	return strings.Join(words, " ")
}
