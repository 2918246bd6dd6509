package walk

import (
	"context"
	"errors"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// Turn is a switch to a link that is not in use: to the one before the active one, or
// forward again. Bitbucket is asked about the link first, since it may be gone; the rest is
// the admin's word.
type Turn struct {
	To      core.Link
	session *Session
	state   *setup.State
	back    bool
	outcome core.Outcome
}

// GoBack is the switch to the link before the active one, left by a move or, with "", by
// either; the finding says why there is none.
func (session *Session) GoBack(s *setup.State, m setup.Move) (*Turn, *core.Finding) {
	if problem := s.Moves().MayGoBack(m); problem != nil {
		return nil, problem
	}
	return &Turn{To: *s.Links().Before(), session: session, state: s, back: true}, nil
}

// Leads reports whether a move can begin or go on, or leads to its link again.
func Leads(s *setup.State, m setup.Move) bool {
	return s.Moves().MayGoForward(m) == nil || s.Moves().MayMove(m) == nil
}

// Begin is what a move leads to: the switch to the link that was gone back from, else begin,
// which puts a link beside the one in use or goes on with it. The finding says why neither.
func (session *Session) Begin(s *setup.State, m setup.Move) (forward *Turn, begin func(context.Context) (*setup.State, error), why *core.Finding) {
	if s.Moves().MayGoForward(m) == nil {
		return &Turn{To: *s.Links().Ahead(), session: session, state: s}, nil, nil
	}
	if why = s.Moves().MayMove(m); why != nil {
		return nil, nil, why
	}
	do := session.Library.Migrate
	if m == setup.Rotation {
		do = session.Library.Rotate
	}
	return nil, func(ctx context.Context) (*setup.State, error) {
		r := Result{}
		r.state, r.err = do(ctx, s.Integration.ID)
		r.settle(ctx, session)
		return r.state, r.err
	}, nil
}

// GoesOn reports whether a move is refused because something else is to be gone on with.
func GoesOn(s *setup.State, problem *core.Finding) bool {
	return s.Integration.Active() == nil || errors.Is(problem, finding.OtherMoveInProgress)
}

// Asked is what takes the admin's yes, after Bitbucket was asked: Try asks it, Words tell what
// it said and what follows, Make does it.
type Asked interface {
	Try(ctx context.Context)
	Words() string
	Make(ctx context.Context) (*setup.State, error)
}

// Drop takes back a move that is not complete. Where Bitbucket may have the new key already,
// it is asked first, as the private half here would be the only one that it takes.
type Drop struct {
	session *Session
	state   *setup.State
	outcome core.Outcome
}

// Abandon is the taking back of a move, with "" of either; the finding says why there is
// nothing to take back.
func (session *Session) Abandon(s *setup.State, m setup.Move) (*Drop, *core.Finding) {
	if problem := s.Moves().MayAbandon(m); problem != nil {
		return nil, problem
	}
	return &Drop{session: session, state: s}, nil
}

// Try asks Bitbucket which key it has, where that matters.
func (d *Drop) Try(ctx context.Context) {
	if d.state.Moves().UnderWay() == setup.Rotation && d.state.Links().SetUp().OAuth() == core.OAuth1 {
		d.outcome = d.session.Library.Try(ctx, d.state, *d.state.Integration.Active(), d.session.Checker)
	}
}

// Costs is the finding that dropping takes the key that Bitbucket has; nil when it does not.
func (d *Drop) Costs() *core.Finding {
	if errors.Is(d.outcome.Finding, finding.KeyBeingReplaced) {
		return d.outcome.Finding
	}
	return nil
}

// Words tell in a line or two what dropping means.
func (d *Drop) Words() string {
	words := "The link in use stays. What was made in Bitbucket for the new link stays there."
	if costs := d.Costs(); costs != nil {
		words = guide.Problem(costs).Title + ". " + words
	}
	return words
}

// Make drops the link that was being set up.
func (d *Drop) Make(ctx context.Context) (*setup.State, error) {
	return d.session.Library.Abandon(ctx, d.state.Integration.ID, "")
}

// Retiring looks at an integration through the link that was superseded; the finding says
// why there is nothing to retire.
func Retiring(s *setup.State) (*setup.State, *core.Finding) {
	if problem := s.Moves().MayRetire(); problem != nil {
		return nil, problem
	}
	return s.Links().For(setup.Retire), nil
}

// Try asks Bitbucket about the link.
func (t *Turn) Try(ctx context.Context) {
	t.outcome = t.session.Library.Try(ctx, t.state, t.To, t.session.Checker)
}

// Outcome is what Bitbucket said about the link.
func (t *Turn) Outcome() core.Outcome { return t.outcome }

// LosesTokens reports whether programs lose the access that kept tokens give them.
func (t *Turn) LosesTokens() bool { return t.state.Moves().LosesTokens(t.To) }

// Words tell in a line or two what the switch means.
func (t *Turn) Words() string { return guide.Tried(t.outcome, t.LosesTokens()) }

// NeedsYes reports whether the switch takes a yes of its own, though it was asked for: the way
// forward always, the way back where the link does not work or access ends with it.
func (t *Turn) NeedsYes() bool { return !t.back || t.outcome.State != core.Passed || t.LosesTokens() }

// Unconfirmed refuses the switch as long as it is not confirmed.
func (t *Turn) Unconfirmed() *core.Finding { return t.state.Moves().Unconfirmed(t.To, t.Words()) }

// Make makes the switch.
func (t *Turn) Make(ctx context.Context) (*setup.State, error) {
	do := t.session.Library.GoForward
	if t.back {
		do = t.session.Library.GoBack
	}
	return do(ctx, t.state.Integration.ID, "")
}
