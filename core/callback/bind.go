package callback

import (
	"context"
	"net"
	"strconv"

	"applink/core/finding"
)

// freePortTries is how often a port that is free in one family may turn out to
// be taken in the other.
const freePortTries = 20

// family is one of the two networks that localhost may mean.
type family struct{ network, address string }

var families = []family{{"tcp4", "127.0.0.1"}, {"tcp6", "::1"}}

func (f family) listen(ctx context.Context, port int) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, f.network, f.at(port))
}

func (f family) at(port int) string { return net.JoinHostPort(f.address, strconv.Itoa(port)) }

// exists tries any free port, which fails only where the machine lacks the
// family; the systems have different errors for that.
func (f family) exists(ctx context.Context) bool {
	l, err := f.listen(ctx, 0)
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// bindLoopback opens the same port in every family that the machine has; port
// 0 means any that is free in all of them. The error is the finding
// [finding.OAuth2CallbackPortTaken]. One family alone is not enough where there are
// two: another program on the other could receive the code.
func bindLoopback(ctx context.Context, port int) ([]net.Listener, error) {
	var usable []family
	for _, f := range families {
		if f.exists(ctx) {
			usable = append(usable, f)
		}
	}
	if len(usable) == 0 {
		return nil, finding.OAuth2CallbackPortTaken.With(families[0].at(port)).Because("no loopback network")
	}
	tries := 1
	if port == 0 {
		tries = freePortTries
	}
	var listeners []net.Listener
	var err error
	for range tries {
		if listeners, err = bindAll(ctx, usable, port); err == nil {
			return listeners, nil
		}
	}
	return nil, err
}

func bindAll(ctx context.Context, usable []family, port int) (bound []net.Listener, err error) {
	for _, f := range usable {
		l, err := f.listen(ctx, port)
		if err != nil {
			for _, b := range bound {
				b.Close()
			}
			return nil, finding.OAuth2CallbackPortTaken.With(f.at(port)).Because(err.Error())
		}
		bound, port = append(bound, l), l.Addr().(*net.TCPAddr).Port
	}
	return bound, nil
}
