package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"applink/core/finding"
	"applink/core/seal"
)

// Callback is what the provider sent the browser back with (RFC 5849 section
// 2.2).
type Callback struct {
	Token    seal.Text // the request token that the user decided on
	Verifier seal.Text
	Denied   bool // the user said no; Verifier is then empty
}

// deniedVerifier is what Bitbucket sends when the user presses Deny.
const deniedVerifier = "denied"

// parseCallback reads the query of an address that a browser was sent to. The
// error is an [*UnusableError].
func parseCallback(query url.Values) (Callback, error) {
	if problem := query.Get("oauth_problem"); errorCode().MatchString(problem) {
		return Callback{}, &UnusableError{"the address carried the problem " + problem}
	}
	for _, name := range []string{"oauth_token", "oauth_verifier"} {
		switch values := query[name]; {
		case len(values) == 0:
			return Callback{}, &UnusableError{"the address carried no " + name}
		case len(values) > 1:
			return Callback{}, &UnusableError{"the address carried " + name + " more than once"}
		case !tokenLike(values[0]):
			return Callback{}, &UnusableError{"the address carried a damaged " + name}
		}
	}
	c := Callback{Token: seal.NewText(query.Get("oauth_token")), Verifier: seal.NewText(query.Get("oauth_verifier"))}
	if c.Verifier.Reveal() == deniedVerifier {
		c.Verifier, c.Denied = seal.Text{}, true
	}
	return c, nil
}

// Receiver is where the browser comes back to. [Loopback] is one; a program
// with a web server of its own can be another.
type Receiver interface {
	URL() string // the callback to ask the request token with
	Expect(*RequestToken)
	Wait(context.Context) (Callback, error)
	Close() error
}

// Loopback receives one callback on this machine. Its address has a part that
// cannot be guessed; whatever else comes in, a callback for another request
// token too, is turned away and the wait goes on.
type Loopback struct {
	url      *url.URL
	server   *http.Server
	received chan Callback
	closed   chan struct{}
	close    func() error

	mu       sync.Mutex
	expected string
	done     bool
	unusable error // of the last callback that was turned away, nil before the first
}

// ListenLoopback binds the address, "127.0.0.1:0" for any free port, before it
// returns, so that the browser can be sent at once. The error is the finding
// [finding.CallbackPortTaken]. The context bounds the binding alone; the listener stays
// open until Close.
func ListenLoopback(ctx context.Context, addr string) (*Loopback, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, finding.CallbackPortTaken.With(addr).Because(err.Error())
	}
	l := &Loopback{
		url:      &url.URL{Scheme: "http", Host: listener.Addr().String(), Path: "/callback/" + rand.Text()},
		received: make(chan Callback, 1),
		closed:   make(chan struct{}),
	}
	l.server = &http.Server{
		Handler:           l,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      5 * time.Second,
		IdleTimeout:       5 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	l.server.SetKeepAlivesEnabled(false)
	l.close = sync.OnceValue(func() error {
		close(l.closed)
		return shutdown(l.server)
	})
	go l.server.Serve(listener)
	return l, nil
}

// URL returns the callback URL.
func (l *Loopback) URL() string { return l.url.String() }

// Expect names the request token whose callback is ours. Until it is called,
// every callback is turned away.
func (l *Loopback) Expect(token *RequestToken) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected = token.Token.Reveal()
}

// Wait returns the first callback that is ours. When the deadline of ctx passes it
// returns [ErrNobodyCame], or an [*UnusableError] if a browser came to the right
// address with something else. It returns [ErrClosed] when the listener is closed,
// and the context's error when it is cancelled.
func (l *Loopback) Wait(ctx context.Context) (Callback, error) {
	select {
	case c := <-l.received:
		return c, nil
	case <-l.closed:
		return Callback{}, ErrClosed
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return Callback{}, l.nobody()
		}
		return Callback{}, ctx.Err()
	}
}

// nobody is why there is no callback of ours.
func (l *Loopback) nobody() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unusable != nil {
		return l.unusable
	}
	return ErrNobodyCame
}

// Close ends the listener once the page that is being sent has gone out, after
// a second at the latest. It may be called more than once.
func (l *Loopback) Close() error { return l.close() }

// shutdown ends a server after the pages that are being sent.
func shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// ServeHTTP answers the browser. It tells a stranger nothing: not even whether
// a path exists, unless the path is ours.
func (l *Loopback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Host != l.url.Host && r.Host != "localhost:"+l.url.Port():
		// A page of another site that got its name to point here.
		showPage(w, http.StatusMisdirectedRequest, pageStranger)
	case r.URL.Path != l.url.Path:
		showPage(w, http.StatusNotFound, pageStranger)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		showPage(w, http.StatusMethodNotAllowed, pageStranger)
	default:
		l.receive(w, r)
	}
}

func (l *Loopback) receive(w http.ResponseWriter, r *http.Request) {
	status, p := l.take(parseCallback(r.URL.Query()))
	showPage(w, status, p) // not under the lock: a browser may read slowly
}

// take hands a callback of ours to Wait, the first of them, and returns what the
// browser shows.
func (l *Loopback) take(c Callback, err error) (int, page) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && c.Token.Reveal() != l.expected {
		err = &UnusableError{"the address belongs to another attempt"}
	}
	switch {
	case err != nil:
		l.unusable = err
		return http.StatusBadRequest, pageNotOurs
	case l.done:
		return http.StatusOK, pageAgain
	}
	l.done = true
	l.received <- c
	if c.Denied {
		return http.StatusOK, pageDenied
	}
	return http.StatusOK, pageReceived
}
