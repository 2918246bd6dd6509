package oauth

import (
	"bytes"
	"context"
	"crypto/fips140"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/dghubble/oauth1"

	"applink/core"
	"applink/core/bitbucket"
)

// call is one signed request to a token endpoint. It is the library's HTTP
// transport, because the library's calls take no context and hand out nothing
// of the answer but two values.
type call struct {
	signed
	ctx      context.Context
	exchange core.Exchange
	body     []byte // of the answer, not masked
}

func (c *Consumer) call(ctx context.Context) *call {
	return &call{signed: signed{consumer: c}, ctx: ctx}
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
	recorder := &bitbucket.Recorder{}
	r = r.WithContext(bitbucket.WithRecorder(k.ctx, recorder))
	resp, err := k.send(r)
	if err == nil {
		k.exchange = core.Exchange{Method: r.Method, URL: r.URL.String(), Status: resp.StatusCode}
		k.body, err = io.ReadAll(io.LimitReader(resp.Body, replyLimit+1))
		resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(k.body))
	}
	if recorded, ok := recorder.Last(); ok {
		k.exchange = recorded
	}
	return resp, err
}

// outcome turns what the library said into a parsed answer or into an error of
// ours. The library's own text is dropped once there is an answer: it quotes
// the whole body.
func (k *call) outcome(doing string, err error) (reply, error) {
	finding := (*core.Finding)(nil)
	switch {
	case k.exchange.Err != nil:
		return nil, k.problem(doing, "")
	case errors.As(err, &finding):
		return nil, finding
	case k.exchange.Status == 0:
		return nil, fmt.Errorf("%s: %w", doing, err)
	case k.exchange.Status != http.StatusOK && k.exchange.Status != http.StatusCreated:
		return nil, k.problem(doing, "refused")
	}
	answer, err := parseReply(string(k.body))
	if err != nil {
		return nil, k.problem(doing, err.Error())
	}
	return answer, nil
}

func (k *call) problem(doing, reason string) error {
	return &ProblemError{Doing: doing, Reason: reason, Exchange: k.exchange}
}

// signed is the signature of one request: it signs for the library and then
// checks what the library made of it.
type signed struct {
	consumer *Consumer
	base     string // base string that the library had signed
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
// that is asked first; the finding is AL-OAUTH-023.
func (s *signed) Sign(_, base string) (string, error) {
	if fips140.Enforced() {
		return "", core.Find("AL-OAUTH-023", "SHA-1 is not allowed with GODEBUG=fips140=only")
	}
	if s.consumer.PrivateKey == nil {
		return "", ErrNoKey
	}
	s.base = base
	return (&oauth1.RSASigner{PrivateKey: s.consumer.PrivateKey}).Sign("", base)
}

// send passes a signed request on, unless it was signed wrongly.
func (s *signed) send(r *http.Request) (*http.Response, error) {
	form, err := formBody(r)
	if err != nil {
		return nil, errors.Join(err, closeBody(r))
	}
	if !plainHost(r.URL.Host) || baseString(r, form) != s.base {
		closeBody(r)
		return nil, refuse(r, form)
	}
	return s.consumer.roundTrip(r.WithContext(bitbucket.WithBaseString(r.Context(), s.base)))
}

type noncer func() string

// Nonce makes a noncer the library's Noncer.
func (n noncer) Nonce() string { return n() }

// signing is the transport of [Consumer.Client].
type signing struct {
	consumer *Consumer
	token    *Token
}

// RoundTrip signs a copy of the request and sends it.
func (s *signing) RoundTrip(r *http.Request) (*http.Response, error) {
	one := &signed{consumer: s.consumer}
	ctx := context.WithValue(r.Context(), oauth1.HTTPClient, &http.Client{Transport: roundTripper(one.send)})
	token := oauth1.NewToken(s.token.Token.Reveal(), s.token.Secret.Reveal())
	out := r.Clone(r.Context())
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	resp, err := oauth1.NewClient(ctx, one.config(), token).Transport.RoundTrip(out)
	if err != nil || isForm(r.Header) {
		closeBody(r) // the library reads a form and forgets to close it
	}
	return resp, err
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip makes a function a transport.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func closeBody(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}
