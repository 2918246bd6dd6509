package packagist

import (
	"context"
	"net/http"
	"time"

	"applink/core/practice/web"
)

// Server is a practice Private Packagist that listens.
type Server struct {
	*Packagist
	web.Certificate
	url    string
	server *http.Server
	stop   func() bool
}

// Start serves a practice Private Packagist until ctx ends
// or Close is called. Listen is a loopback address such as "127.0.0.1:0"; any
// other is refused.
func Start(ctx context.Context, listen string, o Options) (*Server, error) {
	listener, origin, shown, err := web.Listen(ctx, listen, o.TLS)
	if err != nil {
		return nil, err
	}
	s := &Server{Packagist: New(o), Certificate: shown, url: origin}
	s.server = &http.Server{Handler: s.Packagist, ErrorLog: web.Silent, ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10}
	s.stop = context.AfterFunc(ctx, func() { s.server.Close() })
	go s.server.Serve(listener)
	return s, nil
}

// URL is the address of the server, without a slash at the end.
func (s *Server) URL() string { return s.url }

// Close stops the server at once.
func (s *Server) Close() error {
	s.stop()
	return s.server.Close()
}
