package check

import (
	"context"
	"crypto/rsa"
	"errors"
	"math/big"
	"net/http"
	"strconv"

	"applink/core"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/seal"
	"applink/core/setup"
)

// consumer asks whether Bitbucket knows the consumer key and the public key.
// With our private key a request token is asked for, which proves both. Without
// it, only a made-up signature can be sent: then "signature invalid" is the best
// answer there is, and the proof is weak. While a key is changed, that Bitbucket has
// the one before is waited for.
func (r *Runner) consumer(ctx context.Context, s *setup.State) core.Outcome {
	o := r.ofKey(ctx, s)
	if o.State == core.Failed && s.Moves().Rotating() && knows(o) && s.Value(core.FieldClientID) == s.Links().InUse().Value(core.FieldClientID) &&
		r.ofKey(ctx, s.Links().InUse()).State == core.Passed {
		o.State, o.Finding = core.Waiting, nil // the key in use is still there, as it is until it is replaced
	}
	if o.State == core.Failed && knows(o) && r.replacing(ctx, s) {
		o.State, o.Finding = core.Waiting, finding.KeyBeingReplaced.With(s.Integration.Name, s.Integration.Slug)
	}
	return o
}

// replacing reports whether Bitbucket has the key that is to take over from the one in use
// already.
func (r *Runner) replacing(ctx context.Context, s *setup.State) bool {
	next := s.Links().SetUp()
	return s.Link.State == core.LinkActive && next.Moves().Rotating() && setup.SameClient(next.Link, s.Link) && r.ofKey(ctx, next).State == core.Passed
}

// ofKey asks about the key of the link that the state looks through.
func (r *Runner) ofKey(ctx context.Context, s *setup.State) core.Outcome {
	c, err := r.oauth1Consumer(ctx, s)
	if err != nil {
		return failed(err, s)
	}
	if s.App.Holder == core.HeldByApplication {
		return r.weakConsumer(ctx, s, c)
	}
	_, ex, err := c.RequestToken(ctx, oauth1.OutOfBandCallback)
	if err == nil {
		return core.Outcome{State: core.Passed, Strength: core.Strong, Evidence: evidence(ex)}
	}
	return heldSize(ctx, c, awaiting(failed(err, s)))
}

func (r *Runner) weakConsumer(ctx context.Context, s *setup.State, c *oauth1.Consumer) core.Outcome {
	if s.Value(core.FieldPublicKey) == "" {
		if s.Adopted() {
			return r.anyKey(ctx, s, c)
		}
		return failed(missing(core.FieldPublicKey), s)
	}
	key, err := seal.ParsePublicKey(s.Value(core.FieldPublicKey))
	if err != nil {
		return failed(err, s)
	}
	return heldSize(ctx, c, r.keyOfSize(ctx, s, c, key.Key))
}

// anyKey asks whether the consumer is known with a key of one of the usual sizes,
// the most likely first: that of an application which holds its key may not be
// known here.
func (r *Runner) anyKey(ctx context.Context, s *setup.State, c *oauth1.Consumer) (o core.Outcome) {
	for _, bits := range usualSizes {
		o = r.keyOfSize(ctx, s, c, keyWith(bits))
		if !errors.Is(o.Finding, finding.KeySizeMismatch) {
			break
		}
	}
	return o
}

// usualSizes are the sizes of RSA keys in bits, the most likely first.
var usualSizes = []uint{2048, 1024, 4096, 3072}

// keyWith returns a number of that size in place of a key.
func keyWith(bits uint) *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), bits-1)}
}

// heldSize asks, where an internal error leaves open whether the key that Bitbucket
// holds has another size, for which size a made-up signature is only invalid.
func heldSize(ctx context.Context, c *oauth1.Consumer, o core.Outcome) core.Outcome {
	if !errors.Is(o.Finding, finding.KeySizeMismatch) || certain(o) {
		return o
	}
	for _, bits := range usualSizes {
		ex, err := c.ProbeKey(ctx, keyWith(bits))
		if err != nil {
			break
		}
		if invalidSignature(ex) {
			o.Finding.Params["held"] = strconv.Itoa(int(bits))
			o.Evidence = append(o.Evidence, evidence(ex)...)
			break
		}
	}
	return o
}

// certain reports whether a finding about the size of a key is no guess.
func certain(o core.Outcome) bool {
	return o.Finding.Params["said"] != "" || o.Finding.Params["held"] != ""
}

// invalidSignature reports whether the consumer is known, and the signature as long
// as its key demands.
func invalidSignature(ex core.Exchange) bool {
	return ex.Status == http.StatusUnauthorized && diagnose.ParseProblem(ex.Body, ex.Header).Name == "signature_invalid"
}

// keyOfSize sends a made-up signature as long as the key.
func (r *Runner) keyOfSize(ctx context.Context, s *setup.State, c *oauth1.Consumer, key *rsa.PublicKey) core.Outcome {
	ex, err := c.ProbeKey(ctx, key)
	if err != nil {
		return failed(err, s)
	}
	o := core.Outcome{State: core.Failed, Evidence: evidence(ex)}
	o.Finding = explain(nil, ex, s)
	if !invalidSignature(ex) {
		return awaiting(o)
	}
	o.State, o.Strength = core.Passed, core.Weak
	if errors.Is(o.Finding, finding.BaseStringMismatch) {
		// The server reads the URL otherwise, so that good signatures will be
		// refused too.
		o.Finding.Warning = true
	} else {
		o.Finding = nil // a made-up signature is invalid, as it should be
	}
	return o
}

// awaiting marks a refusal that only says that the admin has not saved the form
// yet.
func awaiting(o core.Outcome) core.Outcome {
	if o.State == core.Failed && errors.Is(o.Finding, finding.UnknownConsumerKey) {
		o.State = core.Waiting
	}
	return o
}
