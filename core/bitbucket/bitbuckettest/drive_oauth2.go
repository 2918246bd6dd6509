package bitbuckettest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/net/html"
)

// IncomingForm is what an admin types to create an incoming OAuth 2 link.
type IncomingForm struct {
	Name        string
	RedirectURL string
	Permissions []string // boxes to tick, such as "Repositories: Read"
}

// Trust lets the browser accept the certificate of a server over https, such as
// that of Server.CertPool. It returns the same Admin.
func (a *Admin) Trust(roots *x509.CertPool) *Admin {
	a.client.Transport = trusting(roots)
	return a
}

func trusting(roots *x509.CertPool) http.RoundTripper {
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 1}
}

// CreateIncomingLink goes through "Create link", "External application",
// "Incoming" and the form, and reads the credentials. The id is that of the
// link.
func (a *Admin) CreateIncomingLink(ctx context.Context, form IncomingForm) (id, clientID, secret string, err error) {
	p, err := a.open(ctx, a.base+pathLinks)
	if err == nil {
		p, err = a.press(ctx, p, "create-link")
	}
	if err == nil {
		p, err = a.fillIn(ctx, p, "create-form", "applicationType", typeExternal, "direction", "incoming")
	}
	if err == nil {
		p, err = a.saveIncoming(ctx, p, form)
	}
	if err != nil {
		return "", "", "", fmt.Errorf("creating the incoming link: %w", err)
	}
	clientID, secret, err = credentialsOn(p)
	id = strings.TrimPrefix(strings.TrimSuffix(p.url.Path, "/credentials"), pathOf(a.base)+pathOAuth2Link+"/")
	return id, clientID, secret, wrap("creating the incoming link", err)
}

// UpdateIncomingLink opens "Edit" of the link with that id, fills in the whole
// form again and saves it.
func (a *Admin) UpdateIncomingLink(ctx context.Context, id string, form IncomingForm) error {
	p, err := a.open(ctx, a.base+pathLinks)
	if err == nil {
		p, err = a.press(ctx, p, "edit-"+id)
	}
	if err == nil {
		_, err = a.saveIncoming(ctx, p, form)
	}
	return wrap("changing the incoming link", err)
}

// ViewCredentials reads Client ID and Client secret again, by "More actions" of
// the link with that id.
func (a *Admin) ViewCredentials(ctx context.Context, id string) (clientID, secret string, err error) {
	p, err := a.open(ctx, a.base+pathLinks)
	if err == nil {
		p, err = a.press(ctx, p, "credentials-"+id)
	}
	if err == nil {
		clientID, secret, err = credentialsOn(p)
	}
	return clientID, secret, wrap("reading the credentials", err)
}

// DeleteClient deletes the incoming link with that id, by "More actions".
func (a *Admin) DeleteClient(ctx context.Context, id string) error {
	p, err := a.open(ctx, a.base+pathLinks)
	if err == nil {
		p, err = a.press(ctx, p, "delete-"+id)
	}
	if err == nil {
		_, err = a.fillIn(ctx, p, "delete-form")
	}
	return wrap("deleting the incoming link", err)
}

// RevokeApplication takes the access of a client away again, on the page
// "Authorized applications" of whoever is logged in.
func (a *Admin) RevokeApplication(ctx context.Context, clientID string) error {
	p, err := a.open(ctx, a.base+pathAuthorized)
	if err == nil {
		_, err = a.fillIn(ctx, p, "revoke-"+clientID)
	}
	return wrap("revoking the access", err)
}

// press follows the link with that id.
func (a *Admin) press(ctx context.Context, p *sheet, id string) (*sheet, error) {
	target, err := p.link(id)
	if err != nil {
		return nil, err
	}
	return a.open(ctx, target)
}

// saveIncoming ticks the boxes by their labels, and no others.
func (a *Admin) saveIncoming(ctx context.Context, p *sheet, form IncomingForm) (*sheet, error) {
	f, err := p.form("provider-form")
	if err != nil {
		return nil, err
	}
	f.fill("name", form.Name, "redirectUrl", form.RedirectURL)
	boxes := map[string]*html.Node{}
	for d := range f.node.Descendants() {
		if d.Type == html.ElementNode && value(d, "type") == "checkbox" {
			boxes[value(d, "aria-label")] = d
			f.values.Del(value(d, "name"))
		}
	}
	for _, label := range form.Permissions {
		box := boxes[label]
		if box == nil {
			return nil, fmt.Errorf("the form has no box %q", label)
		}
		f.values.Set(value(box, "name"), value(box, "value"))
	}
	return a.submit(ctx, f)
}

func credentialsOn(p *sheet) (clientID, secret string, err error) {
	id, hidden := p.byID("client-id"), p.byID("client-secret")
	if id == nil || hidden == nil {
		return "", "", errors.New("the page shows no credentials")
	}
	return value(id, "value"), value(hidden, "value"), nil
}

// pathOf returns the path of a base URL.
func pathOf(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return ""
}

// awayError is a redirect that leaves the server.
type awayError struct{ to string }

func (e *awayError) Error() string { return "redirected away from the server, to " + e.to }
