package auth

import (
	"context"

	"applink/core"
	"applink/core/setup"
)

// Checker puts one question to a server; core/check implements it.
type Checker interface {
	Run(ctx context.Context, s *setup.State, name core.CheckName) core.Outcome
}

// Check climbs the ladder of checks of an integration, stores each outcome, and
// stops at the first that does not pass.
func (l *Library) Check(ctx context.Context, s *setup.State, checker Checker) (*setup.State, error) {
	for _, name := range s.Ladder() {
		o := checker.Run(ctx, s, name)
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		if o.State == core.Unknown {
			continue
		}
		next, err := l.Record(ctx, s.Integration.ID, o)
		if err != nil {
			return s, err
		}
		if s = next; o.State != core.Passed {
			break
		}
	}
	return s, nil
}
