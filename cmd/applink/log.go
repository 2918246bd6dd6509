package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"applink/core/finding"
)

// eventJSON is one entry of "log --json".
type eventJSON struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Detail string    `json:"detail,omitempty"`
}

func (a *app) logCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use: "log NAME", Short: "Tell what happened to an integration", Args: arguments("NAME"),
		Long: `log prints what was answered, said, checked, switched and kept, and when, the latest
first. Questions, steps and checks have the names that the flags and show --json give
them. No value is in it, and no secret. With --json: {"events": [...]}, each with at,
kind and detail.`,
		Example: `  applink log labs
  applink log labs --limit 20 --json`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.find(c, args[0])
			if err != nil && !errors.Is(err, finding.RecordDamaged) {
				return err // of a damaged one its history can still be read
			}
			happened, err := a.library.Events(c.Context(), s.Integration.ID, limit)
			if err != nil {
				return err
			}
			events := make([]eventJSON, len(happened))
			for i, e := range happened {
				events[i] = eventJSON{e.At.UTC().Truncate(time.Second), e.Kind, e.Detail}
			}
			if a.json {
				return a.printJSON(struct {
					Events []eventJSON `json:"events"`
				}{events})
			}
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, e := range events {
				fmt.Fprintf(w, "%s\t%s\t%s\n", e.At.Local().Format(time.DateTime), e.Kind, dash(e.Detail))
			}
			return w.Flush()
		},
	}
	c.Flags().IntVar(&limit, "limit", 0, "print at most so many; 0 prints all")
	a.jsonFlag(c)
	return c
}
