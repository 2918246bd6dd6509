package bitbuckettest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"applink/core"
)

// AddOAuth2 fills in "Add Integration" for OAuth 2. While the form is open, link
// gets the callback that it shows, creates the incoming link in Bitbucket, and
// returns what Bitbucket showed. The error holds what the page complained about.
func (a *PackagistAdmin) AddOAuth2(ctx context.Context, name, baseURL string,
	link func(ctx context.Context, callback string) (clientID, secret string, err error)) error {
	form, err := a.openFromList(ctx, "add-integration")
	if err != nil {
		return err
	}
	return a.finishOAuth2(ctx, form, link, "name", name, "platform", "data-center", "base_url", baseURL, "oauth_version", "2")
}

// SwitchToOAuth2 opens "Edit Integration" of the integration with that name and
// changes its OAuth version, by way of link as in AddOAuth2.
func (a *PackagistAdmin) SwitchToOAuth2(ctx context.Context, name string,
	link func(ctx context.Context, callback string) (clientID, secret string, err error)) error {
	form, err := a.openFromList(ctx, "edit-"+core.Slug(name))
	if err != nil {
		return err
	}
	return a.finishOAuth2(ctx, form, link, "oauth_version", "2")
}

func (a *PackagistAdmin) finishOAuth2(ctx context.Context, form *packagistView,
	link func(context.Context, string) (string, string, error), pairs ...string) error {
	if form.has("show") { // a new form; one that is edited shows the callback at once
		shown, err := form.submit(ctx, "integration-form", append(pairs, "action", "show")...)
		if err != nil {
			return err
		}
		form = shown
	}
	callback := form.holds("oauth2_callback_url")
	if callback == "" {
		return form.complain("showing the callback")
	}
	id, secret, err := link(ctx, callback)
	if err != nil {
		return fmt.Errorf("creating the link in Bitbucket: %w", err)
	}
	saved, err := form.submit(ctx, "integration-form", append(pairs, "oauth2_client_id", id, "oauth2_client_secret", secret)...)
	if err != nil {
		return err
	}
	list, err := saved.follow(ctx)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(list.holds("flash"), "Integration ") {
		return list.complain("saving the integration")
	}
	return nil
}

// Connect opens the profile, presses "connect" beside the integration with that
// name, and hands Bitbucket's authorize URL to consent, as SignIn does. It comes
// back on the other of the two callbacks. The result is the user.
func (a *PackagistAdmin) Connect(ctx context.Context, name string,
	consent func(ctx context.Context, authorizeURL string) (redirectURL string, err error)) (connectedAs string, err error) {
	slug := core.Slug(name)
	profile, err := packagistVisit(ctx, a.client, a.url+"/profile")
	if err != nil {
		return "", err
	}
	profile, err = packagistThere(ctx, profile, "connect-"+slug, consent)
	if err != nil {
		return "", err
	}
	if name := profile.holds("connected-" + slug); name != "" {
		return name, nil
	}
	return "", profile.complain("coming back from Bitbucket")
}

// packagistThere presses a button that leads to Bitbucket and comes back.
func packagistThere(ctx context.Context, page *packagistView, form string,
	consent func(context.Context, string) (string, error)) (*packagistView, error) {
	sent, err := page.submit(ctx, form)
	if err != nil {
		return nil, err
	}
	if sent.location == "" || sent.status != http.StatusSeeOther {
		return nil, sent.complain("going to Bitbucket")
	}
	back, err := consent(ctx, sent.location)
	if err != nil {
		return nil, fmt.Errorf("consenting in Bitbucket: %w", err)
	}
	home, err := packagistVisit(ctx, page.browser, back)
	if err != nil {
		return nil, err
	}
	return home.follow(ctx)
}
