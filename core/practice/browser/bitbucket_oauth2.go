package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// IncomingForm is what an admin types to create an incoming OAuth 2 link.
type IncomingForm struct {
	Name        string
	RedirectURL string
	Permissions []string // boxes to tick, such as "Repositories: Read"
}

// CreateIncomingLink goes through "Create link", "External application",
// "Incoming" and the form, and reads the credentials. The id is that of the
// link.
func (a *Admin) CreateIncomingLink(ctx context.Context, form IncomingForm) (id, clientID, secret string, err error) {
	p, err := a.Open(ctx, pathLinks)
	if err == nil {
		p, err = a.Press(ctx, p, "create-link")
	}
	if err == nil {
		p, err = a.FillIn(ctx, p, "create-form", "applicationType", typeExternal, "direction", "incoming")
	}
	if err == nil {
		p, err = a.SaveIncoming(ctx, p, form)
	}
	if err != nil {
		return "", "", "", fmt.Errorf("creating the incoming link: %w", err)
	}
	clientID, secret, err = credentialsOn(p)
	id = strings.TrimPrefix(strings.TrimSuffix(p.URL.Path, "/credentials"), pathOf(a.Base)+pathOAuth2Link+"/")
	return id, clientID, secret, wrap("creating the incoming link", err)
}

// UpdateIncomingLink opens "Edit" of the link with that id, fills in the whole
// form again and saves it.
func (a *Admin) UpdateIncomingLink(ctx context.Context, id string, form IncomingForm) error {
	p, err := a.Open(ctx, pathLinks)
	if err == nil {
		p, err = a.Press(ctx, p, "edit-"+id)
	}
	if err == nil {
		_, err = a.SaveIncoming(ctx, p, form)
	}
	return wrap("changing the incoming link", err)
}

// ViewCredentials reads Client ID and Client secret again, by "More actions" of
// the link with that id.
func (a *Admin) ViewCredentials(ctx context.Context, id string) (clientID, secret string, err error) {
	p, err := a.Open(ctx, pathLinks)
	if err == nil {
		p, err = a.Press(ctx, p, "credentials-"+id)
	}
	if err == nil {
		clientID, secret, err = credentialsOn(p)
	}
	return clientID, secret, wrap("reading the credentials", err)
}

// DeleteClient deletes the incoming link with that id, by "More actions".
func (a *Admin) DeleteClient(ctx context.Context, id string) error {
	p, err := a.Open(ctx, pathLinks)
	if err == nil {
		p, err = a.Press(ctx, p, "delete-"+id)
	}
	if err == nil {
		_, err = a.FillIn(ctx, p, "delete-form")
	}
	return wrap("deleting the incoming link", err)
}

// RevokeApplication takes the access of a client away again, on the page
// "Authorized applications" of whoever is logged in.
func (a *Admin) RevokeApplication(ctx context.Context, clientID string) error {
	p, err := a.Open(ctx, pathAuthorized)
	if err == nil {
		_, err = a.FillIn(ctx, p, "revoke-"+clientID)
	}
	return wrap("revoking the access", err)
}

func credentialsOn(p *Page) (clientID, secret string, err error) {
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
