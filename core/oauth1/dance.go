package oauth1

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/seal"
)

// Mode is how the user's approval comes back.
type Mode string

// The two modes.
const (
	// ByLoopback lets the browser come back to this machine; the user's browser
	// runs here, or its port is forwarded.
	ByLoopback Mode = "loopback"
	// OutOfBand lets Bitbucket show a code that the user types. It shows none
	// when the consumer has a callback URL in Bitbucket.
	OutOfBand Mode = "oob"
)

// Options configure a dance. The zero value is a loopback on any free port.
type Options struct {
	Mode   Mode   // "" means ByLoopback
	Listen string // address to listen on; "" means 127.0.0.1:0
}

// Dance is one user's way through the three legs, a [callback.Flow]. It is made by
// [Consumer.Start].
type Dance struct {
	// Callback is where the browser comes back to; [OutOfBandCallback] if
	// nowhere.
	Callback string

	consumer *Consumer
	token    *RequestToken
	loopback *callback.Loopback // nil out of band
	callback.Record
}

// Start opens the listener, unless the mode is [OutOfBand], and asks for a
// request token. Errors are those of [callback.ListenLoopback] and
// [Consumer.RequestToken]. The context bounds the start alone; the dance lives
// until it is closed.
func (c *Consumer) Start(ctx context.Context, o Options) (*Dance, error) {
	d := &Dance{consumer: c, Callback: OutOfBandCallback}
	if o.Mode != OutOfBand {
		if o.Listen == "" {
			o.Listen = "127.0.0.1:0"
		}
		loopback, err := callback.ListenLoopback(ctx, o.Listen)
		if err != nil {
			return nil, err
		}
		d.loopback, d.Callback = loopback, loopback.URL()
	}
	token, exchange, err := c.RequestToken(ctx, d.Callback)
	d.Add(exchange)
	if err != nil {
		d.Close()
		return nil, err
	}
	d.token = token
	if d.loopback != nil {
		d.loopback.Expect(d.judge)
	}
	return d, nil
}

// URL returns the page to open in the user's browser. Bitbucket forgets it 10
// minutes after the start.
func (d *Dance) URL() string { return d.consumer.AuthorizeURL(d.token) }

// Wait waits for the browser and exchanges what it brings; it is called once.
// Besides the errors of [Consumer.AccessToken] it returns [callback.ErrDenied],
// [callback.ErrNobodyCame] or a [*callback.UnusableError] when the deadline of ctx
// passes, [callback.ErrClosed] and [callback.ErrNoListener].
func (d *Dance) Wait(ctx context.Context) (*Token, error) {
	if d.loopback == nil {
		return nil, callback.ErrNoListener
	}
	query, err := d.loopback.Wait(ctx)
	if err != nil {
		return nil, err
	}
	verifier, err := d.parse(query)
	if err != nil {
		return nil, err
	}
	return d.finish(ctx, verifier)
}

// Submit exchanges what the user typed: the verification code, or the whole
// address that the browser was sent to. Besides the errors of
// [Consumer.AccessToken] it returns [callback.ErrDenied], [callback.ErrNotOurs] and
// [callback.ErrNoCode]. A mistyped code does not end the dance on our side: Submit may be
// called again.
func (d *Dance) Submit(ctx context.Context, text string) (*Token, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, callback.ErrNoCode
	}
	verifier := seal.NewText(text)
	if strings.Contains(text, "oauth_verifier=") {
		query, err := callback.Pasted(text)
		if err != nil {
			return nil, err
		}
		verifier, err = d.parse(query)
		if errors.Is(err, callback.ErrDenied) {
			return nil, err
		}
		if err != nil {
			return nil, callback.ErrNotOurs
		}
	} else if !bitbucket.TokenLike(text) || strings.Contains(text, "://") {
		return nil, callback.ErrNotOurs
	}
	return d.finish(ctx, verifier)
}

// finish exchanges a verifier. Denied is told by one too, where it is typed.
func (d *Dance) finish(ctx context.Context, verifier seal.Text) (*Token, error) {
	if verifier.Reveal() == deniedVerifier {
		return nil, callback.ErrDenied
	}
	token, exchange, err := d.consumer.AccessToken(ctx, d.token, verifier)
	d.Add(exchange)
	return token, err
}

// Close ends the listener. It may be called more than once.
func (d *Dance) Close() error {
	if d.loopback == nil {
		return nil
	}
	return d.loopback.Close()
}

// judge tells the listener whether a callback is of this dance.
func (d *Dance) judge(query url.Values) error {
	_, err := d.parse(query)
	return err
}

// deniedVerifier is what Bitbucket sends when the user presses Deny.
const deniedVerifier = "denied"

// parse reads the query of an address that a browser was sent to (RFC 5849 section
// 2.2). Errors are [callback.ErrDenied], and a [*callback.UnusableError] where it is no
// answer to this dance.
func (d *Dance) parse(query url.Values) (verifier seal.Text, err error) {
	if problem := bitbucket.ErrorCode(query.Get("oauth_problem")); problem != "" {
		return verifier, callback.Unusable("the address carried the problem " + problem)
	}
	for _, name := range []string{"oauth_token", "oauth_verifier"} {
		switch values := query[name]; {
		case len(values) == 0:
			return verifier, callback.Unusable("the address carried no " + name)
		case len(values) > 1:
			return verifier, callback.Unusable("the address carried " + name + " more than once")
		case !bitbucket.TokenLike(values[0]):
			return verifier, callback.Unusable("the address carried a damaged " + name)
		}
	}
	switch {
	case query.Get("oauth_token") != d.token.Token.Reveal():
		return verifier, callback.Unusable("the address belongs to another attempt")
	case query.Get("oauth_verifier") == deniedVerifier:
		return verifier, callback.ErrDenied
	}
	return seal.NewText(query.Get("oauth_verifier")), nil
}
