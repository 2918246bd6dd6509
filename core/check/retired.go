package check

import (
	"context"
	"errors"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// retired asks whether Bitbucket refuses the superseded link that the state looks
// through: passed, it is gone, or its key or secret was replaced; waiting, it is
// still taken. What cannot be told from here is core.Unknown with
// [finding.OldLinkUnverifiable].
func (r *Runner) retired(ctx context.Context, s *setup.State, keys Keys) core.Outcome {
	if s.Link.State != core.LinkSuperseded {
		return failed(finding.NoOldLink.With(s.Integration.Name, "The link in use is no old one."), s)
	}
	if s.OAuth() == core.OAuth2 {
		return r.retiredClient(ctx, s, keys)
	}
	return r.retiredConsumer(ctx, s)
}

// retiredConsumer asks over OAuth 1. A Client ID that is unknown is gone. One that
// the link in use goes on with, after a rotation, stays known: there the old key has
// to be refused, which only its private half or its size can show.
func (r *Runner) retiredConsumer(ctx context.Context, s *setup.State) core.Outcome {
	if s.Value(core.FieldClientID) == "" {
		return untold(s, core.Outcome{}, "The Client ID of the old link is not known here.")
	}
	o := r.consumer(ctx, s)
	switch {
	case o.State == core.Waiting:
		return gone(o)
	case o.State == core.Failed && !knows(o):
		return o
	case !replaced(s):
		return stillThere(s, o)
	case o.State == core.Failed && (errors.Is(o.Finding, finding.PublicKeyMismatch) || errors.Is(o.Finding, finding.KeySizeMismatch) && certain(o)):
		return gone(o)
	case o.State == core.Failed && errors.Is(o.Finding, finding.KeySizeMismatch):
		return untold(s, o, "Bitbucket answers with an internal error, to whatever key.")
	case o.Strength == core.Strong:
		return stillThere(s, o)
	}
	return untold(s, o, "The Client ID is in use with another key, and the old private key is not held here.")
}

// retiredClient asks over OAuth 2. "Invalid client" means that the Client ID or its
// secret is wrong, so that it proves something only of a pair that was right before.
func (r *Runner) retiredClient(ctx context.Context, s *setup.State, keys Keys) core.Outcome {
	if s.App.Holder != core.HeldHere {
		return untold(s, core.Outcome{}, "The Client secret is not held here.")
	}
	o := r.client(ctx, s, keys)
	switch {
	case o.State == core.Passed && o.Strength == core.Strong:
		return stillThere(s, o)
	case o.State == core.Passed:
		return untold(s, o, "This server does not tell whether it knows a Client ID.")
	case !errors.Is(o.Finding, finding.InvalidClient):
		return o
	case !worked(s):
		return untold(s, o, "It was never proved that the server took this Client ID and secret.")
	}
	return gone(o)
}

// worked reports whether the credentials of an OAuth 2 link were taken once.
func worked(s *setup.State) bool {
	for _, n := range []core.CheckName{core.CheckIdentity, core.CheckClient} {
		if _, ok := s.Link.Proof(n); ok {
			return true
		}
	}
	return false
}

// knows reports whether a refusal shows that Bitbucket knows the Client ID.
func knows(o core.Outcome) bool {
	return finding.IsAny(o.Finding, finding.PublicKeyMismatch, finding.BaseStringMismatch, finding.KeySizeMismatch)
}

// replaced reports whether the link in use goes on with the Client ID of a
// superseded one.
func replaced(s *setup.State) bool {
	now := s.Links().InUse()
	return now.OAuth() == s.OAuth() && now.Value(core.FieldClientID) == s.Value(core.FieldClientID)
}

func gone(o core.Outcome) core.Outcome {
	return core.Outcome{State: core.Passed, Strength: core.Strong, Evidence: o.Evidence}
}

func stillThere(s *setup.State, o core.Outcome) core.Outcome {
	return core.Outcome{State: core.Waiting, Evidence: o.Evidence,
		Finding: finding.OldLinkStillAccepted.With(s.Integration.Name, s.Value(core.FieldClientID))}
}

func untold(s *setup.State, o core.Outcome, why string) core.Outcome {
	return core.Outcome{State: core.Unknown, Evidence: o.Evidence,
		Finding: finding.OldLinkUnverifiable.With(s.Integration.Name, why)}
}
