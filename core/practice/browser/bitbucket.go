package browser

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Admin is a person on the pages of a practice Bitbucket.
type Admin struct{ *Browser }

// NewAdmin opens a browser on the server at a base URL.
func NewAdmin(baseURL string) *Admin { return &Admin{New(baseURL, nil)} }

// Trust lets the browser accept the certificate of a server over https. It returns the
// same Admin.
func (a *Admin) Trust(roots *x509.CertPool) *Admin {
	a.trust(roots)
	return a
}

// Open loads a page. One that does not answer 200, or with a redirect to another server,
// is an error with its heading and message.
func (a *Admin) Open(ctx context.Context, address string) (*Page, error) {
	return whole(a.Browser.Open(ctx, address))
}

// FillIn fills in a form, sends it, and goes where that leads. A page with an error
// message is an error.
func (a *Admin) FillIn(ctx context.Context, p *Page, id string, pairs ...string) (*Page, error) {
	f, err := p.Form(id)
	if err != nil {
		return nil, err
	}
	f.Fill(pairs...)
	return a.Submit(ctx, f)
}

// Submit is FillIn for a form that is filled in.
func (a *Admin) Submit(ctx context.Context, f *Form) (*Page, error) {
	p, err := a.Send(ctx, f)
	if err == nil {
		p, err = whole(a.Follow(ctx, p))
	}
	if err != nil {
		return nil, err
	}
	if why := p.Alert(); why != "" {
		return nil, errors.New(why)
	}
	return p, nil
}

// SaveIncoming fills in the form of an incoming link and saves it.
func (a *Admin) SaveIncoming(ctx context.Context, p *Page, form IncomingForm) (*Page, error) {
	f, err := p.Form("provider-form")
	if err != nil {
		return nil, err
	}
	f.Fill("name", form.Name, "redirectUrl", form.RedirectURL)
	if err := f.Tick(form.Permissions...); err != nil {
		return nil, err
	}
	return a.Submit(ctx, f)
}

func whole(p *Page, err error) (*Page, error) {
	if err == nil && p.Status != http.StatusOK && p.Location == nil {
		err = fmt.Errorf("%s answered %d: %s", p.URL.Path, p.Status, strings.TrimSuffix(p.Heading()+": "+p.TextOf("message"), ": "))
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Where the pages are, and what their forms say.
const (
	pathLinks      = "/plugins/servlet/applinks/listApplicationLinks"
	pathDelete     = "/plugins/servlet/applinks/delete/"
	pathIncoming   = "/plugins/servlet/applinks/auth/conf/oauth/add-consumer-manually/"
	pathOAuth2Link = "/plugins/servlet/oauth2/provider"
	pathAuthorized = "/plugins/servlet/oauth2/authorized-applications"

	typeAtlassian  = "atlassian"
	typeExternal   = "external"
	messageEnabled = "Enabled OAuth authentication."
)

// LinkForm is what an admin types to create an OAuth 1 link.
type LinkForm struct {
	ApplicationURL string
	Name           string // of the link
	ConsumerKey    string // with PublicKey empty too, incoming authentication is not configured
	ConsumerName   string // Name when empty
	Description    string
	PublicKey      string
	Callback       string // "Consumer Callback URL"; leave it empty
}

// Login signs in through the login page.
func (a *Admin) Login(ctx context.Context, user, password string) error {
	p, err := a.Open(ctx, "/login")
	if err == nil {
		_, err = a.FillIn(ctx, p, "login-form", "j_username", user, "j_password", password)
	}
	return wrap("logging in", err)
}

// CreateOAuth1Link goes through "Create link" or "Create new link", whichever
// this version has, and then configures incoming authentication. It returns the
// id of the link; when only the last step fails, the id comes with the error.
func (a *Admin) CreateOAuth1Link(ctx context.Context, form LinkForm) (id string, err error) {
	p, err := a.ChooseApplication(ctx, form.ApplicationURL)
	if err == nil && p.Has("appurl-form") {
		p, err = a.FillIn(ctx, p, "appurl-form", "useThisUrl", "true")
	}
	if err == nil {
		p, err = a.FillIn(ctx, p, "applink-form", "applicationName", form.Name, "applicationType", "generic")
	}
	if err != nil {
		return "", fmt.Errorf("creating the link: %w", err)
	}
	id = p.URL.Query().Get("created")
	if id == "" || !strings.Contains(p.Text(), "created successfully") {
		return "", errors.New("creating the link: the list does not say that it was created")
	}
	if form.ConsumerKey == "" && form.PublicKey == "" {
		return id, nil
	}
	return id, a.UpdateIncoming(ctx, id, form)
}

// ChooseApplication starts on the list page and ends on the first dialog that
// knows the application URL.
func (a *Admin) ChooseApplication(ctx context.Context, applicationURL string) (*Page, error) {
	p, err := a.Open(ctx, pathLinks)
	if err != nil {
		return nil, err
	}
	if p.Has("createApplicationLink") {
		return a.FillIn(ctx, p, "createApplicationLink", "applicationUrl", applicationURL)
	}
	target, err := p.Link("create-link")
	if err != nil {
		return nil, err
	}
	if p, err = a.Open(ctx, target); err != nil {
		return nil, err
	}
	return a.FillIn(ctx, p, "create-form", "applicationType", typeAtlassian, "applicationUrl", applicationURL)
}

// UpdateIncoming fills in "Incoming Authentication" of a link and saves it.
// ApplicationURL is not part of that form.
func (a *Admin) UpdateIncoming(ctx context.Context, id string, form LinkForm) error {
	name := form.ConsumerName
	if name == "" {
		name = form.Name
	}
	p, err := a.Open(ctx, pathIncoming+id)
	if err == nil {
		p, err = a.FillIn(ctx, p, "incoming-form", "key", form.ConsumerKey, "consumerName", name,
			"description", form.Description, "publicKey", form.PublicKey, "callback", form.Callback)
	}
	if err == nil && !strings.Contains(p.Text(), messageEnabled) {
		err = errors.New("the page does not say that it was saved")
	}
	return wrap("configuring incoming authentication", err)
}

// DeleteLink deletes a link through its confirmation page.
func (a *Admin) DeleteLink(ctx context.Context, id string) error {
	p, err := a.Open(ctx, pathDelete+id)
	if err == nil {
		_, err = a.FillIn(ctx, p, "delete-form")
	}
	return wrap("deleting the link", err)
}

// Authorize opens the consent page that an application sent the browser to, of
// OAuth 1 or OAuth 2, and presses Allow or Deny. It returns the address that the
// browser is redirected to, without opening it, or the verification code when
// one is shown. An OAuth 2 request that is not right may be sent back at once,
// with an error in the address and no page. A denial that ends on a page returns
// "" and no error. Log in first.
func (a *Admin) Authorize(ctx context.Context, authorizeURL string, allow bool) (string, error) {
	p, err := a.Open(ctx, authorizeURL)
	if err != nil {
		return "", fmt.Errorf("opening the consent page: %w", err)
	}
	if p.Location != nil {
		return p.Location.String(), nil
	}
	f, err := p.Form("consent-form")
	if err != nil {
		return "", fmt.Errorf("opening the consent page: %w", err)
	}
	press := "deny"
	if allow {
		press = "approve"
	}
	if err := f.Press(press); err != nil {
		return "", err
	}
	if p, err = a.Send(ctx, f); err != nil {
		return "", fmt.Errorf("deciding: %w", err)
	}
	if p.Location != nil {
		return p.Location.String(), nil
	}
	if p, err = whole(p, nil); err != nil {
		return "", fmt.Errorf("deciding: %w", err)
	}
	code := p.TextOf("verification-code")
	if code == "" && allow {
		return "", errors.New("deciding: the page shows neither a code nor a redirect")
	}
	return code, nil
}
