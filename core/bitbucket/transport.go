package bitbucket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"

	"applink/core/finding"
)

// The limits that hold where Options sets none.
const (
	DefaultTimeout   = 30 * time.Second
	DefaultBodyLimit = 1 << 20 // bytes
)

// Options configure a [Transport]. The zero value works.
type Options struct {
	Authorities       string        // certificate authorities to trust beside the system's, as PEM
	CertFile, KeyFile string        // PEM files of a client certificate
	Timeout           time.Duration // of a whole exchange, body included; 0 means [DefaultTimeout]
	BodyLimit         int64         // bytes of a response body; 0 means [DefaultBodyLimit], below 0 no limit
	UserAgent         string        // "" means "applink"

	// Proxy chooses the proxy for a URL, nil for none. When Proxy itself is
	// nil, HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide, as [NewTransport] finds them.
	Proxy func(*url.URL) (*url.URL, error)
}

// Transport is an http.RoundTripper for one server. It is safe for concurrent
// use and follows no redirects; use it through an [http.Client] made by
// [HTTPClient], which does not follow them either.
type Transport struct {
	base      *http.Transport
	proxy     func(*url.URL) (*url.URL, error)
	timeout   time.Duration
	bodyLimit int64
	userAgent string
}

// NewTransport reads the files that the options name. It returns a
// *core.Finding for a client certificate that cannot be used: [finding.ClientCertificateUnusable].
func NewTransport(o Options) (*Transport, error) {
	config, err := tlsConfig(o)
	if err != nil {
		return nil, err
	}
	t := &Transport{proxy: o.Proxy, timeout: o.Timeout, bodyLimit: o.BodyLimit, userAgent: o.UserAgent}
	if t.proxy == nil {
		// http.ProxyFromEnvironment would be that of the process's first request.
		t.proxy = httpproxy.FromEnvironment().ProxyFunc()
	}
	if t.timeout <= 0 {
		t.timeout = DefaultTimeout
	}
	if t.bodyLimit == 0 {
		t.bodyLimit = DefaultBodyLimit
	}
	if t.userAgent == "" {
		t.userAgent = "applink"
	}
	step := min(t.timeout, 10*time.Second)
	t.base = &http.Transport{
		Proxy:                  func(r *http.Request) (*url.URL, error) { return t.proxy(r.URL) },
		DialContext:            (&net.Dialer{Timeout: step, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    step,
		ResponseHeaderTimeout:  t.timeout,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	return t, nil
}

func tlsConfig(o Options) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.Authorities != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM([]byte(o.Authorities)) {
			return nil, errors.New("the certificate authorities are not readable as PEM")
		}
		config.RootCAs = pool
	}
	if o.CertFile != "" {
		key := o.KeyFile
		if key == "" {
			key = o.CertFile
		}
		pair, err := tls.LoadX509KeyPair(o.CertFile, key)
		if err != nil {
			return nil, finding.ClientCertificateUnusable.With(o.CertFile).Because(err.Error())
		}
		config.Certificates = []tls.Certificate{pair}
	}
	config.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if asked, ok := info.Context().Value(askedKey{}).(*atomic.Bool); ok {
			asked.Store(true)
		}
		for i := range config.Certificates {
			if info.SupportsCertificate(&config.Certificates[i]) == nil {
				return &config.Certificates[i], nil
			}
		}
		return &tls.Certificate{}, nil
	}
	return config, nil
}

// askedKey is that of a flag in a request's context: the server asked for a client
// certificate.
type askedKey struct{}

// errAsked tells what no alert of TLS 1.2 does: before the handshake failed, the
// server had asked for a client certificate.
type errAsked struct{ error }

func (e errAsked) Error() string {
	return e.error.Error() + " (the server asked for a client certificate)"
}
func (e errAsked) Unwrap() error { return e.error }

// HTTPClient returns a client that hands redirects back instead of following
// them.
func HTTPClient(rt http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// RoundTrip sends the request and, when its context carries a [Recorder],
// records what came of it. A body beyond the limit makes reading it (or, when
// recorded, the round trip) fail with the finding [finding.ResponseTooLarge].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := context.WithValue(req.Context(), askedKey{}, &atomic.Bool{})
	ctx, cancel := context.WithTimeoutCause(ctx, t.timeout, errTimeout{t.timeout})
	out := req.Clone(ctx)
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", t.userAgent)
	}
	recorder := recorderFrom(ctx)
	if recorder == nil {
		return t.send(out, cancel)
	}
	ex, err := begin(out, recorder, t.proxy)
	if err != nil {
		cancel()
		return nil, err
	}
	resp, err := t.send(out, cancel)
	if err != nil {
		err = ex.end(err)
		recorder.add(ex.Exchange)
		return nil, err
	}
	err = ex.answered(resp)
	recorder.add(ex.Exchange)
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// send sends a request; cancel is called when its answer is read.
func (t *Transport) send(r *http.Request, cancel context.CancelFunc) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		err = timeoutCause(r.Context(), err)
		if asked, ok := r.Context().Value(askedKey{}).(*atomic.Bool); ok && asked.Load() {
			err = errAsked{err}
		}
		cancel()
		return nil, err
	}
	resp.Body = &body{ReadCloser: resp.Body, ctx: r.Context(), cancel: cancel, left: t.bodyLimit, limit: t.bodyLimit}
	return resp, nil
}

// CloseIdleConnections closes connections that wait for another request.
func (t *Transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// errTimeout tells how long the transport waited before it gave up.
type errTimeout struct{ after time.Duration }

func (e errTimeout) Error() string { return fmt.Sprintf("no complete answer within %s", e.after) }
func (e errTimeout) Timeout() bool { return true }
func (e errTimeout) Unwrap() error { return context.DeadlineExceeded }

// After returns the time limit that passed; core/diagnose reports it.
func (e errTimeout) After() time.Duration { return e.after }

func timeoutCause(ctx context.Context, err error) error {
	if late, ok := context.Cause(ctx).(errTimeout); ok {
		return late
	}
	return err
}
