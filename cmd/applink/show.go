package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
)

// showJSON is what "show --json" prints.
type showJSON struct {
	Name        string                `json:"name"`
	Slug        string                `json:"slug"`
	Application string                `json:"application"`
	Holder      core.Holder           `json:"holder,omitempty"`
	Server      serverJSON            `json:"server"`
	OAuth       core.OAuth            `json:"oauth,omitempty"`
	LinkState   core.LinkState        `json:"link_state,omitempty"`
	Complete    bool                  `json:"complete"`
	State       string                `json:"state"`
	Proof       setup.Status          `json:"proof"`
	ProvedAt    *time.Time            `json:"proved_at,omitempty"`
	Finding     *findingJSON          `json:"finding,omitempty"`
	Steps       []stepJSON            `json:"steps"`
	Answers     map[core.Field]string `json:"answers"`
	Checks      []outcomeJSON         `json:"checks"`
	Tokens      *keptJSON             `json:"tokens,omitempty"`
	Exports     []exportJSON          `json:"exports,omitempty"`
	Created     time.Time             `json:"created"`
	Updated     time.Time             `json:"updated"`
}

type serverJSON struct {
	BaseURL string       `json:"base_url,omitempty"`
	Version core.Version `json:"version,omitempty"`
	Stated  bool         `json:"version_said,omitempty"`
	ReadAt  *time.Time   `json:"version_read_at,omitempty"`
	OAuth2  string       `json:"oauth2,omitempty"`
}

type stepJSON struct {
	Step   core.StepID  `json:"step"`
	Title  string       `json:"title"`
	Status setup.Status `json:"status"`
}

func (a *app) showCommand() *cobra.Command {
	summary := false
	c := &cobra.Command{
		Use: "show NAME", Short: "Show what is known about an integration", Args: arguments("NAME"),
		Long: `show prints what is known about an integration: its answers, what is proved and
what is only said, and the values to carry. Secrets are never shown. With --json:
name, slug, application, holder, server (base_url, version, version_said,
version_read_at, oauth2), oauth, link_state, complete, state (in words), proof (what
the link in use rests on: proved, weak or said), proved_at (the latest proof of it),
finding (the refusal that stands, if one does), steps (step, title, status: open,
answered, said, implied, weak, proved, or new where the link was completed before the
step was there), answers, checks (the latest outcome of each: check, state, strength,
at, learned, finding), tokens (state, since, renewed) where some are kept, exports (kind,
fingerprint, at) where the secret half was handed out, created and updated. With
--summary: a short text to be filed, without a secret.`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.find(c, args[0])
			if err != nil {
				return err
			}
			if summary {
				fmt.Fprint(a.out, guide.Summary(s.Links().InUse(), time.Now()))
				return nil
			}
			kept, err := a.kept(c.Context(), s)
			if err != nil {
				return err
			}
			copies, err := a.exports(c.Context(), s)
			if err != nil {
				return err
			}
			if a.json {
				j := showAsJSON(s)
				j.Tokens, j.Exports = kept, copies
				return a.printJSON(j)
			}
			a.printShow(s, kept, copies)
			return nil
		},
	}
	c.Flags().BoolVar(&summary, "summary", false, "print a short text to be filed, without a secret")
	a.jsonFlag(c)
	c.MarkFlagsMutuallyExclusive("summary", "json")
	return c
}

// find loads the integration of a name.
func (a *app) find(c *cobra.Command, name string) (*setup.State, error) {
	lib, err := a.open(c.Context())
	if a.unbegun(err) {
		return nil, finding.NoSuchIntegration.With(name)
	}
	if err != nil {
		return nil, err
	}
	return lib.Find(c.Context(), name)
}

// completeNames offers the integrations to the shell.
func (a *app) completeNames(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, err := a.all(c)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Integration.Slug+"\t"+s.Integration.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func showAsJSON(s *setup.State) showJSON {
	in, srv, st := s.Integration, s.Server(), s.Standing()
	reached, _ := s.Proof(core.CheckReach)
	j := showJSON{State: guide.StateWords(s), Proof: st.Proof, ProvedAt: when(st.Latest), Finding: asJSON(st.Problem), Name: in.Name, Slug: in.Slug, Application: s.App.ID, Holder: s.App.Holder,
		Server: serverJSON{srv.BaseURL, srv.Version, srv.Stated && srv.Version.Known(), when(reached), srv.OAuth2},
		OAuth:  s.OAuth(), LinkState: s.Link.State, Complete: s.Path().Complete(), Answers: map[core.Field]string{},
		Checks: []outcomeJSON{}, Created: in.Created.UTC(), Updated: in.Updated.UTC()}
	for _, st := range s.Path().Steps() {
		if !st.Last {
			j.Steps = append(j.Steps, stepJSON{st.ID, pageOf(s, st.ID).Title, s.Path().Status(st)})
		}
		if o, ok := s.Check(st.Needs.Check); ok && st.Needs.Check != "" {
			j.Checks = append(j.Checks, outcomeAsJSON(o))
		}
	}
	// Who signed in over a link that was set up by hand is no step of its path.
	if _, walked := s.Path().Step(setup.Authorize); !walked {
		if o, ok := s.Check(core.CheckIdentity); ok {
			j.Checks = append(j.Checks, outcomeAsJSON(o))
		}
	}
	for _, facts := range []core.Facts{in.Facts, s.Link.Facts} {
		for f, answer := range facts.Answers {
			if j.Answers[f] = core.HideSecrets(answer.Value); f == core.FieldCAFile {
				j.Answers[f] = seal.DescribeAuthorities(answer.Value)
			}
		}
	}
	return j
}

func (a *app) printShow(s *setup.State, kept *keptJSON, copies []exportJSON) {
	in, srv := s.Integration, s.Server()
	fmt.Fprintf(a.out, "%s (%s)\n\n", in.Name, in.Slug)
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-12s %s\n", label, value)
		}
	}
	version := string(srv.Version)
	if srv.Stated && version != "" {
		version += " (said)"
	}
	if o, refused := s.Check(core.CheckReach); refused && o.State != core.Passed && !srv.Stated {
		reached, _ := s.Proof(core.CheckReach)
		version += ", read " + guide.Ago(time.Since(reached.At))
	}
	line("Application", s.App.Name)
	line("Purpose", s.Purpose().String())
	line("Server", srv.BaseURL)
	line("Bitbucket", version)
	for _, l := range in.Links {
		line("Link", strings.TrimSpace(l.OAuth.String()+" "+string(l.State)))
	}
	line("State", guide.StateWords(s))
	if st := s.Standing(); st.Problem != nil {
		line("Problem", guide.Problem(st.Problem).Title+" ("+string(st.Problem.Code)+")")
	}
	if kept != nil {
		line("Tokens", kept.words())
	}
	line("Exported", copyWords(copies))
	fmt.Fprintln(a.out, "\nSteps:")
	for _, st := range s.Path().Steps() {
		if !st.Last {
			fmt.Fprintf(a.out, "  %-8s %s%s\n", s.Path().Status(st), pageOf(s, st.ID).Title, proofOf(s, st))
		}
	}
	a.printValues(s)
	if !s.Path().Complete() {
		fmt.Fprintf(a.err, "\nGo on with: applink setup %s\n", in.Slug)
		return
	}
	fmt.Fprintf(a.err, "\n%s\nLook whether it works: applink check %s\n%s", guide.Recipe(s), in.Slug, kept.hint(s))
}

// proofOf tells when a step was proved, and what its latest check found if it is refused.
func proofOf(s *setup.State, st setup.Step) (words string) {
	if proof, ok := s.Proof(st.Needs.Check); ok {
		words = ", " + guide.Ago(time.Since(proof.At))
	}
	if o, refused := s.RefusedBy(st); refused {
		words += fmt.Sprintf("; now: %s %s", o.Finding.Code, guide.Ago(time.Since(o.At)))
	}
	return words
}

// copyable are the values worth carrying, as copy knows them.
func copyable(s *setup.State) map[string]string {
	values := map[string]string{}
	for _, name := range []string{"app-url", "name", "link-name", "base-url", "applinks-url", "client-id", "public-key",
		"callback", "login-link", "revoke-url"} {
		if v := s.Values()[name]; v != "" {
			values[name] = v
		}
	}
	return values
}

func (a *app) printValues(s *setup.State) {
	values := copyable(s)
	fmt.Fprintf(a.out, "\nValues (applink copy %s NAME):\n", s.Integration.Slug)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text := strings.TrimRight(values[name], "\n")
		if n := strings.Count(text, "\n"); n > 0 {
			text = fmt.Sprintf("%s (%d lines)", text[:strings.Index(text, "\n")], n+1)
		}
		fmt.Fprintf(a.out, "  %-13s %s\n", name, core.HideSecrets(text))
	}
}
