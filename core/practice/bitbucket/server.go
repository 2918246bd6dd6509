package bitbucket

import (
	"context"
	"net/http"
	"time"

	"applink/core/practice/web"
)

// Server is a practice Bitbucket that listens.
type Server struct {
	Bitbucket *Bitbucket
	web.Certificate
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
	ln, origin, shown, err := web.Listen(ctx, listen, o.TLS)
	if err != nil {
		return nil, err
	}
	if b.baseURL == "" {
		b.baseURL = origin + b.context
	}
	handler := http.Handler(b)
	if o.Around != nil {
		handler = o.Around(b)
	}
	s := &Server{Bitbucket: b, Certificate: shown, done: make(chan struct{}), http: &http.Server{Handler: handler,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, ErrorLog: web.Silent}}
	go func() {
		defer close(s.done)
		s.http.Serve(ln) // ends by Close, with http.ErrServerClosed
	}()
	context.AfterFunc(ctx, func() { s.http.Close() })
	return s, nil
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
