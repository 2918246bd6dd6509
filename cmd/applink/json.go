package main

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/guide"
)

func (a *app) jsonFlag(c *cobra.Command) {
	c.Flags().BoolVar(&a.json, "json", false, "print one JSON document")
}

// printJSON prints the one document of --json.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// findingJSON is a finding in every document.
type findingJSON struct {
	Code    core.Code         `json:"code"`
	Title   string            `json:"title"`
	Warning bool              `json:"warning,omitempty"`
	Params  map[string]string `json:"params,omitempty"`
	What    string            `json:"what,omitempty"`
	Why     string            `json:"why,omitempty"`
	Do      string            `json:"do,omitempty"`
	Raw     string            `json:"raw,omitempty"`
}

func asJSON(f *core.Finding) *findingJSON {
	if f == nil {
		return nil
	}
	p := guide.Problem(f)
	return &findingJSON{Code: f.Code, Title: p.Title, Warning: f.Warning, Params: f.Params, Raw: f.Raw,
		What: guide.Plain(p.What, 1<<20), Why: guide.Plain(p.Why, 1<<20), Do: guide.Plain(p.Do, 1<<20)}
}

// outcomeJSON is the result of a check in every document.
type outcomeJSON struct {
	Check    core.CheckName          `json:"check"`
	State    core.CheckState         `json:"state"`
	Strength core.Strength           `json:"strength,omitempty"`
	At       time.Time               `json:"at"`
	Learned  map[core.Learned]string `json:"learned,omitempty"`
	Finding  *findingJSON            `json:"finding,omitempty"`
}

func outcomeAsJSON(o core.Outcome) outcomeJSON {
	return outcomeJSON{Check: o.Check, State: o.State, Strength: o.Strength, At: o.At.UTC().Truncate(time.Second),
		Learned: o.Learned, Finding: asJSON(o.Finding)}
}
