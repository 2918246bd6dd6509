package bitbuckettest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// PackagistAdmin does what an admin and a user do in a browser on a practice
// Private Packagist, by plain form posts: it is the hands of end-to-end tests.
type PackagistAdmin struct {
	url    string
	client *http.Client
}

// NewPackagistAdmin opens a browser on the server at an address such as
// PackagistServer.URL.
func NewPackagistAdmin(url string) *PackagistAdmin {
	return &PackagistAdmin{strings.TrimRight(url, "/"), newPackagistBrowser()}
}

func newPackagistBrowser() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &http.Client{Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// AddOAuth1 fills in "Add Integration" for OAuth 1 and returns the generated
// Client ID and Public Key. The error holds what the page complained about.
func (a *PackagistAdmin) AddOAuth1(ctx context.Context, name, baseURL string) (clientID, publicKeyPEM string, err error) {
	list, err := a.list(ctx)
	if err != nil {
		return "", "", err
	}
	form, err := packagistVisit(ctx, a.client, list.link("add-integration"))
	if err != nil {
		return "", "", err
	}
	saved, err := form.submit(ctx, "integration-form", url.Values{
		"name": {name}, "platform": {"data-center"}, "base_url": {baseURL}, "oauth_version": {"1"}})
	if err != nil {
		return "", "", err
	}
	edit, err := saved.follow(ctx)
	if err != nil {
		return "", "", err
	}
	clientID, publicKeyPEM = edit.value("client_id"), edit.value("public_key")
	if clientID == "" || publicKeyPEM == "" {
		return "", "", edit.complain("saving the integration")
	}
	return clientID, publicKeyPEM, nil
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
	buttons := list.classed("login-link")
	if len(buttons) == 0 {
		return a.url + "/login", nil
	}
	page, err := packagistVisit(ctx, a.client, list.resolve(packagistAttr(buttons[len(buttons)-1], "href")))
	if err != nil {
		return "", err
	}
	if link := page.value("login_link"); link != "" {
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
	return packagistSignIn(ctx, newPackagistBrowser(), loginLink, consent)
}

func packagistSignIn(ctx context.Context, browser *http.Client, loginLink string,
	consent func(context.Context, string) (string, error)) (string, error) {
	page, err := packagistVisit(ctx, browser, loginLink)
	if err != nil {
		return "", err
	}
	forms := page.classed("login")
	if len(forms) == 0 {
		return "", page.complain("looking for a log in button")
	}
	sent, err := page.submitForm(ctx, forms[len(forms)-1], nil)
	if err != nil {
		return "", err
	}
	if sent.location == "" {
		return "", sent.complain("pressing the log in button")
	}
	back, err := consent(ctx, sent.location)
	if err != nil {
		return "", fmt.Errorf("consenting in Bitbucket: %w", err)
	}
	home, err := packagistVisit(ctx, page.client, back)
	if err != nil {
		return "", err
	}
	if home, err = home.follow(ctx); err != nil {
		return "", err
	}
	if name := home.value("signed-in-as"); name != "" {
		return name, nil
	}
	return "", home.complain("coming back from Bitbucket")
}

// packagistView is a page as a test sees it.
type packagistView struct {
	client   *http.Client
	url      *url.URL
	status   int
	location string // of a redirect, absolute; else ""
	root     *html.Node
}

func packagistVisit(ctx context.Context, client *http.Client, address string) (*packagistView, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	return packagistLoad(client, r)
}

func packagistLoad(client *http.Client, r *http.Request) (*packagistView, error) {
	resp, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	defer resp.Body.Close()
	root, err := html.Parse(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.URL.Path, err)
	}
	v := &packagistView{client: client, url: r.URL, status: resp.StatusCode, root: root}
	if to := resp.Header.Get("Location"); to != "" {
		v.location = v.resolve(to)
	}
	return v, nil
}

// follow goes where the page redirects to, a few times at most.
func (v *packagistView) follow(ctx context.Context) (*packagistView, error) {
	var err error
	for range 5 {
		if v.location == "" {
			return v, nil
		}
		if v, err = packagistVisit(ctx, v.client, v.location); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("following redirects: too many")
}

func (v *packagistView) resolve(ref string) string {
	u, err := v.url.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// complain makes an error of what the page says went wrong.
func (v *packagistView) complain(doing string) error {
	said := []string{fmt.Sprintf("HTTP %d", v.status)}
	for _, id := range []string{"problem", "status", "oauth_problem"} {
		if s := v.value(id); s != "" {
			said = append(said, s)
		}
	}
	for _, n := range v.classed("wrong") {
		said = append(said, packagistText(n))
	}
	return fmt.Errorf("%s: %s", doing, strings.Join(said, "; "))
}
