package browser

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"

	"applink/core"
)

// PackagistAdmin is a person on the pages of a practice Private Packagist.
type PackagistAdmin struct {
	*Browser
	roots *x509.CertPool
}

// NewPackagistAdmin opens a browser on the server at an address.
func NewPackagistAdmin(url string) *PackagistAdmin { return &PackagistAdmin{Browser: New(url, nil)} }

// Trust lets its browsers accept the certificate of a server over https. It returns the
// same PackagistAdmin.
func (a *PackagistAdmin) Trust(roots *x509.CertPool) *PackagistAdmin {
	a.roots = roots
	a.trust(roots)
	return a
}

// Consent takes the authorize URL of Bitbucket, and returns where Bitbucket sent the
// browser back to.
type Consent func(ctx context.Context, authorizeURL string) (redirectURL string, err error)

// CreateLink gets the callback that a form shows, creates the incoming link in Bitbucket,
// and returns what Bitbucket showed.
type CreateLink func(ctx context.Context, callback string) (clientID, secret string, err error)

// AddOAuth1 fills in "Add Integration" for OAuth 1 and returns the generated
// Client ID and Public Key. The error holds what the page complained about.
func (a *PackagistAdmin) AddOAuth1(ctx context.Context, name, baseURL string) (clientID, publicKeyPEM string, err error) {
	form, err := a.pressOnList(ctx, "add-integration")
	if err != nil {
		return "", "", err
	}
	edit, err := a.save(ctx, form, "name", name, "platform", "data-center", "base_url", baseURL, "oauth_version", "1")
	if err != nil {
		return "", "", err
	}
	clientID, publicKeyPEM = edit.Value("client_id"), edit.Value("public_key")
	if clientID == "" || publicKeyPEM == "" {
		return "", "", edit.complain("saving the integration")
	}
	return clientID, publicKeyPEM, nil
}

// AddOAuth2 fills in "Add Integration" for OAuth 2, with the link created while the form
// is open. The error holds what the page complained about.
func (a *PackagistAdmin) AddOAuth2(ctx context.Context, name, baseURL string, link CreateLink) error {
	form, err := a.pressOnList(ctx, "add-integration")
	if err != nil {
		return err
	}
	return a.finishOAuth2(ctx, form, link, "name", name, "platform", "data-center", "base_url", baseURL, "oauth_version", "2")
}

// SwitchToOAuth2 opens "Edit Integration" of the integration with that name and
// changes its OAuth version, by way of link as in AddOAuth2.
func (a *PackagistAdmin) SwitchToOAuth2(ctx context.Context, name string, link CreateLink) error {
	form, err := a.pressOnList(ctx, "edit-"+core.Slug(name))
	if err != nil {
		return err
	}
	return a.finishOAuth2(ctx, form, link, "oauth_version", "2")
}

func (a *PackagistAdmin) finishOAuth2(ctx context.Context, form *Page, link CreateLink, pairs ...string) (err error) {
	if form.Has("show") { // a new form; one that is edited shows the callback at once
		if form, err = a.save(ctx, form, append(pairs, "action", "show")...); err != nil {
			return err
		}
	}
	callback := form.Value("oauth2_callback_url")
	if callback == "" {
		return form.complain("showing the callback")
	}
	id, secret, err := link(ctx, callback)
	if err != nil {
		return fmt.Errorf("creating the link in Bitbucket: %w", err)
	}
	list, err := a.save(ctx, form, append(pairs, "oauth2_client_id", id, "oauth2_client_secret", secret)...)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(list.Value("flash"), "Integration ") {
		return list.complain("saving the integration")
	}
	return nil
}

// save sends the form of an integration and goes where that leads.
func (a *PackagistAdmin) save(ctx context.Context, form *Page, pairs ...string) (*Page, error) {
	saved, err := a.FillIn(ctx, form, "integration-form", pairs...)
	if err != nil {
		return nil, err
	}
	return a.Follow(ctx, saved)
}

// pressOnList follows a button of the list of integrations, which is where the root
// leads.
func (a *PackagistAdmin) pressOnList(ctx context.Context, id string) (*Page, error) {
	list, err := a.Open(ctx, "/")
	if err != nil {
		return nil, err
	}
	return a.Press(ctx, list, id)
}

// LoginLink returns the login link of the integration that was added last; for
// Self-Hosted, which has none, the page on which users log in.
func (a *PackagistAdmin) LoginLink(ctx context.Context) (string, error) {
	list, err := a.Open(ctx, "/")
	if err != nil {
		return "", err
	}
	button := list.Last("login-link")
	if button == "" {
		return a.Base + "/login", nil
	}
	page, err := a.Press(ctx, list, button)
	if err != nil {
		return "", err
	}
	if link := page.Value("login_link"); link != "" {
		return link, nil
	}
	return "", page.complain("reading the login link")
}

// SignIn opens a login link in a fresh browser, presses its last "Log in with" button,
// and comes back from Bitbucket. The result is the user as the page shows it: "Jane
// (jane)".
func (a *PackagistAdmin) SignIn(ctx context.Context, loginLink string, consent Consent) (signedInAs string, err error) {
	return New(a.Base, a.roots).SignIn(ctx, loginLink, consent)
}

// SignIn does it in this browser.
func (b *Browser) SignIn(ctx context.Context, loginLink string, consent Consent) (string, error) {
	page, err := b.Open(ctx, loginLink)
	if err != nil {
		return "", err
	}
	button := page.Last("login")
	if button == "" {
		return "", page.complain("looking for a log in button")
	}
	home, err := b.there(ctx, page, button, consent)
	if err != nil {
		return "", err
	}
	if name := home.Value("signed-in-as"); name != "" {
		return name, nil
	}
	return "", home.complain("coming back from Bitbucket")
}

// Connect opens the profile, presses "connect" beside the integration with that name, and
// comes back from Bitbucket on the other of the two callbacks. The result is the user.
func (a *PackagistAdmin) Connect(ctx context.Context, name string, consent Consent) (connectedAs string, err error) {
	slug := core.Slug(name)
	profile, err := a.Open(ctx, "/profile")
	if err != nil {
		return "", err
	}
	if profile, err = a.there(ctx, profile, "connect-"+slug, consent); err != nil {
		return "", err
	}
	if name := profile.Value("connected-" + slug); name != "" {
		return name, nil
	}
	return "", profile.complain("coming back from Bitbucket")
}

// there presses a button that leads to Bitbucket, and comes back.
func (b *Browser) there(ctx context.Context, page *Page, form string, consent Consent) (*Page, error) {
	sent, err := b.FillIn(ctx, page, form)
	if err != nil {
		return nil, err
	}
	if sent.Location == nil || sent.Status != http.StatusSeeOther {
		return nil, sent.complain("going to Bitbucket")
	}
	back, err := consent(ctx, sent.Location.String())
	if err != nil {
		return nil, fmt.Errorf("consenting in Bitbucket: %w", err)
	}
	return b.Open(ctx, back)
}

// complain makes an error of what a page of Private Packagist says went wrong.
func (p *Page) complain(doing string) error {
	said := []string{fmt.Sprintf("HTTP %d", p.Status)}
	for _, id := range []string{"problem", "name_problem", "platform_problem", "base_url_problem", "oauth_version_problem",
		"oauth2_client_id_problem", "oauth2_client_secret_problem", "status", "oauth_problem"} {
		if s := p.Value(id); s != "" {
			said = append(said, s)
		}
	}
	return fmt.Errorf("%s: %s", doing, strings.Join(said, "; "))
}
