// Package browser goes through the pages of the practice servers as a person with a
// browser does: it loads a page, fills in the forms that are on it and sends them. It
// knows the names of fields and buttons, not what they lead to, so it fails where a
// browser would. It is what tests use for hands.
package browser

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"golang.org/x/net/html"
)

const (
	pageLimit   = 1 << 20 // bytes of a page that are read
	maximumHops = 5
)

// Browser has one session with a server. It is not safe for concurrent use.
type Browser struct {
	Base string // of the server, without a slash at the end
	HTTP *http.Client
}

// New makes a browser with no session yet. Roots are trusted over https, nil means the
// system's.
func New(base string, roots *x509.CertPool) *Browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	b := &Browser{Base: strings.TrimRight(base, "/"), HTTP: &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	b.trust(roots)
	return b
}

func (b *Browser) trust(roots *x509.CertPool) {
	b.HTTP.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 1}
}

// Open loads the page of an address, or of a path below the base, and follows redirects
// on its server.
func (b *Browser) Open(ctx context.Context, address string) (*Page, error) {
	if strings.HasPrefix(address, "/") {
		address = b.Base + address
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	p, err := b.load(r)
	if err != nil {
		return nil, err
	}
	return b.Follow(ctx, p)
}

// Press follows the link with that id.
func (b *Browser) Press(ctx context.Context, p *Page, id string) (*Page, error) {
	target, err := p.Link(id)
	if err != nil {
		return nil, err
	}
	return b.Open(ctx, target)
}

// Send sends a form, and does not follow the redirect that answers it.
func (b *Browser) Send(ctx context.Context, f *Form) (*Page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.Action, strings.NewReader(f.Values.Encode()))
	if err != nil {
		return nil, fmt.Errorf("sending a form: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.load(r)
}

// FillIn sets fields of the form with that id, in pairs, sends it, and does not follow the
// redirect that answers it.
func (b *Browser) FillIn(ctx context.Context, p *Page, id string, pairs ...string) (*Page, error) {
	f, err := p.Form(id)
	if err != nil {
		return nil, err
	}
	f.Fill(pairs...)
	return b.Send(ctx, f)
}

// Follow goes where a page redirects to, as long as that is on its server, and some times
// at most. A page that leads elsewhere is returned as it is.
func (b *Browser) Follow(ctx context.Context, p *Page) (*Page, error) {
	for range maximumHops {
		if p.Location == nil || p.Location.Host != p.URL.Host {
			return p, nil
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Location.String(), nil)
		if err != nil {
			return nil, fmt.Errorf("following a redirect: %w", err)
		}
		if p, err = b.load(r); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("following redirects: too many")
}

func (b *Browser) load(r *http.Request) (*Page, error) {
	resp, err := b.HTTP.Do(r)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	defer resp.Body.Close()
	root, err := html.Parse(io.LimitReader(resp.Body, pageLimit))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.URL.Path, err)
	}
	p := &Page{URL: r.URL, Status: resp.StatusCode, root: root}
	p.Location, _ = resp.Location() // none where it is no redirect
	return p, nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
