package callback

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"applink/core/finding"
)

// Loopback receives one callback on this machine. Its address has a part that
// cannot be guessed; whatever else comes in, a callback for another flow too, is
// turned away and the wait goes on.
type Loopback struct {
	url      *url.URL
	server   *http.Server
	received chan url.Values
	closed   chan struct{}
	close    func() error
	missed   Missed

	mu    sync.Mutex
	judge Answer // nil until Expect
	done  bool
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
		received: make(chan url.Values, 1),
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

// Expect names who tells whether a callback is ours. Until it is called, every
// callback is turned away.
func (l *Loopback) Expect(judge Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.judge = judge
}

// Wait returns the query of the first callback that is ours. When the deadline of ctx
// passes it returns [ErrNobodyCame], or an [*UnusableError] if a browser came to the right
// address with something else. It returns [ErrClosed] when the listener is closed,
// and the context's error when it is cancelled.
func (l *Loopback) Wait(ctx context.Context) (url.Values, error) {
	select {
	case query := <-l.received:
		return query, nil
	case <-l.closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, l.missed.Cause(ctx)
	}
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

// receive shows the page not under the lock: a browser may read slowly.
func (l *Loopback) receive(w http.ResponseWriter, r *http.Request) {
	showAnswer(w, l.take(r.URL.Query()), pageReceived)
}

// take hands a callback of ours to Wait, the first of them.
func (l *Loopback) take(query url.Values) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := Unusable("the address belongs to another attempt")
	if l.judge != nil {
		err = l.judge(query)
	}
	switch {
	case IsUnusable(err):
		l.missed.Note(err)
	case l.done:
		return ErrAgain
	default:
		l.done = true
		l.received <- query
	}
	return err
}
