package tui

import (
	"context"
	"strconv"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// homePage is how many integrations are listed at once.
const homePage = 50

// home lists the integrations and opens one, or begins the first.
func (p *plain) home(ctx context.Context) error {
	var after core.Integration
	for {
		list, err := p.session.Library.Page(ctx, after, homePage)
		if err != nil {
			return err
		}
		if len(list) == 0 && after.ID == 0 {
			p.say("To take over a link that was set up by hand: applink adopt")
			return p.walk(ctx, p.session.Library.Begin())
		}
		p.say("\nIntegrations:")
		for i, s := range list {
			p.say("  %d. %s: %s", i+1, s.Integration.Name, guide.StateWords(s))
		}
		chosen, next, err := p.choose(ctx, list)
		if err != nil {
			return err
		}
		if chosen != nil {
			return p.walk(ctx, chosen)
		}
		after = next
	}
}

// choose reads which integration to open; next is the integration after which the
// list goes on when more of it is wanted.
func (p *plain) choose(ctx context.Context, list []*setup.State) (chosen *setup.State, next core.Integration, err error) {
	for {
		p.prompt("\nType a number to open one, new to begin another, adopt to take over a link that was set up by hand, more for the next ones, or quit: ")
		line, err := p.in.line(ctx)
		if err != nil {
			return nil, next, err
		}
		switch w := word(line); w {
		case "quit":
			return nil, next, errQuit
		case "new":
			return p.session.Library.Begin(), next, nil
		case "adopt":
			return p.session.Library.BeginAdoption(), next, nil
		case "more":
			if len(list) < homePage {
				return nil, next, nil
			}
			return nil, list[len(list)-1].Integration, nil
		default:
			if n, err := strconv.Atoi(w); err == nil && n >= 1 && n <= len(list) {
				return list[n-1], next, nil
			}
		}
	}
}
