package bitbuckettest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// PackagistAdmin does what an admin and a user do in a browser on a practice
// Private Packagist, by plain form posts: it is the hands of end-to-end tests.
type PackagistAdmin struct {
	url    string
	client *http.Client
	roots  *x509.CertPool
}

// NewPackagistAdmin opens a browser on the server at an address such as
// PackagistServer.URL.
func NewPackagistAdmin(url string) *PackagistAdmin {
	return &PackagistAdmin{url: strings.TrimRight(url, "/"), client: newPackagistBrowser(nil)}
}

// Trust lets its browsers accept the certificate of a server over https, such
// as that of PackagistServer.CertPool. It returns the same PackagistAdmin.
func (a *PackagistAdmin) Trust(roots *x509.CertPool) *PackagistAdmin {
	a.roots, a.client.Transport = roots, trusting(roots)
	return a
}

func newPackagistBrowser(roots *x509.CertPool) *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: trusting(roots),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// AddOAuth1 fills in "Add Integration" for OAuth 1 and returns the generated
// Client ID and Public Key. The error holds what the page complained about.
func (a *PackagistAdmin) AddOAuth1(ctx context.Context, name, baseURL string) (clientID, publicKeyPEM string, err error) {
	form, err := a.openFromList(ctx, "add-integration")
	if err != nil {
		return "", "", err
	}
	saved, err := form.submit(ctx, "integration-form",
		"name", name, "platform", "data-center", "base_url", baseURL, "oauth_version", "1")
	if err != nil {
		return "", "", err
	}
	edit, err := saved.follow(ctx)
	if err != nil {
		return "", "", err
	}
	clientID, publicKeyPEM = edit.holds("client_id"), edit.holds("public_key")
	if clientID == "" || publicKeyPEM == "" {
		return "", "", edit.complain("saving the integration")
	}
	return clientID, publicKeyPEM, nil
}

// openFromList follows a button of the list of integrations.
func (a *PackagistAdmin) openFromList(ctx context.Context, id string) (*packagistView, error) {
	list, err := a.list(ctx)
	if err != nil {
		return nil, err
	}
	address, err := list.link(id)
	if err != nil {
		return nil, err
	}
	return packagistVisit(ctx, a.client, address)
}

func (a *PackagistAdmin) list(ctx context.Context) (*packagistView, error) {
	home, err := packagistVisit(ctx, a.client, a.url+"/")
	if err != nil {
		return nil, err
	}
	return home.follow(ctx)
}

// LoginLink returns the login link of the integration that was added last; for
// Self-Hosted, which has none, the page on which users log in.
func (a *PackagistAdmin) LoginLink(ctx context.Context) (string, error) {
	list, err := a.list(ctx)
	if err != nil {
		return "", err
	}
	button := list.lastID("login-link")
	if button == "" {
		return a.url + "/login", nil
	}
	address, err := list.link(button)
	if err != nil {
		return "", err
	}
	page, err := packagistVisit(ctx, a.client, address)
	if err != nil {
		return "", err
	}
	if link := page.holds("login_link"); link != "" {
		return link, nil
	}
	return "", page.complain("reading the login link")
}

// SignIn opens a login link in a fresh browser, presses its last "Log in with"
// button, and hands Bitbucket's authorize URL to consent, which returns where
// Bitbucket sent the browser back to. The result is the user as the page shows
// it: "Jane (jane)".
func (a *PackagistAdmin) SignIn(ctx context.Context, loginLink string,
	consent func(ctx context.Context, authorizeURL string) (redirectURL string, err error)) (signedInAs string, err error) {
	return packagistSignIn(ctx, newPackagistBrowser(a.roots), loginLink, consent)
}

func packagistSignIn(ctx context.Context, browser *http.Client, loginLink string,
	consent func(context.Context, string) (string, error)) (string, error) {
	page, err := packagistVisit(ctx, browser, loginLink)
	if err != nil {
		return "", err
	}
	button := page.lastID("login")
	if button == "" {
		return "", page.complain("looking for a log in button")
	}
	home, err := packagistThere(ctx, page, button, consent)
	if err != nil {
		return "", err
	}
	if name := home.holds("signed-in-as"); name != "" {
		return name, nil
	}
	return "", home.complain("coming back from Bitbucket")
}

// packagistView is a page, with the browser that shows it.
type packagistView struct {
	*sheet
	browser  *http.Client
	status   int
	location string // of a redirect, absolute; else ""
}

func packagistVisit(ctx context.Context, browser *http.Client, address string) (*packagistView, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	return packagistLoad(browser, r)
}

func packagistLoad(browser *http.Client, r *http.Request) (*packagistView, error) {
	resp, err := browser.Do(r)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	defer resp.Body.Close()
	root, err := html.Parse(io.LimitReader(resp.Body, sheetLimit))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.URL.Path, err)
	}
	v := &packagistView{sheet: &sheet{url: r.URL, root: root}, browser: browser, status: resp.StatusCode}
	if to, err := resp.Location(); err == nil {
		v.location = to.String()
	}
	return v, nil
}

// follow goes where the page redirects to, a few times at most.
func (v *packagistView) follow(ctx context.Context) (*packagistView, error) {
	var err error
	for range maximumHops {
		if v.location == "" {
			return v, nil
		}
		if v, err = packagistVisit(ctx, v.browser, v.location); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("following redirects: too many")
}

// submit sends the form of an id with some fields filled in, and does not
// follow the answer.
func (v *packagistView) submit(ctx context.Context, id string, pairs ...string) (*packagistView, error) {
	form, err := v.form(id)
	if err != nil {
		return nil, err
	}
	form.fill(pairs...)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, form.action, strings.NewReader(form.values.Encode()))
	if err != nil {
		return nil, fmt.Errorf("submitting a form: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return packagistLoad(v.browser, r)
}

// lastID returns the id of the last element of a class, or "".
func (v *packagistView) lastID(class string) string {
	id := ""
	for n := range v.root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(strings.Fields(value(n, "class")), class) {
			id = value(n, "id")
		}
	}
	return id
}

// holds is what the element of an id holds: a field's value, else its text.
func (v *packagistView) holds(id string) string {
	n := v.byID(id)
	switch {
	case n == nil:
		return ""
	case n.Data == "input":
		return value(n, "value")
	case n.Data == "textarea":
		return rawText(n)
	}
	return textIn(n)
}

// complain makes an error of what the page says went wrong.
func (v *packagistView) complain(doing string) error {
	said := []string{fmt.Sprintf("HTTP %d", v.status)}
	for _, id := range []string{"problem", "name_problem", "platform_problem", "base_url_problem", "oauth_version_problem",
		"oauth2_client_id_problem", "oauth2_client_secret_problem", "status", "oauth_problem"} {
		if s := v.holds(id); s != "" {
			said = append(said, s)
		}
	}
	return fmt.Errorf("%s: %s", doing, strings.Join(said, "; "))
}
