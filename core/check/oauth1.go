package check

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/setup"
)

// oauth1Consumer makes our side of OAuth 1, with the private key when there is one.
func (r *Runner) oauth1Consumer(ctx context.Context, s *setup.State) (*oauth1.Consumer, error) {
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
	key, err := r.Keys.PrivateKey(ctx, s.Link.ID)
	if err != nil {
		return nil, sealed(err)
	}
	var private *rsa.PrivateKey
	if key != nil {
		private = key.RSA()
	}
	return &oauth1.Consumer{Base: s.Value(core.FieldBaseURL), Key: s.Value(core.FieldClientID), PrivateKey: private, Transport: t}, nil
}

// oauth1Side is the OAuth 1 side of a [dance].
type oauth1Side struct {
	state    *setup.State
	consumer *oauth1.Consumer
}

func (r *Runner) authorizeOAuth1(ctx context.Context, s *setup.State, code bool) (core.Dance, error) {
	c, err := r.oauth1Consumer(ctx, s)
	if err != nil {
		return nil, failed(err, s).Finding
	}
	o := oauth1.Options{Mode: oauth1.ByLoopback}
	if s.WayBack(code) == core.BackByCode {
		o.Mode = oauth1.OutOfBand
	}
	flow, err := c.Start(ctx, o)
	if err != nil {
		return nil, failed(err, s).Finding
	}
	return &dance[*oauth1.Token]{runner: r, state: s, flow: flow, began: r.now(), side: &oauth1Side{s, c},
		findings: findings{finding.AccessDenied, finding.CallbackTimeout, finding.CallbackUnusable, diagnose.Signed}}, nil
}

func (o *oauth1Side) client(token *oauth1.Token) *http.Client { return o.consumer.Client(token) }

// renew keeps the token as it is, which lives for years.
func (o *oauth1Side) renew(_ context.Context, token *oauth1.Token) (auth.Tokens, core.Exchange, *core.Finding) {
	return auth.Tokens{OAuth1: token}, core.Exchange{}, nil
}

func (o *oauth1Side) explain(err error, typed bool) core.Outcome {
	var problem *bitbucket.ProblemError
	var f *core.Finding
	switch {
	case errors.Is(err, callback.ErrNotOurs):
		f = finding.WrongVerifier.With("it is an address of another attempt, one that is cut off, or no code at all").Because(err.Error())
	case errors.Is(err, callback.ErrNoCode):
		f = finding.WrongVerifier.With("nothing was entered").Because(err.Error())
	case typed && errors.As(err, &problem):
		f = explainOAuth1(err, problem.Exchange, diagnose.OAuth1Call{Key: o.consumer.Key, TypedCode: true})
	default:
		return failed(err, o.state)
	}
	return core.Outcome{State: core.Failed, Finding: f}
}

// cause names the causes; which it is stands in the browser only.
func (o *oauth1Side) cause(context.Context) (*core.Finding, []core.Exchange) {
	return finding.ErrorPage.With(), nil
}
