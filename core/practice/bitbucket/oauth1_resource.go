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

// identify checks the signature of a resource request. asked tells
// whether the request is an OAuth request at all, ok whether it may go on.
func (o *oauth1) identify(w *response, r *http.Request) (who caller, asked, ok bool) {
	if !mayBeSigned(r) {
		return caller{}, false, false
	}
	m, err := o.readMessage(r)
	if err == nil && m.missing(six...) != nil || isOAuthStep(r.URL.Path, m) {
		return caller{}, false, false
	}
	if !m.header && (err != nil || o.options.Profile == NetOAuth) {
		return caller{}, false, false
	}
	var user *User
	if err == nil {
		user, err = o.resourceUser(m)
	}
	if err != nil {
		o.failResource(w, r, m, err)
		return caller{}, true, false
	}
	o.jar.Drop(r)
	who, ok = o.afterOAuth(w, r, caller{user: user})
	return who, true, ok
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

func (o *oauth1) resourceUser(m message) (*User, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if m.value("oauth_token") == "" {
		return o.twoLegged(m)
	}
	t := o.tokens[m.value("oauth_token")]
	switch {
	case t == nil, !t.access, t.consumer != m.value("oauth_consumer_key"):
		return nil, bareProblem("token_rejected")
	case o.expired(t.created, accessTokenLife):
		return nil, bareProblem("token_expired")
	}
	if err := o.validate(m, o.registered(t.consumer)); err != nil {
		return nil, err
	}
	c := o.findConsumer(t.consumer)
	switch {
	case c == nil:
		return nil, bareProblem("consumer_key_unknown")
	case o.noThreeLO(c):
		return nil, bareProblem("permission_denied")
	case o.lockedOut(t.user) != nil:
		return nil, errNoLogin
	}
	return t.user, nil
}

// twoLegged has no user unless the link names one or allows impersonation.
func (o *oauth1) twoLegged(m message) (*User, error) {
	c := o.findConsumer(m.value("oauth_consumer_key"))
	if c == nil {
		return nil, bareProblem("consumer_key_unknown")
	}
	if err := o.validate(m, c); err != nil {
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
	u := o.userNamed(name)
	if u != nil && o.lockedOut(u) != nil {
		return nil, errNoLogin
	}
	return u, nil // a user who is not known is nobody
}

func (o *oauth1) failResource(w *response, r *http.Request, m message, err error) {
	var p *problem
	switch {
	case errors.As(err, &p):
		o.writeProblem(w, r, o.base(r), p)
	case errors.Is(err, errNoLogin):
		o.echo(w, r, http.StatusUnauthorized, m, err.Error())
	default:
		o.echo(w, r, http.StatusInternalServerError, m, err.Error())
	}
}
