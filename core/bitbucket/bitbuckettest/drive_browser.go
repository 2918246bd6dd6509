package bitbuckettest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// fillIn sets fields of the form with that id, in pairs, and sends it.
func (a *Admin) fillIn(ctx context.Context, p *sheet, id string, pairs ...string) (*sheet, error) {
	f, err := p.form(id)
	if err != nil {
		return nil, err
	}
	f.fill(pairs...)
	return a.submit(ctx, f)
}

// submit sends a form and follows the redirects that answer it. A page with an
// error message is an error.
func (a *Admin) submit(ctx context.Context, f *filled) (*sheet, error) {
	res, err := a.send(ctx, f)
	if err != nil {
		return nil, err
	}
	p, err := a.follow(ctx, res)
	if err != nil {
		return nil, err
	}
	if why := p.alert(); why != "" {
		return nil, errors.New(why)
	}
	return p, nil
}

func (a *Admin) send(ctx context.Context, f *filled) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.action, strings.NewReader(f.values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return a.client.Do(req)
}

func (a *Admin) open(ctx context.Context, address string) (*sheet, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	return a.follow(ctx, res)
}

// follow goes where redirects lead, on the practice server only.
func (a *Admin) follow(ctx context.Context, res *http.Response) (*sheet, error) {
	for range maximumHops {
		if res.StatusCode/100 != 3 {
			defer res.Body.Close()
			return readSheet(res)
		}
		to, err := res.Location()
		res.Body.Close()
		if err != nil {
			return nil, err
		}
		if base, err := url.Parse(a.base); err != nil || base.Host != to.Host {
			return nil, &awayError{to.String()}
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
		if err != nil {
			return nil, err
		}
		if res, err = a.client.Do(req); err != nil {
			return nil, err
		}
	}
	res.Body.Close()
	return nil, errors.New("too many redirects")
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
