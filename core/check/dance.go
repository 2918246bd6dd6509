package check

import (
	"context"
	"errors"
	"strconv"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth"
	"applink/core/setup"
)

// danceLimit is how long a dance waits for the admin in the browser. Bitbucket
// forgets a request token after ten minutes.
const danceLimit = 9 * time.Minute

// dance is the identity check under way. Its token is discarded with it, unless
// [Runner.AuthorizeKeep] has handed out the way to it.
type dance struct {
	runner   *Runner
	state    *setup.State
	consumer *oauth.Consumer
	oauth    *oauth.Dance
	began    time.Time
	kept
}

// Authorize starts the OAuth dance of the identity check, see [setup.State.WayBack];
// a listener is open before the URL is known. Starting an OAuth 2 dance closes the
// one before, whose port it may need. The error is a *core.Finding.
func (r *Runner) Authorize(ctx context.Context, s *setup.State, code bool) (core.Dance, error) {
	if s.OAuth() == core.OAuth2 {
		return r.authorize2(ctx, s, code)
	}
	c, err := r.player(ctx, s)
	if err != nil {
		return nil, failed(err, s).Finding
	}
	o := oauth.Options{Mode: oauth.ByLoopback}
	if s.WayBack(code) == core.BackByCode {
		o.Mode = oauth.OutOfBand
	}
	d, err := c.Start(ctx, o)
	if err != nil {
		return nil, failed(err, s).Finding
	}
	return &dance{runner: r, state: s, consumer: c, oauth: d, began: r.now()}, nil
}

func (d *dance) URL() string { return d.oauth.URL }

func (d *dance) Warmup() (string, <-chan struct{}) { return "", nil }

// Forward is "": over SSH a code is shorter than a forwarded port.
func (d *dance) Forward() string { return "" }

func (d *dance) Close() { d.oauth.Close() }

func (d *dance) Wait(ctx context.Context) core.Outcome {
	limited, cancel := context.WithTimeout(ctx, danceLimit)
	defer cancel()
	token, err := d.oauth.Wait(limited)
	if errors.Is(err, oauth.ErrNoListener) {
		return d.runner.stamp(core.CheckIdentity, core.Outcome{State: core.Unknown})
	}
	return d.end(ctx, token, err, false)
}

func (d *dance) Submit(ctx context.Context, code string) core.Outcome {
	token, err := d.oauth.Submit(ctx, code)
	return d.end(ctx, token, err, true)
}

// ErrorPage names the causes; which it is stands in the browser only.
func (d *dance) ErrorPage(ctx context.Context) core.Outcome {
	if ctx.Err() != nil {
		return d.runner.stamp(core.CheckIdentity, core.Outcome{State: core.Unknown})
	}
	return d.runner.stamp(core.CheckIdentity, core.Outcome{State: core.Failed,
		Finding: finding.ErrorPage.With(), Evidence: evidence(d.oauth.Exchanges()...)})
}

// end turns the dance's result into the outcome of the identity check: who does
// Bitbucket say has signed in. A code that was typed may have been mistyped.
func (d *dance) end(ctx context.Context, token *oauth.Token, err error, typed bool) core.Outcome {
	recorder := &bitbucket.Recorder{}
	var o core.Outcome
	if err != nil {
		o = d.refused(err, typed)
	} else {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		o = d.identity(bitbucket.WithRecorder(ctx, recorder), token, recorder)
	}
	o.Evidence = evidence(append(d.oauth.Exchanges(), recorder.Exchanges()...)...)
	return d.runner.stamp(core.CheckIdentity, o)
}

// identity asks who the token acts for. The name is what proves it; a user record
// that the user may not see is missed, but no failure.
func (d *dance) identity(ctx context.Context, token *oauth.Token, recorder *bitbucket.Recorder) core.Outcome {
	rest := &bitbucket.Client{Base: d.consumer.Base, HTTP: d.consumer.Client(token)}
	user, err := rest.User(ctx)
	if err != nil && user.Name == "" {
		if ex, ok := recorder.Last(); ok {
			return core.Outcome{State: core.Failed, Finding: diagnose.Signed(ex)}
		}
		return failed(err, d.state)
	}
	d.keep(auth.Tokens{OAuth1: token})
	return core.Outcome{State: core.Passed, Strength: core.Strong, Learned: who(user)}
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

func (d *dance) refused(err error, typed bool) core.Outcome {
	o := core.Outcome{State: core.Failed}
	var problem *oauth.ProblemError
	var unusable *oauth.UnusableError
	switch {
	case errors.Is(err, oauth.ErrDenied):
		o.Finding = finding.AccessDenied.With()
	case errors.As(err, &unusable):
		o.Finding = finding.CallbackUnusable.With(waited(d.runner.now().Sub(d.began)), unusable.What).Because(err.Error())
	case errors.Is(err, oauth.ErrNobodyCame):
		o.Finding = finding.CallbackTimeout.With(waited(d.runner.now().Sub(d.began)))
	case errors.Is(err, oauth.ErrNotOurs):
		o.Finding = finding.WrongVerifier.With("it is an address of another attempt, one that is cut off, or no code at all").Because(err.Error())
	case errors.Is(err, oauth.ErrNoCode):
		o.Finding = finding.WrongVerifier.With("nothing was entered").Because(err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, oauth.ErrClosed):
		o.State = core.Unknown
	case typed && errors.As(err, &problem):
		o.Finding = explain1(err, problem.Exchange, diagnose.Call{Key: d.consumer.Key, TypedCode: true})
	default:
		o = failed(err, d.state)
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
