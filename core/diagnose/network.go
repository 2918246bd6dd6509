package diagnose

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"applink/core"
	"applink/core/finding"
)

// failure is an exchange that ended without an answer.
type failure struct {
	err   error
	text  string // of err, in lower case
	url   *url.URL
	proxy string
	after time.Duration // until it failed, 0 when not known
}

// symptom is one row of a table: a finding for the failures that it fits.
type symptom struct {
	fits func(failure) bool
	find func(failure) *core.Finding
}

// proxySymptoms come first: with a proxy, a host that is not found, refuses or
// speaks another protocol is the proxy's.
var proxySymptoms = []symptom{
	{proxyAsks, func(f failure) *core.Finding { return finding.ProxyAuthRequired.With(f.proxyName(), "") }},
	{proxyBroken, func(f failure) *core.Finding { return finding.ProxyFailed.With(f.proxyName()) }},
}

// networkSymptoms come after those of TLS.
var networkSymptoms = []symptom{
	{proxyFailed, func(f failure) *core.Finding { return finding.ProxyFailed.With(f.proxyName()) }},
	{unknownHost, func(f failure) *core.Finding { return finding.UnknownHost.With(f.host()) }},
	{timedOut, func(f failure) *core.Finding {
		return finding.Timeout.With(f.host(), f.origin(), f.waited())
	}},
	{refused, func(f failure) *core.Finding { return finding.ConnectionRefused.With(f.address()) }},
	{always, func(f failure) *core.Finding {
		return finding.ConnectionReset.With(f.host(), f.origin())
	}},
}

// Network explains why a request to u had no answer. It is nil only for a nil
// error. An error that is a finding already stays what it is.
func Network(err error, u string) *core.Finding {
	return noAnswer(core.Exchange{URL: u, Err: err})
}

func noAnswer(ex core.Exchange) *core.Finding {
	if ex.Err == nil {
		return nil
	}
	var found *core.Finding
	if errors.As(ex.Err, &found) {
		return found
	}
	u, err := url.Parse(ex.URL)
	if err != nil {
		u = &url.URL{}
	}
	f := failure{err: ex.Err, text: strings.ToLower(ex.Err.Error()), url: u, proxy: ex.Proxy, after: ex.Took}
	for _, table := range [][]symptom{proxySymptoms, tlsSymptoms, networkSymptoms} {
		for _, row := range table {
			if row.fits(f) {
				return row.find(f).Because(f.raw())
			}
		}
	}
	return nil
}

func always(failure) bool { return true }

// proxyAsks fits the text in which a proxy's refusal to open a tunnel arrives.
func proxyAsks(f failure) bool { return f.proxy != "" && f.says("proxy authentication required") }

// proxyBroken fits failures on the way to the proxy itself.
func proxyBroken(f failure) bool {
	var op *net.OpError
	return errors.As(f.err, &op) && op.Op == "proxyconnect" || f.says("socks connect")
}

// proxyFailed fits a refusal to open a tunnel: the bare text of its status.
func proxyFailed(f failure) bool {
	return f.proxy != "" && f.url.Scheme == "https" && !f.isNetwork() && !timedOut(f)
}

func unknownHost(f failure) bool {
	var dns *net.DNSError
	return errors.As(f.err, &dns)
}

func timedOut(f failure) bool {
	var late net.Error
	return errors.Is(f.err, context.DeadlineExceeded) || errors.As(f.err, &late) && late.Timeout() ||
		f.says("no route to host", "network is unreachable", "unreachable host", "unreachable network")
}

func refused(f failure) bool {
	// Windows has an error number of its own for it.
	return errors.Is(f.err, syscall.ECONNREFUSED) || f.says("connection refused", "actively refused")
}

func (f failure) isNetwork() bool {
	var op *net.OpError
	return errors.As(f.err, &op)
}

func (f failure) says(texts ...string) bool {
	for _, t := range texts {
		if strings.Contains(f.text, t) {
			return true
		}
	}
	return false
}

// raw is the error without the URL, which may carry secrets in its query.
func (f failure) raw() string {
	var wrapped *url.Error
	if errors.As(f.err, &wrapped) {
		return wrapped.Err.Error()
	}
	return f.err.Error()
}

func (f failure) host() string { return f.url.Hostname() }

func (f failure) address() string { return addressOf(f.url) }

// plain is the base URL over plain http, "" where no port is named: that of https is not
// one of http.
func (f failure) plain() string {
	if f.url.Port() == "" {
		return ""
	}
	return strings.Replace(baseOf(f.url.String()), "https://", "http://", 1)
}

// origin is the URL without path, its port included where one was named.
func (f failure) origin() string { return f.url.Scheme + "://" + f.url.Host }

// addressOf is the host with its port, the usual one where none is named; IPv6
// addresses stand in brackets.
func addressOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (f failure) proxyName() string {
	var op *net.OpError
	switch {
	case f.proxy != "":
		return f.proxy
	case errors.As(f.err, &op) && op.Addr != nil:
		return op.Addr.String()
	}
	return "the proxy"
}

// waited tells the limit that was passed, when the error knows it, else how
// long the exchange took.
func (f failure) waited() string {
	var limit interface{ After() time.Duration }
	switch {
	case errors.As(f.err, &limit):
		return human(limit.After())
	case f.after > 0:
		return human(f.after)
	}
	return "the time limit"
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}
