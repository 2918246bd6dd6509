package oauth1

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/dghubble/oauth1"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/seal"
)

// ErrNoKey says that a consumer without private key was asked to sign.
var ErrNoKey = errors.New("no private key to sign with")

// OutOfBandCallback is the callback of a consumer that no browser can come back
// to (RFC 5849 section 2.1). Bitbucket takes it in lower case only.
const OutOfBandCallback = "oob"

// Consumer is the OAuth 1 side that we play. Its methods may be called
// concurrently; its fields are not changed after the first call.
type Consumer struct {
	Base       string          // Bitbucket's base URL, context path included
	Key        string          // Consumer Key in Bitbucket, Client ID elsewhere
	PrivateKey *rsa.PrivateKey `json:"-"` // may be nil for [Consumer.ProbeKey] alone
	Endpoints  Endpoints       // zero: those of Bitbucket below Base

	// Transport sends the requests. It is a [bitbucket.Transport] or passes
	// requests on to one, because that records the exchanges. Nil means one
	// with the default options.
	Transport http.RoundTripper

	// Now is the clock for the lifetimes of tokens and for ProbeKey; nil means
	// time.Now. Signed requests carry the machine's time, which the library
	// does not let us set.
	Now func() time.Time
	// Nonce makes the number used once; nil means 32 random bytes in hex.
	Nonce func() string
}

// Endpoints are the three URLs of a provider.
type Endpoints struct{ RequestToken, Authorize, AccessToken string }

// BitbucketEndpoints returns the servlets of Bitbucket's Application Links
// below a base URL.
func BitbucketEndpoints(base string) Endpoints {
	servlet := strings.TrimRight(base, "/") + "/plugins/servlet/oauth/"
	return Endpoints{
		RequestToken: servlet + "request-token",
		Authorize:    servlet + "authorize",
		AccessToken:  servlet + "access-token",
	}
}

// RequestToken asks for a request token (RFC 5849 section 2.1). The callback is
// an http or https URL, or [OutOfBandCallback]. A token proves that the server
// knows the consumer key and the public half of the private key.
//
// The exchange is what came of it, also beside an error; it is zero when
// nothing was sent. The error is a [*bitbucket.ProblemError], a *core.Finding
// ([finding.OAuth1Unavailable]) or [ErrNoKey].
func (c *Consumer) RequestToken(ctx context.Context, callback string) (*RequestToken, core.Exchange, error) {
	call, err := c.call(ctx, c.endpoints().RequestToken)
	if err != nil {
		return nil, core.Exchange{}, err
	}
	token, secret, err := call.config(callback).RequestToken()
	if err := call.failed("asking for a request token", err); err != nil {
		return nil, call.Exchange, err
	}
	return &RequestToken{Token: seal.NewText(token), Secret: seal.NewText(secret)}, call.Exchange, nil
}

// AuthorizeURL returns the page on which the user approves (section 2.2).
func (c *Consumer) AuthorizeURL(token *RequestToken) string {
	config := oauth1.Config{Endpoint: oauth1.Endpoint{AuthorizeURL: c.endpoints().Authorize}}
	u, err := config.AuthorizationURL(token.Token.Reveal())
	if err != nil {
		return c.endpoints().Authorize
	}
	return u.String()
}

// AccessToken exchanges an approved request token (section 2.3). Bitbucket
// deletes the request token by it. Results are as those of RequestToken.
func (c *Consumer) AccessToken(ctx context.Context, token *RequestToken, verifier seal.Text) (*Token, core.Exchange, error) {
	call, err := c.call(ctx, c.endpoints().AccessToken)
	if err != nil {
		return nil, core.Exchange{}, err
	}
	access, secret, err := call.config("").AccessToken(token.Token.Reveal(), token.Secret.Reveal(), verifier.Reveal())
	if err := call.failed("exchanging the request token", err); err != nil {
		return nil, call.Exchange, err
	}
	granted := &Token{Token: seal.NewText(access), Secret: seal.NewText(secret)}
	granted.last(string(call.Body), c.now())
	return granted, call.Exchange, nil
}

// Client returns an HTTP client whose requests are signed with the token. It
// follows no redirects and signs none. Exchanges go to the [bitbucket.Recorder] of the
// request's context.
func (c *Consumer) Client(token *Token) *http.Client {
	return bitbucket.HTTPClient(&signing{c, token})
}

func (c *Consumer) endpoints() Endpoints {
	if c.Endpoints == (Endpoints{}) {
		return BitbucketEndpoints(c.Base)
	}
	return c.Endpoints
}

func (c *Consumer) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Consumer) nonce() string {
	if c.Nonce == nil {
		return oauth1.HexNoncer{}.Nonce()
	}
	return c.Nonce()
}
