package check

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth"
	"applink/core/seal"
	"applink/core/setup"
)

// dance2 is the identity check over OAuth 2. Its tokens are refreshed once, as
// part of the proof, and then discarded as those of [dance] are.
type dance2 struct {
	runner *Runner
	state  *setup.State
	client *oauth.Client
	oauth  *oauth.Dance2
	opened core.Exchange // the authorize page, before the browser
	kept

	mu    sync.Mutex
	proof *core.Outcome // nil while nobody was let in
}

// authorize2 starts the dance. The browser comes back to this machine when one of
// the link's redirect URLs leads here, over SSH by a forwarded port; a code that
// is pasted is mostly too old. The address can be pasted all the same, and has to
// be where nothing listens. What the authorize page refuses at once is told before the
// wait for a browser, in which nobody else would tell it.
func (r *Runner) authorize2(ctx context.Context, s *setup.State, paste bool) (core.Dance, error) {
	c, err := r.player2(ctx, s, r.Keys)
	if err != nil {
		return nil, failed(err, s).Finding
	}
	opened, f := openAuthorize(ctx, c)
	if f != nil {
		return nil, f
	}
	d, err := r.local.start(ctx, c, s.WayBack(paste) == core.BackByAddress, r.now())
	if err != nil {
		return nil, failed(err, s).Finding
	}
	return &dance2{runner: r, state: s, client: c, oauth: d, opened: opened}, nil
}

// openAuthorize opens the authorize page as a browser does in which nobody is signed
// in; the finding is nil where it may be the way to sign in.
func openAuthorize(ctx context.Context, c *oauth.Client) (core.Exchange, *core.Finding) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ex, err := c.OpenAuthorize(ctx)
	if err != nil && ex.Err == nil {
		return ex, diagnose.Network(err, c.Base)
	}
	return ex, diagnose.AuthorizePage(ex, call2(c))
}

// call2 is what diagnosis is told of our side.
func call2(c *oauth.Client) diagnose.Call2 {
	return diagnose.Call2{ID: c.ID, Redirect: c.Redirect, Scope: strings.Join(c.Scopes, " ")}
}

// local is what the OAuth 2 dances of one process share: the certificate, so that a
// browser asks about it once, and the port, which a new dance takes from the one
// before.
type local struct {
	mu          sync.Mutex
	certificate *tls.Certificate
	last        *oauth.Dance2 // nil before the first
}

// start closes the dance before and starts the next. A context that is cancelled
// by then belongs to a dance that was overtaken, and starts none.
func (l *local) start(ctx context.Context, c *oauth.Client, paste bool, now time.Time) (*oauth.Dance2, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l.last != nil {
		l.last.Close()
	}
	if l.certificate == nil || l.certificate.Leaf.NotAfter.Before(now.Add(24*time.Hour)) {
		certificate, err := oauth.NewLocalCertificate(now)
		if err != nil {
			return nil, err
		}
		l.certificate = certificate
	}
	d, err := c.Start(ctx, oauth.Options2{Paste: paste, Certificate: l.certificate})
	l.last = d
	return d, err
}

func (d *dance2) URL() string { return d.oauth.URL }

func (d *dance2) Close() { d.oauth.Close() }

func (d *dance2) Warmup() (string, <-chan struct{}) {
	if l := d.oauth.Listener(); l != nil && d.oauth.Warmup != "" {
		return d.oauth.Warmup, l.Visited()
	}
	return "", nil
}

func (d *dance2) Forward() string {
	if l := d.oauth.Listener(); l != nil {
		return oauth.ForwardCommand(l.Port(), d.runner.Destination)
	}
	return ""
}

func (d *dance2) Wait(ctx context.Context) core.Outcome {
	limited, cancel := context.WithTimeout(ctx, danceLimit)
	defer cancel()
	tokens, err := d.oauth.Wait(limited)
	if errors.Is(err, oauth.ErrNoListener) {
		return d.runner.stamp(core.CheckIdentity, core.Outcome{State: core.Unknown})
	}
	return d.end(ctx, tokens, err, false)
}

func (d *dance2) Submit(ctx context.Context, address string) core.Outcome {
	tokens, err := d.oauth.Submit(ctx, address)
	return d.end(ctx, tokens, err, true)
}

// ErrorPage looks for the cause where the browser cannot tell it to us: at the authorize
// page once more, and at what Bitbucket says of the client.
func (d *dance2) ErrorPage(ctx context.Context) core.Outcome {
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	opened, f := openAuthorize(limited, d.client)
	exchanges := append(d.exchanges(), opened)
	if f == nil {
		verdict, asked, _ := d.client.Probe(limited)
		exchanges = append(exchanges, asked...)
		f = finding.OAuth2ErrorPage.With(d.client.ID, d.client.Redirect, string(verdict), "", "")
		if verdict == oauth.ClientWrong {
			f = finding.InvalidClient.With(d.client.ID)
		}
	}
	o := core.Outcome{State: core.Failed, Finding: f, Evidence: evidence(exchanges...)}
	if ctx.Err() != nil {
		o = core.Outcome{State: core.Unknown}
	}
	return d.runner.stamp(core.CheckIdentity, o)
}

// exchanges are what was asked so far, the authorize page first.
func (d *dance2) exchanges() []core.Exchange {
	return append([]core.Exchange{d.opened}, d.oauth.Exchanges()...)
}

// end turns the dance's result into the outcome of the identity check. Wait and
// Submit may both end with the same tokens, which can be refreshed only once; the
// second has the outcome of the first. A code that was pasted is likely too old.
func (d *dance2) end(ctx context.Context, tokens *oauth.Token2, err error, pasted bool) core.Outcome {
	if err != nil {
		o := d.refused(err, pasted)
		o.Evidence = evidence(d.exchanges()...)
		return d.runner.stamp(core.CheckIdentity, o)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.proof == nil {
		o := d.prove(ctx, tokens)
		if ctx.Err() != nil && o.State != core.Passed {
			return o
		}
		d.proof = &o
	}
	return *d.proof
}

// prove asks who has signed in and refreshes the tokens once.
func (d *dance2) prove(ctx context.Context, tokens *oauth.Token2) core.Outcome {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	recorder := &bitbucket.Recorder{}
	rest := &bitbucket.Client{Base: d.client.Base, HTTP: d.client.TokenClient(func(context.Context) (seal.Text, error) { return tokens.Access, nil })}
	user, err := rest.User(bitbucket.WithRecorder(ctx, recorder))
	exchanges := append(d.exchanges(), recorder.Exchanges()...)
	if err != nil && user.Name == "" {
		o := failed(err, d.state)
		if last, ok := recorder.Last(); ok {
			o.Finding = diagnose.Bearer(last)
		}
		o.Evidence = evidence(exchanges...)
		return d.runner.stamp(core.CheckIdentity, o)
	}
	next, refreshed, err := d.client.Refresh(ctx, tokens.Refresh)
	exchanges = append(exchanges, refreshed)
	o := core.Outcome{State: core.Passed, Strength: core.Strong}
	if err != nil {
		call := call2(d.client)
		call.Refresh, call.Ambiguous = true, oauth.Ambiguous(err)
		o = core.Outcome{State: core.Failed, Finding: diagnose.OAuth2(refreshed, call)}
	}
	o.Evidence = evidence(exchanges...)
	o.Learned = who(user)
	if err == nil {
		o.Learned[core.LearnedRefresh] = "done"
		d.keep(auth.Tokens{OAuth2: next, Redirect: d.client.Redirect})
	}
	return d.runner.stamp(core.CheckIdentity, o)
}

func (d *dance2) refused(err error, pasted bool) core.Outcome {
	o := core.Outcome{State: core.Failed}
	var refusal *oauth.AuthorizeError
	var problem *oauth.ProblemError
	var unusable *oauth.UnusableError
	call := call2(d.client)
	call.Pasted = pasted
	switch {
	case errors.Is(err, oauth.ErrDenied):
		o.Finding = finding.OAuth2AccessDenied.With()
	case errors.As(err, &unusable):
		o.Finding = finding.OAuth2CallbackUnusable.With(waited(d.runner.now().Sub(d.oauth.Started)), unusable.What).Because(err.Error())
	case errors.Is(err, oauth.ErrNobodyCame):
		o.Finding = finding.OAuth2CallbackTimeout.With(waited(d.runner.now().Sub(d.oauth.Started)))
	case errors.Is(err, oauth.ErrNotOurs), errors.Is(err, oauth.ErrNoCode):
		o.Finding = finding.StateMismatch.With().Because(err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, oauth.ErrClosed):
		o.State = core.Unknown
	case errors.As(err, &refusal):
		o.Finding = diagnose.Authorize(refusal.Code, refusal.Description, call)
	case errors.As(err, &problem):
		call.Age = problem.Exchange.At.Sub(d.oauth.Started)
		o.Finding = diagnose.OAuth2(problem.Exchange, call)
	default:
		return failed(err, d.state)
	}
	return o
}
