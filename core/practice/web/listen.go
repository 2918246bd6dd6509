package web

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
)

// Listen binds a loopback address, with a certificate of its own when https is wanted,
// and returns the origin to reach it by: scheme, the host that was asked for, and the port
// that was found.
func Listen(ctx context.Context, listen string, https bool) (ln net.Listener, origin string, shown Certificate, err error) {
	if ln, err = listenLoopback(ctx, listen); err != nil {
		return nil, "", shown, err
	}
	address := boundAddress(listen, ln)
	ln, shown, scheme, err := secured(ln, https)
	if err != nil {
		return nil, "", shown, err
	}
	return ln, scheme + address, shown, nil
}

// Silent keeps a server from writing into a terminal that shows something else:
// browsers break off the handshake with a certificate that they do not know.
var Silent = log.New(io.Discard, "", 0)

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
