package auth

import (
	"context"
	"crypto/rsa"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync/atomic"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/oauth2"
	"applink/core/seal"
)

// Client returns an HTTP client that acts on an integration's server as the user
// whose tokens are kept for the link in use, over OAuth 1 or OAuth 2. It looks at
// the tokens anew for each request and refreshes an OAuth 2 pair before its end,
// so it may be kept for as long as that link is the one in use, shared by
// goroutines, and used by several processes at once.
//
// It speaks to what stands below the base URL alone, its scheme, host, port and
// context path: for others a request fails with [bitbucket.ErrOtherHost] and nothing is
// sent, since beside a context path another application may stand. It follows no
// redirects.
//
// An access token can end before its time. When Bitbucket answers 401, or as to a
// stranger where public access is on, and names no user, the pair is refreshed once,
// and a request that may be repeated (GET, HEAD, OPTIONS, PUT or DELETE, without a body
// or with GetBody) is sent once more. Of others that answer is returned, and the next
// request has the new token.
//
// Errors are those of [Integrations.Find] and, of this method and of the requests,
// findings that errors.As finds in the *url.Error: [finding.NoKeptTokens] when no
// tokens are kept, [finding.RefreshRejected] when they were revoked or are too old,
// [finding.RefreshInterrupted] when a refresh was interrupted,
// [finding.RefreshInconclusive] when one ended without a clear answer,
// [finding.InvalidClient] when the server does not know the client any more. A refresh
// that failed otherwise is an *[bitbucket.ProblemError].
func (l *Credentials) Client(ctx context.Context, name string) (*http.Client, error) {
	k, err := l.keeper(ctx, name)
	if err != nil {
		return nil, err
	}
	if _, err := k.row(ctx); err != nil {
		return nil, err
	}
	base, err := url.Parse(k.state.Value(core.FieldBaseURL))
	if err != nil {
		return nil, finding.InvalidURL.With(k.state.Value(core.FieldBaseURL))
	}
	key, err := l.PrivateKey(ctx, k.state.Link.ID)
	if err != nil {
		return nil, err
	}
	a := &acting{keeper: k, base: base}
	if key != nil {
		a.key = key.RSA()
	}
	return bitbucket.HTTPClient(a), nil
}

// acting is a transport that sends requests as the user.
type acting struct {
	*keeper
	base *url.URL
	key  *rsa.PrivateKey // of OAuth 1
	// nameless is set when an answer to a new token names no user either: something on
	// the way drops that header, and only a 401 tells.
	nameless atomic.Bool
}

// RoundTrip sends a request with tokens that hold.
func (a *acting) RoundTrip(r *http.Request) (*http.Response, error) {
	if !below(a.base, r.URL) {
		return nil, bitbucket.Refuse(r, bitbucket.ErrOtherHost)
	}
	g, err := a.fresh(r.Context(), nil)
	if err != nil {
		return nil, bitbucket.Refuse(r, err)
	}
	resp, err := a.send(r, g)
	if err != nil || g.OAuth2 == nil || !a.stranger(resp) {
		return resp, err
	}
	return a.again(r, resp, g)
}

// stranger reports whether Bitbucket did not take the token: it answers 401, or as to
// anybody, and names no user.
func (a *acting) stranger(resp *http.Response) bool {
	if resp.Header.Get("X-AUSERNAME") != "" {
		return false
	}
	asAnybody := resp.StatusCode < 500 && resp.Header.Get("X-AREQUESTID") != "" && !a.nameless.Load()
	return resp.StatusCode == http.StatusUnauthorized || asAnybody
}

// again refreshes tokens that the server did not take, and repeats the request if
// that may be.
func (a *acting) again(r *http.Request, resp *http.Response, refused *granted) (*http.Response, error) {
	g, err := a.fresh(r.Context(), refused.sealed)
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	next, ok := repeated(r)
	if !ok {
		return resp, nil
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // lets the connection be used again
	resp.Body.Close()
	again, err := a.send(next, g)
	if err == nil && again.Header.Get("X-AUSERNAME") == "" && again.StatusCode < 400 {
		a.nameless.Store(true)
	}
	return again, err
}

func (a *acting) send(r *http.Request, g *granted) (*http.Response, error) {
	base, id := a.state.Value(core.FieldBaseURL), a.state.Value(core.FieldClientID)
	if g.OAuth1 != nil {
		c := &oauth1.Consumer{Base: base, Key: id, PrivateKey: a.key, Transport: a.transport}
		return c.Client(g.OAuth1).Transport.RoundTrip(r)
	}
	c := &oauth2.Client{Base: base, Transport: a.transport}
	token := func(context.Context) (seal.Text, error) { return g.OAuth2.Access, nil }
	return c.TokenClient(token).Transport.RoundTrip(r)
}

// repeated returns a request to be sent a second time, if its method is idempotent
// (RFC 9110 section 9.2.2) and its body can be had again.
func repeated(r *http.Request) (*http.Request, bool) {
	switch r.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
	default:
		return nil, false
	}
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	next := r.Clone(r.Context())
	next.Body = body
	return next, true
}

// below reports whether an address has the scheme, host and port of the base URL and
// stands below its path, however it is written: dots lead out of a folder.
func below(base, u *url.URL) bool {
	folder := strings.TrimRight(base.Path, "/")
	return bitbucket.SameOrigin(base, u) && strings.HasPrefix(path.Clean("/"+u.Path)+"/", folder+"/")
}
