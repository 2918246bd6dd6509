package oauth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"applink/core"
	"applink/core/seal"
)

// exchangeLimit bounds the exchange that the browser waits for.
const exchangeLimit = 15 * time.Second

// Options2 configure an OAuth 2 dance. The zero value listens on this machine
// where the client's redirect URL leads there.
type Options2 struct {
	// Paste opens no listener: the user pastes the address that the browser
	// was sent to.
	Paste bool
	// Listener takes the place of one of the dance's own. It stays open when
	// the dance is closed, so that a port once registered in Bitbucket is held.
	Listener *Localhost
	// Certificate is for the dance's own listener; nil means a new one.
	Certificate *tls.Certificate
}

// Dance2 is one user's way through the authorization code grant. It is made by
// [Client.Start] and ends when the browser comes back, in whichever of its
// tabs first, or with Submit. The code is exchanged where it arrives, not when
// somebody waits for it: it lives 10 seconds by default.
//
// A Dance2 is the http.Handler of its redirect URL, for programs that receive
// it on a server of their own.
type Dance2 struct {
	// URL is the page to open in the user's browser.
	URL string
	// Warmup is the page to open before it, so that the browser asks about the
	// listener's certificate in time; "" if there is nothing to ask.
	Warmup string
	// Started is when the dance began, by the machine's clock.
	Started time.Time

	client          *Client
	state, verifier seal.Text
	listener        *Localhost // nil when there is none
	own             bool       // the listener is the dance's
	ctx             context.Context
	cancel          context.CancelFunc

	turn chan struct{} // held by the one who exchanges
	done chan struct{} // closed when token and err are set
	mu   sync.Mutex
	seen []core.Exchange
	// unusable is the last callback that was turned away, nil before the first.
	unusable error

	token *Token2
	err   error
}

// Start opens the listener first, so that the URL can be opened at once and
// anywhere. Errors are those of [ListenLocalhost]. The context bounds the start
// alone; the dance lives until it is closed.
func (c *Client) Start(ctx context.Context, o Options2) (*Dance2, error) {
	d := &Dance2{
		Started: c.now(), client: c, state: NewSecret(), verifier: NewSecret(), listener: o.Listener,
		turn: make(chan struct{}, 1), done: make(chan struct{}),
	}
	switch local := !o.Paste && o.Listener == nil && core.IsLocalRedirect(c.Redirect); {
	case o.Listener != nil && o.Listener.URL() != c.Redirect:
		return nil, fmt.Errorf("listening for %s: the redirect URL is %s", o.Listener.URL(), c.Redirect)
	case local:
		listener, err := ListenLocalhost(ctx, c.Redirect, o.Certificate)
		if err != nil {
			return nil, err
		}
		d.listener, d.own = listener, true
	}
	d.ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	d.URL = c.AuthorizeURL(d.state, d.verifier)
	if d.listener != nil {
		d.Warmup = d.listener.Warmup()
		d.listener.attach(d)
	}
	return d, nil
}

// Listener returns where the browser comes back to, nil when nothing listens.
func (d *Dance2) Listener() *Localhost { return d.listener }

// Wait waits until the browser has come back and the code is exchanged, or
// until Submit has done so. Besides a [*ProblemError] it returns [ErrDenied],
// an [*AuthorizeError], [ErrClosed] and [ErrNoListener]. When the deadline of ctx
// passes it returns [ErrNobodyCame], or an [*UnusableError] if a browser came to the
// right address with something else.
func (d *Dance2) Wait(ctx context.Context) (*Token2, error) {
	if d.listener == nil {
		return nil, ErrNoListener
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
		return nil, ErrClosed
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, d.nobody()
		}
		return nil, ctx.Err()
	}
}

// nobody is why nothing of ours came back.
func (d *Dance2) nobody() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.unusable != nil {
		return d.unusable
	}
	return ErrNobodyCame
}

// Submit exchanges the code in the address that the browser was sent to, pasted
// whole. It may be called while Wait waits, which then ends too. Besides the
// errors of Wait it returns [ErrNotOurs] and [ErrNoCode]. Unless the user
// denied, an error does not end the dance: the user may open URL again and
// paste anew, which invalid_grant, the answer to a code too old, asks for.
func (d *Dance2) Submit(ctx context.Context, address string) (*Token2, error) {
	address = strings.Join(strings.Fields(address), "") // terminals break long lines
	if address == "" {
		return nil, ErrNoCode
	}
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, ErrNotOurs
	}
	back, err := d.parse(values)
	if err != nil {
		return nil, ErrNotOurs
	}
	token, _, err := d.take(ctx, back, false)
	return token, err
}

// Close ends the dance, an exchange under way too, and its own listener. It may
// be called more than once.
func (d *Dance2) Close() error {
	d.cancel()
	if d.listener == nil {
		return nil
	}
	d.listener.detach(d)
	if d.own {
		return d.listener.Close()
	}
	return nil
}

// Exchanges returns what was asked and answered so far, oldest first, without
// secrets.
func (d *Dance2) Exchanges() []core.Exchange {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]core.Exchange(nil), d.seen...)
}

// ServeHTTP takes a callback: it exchanges the code and then tells the browser
// how it went. What belongs to no dance, or to another, is turned away and the
// wait goes on.
func (d *Dance2) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		showPage(w, http.StatusBadRequest, pageNotOurs)
		return
	}
	back, err := d.parse(r.URL.Query())
	if err != nil {
		d.mu.Lock()
		d.unusable = err
		d.mu.Unlock()
		showPage(w, http.StatusBadRequest, pageNotOurs)
		return
	}
	// Not the request's context: a tab closed early must not end the exchange.
	_, again, err := d.take(d.ctx, back, true)
	switch {
	case again:
		showPage(w, http.StatusOK, pageAgain)
	case errors.Is(err, ErrDenied):
		showPage(w, http.StatusOK, pageDenied)
	case err != nil:
		showPage(w, http.StatusOK, pageFailed)
	default:
		showPage(w, http.StatusOK, pageConnected)
	}
}

// take ends the dance with what came back, one at a time. It reports whether
// another has ended it before; token and error are then the other's. A failed
// exchange ends the dance only if final says so.
func (d *Dance2) take(ctx context.Context, back callback2, final bool) (token *Token2, again bool, err error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	case <-d.ctx.Done():
		return nil, false, ErrClosed
	}
	select {
	case <-d.done:
		return d.token, true, d.err
	case <-d.ctx.Done():
		return nil, false, ErrClosed
	default:
	}
	if token, err = d.exchange(ctx, back); err == nil || final || errors.Is(err, ErrDenied) {
		d.token, d.err = token, err
		close(d.done)
	}
	return token, false, err
}

func (d *Dance2) exchange(ctx context.Context, back callback2) (*Token2, error) {
	if back.err != nil {
		return nil, back.err
	}
	ctx, cancel := context.WithTimeout(ctx, exchangeLimit)
	defer cancel()
	token, exchange, err := d.client.ExchangeCode(ctx, back.code, d.verifier)
	d.mu.Lock()
	defer d.mu.Unlock()
	if exchange.Method != "" {
		d.seen = append(d.seen, exchange)
	}
	return token, err
}
