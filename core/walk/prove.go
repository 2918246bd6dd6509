package walk

import (
	"context"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// proof is the check of the place and the sign-in that it may need.
type proof struct {
	rule    *core.Asking
	outcome core.Outcome // the latest, or the stored one
	heard   core.Heard   // what the rule says of it
	asking  bool
	stopped bool // the admin asked for quiet
	dance   core.Dance
	byCode  bool // Bitbucket shows a code instead of leading the browser back
	warm    bool // the browser has accepted the listener's certificate, or need not
}

// newProof begins with what is stored. A sign-in begins with a code over SSH, where the
// browser is elsewhere, and over OAuth 1, whose port is known too late to forward it.
func (w *Walk) newProof(at setup.Position) proof {
	p := proof{rule: at.Step.Ask(), byCode: w.session.Remote && w.state.OAuth() == core.OAuth1}
	p.outcome, _ = w.state.Check(at.Step.Needs.Check)
	return p
}

// Needed reports whether the place waits for a check at all.
func (w *Walk) Needed() bool { return w.at.Question == nil && w.at.Step.Needs.Check != "" }

// Outcome is the latest of the place's check, or the stored one.
func (w *Walk) Outcome() core.Outcome { return w.proof.outcome }

// News reports whether the latest outcome says something else than the one before.
func (w *Walk) News() bool { return w.proof.heard.News }

// Passed reports whether the check of the place passed, now or earlier.
func (w *Walk) Passed() bool { return w.proof.outcome.State == core.Passed }

// Asking reports whether the check is being put to the server.
func (w *Walk) Asking() bool { return w.proof.asking }

// Stopped reports whether the admin asked for quiet, see [Walk.Quiet].
func (w *Walk) Stopped() bool { return w.proof.stopped }

// Quiet stops asking, or allows it again.
func (w *Walk) Quiet(stop bool) { w.proof.stopped = stop }

// Again is the pause after which the check is to be asked again by itself; 0: it is not.
func (w *Walk) Again() time.Duration {
	if w.proof.stopped || w.proof.asking || w.Passed() {
		return 0
	}
	return w.proof.heard.Again
}

// Ask puts the check of the place to the server, and stores what is news. It is nil when
// there is no check, it needs a sign-in, or it is being put.
func (w *Walk) Ask() Job {
	if w.proof.asking || !w.Needed() || w.at.Step.Needs.Dance {
		return nil
	}
	w.renew()
	w.proof.stopped = false
	checker, s, name := w.session.Checker, w.state, w.at.Step.Needs.Check
	return w.asks(nil, func(ctx context.Context) core.Outcome { return checker.Run(ctx, s, name) })
}

// Hurry lets the pace of asking begin from the start, because the admin asks.
func (w *Walk) Hurry() { w.proof.rule.Hurry() }

// asks makes a job of a question to the server.
func (w *Walk) asks(d core.Dance, ask func(context.Context) core.Outcome) Job {
	w.proof.asking = true
	return w.hears(d, ask)
}

// hears makes a job of an outcome, which is stored as the rule says, with what a sign-in
// was granted.
func (w *Walk) hears(d core.Dance, ask func(context.Context) core.Outcome) Job {
	session, s, rule := w.session, w.state, *w.proof.rule
	return w.job(anOutcome, func(ctx context.Context, r *Result) {
		r.outcome, r.rule = ask(ctx), &rule
		r.hear(ctx, session, s, d)
	})
}

func (r *Result) hear(ctx context.Context, session *Session, s *setup.State, d core.Dance) {
	if ctx.Err() != nil {
		r.outcome.State, r.outcome.Finding = core.Unknown, nil
	}
	r.heard = r.rule.Take(r.outcome)
	if r.heard.Passed && d != nil {
		r.err = session.Library.KeepGranted(ctx, s, d, session.Keep)
	}
	if r.heard.Store && r.err == nil {
		r.state, r.err = session.Library.Record(ctx, s, r.outcome)
	}
}

// observed takes an outcome. A sign-in goes on where typing once more can mend what was
// typed.
func (w *Walk) observed(r Result) Taken {
	o := r.outcome
	dance := w.at.Step.Needs.Dance
	if dance && o.State == core.Unknown && o.Finding == nil { // interrupted, or nobody comes back to this machine
		w.proof.asking = w.proof.asking && w.proof.dance != nil && !r.typed
		return Stayed
	}
	w.problem = w.refused(r.err)
	w.proof.outcome, w.proof.rule, w.proof.heard, w.proof.asking = o, r.rule, r.heard, false
	if dance && !(r.typed && finding.Retypable(o.Finding)) {
		w.leave()
	}
	if o.State != core.Passed || r.err != nil || !w.Behind() {
		return Stayed // a proof may not complete the step
	}
	return Proved
}
