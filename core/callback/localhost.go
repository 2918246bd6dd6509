package callback

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"applink/core"
	"applink/core/finding"
)

// ExchangeLimit bounds what a flow may do while the browser waits for its page.
const ExchangeLimit = 15 * time.Second

// Localhost receives OAuth 2 callbacks on this machine, at a redirect URL such
// as https://localhost:8443/callback, see [core.IsLocalRedirect]. Bitbucket demands https for it, so that
// the listener has a certificate of its own, and the browser warns of it.
// Its warm-up page, opened beforehand, lets the user accept the certificate
// before the 10 seconds of the code begin.
type Localhost struct {
	url      *url.URL
	families []string
	server   *http.Server
	visited  chan struct{}
	visit    func()
	close    func() error

	mu       sync.Mutex
	callback http.Handler // nil while no dance is under way
	onward   string       // the page to open next
}

// ListenLocalhost binds the port of a redirect URL on 127.0.0.1 and on ::1,
// because browsers take either for localhost; port 0 stands for any free one.
// With https it answers with the certificate; nil means a
// [NewLocalCertificate]. The listener is open when it returns, and stays so
// until Close; the context bounds the binding alone.
//
// Findings are [finding.OAuth2CallbackPortTaken] where one of the families cannot be
// bound, and [finding.NotALocalRedirect] for another kind of redirect URL. A machine that
// has only one of the families is served on it.
func ListenLocalhost(ctx context.Context, redirect string, certificate *tls.Certificate) (*Localhost, error) {
	u, err := localURL(redirect)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "https" && certificate == nil {
		if certificate, err = NewLocalCertificate(time.Now()); err != nil {
			return nil, err
		}
	}
	listeners, err := bindLoopback(ctx, portOf(u))
	if err != nil {
		return nil, err
	}
	if u.Port() == "0" {
		u.Host = "localhost:" + strconv.Itoa(listeners[0].Addr().(*net.TCPAddr).Port)
	}
	l := &Localhost{url: u, visited: make(chan struct{})}
	l.visit = sync.OnceFunc(func() { close(l.visited) })
	l.close = sync.OnceValue(func() error {
		// The server closes only what it has begun to serve.
		for _, listener := range listeners {
			listener.Close()
		}
		return shutdown(l.server)
	})
	l.server = localServer(l)
	for _, listener := range listeners {
		l.families = append(l.families, listener.Addr().(*net.TCPAddr).IP.String())
		if u.Scheme == "https" {
			listener = tls.NewListener(listener, &tls.Config{
				Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
			})
		}
		go l.server.Serve(listener)
	}
	return l, nil
}

func localURL(redirect string) (*url.URL, error) {
	u, err := url.Parse(redirect)
	if err != nil || !core.IsLocalRedirect(redirect) {
		return nil, finding.NotALocalRedirect.With(redirect)
	}
	return u, nil
}

func portOf(u *url.URL) int {
	if u.Port() == "" {
		return map[string]int{"http": 80, "https": 443}[u.Scheme]
	}
	port, _ := strconv.Atoi(u.Port())
	return port
}

func localServer(h http.Handler) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		// The callback is answered after the exchange, or after that of
		// another tab and its own.
		WriteTimeout:   3 * ExchangeLimit,
		IdleTimeout:    5 * time.Second,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       log.New(io.Discard, "", 0), // each warning of a browser would be a line
	}
	s.SetKeepAlivesEnabled(false)
	return s
}

// URL returns the redirect URL, with the port that was bound.
func (l *Localhost) URL() string { return l.url.String() }

// Port returns the port that was bound.
func (l *Localhost) Port() int { return portOf(l.url) }

// Warmup returns the page to open before the authorize URL, so that the browser
// asks about the certificate now. It is "" for plain http, which needs none.
func (l *Localhost) Warmup() string {
	if l.url.Scheme != "https" {
		return ""
	}
	return "https://" + l.url.Host + "/"
}

// Visited is closed when a browser has seen the warm-up page, and so has
// accepted the certificate.
func (l *Localhost) Visited() <-chan struct{} { return l.visited }

// Close ends the listener once the pages that are being sent have gone out,
// after a second at the latest. It may be called more than once.
func (l *Localhost) Close() error { return l.close() }

// Attach names who takes callbacks, and the page that the warm-up page leads on to.
func (l *Localhost) Attach(h http.Handler, onward string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.callback, l.onward = h, onward
}

// Detach forgets h, unless another has taken its place.
func (l *Localhost) Detach(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.callback == h {
		l.callback, l.onward = nil, ""
	}
}

// ServeHTTP answers the browser. It serves two pages to the name localhost, and
// nothing to a page of another site that got its own name to point here.
func (l *Localhost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	callback, onward := l.callback, l.onward
	l.mu.Unlock()
	switch {
	case !strings.EqualFold(r.Host, l.url.Host):
		showPage(w, http.StatusMisdirectedRequest, pageStranger)
	case r.URL.EscapedPath() != l.url.EscapedPath() && r.URL.Path != "/":
		showPage(w, http.StatusNotFound, pageStranger)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		showPage(w, http.StatusMethodNotAllowed, pageStranger)
	case r.URL.Path == "/":
		l.visit()
		showPage(w, http.StatusOK, l.warmupPage(onward))
	case callback == nil:
		showPage(w, http.StatusBadRequest, pageNotOurs)
	default:
		callback.ServeHTTP(w, r)
	}
}

func (l *Localhost) warmupPage(onward string) page {
	if l.url.Scheme != "https" {
		return pageListening
	}
	p := pageWarmup
	p.Onward = onward
	return p
}
