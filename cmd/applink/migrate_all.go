package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/setup"
)

// stakeJSON is one entry of "migrate --all --json".
type stakeJSON struct {
	Name        string       `json:"name"`
	Slug        string       `json:"slug"`
	Application string       `json:"application"`
	Purpose     core.Purpose `json:"purpose,omitempty"`
	Server      string       `json:"server,omitempty"`
	Version     core.Version `json:"version,omitempty"`
	Rank        int          `json:"rank"`
	Why         []string     `json:"why"`
	Blocked     string       `json:"blocked,omitempty"`
}

// migrateAll lists what is to be moved and, with somebody to ask, walks through
// it one after the other.
func (a *app) migrateAll(c *cobra.Command) error {
	all, err := a.all(c)
	if err != nil {
		return err
	}
	stakes := auth.Stakes(all, time.Now())
	if a.json {
		return a.printStakes(stakes)
	}
	if len(all) == 0 {
		if agreed, err := a.offerAdoption(c.Context(), ""); agreed || err != nil {
			return err
		}
		return finding.NoIntegrationToMigrate.With()
	}
	if len(stakes) == 0 {
		fmt.Fprintln(a.err, "No integration uses OAuth 1. To take over a link that was set up by hand: applink adopt")
		return nil
	}
	for i, k := range stakes {
		a.tellStake(i+1, k)
	}
	if stakes[0].Blocked != "" {
		return nil
	}
	if a.face() == nobody {
		fmt.Fprintf(a.err, "Begin with: applink migrate %s\n", stakes[0].State.Integration.Slug)
		return nil
	}
	return a.walkStakes(c, stakes)
}

func (a *app) tellStake(number int, k auth.Stake) {
	s := k.State
	fmt.Fprintf(a.out, "%d. %s (%s, %s, Bitbucket %s)\n", number, s.Integration.Name, s.App.InSentence(),
		dash(s.Purpose().String()), dash(string(s.Server().Version)))
	if k.Blocked != "" {
		fmt.Fprintf(a.out, "   Cannot be moved yet. %s\n", k.Blocked)
	}
	if len(k.Why) > 0 || k.Blocked == "" {
		fmt.Fprintf(a.out, "   %s\n", dash(strings.Join(k.Why, " ")))
	}
}

// walkStakes moves one after the other, those that can be moved.
func (a *app) walkStakes(c *cobra.Command, stakes []auth.Stake) error {
	for _, k := range stakes {
		if k.Blocked != "" {
			return nil // so are all that follow
		}
		fmt.Fprintf(a.err, "Move %s now? Enter to begin, anything else to stop: ", k.State.Integration.Name)
		if answer, err := a.line(); err != nil || answer != "" {
			return nil
		}
		if err := a.move(c.Context(), setup.Migration, k.State, moveFlags{}); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) printStakes(stakes []auth.Stake) error {
	list := []stakeJSON{}
	for _, k := range stakes {
		s, srv := k.State, k.State.Server()
		why := k.Why
		if why == nil {
			why = []string{}
		}
		list = append(list, stakeJSON{Name: s.Integration.Name, Slug: s.Integration.Slug, Application: s.App.ID,
			Purpose: s.Purpose(), Server: srv.BaseURL, Version: srv.Version, Rank: k.Rank, Why: why, Blocked: k.Blocked})
	}
	return a.printJSON(struct {
		Integrations []stakeJSON `json:"integrations"`
	}{list})
}
