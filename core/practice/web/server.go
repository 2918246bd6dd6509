package web

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Server is a practice server that listens on this machine.
type Server struct {
	Certificate
	origin string
	http   *http.Server
	done   chan struct{}
	stop   func() bool // forgets ctx
}

// Start serves on a loopback address until ctx ends or Close is called, over https with a
// certificate made on the spot if that is wanted. It refuses any other address. handler is
// told the origin to reach the server by: scheme, the host that was asked for, and the
// port that was found.
func Start(ctx context.Context, listen string, https bool, handler func(origin string) http.Handler) (*Server, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("reading the listen address: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listening on %s: a practice server listens on loopback only, such as 127.0.0.1:0", listen)
	}
	s := &Server{done: make(chan struct{})}
	var config *tls.Config
	if https {
		if s.Certificate, config, err = newCertificate(); err != nil {
			return nil, err
		}
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	s.origin = "http://" + net.JoinHostPort(host, port)
	if https {
		ln, s.origin = tls.NewListener(ln, config), "https://"+net.JoinHostPort(host, port)
	}
	// Browsers break off the handshake with a certificate that they do not know; a terminal
	// that shows something else is no place for that.
	s.http = &http.Server{Handler: handler(s.origin), ErrorLog: log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		defer close(s.done)
		s.http.Serve(ln) // ends by Close, with http.ErrServerClosed
	}()
	s.stop = context.AfterFunc(ctx, func() { s.http.Close() })
	return s, nil
}

// URL is the address of the server, without a slash at the end.
func (s *Server) URL() string { return s.origin }

// Close stops the server at once and waits until it has.
func (s *Server) Close() error {
	s.stop()
	err := s.http.Close()
	<-s.done
	return err
}
