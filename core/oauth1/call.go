package oauth1

import (
	"context"
	"crypto/fips140"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/dghubble/oauth1"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/finding"
)

// call is one signed request to a token endpoint. It is the library's HTTP
// transport, because the library's calls take no context and hand out nothing
// of the answer but two values.
type call struct {
	signed
	ctx context.Context
	bitbucket.Call
}

// call begins a request to an endpoint, without query and body.
func (c *Consumer) call(ctx context.Context, endpoint string) (*call, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, nil)
	if err != nil {
		return nil, err
	}
	return &call{signed: signed{consumer: c, wire: r}, ctx: ctx}, nil
}

func (k *call) config(callback string) *oauth1.Config {
	config := k.signed.config()
	config.CallbackURL = callback
	config.HTTPClient = bitbucket.HTTPClient(k)
	return config
}

// RoundTrip sends the request under the call's context, records it, and hands
// the library a copy of the answer.
func (k *call) RoundTrip(r *http.Request) (*http.Response, error) {
	return k.Send(k.consumer.Transport, k.recorded(r.WithContext(k.ctx)))
}

// failed turns what the library said into an error of ours, nil where the server
// answered with a token. The library's own text is dropped once there is an answer: it
// quotes the whole body.
func (k *call) failed(doing string, err error) error {
	finding := (*core.Finding)(nil)
	switch {
	case k.Exchange.Err != nil:
		return k.problem(doing, "")
	case errors.As(err, &finding):
		return finding
	case k.Exchange.Status == 0:
		return fmt.Errorf("%s: %w", doing, err)
	case k.Exchange.Status != http.StatusOK && k.Exchange.Status != http.StatusCreated:
		return k.problem(doing, "refused")
	}
	if wrong := unusable(string(k.Body)); wrong != "" {
		return k.problem(doing, wrong)
	}
	if err != nil { // of what it asks beyond a token
		return k.problem(doing, "no oauth_callback_confirmed=true in the answer")
	}
	return nil
}

func (k *call) problem(doing, reason string) error {
	return &bitbucket.ProblemError{Doing: doing, Reason: reason, Exchange: k.Exchange}
}

// signed is the signature of one request. The library makes the parameters of the
// protocol and the header of them, and calls the key; what is signed is our base string
// of the request that goes over the wire, since the library's is wrong for some.
type signed struct {
	consumer *Consumer
	wire     *http.Request
	form     string // body of wire where that is a form
	base     string // base string that was signed
}

func (s *signed) config() *oauth1.Config {
	return &oauth1.Config{
		ConsumerKey: s.consumer.Key,
		Endpoint: oauth1.Endpoint{
			RequestTokenURL: s.consumer.endpoints().RequestToken,
			AccessTokenURL:  s.consumer.endpoints().AccessToken,
		},
		Signer: s,
		Noncer: noncer(s.consumer.nonce),
	}
}

// Name is the oauth_signature_method.
func (s *signed) Name() string { return "RSA-SHA1" }

// Sign signs for the library. Where FIPS 140-3 is enforced SHA-1 panics, so
// that is asked first; the finding is [finding.OAuth1Unavailable].
func (s *signed) Sign(_, base string) (string, error) {
	if fips140.Enforced() {
		return "", finding.OAuth1Unavailable.With().Because("SHA-1 is not allowed with GODEBUG=fips140=only")
	}
	if s.consumer.PrivateKey == nil {
		return "", ErrNoKey
	}
	s.base = baseString(s.wire, s.form, protocolPairs(base))
	return (&oauth1.RSASigner{PrivateKey: s.consumer.PrivateKey}).Sign("", s.base)
}

// recorded returns the signed request, to be recorded with its base string.
func (s *signed) recorded(r *http.Request) *http.Request {
	return r.WithContext(bitbucket.WithBaseString(r.Context(), s.base))
}

type noncer func() string

// Nonce makes a noncer the library's Noncer.
func (n noncer) Nonce() string { return n() }

// signing is the transport of [Consumer.Client].
type signing struct {
	consumer *Consumer
	token    *Token
}

// RoundTrip signs a copy of the request and sends it. The library gets a request without
// query and body, for its header alone.
func (s *signing) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	form, err := formBody(out)
	if err != nil {
		return nil, bitbucket.Refuse(r, err)
	}
	one := &signed{consumer: s.consumer, wire: out, form: form}
	send := func(bare *http.Request) (*http.Response, error) {
		out.Header.Set("Authorization", bare.Header.Get("Authorization"))
		return bitbucket.Send(s.consumer.Transport, one.recorded(out))
	}
	bare := &http.Request{Method: out.Method, URL: &url.URL{Scheme: out.URL.Scheme, Host: out.URL.Host}, Header: http.Header{}}
	ctx := context.WithValue(r.Context(), oauth1.HTTPClient, &http.Client{Transport: roundTripper(send)})
	token := oauth1.NewToken(s.token.Token.Reveal(), s.token.Secret.Reveal())
	resp, err := oauth1.NewClient(ctx, one.config(), token).Transport.RoundTrip(bare)
	if err != nil {
		return nil, bitbucket.Refuse(r, err)
	}
	return resp, nil
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip makes a function a transport.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
