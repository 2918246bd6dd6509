package oauth

import (
	"context"
	"net/url"
	"strings"
	"sync"

	"applink/core"
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

	// Receiver takes the place of the loopback listener. The dance closes it.
	Receiver Receiver
}

// Dance is one user's way through the three legs. It is made by
// [Consumer.Start] and ends with Wait or with Submit, whichever comes first;
// both may run at once, which lets the user paste the address that a browser
// elsewhere could not open.
type Dance struct {
	// URL is the page to open in the user's browser. Bitbucket forgets it 10
	// minutes after the start.
	URL string
	// Callback is where the browser comes back to; [OutOfBandCallback] if
	// nowhere.
	Callback string

	consumer *Consumer
	token    *RequestToken
	receiver Receiver // nil out of band

	mu        sync.Mutex
	exchanges []core.Exchange
}

// Start opens the listener, unless the mode is [OutOfBand], and asks for a
// request token. Errors are those of [ListenLoopback] and
// [Consumer.RequestToken]. The context bounds the start alone; the dance lives
// until it is closed.
func (c *Consumer) Start(ctx context.Context, o Options) (*Dance, error) {
	d := &Dance{consumer: c, Callback: OutOfBandCallback, receiver: o.Receiver}
	if o.Mode != OutOfBand && d.receiver == nil {
		if o.Listen == "" {
			o.Listen = "127.0.0.1:0"
		}
		loopback, err := ListenLoopback(ctx, o.Listen)
		if err != nil {
			return nil, err
		}
		d.receiver = loopback
	}
	if d.receiver != nil {
		d.Callback = d.receiver.URL()
	}
	token, exchange, err := c.RequestToken(ctx, d.Callback)
	d.record(exchange)
	if err != nil {
		d.Close()
		return nil, err
	}
	if d.receiver != nil {
		d.receiver.Expect(token)
	}
	d.token, d.URL = token, c.AuthorizeURL(token)
	return d, nil
}

// Wait waits for the browser and exchanges what it brings; it is called once.
// Besides the errors of [Consumer.AccessToken] it returns [ErrDenied],
// [ErrNobodyCame] or an [*UnusableError] when the deadline of ctx passes,
// [ErrClosed] and [ErrNoListener].
func (d *Dance) Wait(ctx context.Context) (*Token, error) {
	if d.receiver == nil {
		return nil, ErrNoListener
	}
	callback, err := d.receiver.Wait(ctx)
	if err != nil {
		return nil, err
	}
	return d.finish(ctx, callback)
}

// Submit exchanges what the user typed: the verification code, or the whole
// address that the browser was sent to. Besides the errors of
// [Consumer.AccessToken] it returns [ErrDenied], [ErrNotOurs] and [ErrNoCode].
// A mistyped code does not end the dance on our side: Submit may be called again.
func (d *Dance) Submit(ctx context.Context, text string) (*Token, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, ErrNoCode
	}
	callback := Callback{Token: d.token.Token, Verifier: seal.NewText(text)}
	if strings.Contains(text, "oauth_verifier=") {
		var err error
		callback, err = pastedCallback(text)
		if err != nil || callback.Token.Reveal() != d.token.Token.Reveal() {
			return nil, ErrNotOurs
		}
	} else if !tokenLike(text) || strings.Contains(text, "://") {
		return nil, ErrNotOurs
	}
	return d.finish(ctx, callback)
}

func pastedCallback(address string) (Callback, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Callback{}, err
	}
	return parseCallback(u.Query())
}

func (d *Dance) finish(ctx context.Context, callback Callback) (*Token, error) {
	if callback.Denied || callback.Verifier.Reveal() == deniedVerifier {
		return nil, ErrDenied
	}
	token, exchange, err := d.consumer.AccessToken(ctx, d.token, callback.Verifier)
	d.record(exchange)
	return token, err
}

// Exchanges returns what was asked and answered so far, oldest first, without
// secrets.
func (d *Dance) Exchanges() []core.Exchange {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]core.Exchange(nil), d.exchanges...)
}

func (d *Dance) record(exchange core.Exchange) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if exchange.Method != "" {
		d.exchanges = append(d.exchanges, exchange)
	}
}

// Close ends the listener. It may be called more than once.
func (d *Dance) Close() error {
	if d.receiver == nil {
		return nil
	}
	return d.receiver.Close()
}
