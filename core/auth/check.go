package auth

import (
	"context"
	"errors"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// Checker puts one question to a server; core/check implements it.
type Checker interface {
	Run(ctx context.Context, s *setup.State, name core.CheckName) core.Outcome
}

// Check climbs the ladder of checks of the link in use, or of the one that is set up
// while there is none, and stores each outcome with that link. It stops at the first
// that fails or is waited for. The state is seen through the link that was checked.
//
// A link in use was known once, so that what a set-up would wait for is a failure
// there, unless its key is being replaced ([finding.KeyBeingReplaced]). The record of a
// damaged integration is the failure, and no server is asked.
func (l *Integrations) Check(ctx context.Context, s *setup.State, checker Checker) (*setup.State, []core.Outcome, error) {
	if d := s.Integration.Damage; d != nil {
		return s, []core.Outcome{{Check: "record", State: core.Failed, Finding: d, At: l.now()}}, nil
	}
	s = s.Links().InUse()
	var outcomes []core.Outcome
	for _, name := range s.Path().Ladder() {
		o := checker.Run(ctx, s, name)
		if ctx.Err() != nil {
			return s, outcomes, ctx.Err()
		}
		if o.State == core.Waiting && s.Link.State == core.LinkActive && !replacing(o) {
			o.State = core.Failed
		}
		outcomes = append(outcomes, o)
		next, err := l.Record(ctx, s, o)
		if err != nil {
			return s, outcomes, err
		}
		s = next
		if o.State == core.Failed || o.State == core.Waiting {
			break
		}
	}
	return s, outcomes, nil
}

func replacing(o core.Outcome) bool {
	return errors.Is(o.Finding, finding.KeyBeingReplaced)
}
