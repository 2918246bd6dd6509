package check

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth2"
	"applink/core/seal"
	"applink/core/setup"
)

// oauth2Client makes our side of OAuth 2, with the client secret when there is one.
func (r *Runner) oauth2Client(ctx context.Context, s *setup.State, keys Keys) (*oauth2.Client, error) {
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
	return &oauth2.Client{Base: s.Value(core.FieldBaseURL), ID: s.Value(core.FieldClientID), Secret: secret,
		Redirect: redirectOf(s), Scopes: s.Scopes(), Transport: t}, nil
}

// redirectOf is the redirect URL that we send: one that leads here, else the first.
func redirectOf(s *setup.State) string { return cmp.Or(s.LocalCallback(), s.FirstCallback()) }

// oauth2Dance is a [dance] to which a browser comes back at a registered redirect URL.
type oauth2Dance struct {
	*dance[*oauth2.Token]
	flow *oauth2.Dance
}

// oauth2Side is the OAuth 2 side of a [dance].
type oauth2Side struct {
	state *setup.State
	ours  *oauth2.Client
	flow  *oauth2.Dance
}

// authorizeOAuth2 starts the dance. The browser comes back to this machine when one of
// the link's redirect URLs leads here, over SSH by a forwarded port; a code that
// is pasted is mostly too old. The address can be pasted all the same, and has to
// be where nothing listens. What the authorize page refuses at once is told before the
// wait for a browser, in which nobody else would tell it.
func (r *Runner) authorizeOAuth2(ctx context.Context, s *setup.State, paste bool) (core.Dance, error) {
	c, err := r.oauth2Client(ctx, s, r.Keys)
	if err != nil {
		return nil, failed(err, s).Finding
	}
	opened, f := openAuthorize(ctx, c)
	if f != nil {
		return nil, f
	}
	flow, err := r.local.start(ctx, c, s.WayBack(paste) == core.BackByAddress, r.now())
	if err != nil {
		return nil, failed(err, s).Finding
	}
	return &oauth2Dance{flow: flow, dance: &dance[*oauth2.Token]{runner: r, state: s, flow: flow, began: flow.Started,
		before: []core.Exchange{opened}, side: &oauth2Side{s, c, flow},
		findings: findings{finding.OAuth2AccessDenied, finding.OAuth2CallbackTimeout, finding.OAuth2CallbackUnusable, diagnose.Bearer}}}, nil
}

// openAuthorize opens the authorize page as a browser does in which nobody is signed
// in; the finding is nil where it may be the way to sign in.
func openAuthorize(ctx context.Context, c *oauth2.Client) (core.Exchange, *core.Finding) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ex, err := c.OpenAuthorize(ctx)
	if err != nil && ex.Err == nil {
		return ex, diagnose.Network(err, c.Base)
	}
	return ex, diagnose.AuthorizePage(ex, oauth2Call(c))
}

// oauth2Call is what diagnosis is told of our side.
func oauth2Call(c *oauth2.Client) diagnose.OAuth2Call {
	return diagnose.OAuth2Call{ID: c.ID, Redirect: c.Redirect, Scope: strings.Join(c.Scopes, " ")}
}

// local is what the OAuth 2 dances of one process share: the certificate, so that a
// browser asks about it once, and the port, which a new dance takes from the one
// before.
type local struct {
	mu          sync.Mutex
	certificate *tls.Certificate
	last        *oauth2.Dance // nil before the first
}

// start closes the dance before and starts the next. A context that is cancelled
// by then belongs to a dance that was overtaken, and starts none.
func (l *local) start(ctx context.Context, c *oauth2.Client, paste bool, now time.Time) (*oauth2.Dance, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l.last != nil {
		l.last.Close()
	}
	if l.certificate == nil || l.certificate.Leaf.NotAfter.Before(now.Add(24*time.Hour)) {
		certificate, err := callback.NewLocalCertificate(now)
		if err != nil {
			return nil, err
		}
		l.certificate = certificate
	}
	d, err := c.Start(ctx, oauth2.Options{Paste: paste, Certificate: l.certificate})
	l.last = d
	return d, err
}

func (d *oauth2Dance) Warmup() (string, <-chan struct{}) {
	if l := d.flow.Listener(); l != nil && d.flow.Warmup != "" {
		return d.flow.Warmup, l.Visited()
	}
	return "", nil
}

func (d *oauth2Dance) Forward() string {
	if l := d.flow.Listener(); l != nil {
		return callback.ForwardCommand(d.runner.Destination, l.Port())
	}
	return ""
}

func (o *oauth2Side) client(t *oauth2.Token) *http.Client {
	return o.ours.TokenClient(func(context.Context) (seal.Text, error) { return t.Access, nil })
}

// renew refreshes the tokens, which ends those that were granted.
func (o *oauth2Side) renew(ctx context.Context, t *oauth2.Token) (auth.Tokens, core.Exchange, *core.Finding) {
	next, refreshed, err := o.ours.Refresh(ctx, t.Refresh)
	if err != nil {
		call := oauth2Call(o.ours)
		call.Refresh, call.Ambiguous = true, oauth2.Ambiguous(err)
		return auth.Tokens{}, refreshed, cmp.Or(diagnose.OAuth2(refreshed, call), unusable())
	}
	return auth.Tokens{OAuth2: next, Redirect: o.ours.Redirect}, refreshed, nil
}

func (o *oauth2Side) explain(err error, typed bool) core.Outcome {
	var refusal *oauth2.AuthorizeError
	var problem *bitbucket.ProblemError
	var f *core.Finding
	call := oauth2Call(o.ours)
	call.Pasted = typed
	switch {
	case errors.Is(err, callback.ErrNotOurs), errors.Is(err, callback.ErrNoCode):
		f = finding.StateMismatch.With().Because(err.Error())
	case errors.As(err, &refusal):
		f = diagnose.Authorize(refusal.Code, refusal.Description, call)
	case errors.As(err, &problem):
		call.Age = problem.Exchange.At.Sub(o.flow.Started)
		f = diagnose.OAuth2(problem.Exchange, call)
	default:
		return failed(err, o.state)
	}
	return core.Outcome{State: core.Failed, Finding: f}
}

// cause looks where the browser cannot tell it to us: at the authorize page once more,
// and at what Bitbucket says of the client.
func (o *oauth2Side) cause(ctx context.Context) (*core.Finding, []core.Exchange) {
	opened, f := openAuthorize(ctx, o.ours)
	exchanges := []core.Exchange{opened}
	if f == nil {
		verdict, asked, _ := o.ours.Probe(ctx)
		exchanges = append(exchanges, asked...)
		f = finding.OAuth2ErrorPage.With(o.ours.ID, o.ours.Redirect, string(verdict), "", "")
		if verdict == oauth2.ClientWrong {
			f = finding.InvalidClient.With(o.ours.ID)
		}
	}
	return f, exchanges
}
