package bitbucket

import (
	"errors"
	"net/http"
	"strings"
)

// six are the parameters that make a request an OAuth request. Without one of
// them it goes on anonymously, with no error.
var six = []string{"oauth_consumer_key", "oauth_token", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce"}

// errNoLogin stands for a bare 401: the signature is good, but the user may not
// come in this way.
var errNoLogin = errors.New("user may not log in")

// identifyByOAuth1 checks the signature of a resource request. asked tells
// whether the request is an OAuth request at all, ok whether it may go on.
func (b *Bitbucket) identifyByOAuth1(w *response, r *http.Request) (who caller, asked, ok bool) {
	if !mayBeSigned(r) {
		return caller{}, false, false
	}
	m, err := b.readMessage(r)
	if err == nil && m.missing(six...) != nil || isOAuthStep(r.URL.Path, m) {
		return caller{}, false, false
	}
	if !m.header && err != nil {
		return caller{}, false, false
	}
	var user *User
	if err == nil {
		user, err = b.resourceUser(m)
	}
	if err != nil {
		b.failResource(w, r, m, err)
		return caller{}, true, false
	}
	b.sessions.Drop(r)
	return b.afterOAuth(w, r, caller{user: user, via: viaOAuth})
}

// mayBeSigned spares the body of requests that are not OAuth at all.
func mayBeSigned(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || strings.Contains(r.URL.RawQuery, "oauth_") || isForm(r)
}

// isOAuthStep leaves the token endpoints to themselves.
func isOAuthStep(path string, m message) bool {
	if m.value("oauth_token") != "" {
		return strings.HasSuffix(path, pathAccessToken)
	}
	return strings.HasSuffix(path, pathRequestToken)
}

func (b *Bitbucket) resourceUser(m message) (*User, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.value("oauth_token") == "" {
		return b.twoLegged(m)
	}
	t := b.tokens[m.value("oauth_token")]
	switch {
	case t == nil, !t.access, t.consumer != m.value("oauth_consumer_key"):
		return nil, bareProblem("token_rejected")
	case b.expired(t.created, accessTokenLife):
		return nil, bareProblem("token_expired")
	}
	if err := b.validate(m, b.registered(t.consumer)); err != nil {
		return nil, err
	}
	c := b.findConsumer(t.consumer)
	switch {
	case c == nil:
		return nil, bareProblem("consumer_key_unknown")
	case b.faults.on(NoThreeLegged):
		return nil, bareProblem("permission_denied")
	case b.lockedOut(t.user) != nil:
		return nil, errNoLogin
	}
	return t.user, nil
}

// twoLegged has no user unless the link names one or allows impersonation.
func (b *Bitbucket) twoLegged(m message) (*User, error) {
	c := b.findConsumer(m.value("oauth_consumer_key"))
	if c == nil {
		return nil, bareProblem("consumer_key_unknown")
	}
	if err := b.validate(m, c); err != nil {
		return nil, err
	}
	// Not from the Authorization header.
	request := message{pairs: m.pairs[m.servlet:]}
	name, impersonates := request.get("xoauth_requestor_id")
	if !impersonates {
		name, impersonates = request.get("user_id")
	}
	switch {
	case impersonates && !c.Impersonation, !impersonates && !c.TwoLO:
		return nil, errNoLogin
	case !impersonates:
		name = c.ExecuteAs
	}
	u := b.userNamed(name)
	if u != nil && b.lockedOut(u) != nil {
		return nil, errNoLogin
	}
	return u, nil // a user who is not known is nobody
}

func (b *Bitbucket) failResource(w *response, r *http.Request, m message, err error) {
	var p *problem
	switch {
	case errors.As(err, &p):
		b.writeProblem(w, r, p)
	case errors.Is(err, errNoLogin):
		b.echo(w, r, http.StatusUnauthorized, m, err.Error())
	default:
		b.echo(w, r, http.StatusInternalServerError, m, err.Error())
	}
}

// afterOAuth applies the faults that strike a request whose signature or token
// is good.
func (b *Bitbucket) afterOAuth(w *response, r *http.Request, known caller) (who caller, asked, ok bool) {
	switch {
	case b.faults.on(Anonymous):
		return caller{}, true, true
	case b.faults.on(TwoFactor) && !b.whitelisted() && strings.HasPrefix(r.URL.Path, "/rest/"):
		b.refuse(r, http.StatusOK, "two-factor app")
		b.renderMessage(w, r, http.StatusOK, "Two-factor authentication",
			"2FA for Bitbucket: U2F & TOTP. Enter the code of your authenticator to go on.")
		return caller{}, true, false
	}
	return known, true, true
}

func (b *Bitbucket) whitelisted() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.whitelist
}
