package bitbuckettest

import (
	"context"
	"net/http"
	"time"
)

// PackagistServer is a practice Private Packagist that listens.
type PackagistServer struct {
	*Packagist
	certificate
	url    string
	server *http.Server
	stop   func() bool
}

// StartPackagist serves a practice Private Packagist until ctx ends
// or Close is called. Listen is a loopback address such as "127.0.0.1:0"; any
// other is refused with [finding.PracticeNotStarted].
func StartPackagist(ctx context.Context, listen string, o PackagistOptions) (*PackagistServer, error) {
	listener, err := listenLoopback(ctx, listen)
	if err != nil {
		return nil, err
	}
	address := boundAddress(listen, listener)
	listener, shown, scheme, err := secured(listener, o.TLS)
	if err != nil {
		return nil, err
	}
	s := &PackagistServer{Packagist: NewPackagist(o), certificate: shown, url: scheme + address}
	s.server = &http.Server{Handler: s.Packagist, ErrorLog: silent, ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10}
	s.stop = context.AfterFunc(ctx, func() { s.server.Close() })
	go s.server.Serve(listener)
	return s, nil
}

// URL is the address of the server, without a slash at the end.
func (s *PackagistServer) URL() string { return s.url }

// Close stops the server at once.
func (s *PackagistServer) Close() error {
	s.stop()
	return s.server.Close()
}
