package check

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/seal"
	"applink/core/setup"
)

// Keys opens private keys; core/auth's Library does.
type Keys interface {
	// PrivateKey returns nil without an error when the link has no private key
	// here.
	PrivateKey(ctx context.Context, link int64) (*seal.PrivateKey, error)
	// ClientSecret returns the empty text when the link has no client secret here.
	ClientSecret(ctx context.Context, link int64) (seal.Text, error)
}

// Runner runs checks. It is safe for concurrent use and keeps connections alive
// between checks.
type Runner struct {
	Keys    Keys
	Options bitbucket.Options
	// Limit is the longest that one check may take; 0 means 20 seconds.
	Limit time.Duration
	// Destination is what people log in to over SSH to reach this machine, such as
	// jane@build.example.com; "" when it is not known.
	Destination string
	Now         func() time.Time // nil means time.Now

	mu         sync.Mutex
	transports map[string]http.RoundTripper // by the certificate authorities
	local      local
}

// Run runs one check and returns within the limit. The outcome is core.Unknown
// when ctx is cancelled or there is no such check, and with a finding that says why
// when the question cannot be decided from here.
func (r *Runner) Run(ctx context.Context, s *setup.State, name core.CheckName) core.Outcome {
	return r.runWith(ctx, s, name, r.Keys)
}

// RunWith is Run with a Client secret that is not kept: it is sent to the server and
// forgotten.
func (r *Runner) RunWith(ctx context.Context, s *setup.State, name core.CheckName, secret seal.Text) core.Outcome {
	return r.runWith(ctx, s, name, inMemory{r.Keys, secret})
}

// inMemory are keys with a Client secret that is not kept.
type inMemory struct {
	Keys
	secret seal.Text
}

func (k inMemory) ClientSecret(context.Context, int64) (seal.Text, error) { return k.secret, nil }

func (r *Runner) runWith(ctx context.Context, s *setup.State, name core.CheckName, keys Keys) core.Outcome {
	o := r.run(ctx, s, name, keys)
	if errors.Is(ctx.Err(), context.Canceled) {
		o = core.Outcome{State: core.Unknown}
	}
	return r.stamp(name, o)
}

func (r *Runner) run(ctx context.Context, s *setup.State, name core.CheckName, keys Keys) core.Outcome {
	limit := r.Limit
	if limit == 0 {
		limit = 20 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	switch name {
	case core.CheckReach:
		return r.reach(ctx, s)
	case core.CheckConsumer:
		return r.consumer(ctx, s)
	case core.CheckClient:
		return r.client(ctx, s, keys)
	case core.CheckRetired:
		return r.retired(ctx, s, keys)
	}
	return core.Outcome{State: core.Unknown}
}

// stamp finishes an outcome, of which a server has told parts.
func (r *Runner) stamp(name core.CheckName, o core.Outcome) core.Outcome {
	o.Check, o.At = name, r.now()
	if o.State == core.Failed && o.Finding == nil {
		o.Finding = unusable()
	}
	return o.Printable()
}

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// Transport returns the transport for an integration, which may have further
// certificate authorities of its own. Integrations with the same share one.
func (r *Runner) Transport(s *setup.State) (http.RoundTripper, error) {
	o := r.Options
	own, err := seal.Authorities(s.Value(core.FieldCAFile))
	if err != nil {
		return nil, err
	}
	if own != "" {
		o.Authorities = own
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.transports[o.Authorities]; ok {
		return t, nil
	}
	t, err := bitbucket.NewTransport(o)
	if err != nil {
		return nil, err
	}
	if r.transports == nil {
		r.transports = map[string]http.RoundTripper{}
	}
	r.transports[o.Authorities] = t
	return t, nil
}

// unusable is for a failure that diagnosis has no word for: an answer that it took
// for a good one, and that could not be used all the same.
func unusable() *core.Finding {
	return finding.UnexpectedResponse.With("200").Because("the answer cannot be used")
}

// missing says which answer a check cannot do without.
func missing(f core.Field) *core.Finding { return finding.AnswerMissing.With(string(f)) }

// unreached refuses to sign anything for a server, or to send a secret to it, before it is
// known to be Bitbucket.
func unreached(s *setup.State) *core.Finding {
	return finding.ServerUnverified.With(s.Integration.Name, s.Integration.Slug, s.Value(core.FieldBaseURL))
}

// sealed makes a finding of whatever keeps a secret from being opened: no fault of
// the network, on which the rest of a check depends.
func sealed(err error) error {
	var known *core.Finding
	if errors.As(err, &known) {
		return known
	}
	return finding.KeySourceUnavailable.With("its recorded source").Because(err.Error())
}

// failed turns an error into an outcome: a finding that the error already is,
// what diagnosis makes of an exchange, or what it makes of a network error. The
// outcome always has a finding.
func failed(err error, s *setup.State) core.Outcome {
	o := core.Outcome{State: core.Failed}
	var known *core.Finding
	var problem *bitbucket.ProblemError
	switch {
	case errors.As(err, &known):
		o.Finding = known
	case errors.As(err, &problem):
		o.Finding = explain(err, problem.Exchange, s)
		o.Evidence = evidence(problem.Exchange)
	case errors.Is(err, oauth1.ErrNoKey):
		o.Finding = missing(core.FieldKeyBits)
	default:
		o.Finding = diagnose.Network(err, s.Value(core.FieldBaseURL))
	}
	if o.Finding == nil {
		o.Finding = unusable()
	}
	return o
}
