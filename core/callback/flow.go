package callback

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"

	"applink/core"
)

// Flow is one user's way to a token T, over the one protocol or the other. It ends
// with Wait or with Submit, whichever comes first; both may run at once, which lets the
// user paste the address that a browser elsewhere could not open.
type Flow[T any] interface {
	// URL returns the page to open in the user's browser.
	URL() string
	// Wait waits for the browser and returns the token that it brought. It is called
	// once. When the deadline of ctx passes it returns [ErrNobodyCame], or an
	// [*UnusableError] if a browser came to the right address with something else.
	Wait(ctx context.Context) (T, error)
	// Submit returns the token for what the user typed or pasted. Unless the user
	// denied, an error does not end the flow: Submit may be called again.
	Submit(ctx context.Context, text string) (T, error)
	// Exchanges returns what was asked and answered so far, oldest first, without
	// secrets.
	Exchanges() []core.Exchange
	// Close ends the flow and its own listener. It may be called more than once.
	Close() error
}

// Record is what a flow asked and was answered. The zero value is ready; it is safe
// for concurrent use.
type Record struct {
	mu   sync.Mutex
	seen []core.Exchange
}

// Add notes an exchange, unless nothing was sent.
func (r *Record) Add(exchange core.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if exchange.Method != "" {
		r.seen = append(r.seen, exchange)
	}
}

// Exchanges returns what was noted so far, oldest first.
func (r *Record) Exchanges() []core.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]core.Exchange(nil), r.seen...)
}

// Missed remembers the last address that was turned away, for a wait that ends without
// an answer. The zero value is ready; it is safe for concurrent use.
type Missed struct {
	mu   sync.Mutex
	last error // nil before the first
}

// Note notes why an address was turned away.
func (m *Missed) Note(unusable error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = unusable
}

// Cause returns why a wait under a context that is done ended without an answer: what
// was noted or [ErrNobodyCame] after its deadline, else the context's error.
func (m *Missed) Cause(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return ctx.Err()
	case m.last != nil:
		return m.last
	}
	return ErrNobodyCame
}

// Pasted returns the query of an address that the user pasted, perhaps broken over
// several lines, as terminals do. Errors are [ErrNoCode] and [ErrNotOurs].
func Pasted(address string) (url.Values, error) {
	address = strings.Join(strings.Fields(address), "")
	if address == "" {
		return nil, ErrNoCode
	}
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, ErrNotOurs
	}
	return values, nil
}
