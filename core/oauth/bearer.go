package oauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"applink/core/bitbucket"
	"applink/core/seal"
)

// TokenClient returns an HTTP client that sends the access token which source
// returns, asked for at each request, as a Bearer (RFC 6750 section 2.1). It
// sends it to the server of Base alone: for another scheme, host or port it
// fails with [ErrOtherHost] and sends nothing. It follows no redirects.
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
	if err == nil && origin(base) != origin(r.URL) {
		err = ErrOtherHost
	}
	if err != nil {
		return nil, errors.Join(err, closeBody(r))
	}
	token, err := b.source(r.Context())
	if err != nil {
		return nil, errors.Join(err, closeBody(r))
	}
	out := r.Clone(r.Context())
	out.Header.Set("Authorization", "Bearer "+token.Reveal())
	return send(b.client.Transport, out)
}

// origin is scheme, host and port of an address.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Scheme + "://" + u.Hostname() + ":" + port)
}
