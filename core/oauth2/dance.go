package oauth2

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/seal"
)

// Options configure an OAuth 2 dance. The zero value listens on this machine
// where the client's redirect URL leads there.
type Options struct {
	// Paste opens no listener: the user pastes the address that the browser
	// was sent to.
	Paste bool
	// Listener takes the place of one of the dance's own. It stays open when
	// the dance is closed, so that a port once registered in Bitbucket is held.
	Listener *callback.Localhost
	// Certificate is for the dance's own listener; nil means a new one.
	Certificate *tls.Certificate
}

// Dance is one user's way through the authorization code grant, a [callback.Flow]. It
// is made by [Client.Start] and ends when the browser comes back, in whichever of its
// tabs first, or with Submit. The code is exchanged where it arrives, not when
// somebody waits for it: it lives 10 seconds by default.
//
// A Dance is the http.Handler of its redirect URL, for programs that receive
// it on a server of their own.
type Dance struct {
	// Warmup is the page to open before it, so that the browser asks about the
	// listener's certificate in time; "" if there is nothing to ask.
	Warmup string
	// Started is when the dance began, by the machine's clock.
	Started time.Time

	client          *Client
	state, verifier seal.Text
	listener        *callback.Localhost // nil when there is none
	own             bool                // the listener is the dance's
	ctx             context.Context
	cancel          context.CancelFunc

	turn  chan struct{} // held by the one who exchanges
	done  chan struct{} // closed when token and err are set
	token *Token
	err   error

	callback.Record
	missed callback.Missed
}

// Start opens the listener first, so that the URL can be opened at once and
// anywhere. Errors are those of [callback.ListenLocalhost]. The context bounds the start
// alone; the dance lives until it is closed.
func (c *Client) Start(ctx context.Context, o Options) (*Dance, error) {
	d := &Dance{
		Started: c.now(), client: c, state: NewSecret(), verifier: NewSecret(), listener: o.Listener,
		turn: make(chan struct{}, 1), done: make(chan struct{}),
	}
	switch local := !o.Paste && o.Listener == nil && core.IsLocalRedirect(c.Redirect); {
	case o.Listener != nil && o.Listener.URL() != c.Redirect:
		return nil, fmt.Errorf("listening for %s: the redirect URL is %s", o.Listener.URL(), c.Redirect)
	case local:
		listener, err := callback.ListenLocalhost(ctx, c.Redirect, o.Certificate)
		if err != nil {
			return nil, err
		}
		d.listener, d.own = listener, true
	}
	d.ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if d.listener != nil {
		d.Warmup = d.listener.Warmup()
		d.listener.Attach(d, d.URL())
	}
	return d, nil
}

// URL returns the page to open in the user's browser.
func (d *Dance) URL() string { return d.client.AuthorizeURL(d.state, d.verifier) }

// Listener returns where the browser comes back to, nil when nothing listens.
func (d *Dance) Listener() *callback.Localhost { return d.listener }

// Wait waits until the browser has come back and the code is exchanged, or
// until Submit has done so. Besides a [*ProblemError] it returns [callback.ErrDenied],
// an [*AuthorizeError], [callback.ErrClosed] and [callback.ErrNoListener]. When the deadline of ctx
// passes it returns [callback.ErrNobodyCame], or an [*callback.UnusableError] if a browser came to the
// right address with something else.
func (d *Dance) Wait(ctx context.Context) (*Token, error) {
	if d.listener == nil {
		return nil, callback.ErrNoListener
	}
	select {
	case <-d.done: // also when the dance was closed since
		return d.token, d.err
	default:
	}
	select {
	case <-d.done:
		return d.token, d.err
	case <-d.ctx.Done():
		return nil, callback.ErrClosed
	case <-ctx.Done():
		return nil, d.missed.Cause(ctx)
	}
}

// Submit exchanges the code in the address that the browser was sent to, pasted
// whole. It may be called while Wait waits, which then ends too. Besides the
// errors of Wait it returns [callback.ErrNotOurs] and [callback.ErrNoCode]. Unless the user
// denied, an error does not end the dance: the user may open URL again and
// paste anew, which invalid_grant, the answer to a code too old, asks for.
func (d *Dance) Submit(ctx context.Context, address string) (*Token, error) {
	query, err := callback.Pasted(address)
	if err != nil {
		return nil, err
	}
	code, err := d.parse(query)
	if callback.IsUnusable(err) {
		return nil, callback.ErrNotOurs
	}
	token, _, err := d.take(ctx, code, err, false)
	return token, err
}

// Close ends the dance, an exchange under way too, and its own listener. It may
// be called more than once.
func (d *Dance) Close() error {
	d.cancel()
	if d.listener == nil {
		return nil
	}
	d.listener.Detach(d)
	if d.own {
		return d.listener.Close()
	}
	return nil
}

// ServeHTTP takes a callback: it exchanges the code and then tells the browser
// how it went. What belongs to no dance, or to another, is turned away and the
// wait goes on.
func (d *Dance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	callback.Answer(d.receive).ServeHTTP(w, r)
}

func (d *Dance) receive(query url.Values) error {
	code, err := d.parse(query)
	if callback.IsUnusable(err) {
		d.missed.Note(err)
		return err
	}
	// Not the request's context: a tab closed early must not end the exchange.
	_, again, err := d.take(d.ctx, code, err, true)
	if again {
		return callback.ErrAgain
	}
	return err
}

// take ends the dance with what came back, a code or the reason why there is none, one
// at a time. It reports whether another has ended it before; token and error are then
// the other's. A failed exchange ends the dance only if final says so.
func (d *Dance) take(ctx context.Context, code seal.Text, refusal error, final bool) (token *Token, again bool, err error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	case <-d.ctx.Done():
		return nil, false, callback.ErrClosed
	}
	select {
	case <-d.done:
		return d.token, true, d.err
	case <-d.ctx.Done():
		return nil, false, callback.ErrClosed
	default:
	}
	err = refusal
	if err == nil {
		token, err = d.exchange(ctx, code)
	}
	if err == nil || final || errors.Is(err, callback.ErrDenied) {
		d.token, d.err = token, err
		close(d.done)
	}
	return token, false, err
}

func (d *Dance) exchange(ctx context.Context, code seal.Text) (*Token, error) {
	ctx, cancel := context.WithTimeout(ctx, callback.ExchangeLimit)
	defer cancel()
	token, exchange, err := d.client.ExchangeCode(ctx, code, d.verifier)
	d.Add(exchange)
	return token, err
}

// parse reads a callback of this dance (RFC 6749 section 4.1.2): a code, or as error the
// reason why there is none. The error is a [*callback.UnusableError] where it is no
// callback of this dance.
func (d *Dance) parse(query url.Values) (code seal.Text, err error) {
	state, codes, refusal := query["state"], query["code"], query["error"]
	switch {
	case len(state) == 0 && len(refusal) > 0 && bitbucket.ErrorCode(refusal[0]) != "":
		return code, callback.Unusable("the address carried the error " + refusal[0] + " without a state")
	case len(state) == 0:
		return code, callback.Unusable("the address carried no state")
	case len(state) > 1:
		return code, callback.Unusable("the address carried state more than once")
	case subtle.ConstantTimeCompare([]byte(state[0]), []byte(d.state.Reveal())) != 1:
		return code, callback.Unusable("the address belongs to another attempt")
	case len(codes) == 0 && len(refusal) == 0:
		return code, callback.Unusable("the address carried neither a code nor an error")
	case len(codes)+len(refusal) > 1:
		return code, callback.Unusable("the address carried more than one code or error")
	case len(refusal) == 1 && refusal[0] == "access_denied":
		return code, callback.ErrDenied
	case len(refusal) == 1:
		return code, authorizeError(refusal[0], d.masked(query.Get("error_description")))
	case !bitbucket.TokenLike(codes[0]):
		return code, callback.Unusable("the address carried a damaged code")
	}
	return seal.NewText(codes[0]), nil
}

// masked takes out what the server knows of this dance: a description may repeat it.
func (d *Dance) masked(description string) string {
	return bitbucket.Mask(description, d.state.Reveal(), d.verifier.Reveal(), d.client.Secret.Reveal())
}

func authorizeError(code, description string) *AuthorizeError {
	return &AuthorizeError{Code: bitbucket.ErrorCode(code), Description: core.Line(description, 200)}
}
