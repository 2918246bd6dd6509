package bitbuckettest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"
)

// Admin does what a person with a browser does on the pages of a practice
// Bitbucket, by plain form posts: it loads a page, fills in the form that is on
// it and sends it. It knows field names, not what they lead to, so it fails
// where a browser would. It is not safe for concurrent use.
type Admin struct {
	base   string
	client *http.Client
}

// NewAdmin makes a browser for the server at a base URL, with no session yet.
func NewAdmin(baseURL string) *Admin {
	jar, _ := cookiejar.New(nil) // fails never without options
	return &Admin{base: strings.TrimSuffix(baseURL, "/"), client: &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

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
	p, err := a.open(ctx, a.base+"/login")
	if err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	return wrap("logging in", a.loginOn(ctx, p, user, password))
}

func (a *Admin) loginOn(ctx context.Context, p *sheet, user, password string) error {
	f, err := p.form("login-form")
	if err != nil {
		return err
	}
	f.fill("j_username", user, "j_password", password)
	_, err = a.submit(ctx, f)
	return err
}

// CreateOAuth1Link goes through "Create link" or "Create new link", whichever
// this version has, and then configures incoming authentication. It returns the
// id of the link; when only the last step fails, the id comes with the error.
func (a *Admin) CreateOAuth1Link(ctx context.Context, form LinkForm) (id string, err error) {
	p, err := a.chooseApplication(ctx, form.ApplicationURL)
	if err == nil && p.has("appurl-form") {
		p, err = a.fillIn(ctx, p, "appurl-form", "useThisUrl", "true")
	}
	if err == nil {
		p, err = a.fillIn(ctx, p, "applink-form", "applicationName", form.Name, "applicationType", "generic")
	}
	if err != nil {
		return "", fmt.Errorf("creating the link: %w", err)
	}
	id = p.url.Query().Get("created")
	if id == "" || !strings.Contains(p.text(), "created successfully") {
		return "", errors.New("creating the link: the list does not say that it was created")
	}
	if form.ConsumerKey == "" && form.PublicKey == "" {
		return id, nil
	}
	return id, a.UpdateIncoming(ctx, id, form)
}

// chooseApplication starts on the list page and ends on the first dialog that
// knows the application URL.
func (a *Admin) chooseApplication(ctx context.Context, applicationURL string) (*sheet, error) {
	p, err := a.open(ctx, a.base+pathLinks)
	if err != nil {
		return nil, err
	}
	if p.has("createApplicationLink") {
		return a.fillIn(ctx, p, "createApplicationLink", "applicationUrl", applicationURL)
	}
	target, err := p.link("create-link")
	if err != nil {
		return nil, err
	}
	if p, err = a.open(ctx, target); err != nil {
		return nil, err
	}
	return a.fillIn(ctx, p, "create-form", "applicationType", typeAtlassian, "applicationUrl", applicationURL)
}

// UpdateIncoming fills in "Incoming Authentication" of a link and saves it.
// ApplicationURL is not part of that form.
func (a *Admin) UpdateIncoming(ctx context.Context, id string, form LinkForm) error {
	name := form.ConsumerName
	if name == "" {
		name = form.Name
	}
	p, err := a.open(ctx, a.base+pathIncoming+id)
	if err == nil {
		p, err = a.fillIn(ctx, p, "incoming-form", "key", form.ConsumerKey, "consumerName", name,
			"description", form.Description, "publicKey", form.PublicKey, "callback", form.Callback)
	}
	if err == nil && !strings.Contains(p.text(), messageEnabled) {
		err = errors.New("the page does not say that it was saved")
	}
	return wrap("configuring incoming authentication", err)
}

// DeleteLink deletes a link through its confirmation page.
func (a *Admin) DeleteLink(ctx context.Context, id string) error {
	p, err := a.open(ctx, a.base+pathDelete+id)
	if err == nil {
		_, err = a.fillIn(ctx, p, "delete-form")
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
	p, err := a.open(ctx, authorizeURL)
	var away *awayError
	if errors.As(err, &away) {
		return away.to, nil
	}
	if err != nil {
		return "", fmt.Errorf("opening the consent page: %w", err)
	}
	f, err := p.form("consent-form")
	if err != nil {
		return "", fmt.Errorf("opening the consent page: %w", err)
	}
	press := "deny"
	if allow {
		press = "approve"
	}
	if err := f.press(press); err != nil {
		return "", err
	}
	res, err := a.send(ctx, f)
	if err != nil {
		return "", fmt.Errorf("deciding: %w", err)
	}
	defer res.Body.Close()
	if to, err := res.Location(); err == nil {
		return to.String(), nil
	}
	if p, err = readSheet(res); err != nil {
		return "", fmt.Errorf("deciding: %w", err)
	}
	code := p.textOf("verification-code")
	if code == "" && allow {
		return "", errors.New("deciding: the page shows neither a code nor a redirect")
	}
	return code, nil
}

const maximumHops = 5
