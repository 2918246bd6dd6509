package packagist

import (
	"context"
	"net/http"

	"applink/core/practice/web"
)

// Server is a practice Private Packagist that listens.
type Server struct {
	*web.Server
	*Packagist
}

// Start serves a practice Private Packagist until ctx ends
// or Close is called. Listen is a loopback address such as "127.0.0.1:0"; any
// other is refused.
func Start(ctx context.Context, listen string, o Options) (*Server, error) {
	p := New(o)
	s, err := web.Start(ctx, listen, o.TLS, func(string) http.Handler { return p })
	if err != nil {
		return nil, err
	}
	return &Server{s, p}, nil
}
