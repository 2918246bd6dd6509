package bitbuckettest

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Server is a practice Bitbucket that listens.
type Server struct {
	Bitbucket *Bitbucket
	certificate
	http *http.Server
	done chan struct{}
}

// Start serves a practice Bitbucket on a loopback address such as
// "127.0.0.1:0" or "localhost:7990" until ctx ends or Close is called. It
// refuses any other address: the passwords of a practice server are no secret.
func Start(ctx context.Context, listen string, o Options) (*Server, error) {
	b, err := New(o)
	if err != nil {
		return nil, err
	}
	ln, err := listenLoopback(ctx, listen)
	if err != nil {
		return nil, err
	}
	address := boundAddress(listen, ln)
	ln, shown, scheme, err := secured(ln, o.TLS)
	if err != nil {
		return nil, err
	}
	if b.baseURL == "" {
		b.baseURL = scheme + address + b.context
	}
	handler := http.Handler(b)
	if o.Around != nil {
		handler = o.Around(b)
	}
	s := &Server{Bitbucket: b, certificate: shown, done: make(chan struct{}), http: &http.Server{Handler: handler,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, ErrorLog: silent}}
	go func() {
		defer close(s.done)
		s.http.Serve(ln) // ends by Close, with http.ErrServerClosed
	}()
	context.AfterFunc(ctx, func() { s.http.Close() })
	return s, nil
}

// silent keeps a server from writing into a terminal that shows something else:
// browsers break off the handshake with a certificate that they do not know.
var silent = log.New(io.Discard, "", 0)

// listenLoopback binds an address of this machine that others cannot reach.
func listenLoopback(ctx context.Context, listen string) (net.Listener, error) {
	var lc net.ListenConfig
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("reading the listen address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listening on %s: a practice server listens on loopback only, such as 127.0.0.1:0", listen)
	}
	ln, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	return ln, nil
}

// boundAddress keeps the host name that was asked for beside the port that was
// found.
func boundAddress(listen string, ln net.Listener) string {
	host, _, _ := net.SplitHostPort(listen)
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return net.JoinHostPort(host, port)
}

// BaseURL is the address to enter as Bitbucket's base URL, context path
// included.
func (s *Server) BaseURL() string { return s.Bitbucket.baseURL }

// Close stops the server at once and waits until it has.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.done
	return err
}
