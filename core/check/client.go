package check

import (
	"context"

	"applink/core"
	"applink/core/finding"
	"applink/core/oauth2"
	"applink/core/setup"
)

// client asks whether Bitbucket knows the Client ID and accepts the Client
// secret, without a user. Some servers do not tell; that is a weak proof with a
// warning, not a failure.
func (r *Runner) client(ctx context.Context, s *setup.State, keys Keys) core.Outcome {
	c, err := r.oauth2Client(ctx, s, keys)
	if err != nil {
		return failed(err, s)
	}
	verdict, exchanges, err := c.Probe(ctx)
	o := core.Outcome{State: core.Passed, Strength: core.Strong, Evidence: evidence(exchanges...)}
	switch {
	case err != nil:
		o = failed(err, s)
		o.Evidence = evidence(exchanges...)
	case verdict == oauth2.ClientWrong:
		o.State, o.Finding = core.Failed, finding.InvalidClient.With(c.ID)
	case verdict == oauth2.ClientUnknown:
		o.Strength, o.Finding = core.Weak, finding.SecretUntested.With(c.ID).AsWarning()
	}
	return o
}
