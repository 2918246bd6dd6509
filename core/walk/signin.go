package walk

import (
	"context"

	"applink/core"
)

// SignIn begins the sign-in of the place, in place of one under way; its listener is open
// before there is an address to show. With code Bitbucket shows a code to be typed. What
// is taken is [Begun] when it is under way: then Await and Warmed are to be run.
func (w *Walk) SignIn(code bool) Job {
	w.leave()
	w.problem, w.proof.byCode, w.proof.asking = nil, code, true
	session, s, rule, life, name := w.session, w.state, *w.proof.rule, w.life, w.at.Step.Needs.Check
	return w.job(aDance, func(ctx context.Context, r *Result) {
		d, err := session.Checker.Authorize(ctx, s, code)
		if err == nil {
			r.dance = d
			context.AfterFunc(life, d.Close)
			return
		}
		r.of, r.rule, r.outcome = anOutcome, &rule, core.Outcome{Check: name, State: core.Failed, Finding: FindingOf(err)}
		r.hear(ctx, session, s, nil)
	})
}

// begun takes a sign-in.
func (w *Walk) begun(r Result) Taken {
	url, _ := r.dance.Warmup()
	w.proof.asking, w.proof.outcome, w.proof.dance, w.proof.warm = false, core.Outcome{}, r.dance, url == ""
	return Begun
}

// leave cancels what was begun, and ends the sign-in that is under way.
func (w *Walk) leave() {
	w.renew()
	w.proof.dance, w.proof.asking, w.giving.busy = nil, false, false
}

// Await waits until the browser came back, or the time limit of the sign-in.
func (w *Walk) Await() Job { return w.hears(w.proof.dance, w.proof.dance.Wait) }

// Warmed waits until the browser accepted the certificate of the local listener; nil when
// that is not needed.
func (w *Walk) Warmed() Job {
	if w.proof.warm {
		return nil
	}
	_, visited := w.proof.dance.Warmup()
	return w.job(aWarmup, func(ctx context.Context, r *Result) {
		select {
		case <-visited:
		case <-ctx.Done():
			r.turn = 0
		}
	})
}

// Submit ends the sign-in with the code that the browser shows, or the address that it
// was sent to. What can be typed once more leaves it under way. It is nil when the browser
// came back meanwhile.
func (w *Walk) Submit(text string) Job {
	d := w.proof.dance
	if d == nil {
		return nil
	}
	job := w.asks(d, func(ctx context.Context) core.Outcome { return d.Submit(ctx, text) })
	return func(ctx context.Context) Result { r := job(ctx); r.typed = true; return r }
}

// ErrorPage ends the sign-in, whose browser shows an error, and asks for the cause.
func (w *Walk) ErrorPage() Job {
	d := w.proof.dance
	if d == nil {
		return nil
	}
	w.leave()
	return w.asks(d, d.ErrorPage)
}

// Dance is the sign-in under way; nil when none is.
func (w *Walk) Dance() core.Dance { return w.proof.dance }

// Warm reports whether the certificate of the local listener needs no visit any more.
func (w *Walk) Warm() bool { return w.proof.warm }

// ByCode reports whether the sign-in is one in which Bitbucket shows a code.
func (w *Walk) ByCode() bool { return w.proof.byCode }

// Way is how the sign-in learns what the browser ended with.
func (w *Walk) Way() core.WayBack { return w.state.WayBack(w.proof.byCode) }

// Typed reports whether the sign-in under way ends with something to be typed.
func (w *Walk) Typed() bool {
	return w.proof.dance != nil && (w.Way() != core.BackHere || w.session.Remote)
}

// addresses are the pages of the sign-in that are still to be opened, by the names that
// pages use.
func (w *Walk) addresses() map[string]string {
	d := w.proof.dance
	if d == nil {
		return nil
	}
	a := map[string]string{"authorize-url": d.URL()}
	if url, _ := d.Warmup(); !w.proof.warm {
		a["warmup-url"] = url
	}
	if w.session.Remote {
		a["forward-command"] = d.Forward()
	}
	return a
}
