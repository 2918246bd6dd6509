package oauth2

import (
	"context"
	"net/http"
	"net/url"

	"applink/core/bitbucket"
	"applink/core/seal"
)

// TokenClient returns an HTTP client that sends the access token which source
// returns, asked for at each request, as a Bearer (RFC 6750 section 2.1). It
// sends it to the server of Base alone: for another scheme, host or port it
// fails with [bitbucket.ErrOtherHost] and sends nothing. It follows no redirects.
// Exchanges go to the [bitbucket.Recorder] of the request's context.
func (c *Client) TokenClient(source func(context.Context) (seal.Text, error)) *http.Client {
	return bitbucket.HTTPClient(&bearer{c, source})
}

type bearer struct {
	client *Client
	source func(context.Context) (seal.Text, error)
}

// RoundTrip adds the token to a copy of the request and sends it.
func (b *bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	base, err := url.Parse(b.client.Base)
	if err == nil && !bitbucket.SameOrigin(base, r.URL) {
		err = bitbucket.ErrOtherHost
	}
	if err != nil {
		return nil, bitbucket.Refuse(r, err)
	}
	token, err := b.source(r.Context())
	if err != nil {
		return nil, bitbucket.Refuse(r, err)
	}
	out := r.Clone(r.Context())
	out.Header.Set("Authorization", "Bearer "+token.Reveal())
	return bitbucket.Send(b.client.Transport, out)
}
