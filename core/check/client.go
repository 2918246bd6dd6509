package check

import (
	"cmp"
	"context"

	"applink/core"
	"applink/core/finding"
	"applink/core/oauth"
	"applink/core/setup"
)

// client asks whether Bitbucket knows the Client ID and accepts the Client
// secret, without a user. Some servers do not tell; that is a weak proof with a
// warning, not a failure.
func (r *Runner) client(ctx context.Context, s *setup.State, keys Keys) core.Outcome {
	c, err := r.player2(ctx, s, keys)
	if err != nil {
		return failed(err, s)
	}
	verdict, exchanges, err := c.Probe(ctx)
	o := core.Outcome{State: core.Passed, Strength: core.Strong, Evidence: evidence(exchanges...)}
	switch {
	case err != nil:
		o = failed(err, s)
		o.Evidence = evidence(exchanges...)
	case verdict == oauth.ClientWrong:
		o.State, o.Finding = core.Failed, finding.InvalidClient.With(c.ID)
	case verdict == oauth.ClientUnknown:
		o.Strength, o.Finding = core.Weak, finding.SecretUntested.With(c.ID).AsWarning()
	}
	return o
}

// player2 makes our side of OAuth 2, with the client secret when there is one.
func (r *Runner) player2(ctx context.Context, s *setup.State, keys Keys) (*oauth.Client, error) {
	t, err := r.Transport(s)
	if err != nil {
		return nil, err
	}
	if s.Value(core.FieldClientID) == "" {
		return nil, missing(core.FieldClientID)
	}
	if !s.Reached() {
		return nil, unreached(s)
	}
	secret, err := keys.ClientSecret(ctx, s.Link.ID)
	if err != nil {
		return nil, sealed(err)
	}
	return &oauth.Client{Base: s.Value(core.FieldBaseURL), ID: s.Value(core.FieldClientID), Secret: secret,
		Redirect: redirectOf(s), Scopes: s.Scopes(), Transport: t}, nil
}

// redirectOf is the redirect URL that we send: one that leads here, else the first.
func redirectOf(s *setup.State) string { return cmp.Or(s.LocalCallback(), s.FirstCallback()) }
