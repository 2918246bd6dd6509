package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// listJSON is one entry of "list --json".
type listJSON struct {
	Name        string       `json:"name"`
	Slug        string       `json:"slug"`
	Application string       `json:"application"`
	Purpose     core.Purpose `json:"purpose,omitempty"`
	Server      string       `json:"server,omitempty"`
	Version     core.Version `json:"version,omitempty"`
	OAuth       core.OAuth   `json:"oauth,omitempty"`
	Complete    bool         `json:"complete"`
	Step        core.StepID  `json:"step"`
	State       string       `json:"state"`
	Proof       setup.Status `json:"proof"`
	ProvedAt    *time.Time   `json:"proved_at,omitempty"`
	Finding     *findingJSON `json:"finding,omitempty"`
	Tokens      *keptJSON    `json:"tokens,omitempty"`
	Updated     time.Time    `json:"updated"`
}

func (a *app) listCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the integrations", Args: cobra.NoArgs,
		Long: `list prints the integrations by name. With --json: {"integrations": [...]}, each
with name, slug, application, purpose, server, version, oauth, complete, step,
state (in words), proof (what the link in use rests on: proved, weak or said),
proved_at (the latest proof of it), finding (the refusal that stands, if one does),
tokens (state, since, renewed) where some are kept, and updated. One whose record is
damaged is in the list with that finding, and the exit code is 1 then, as of doctor.`,
		RunE: func(c *cobra.Command, _ []string) error {
			all, err := a.first(c, limit)
			if err != nil {
				return err
			}
			print := a.printTable
			if a.json {
				print = func(all []*setup.State) error { return a.printList(c.Context(), all) }
			}
			if err := print(all); err != nil {
				return err
			}
			if slices.ContainsFunc(all, func(s *setup.State) bool { return s.Integration.Damage != nil }) {
				return exit(exitFinding)
			}
			return nil
		},
	}
	c.Flags().IntVar(&limit, "limit", 0, "print at most so many; 0 prints all")
	a.jsonFlag(c)
	return c
}

// all loads every integration, by name.
func (a *app) all(c *cobra.Command) ([]*setup.State, error) { return a.first(c, 0) }

// first loads integrations by name, at most limit of them unless it is 0.
func (a *app) first(c *cobra.Command, limit int) ([]*setup.State, error) {
	const pageSize = 200
	lib, err := a.open(c.Context())
	if a.unbegun(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []*setup.State
	for after := (core.Integration{}); ; {
		size := pageSize
		if limit > 0 {
			size = min(size, limit-len(all))
		}
		page, err := lib.Page(c.Context(), after, size)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < pageSize {
			return all, nil
		}
		after = page[len(page)-1].Integration
	}
}

func (a *app) printList(ctx context.Context, all []*setup.State) error {
	list := []listJSON{}
	for _, s := range all {
		srv := s.Server()
		kept, err := a.kept(ctx, s)
		if err != nil {
			return err
		}
		st := s.Standing()
		list = append(list, listJSON{Proof: st.Proof, ProvedAt: when(st.Latest), Finding: asJSON(st.Problem),
			Name: s.Integration.Name, Slug: s.Integration.Slug, Application: s.App.ID,
			Purpose: s.Purpose(), Server: srv.BaseURL, Version: srv.Version, OAuth: s.Links().InUse().OAuth(), Complete: s.Path().Complete(),
			Step: s.Path().Current().Step.ID, State: guide.StateWords(s), Tokens: kept, Updated: s.Integration.Updated.UTC()})
	}
	return a.printJSON(struct {
		Integrations []listJSON `json:"integrations"`
	}{list})
}

func (a *app) printTable(all []*setup.State) error {
	if len(all) == 0 {
		fmt.Fprintln(a.err, "There is no integration yet. Begin with: applink setup")
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSERVER\tVERSION\tLINK\tSTATE")
	for _, s := range all {
		srv := s.Server()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Integration.Name, dash(srv.BaseURL), dash(string(srv.Version)),
			dash(s.Links().InUse().OAuth().String()), guide.StateWords(s))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Look at one: applink show %s\n", all[0].Integration.Slug)
	return nil
}

// when is the time of an outcome, nil for none.
func when(o core.Outcome) *time.Time {
	if o.State == "" {
		return nil
	}
	at := o.At.UTC().Truncate(time.Second)
	return &at
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
