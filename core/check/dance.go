package check

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/finding"
	"applink/core/setup"
)

const (
	// danceLimit is how long a dance waits for the admin in the browser. Bitbucket
	// forgets a request token after ten minutes.
	danceLimit = 9 * time.Minute
	proofLimit = 30 * time.Second // of trying the token
)

// Authorize starts the OAuth dance of the identity check, see [setup.State.WayBack];
// a listener is open before the URL is known. Starting an OAuth 2 dance closes the
// one before, whose port it may need. The error is a *core.Finding.
func (r *Runner) Authorize(ctx context.Context, s *setup.State, code bool) (core.Dance, error) {
	if s.OAuth() == core.OAuth2 {
		return r.authorizeOAuth2(ctx, s, code)
	}
	return r.authorizeOAuth1(ctx, s, code)
}

// dance is the identity check under way, over the one protocol or the other. Its token
// is discarded with it, unless [Runner.AuthorizeKeep] has handed out the way to it.
type dance[T any] struct {
	runner *Runner
	state  *setup.State
	flow   callback.Flow[T]
	began  time.Time
	before []core.Exchange // what was asked before the flow
	side[T]
	findings
	kept

	mu    sync.Mutex
	proof *core.Outcome // nil while nobody was let in
}

// side is what a protocol does in its own way.
type side[T any] interface {
	// client returns an HTTP client that acts as the user.
	client(T) *http.Client
	// renew tries to renew the token where the protocol demands it. The tokens are what
	// is to be kept; the finding is nil where they are good.
	renew(context.Context, T) (auth.Tokens, core.Exchange, *core.Finding)
	// explain makes an outcome of an error of the flow that is not among the findings.
	explain(err error, typed bool) core.Outcome
	// cause looks for the cause of an error that only the browser shows.
	cause(context.Context) (*core.Finding, []core.Exchange)
}

// findings are those of one protocol for what both can meet.
type findings struct {
	denied   finding.Kind0
	timeout  finding.Kind1
	unusable finding.Kind2
	stranger func(core.Exchange) *core.Finding // the token names no user
}

func (d *dance[T]) URL() string { return d.flow.URL() }

func (d *dance[T]) Warmup() (string, <-chan struct{}) { return "", nil }

// Forward is "": over SSH a code is shorter than a forwarded port.
func (d *dance[T]) Forward() string { return "" }

func (d *dance[T]) Close() { d.flow.Close() }

func (d *dance[T]) Wait(ctx context.Context) core.Outcome {
	limited, cancel := context.WithTimeout(ctx, danceLimit)
	defer cancel()
	token, err := d.flow.Wait(limited)
	if errors.Is(err, callback.ErrNoListener) {
		return d.runner.stamp(core.CheckIdentity, core.Outcome{State: core.Unknown})
	}
	return d.end(ctx, token, err, false)
}

func (d *dance[T]) Submit(ctx context.Context, text string) core.Outcome {
	token, err := d.flow.Submit(ctx, text)
	return d.end(ctx, token, err, true)
}

// ErrorPage tells the cause, as far as it can be found from here.
func (d *dance[T]) ErrorPage(ctx context.Context) core.Outcome {
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	f, asked := d.cause(limited)
	o := core.Outcome{State: core.Failed, Finding: f, Evidence: evidence(append(d.exchanges(), asked...)...)}
	if ctx.Err() != nil {
		o = core.Outcome{State: core.Unknown}
	}
	return d.runner.stamp(core.CheckIdentity, o)
}

// exchanges returns what was asked so far, oldest first.
func (d *dance[T]) exchanges() []core.Exchange {
	return append(append([]core.Exchange(nil), d.before...), d.flow.Exchanges()...)
}

// end turns the flow's result into the outcome of the identity check. Wait and Submit
// may both end with the same token, which can be renewed only once; the second has the
// outcome of the first. What was typed may have been mistyped, or be too old.
func (d *dance[T]) end(ctx context.Context, token T, err error, typed bool) core.Outcome {
	if err != nil {
		o := d.refused(err, typed)
		o.Evidence = evidence(d.exchanges()...)
		return d.runner.stamp(core.CheckIdentity, o)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.proof == nil {
		o := d.runner.stamp(core.CheckIdentity, d.prove(ctx, token))
		if ctx.Err() != nil && o.State != core.Passed {
			return o
		}
		d.proof = &o
	}
	return *d.proof
}

// prove asks who the token acts for, and renews it. The name is the proof; a user record
// that the user may not see is missed, but no failure.
func (d *dance[T]) prove(ctx context.Context, token T) core.Outcome {
	ctx, cancel := context.WithTimeout(ctx, proofLimit)
	defer cancel()
	recorder := &bitbucket.Recorder{}
	rest := &bitbucket.Client{Base: d.state.Value(core.FieldBaseURL), HTTP: d.client(token)}
	user, err := rest.User(bitbucket.WithRecorder(ctx, recorder))
	exchanges := append(d.exchanges(), recorder.Exchanges()...)
	if err != nil && user.Name == "" {
		o := failed(err, d.state)
		if last, ok := recorder.Last(); ok {
			o.Finding = d.stranger(last)
		}
		o.Evidence = evidence(exchanges...)
		return o
	}
	o := core.Outcome{State: core.Passed, Strength: core.Strong, Learned: who(user)}
	tokens, renewed, f := d.renew(ctx, token)
	if renewed.Method != "" {
		exchanges = append(exchanges, renewed)
	}
	switch {
	case f != nil:
		o.State, o.Strength, o.Finding = core.Failed, "", f
	case renewed.Method != "":
		o.Learned[core.LearnedRefresh] = "done"
		fallthrough
	default:
		d.keep(tokens)
	}
	o.Evidence = evidence(exchanges...)
	return o
}

// who is what an identity teaches; all but the name may be missing.
func who(user bitbucket.Identity) map[core.Learned]string {
	learned := map[core.Learned]string{core.LearnedUser: user.Name}
	if user.ID != 0 {
		learned[core.LearnedUserID] = strconv.FormatInt(user.ID, 10)
		learned[core.LearnedUserName] = user.DisplayName
	}
	return learned
}

// refused turns an error of the flow into an outcome.
func (d *dance[T]) refused(err error, typed bool) core.Outcome {
	o := core.Outcome{State: core.Failed}
	after := waited(d.runner.now().Sub(d.began))
	var unusable *callback.UnusableError
	switch {
	case errors.Is(err, callback.ErrDenied):
		o.Finding = d.denied.With()
	case errors.As(err, &unusable):
		o.Finding = d.unusable.With(after, unusable.What).Because(err.Error())
	case errors.Is(err, callback.ErrNobodyCame):
		o.Finding = d.timeout.With(after)
	case errors.Is(err, context.Canceled), errors.Is(err, callback.ErrClosed):
		o.State = core.Unknown
	default:
		return d.explain(err, typed)
	}
	return o
}

// waited writes a time in words.
func waited(d time.Duration) string {
	if d < time.Minute {
		return strconv.Itoa(int(d.Seconds())) + " s"
	}
	return strconv.Itoa(int(d.Minutes())) + " min"
}
