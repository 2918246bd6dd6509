package bitbucket

import (
	"time"
)

// Lifetimes of Atlassian's OAuth 1 provider. The last two are not quite years:
// 5 × 365 days, and 30 days more.
const (
	requestTokenLife = 10 * time.Minute
	accessTokenLife  = 157_680_000 * time.Second
	sessionLife      = 160_272_000 * time.Second
)

// decision is what the user said on the consent page.
type decision int

const (
	undecided decision = iota
	approved
	denied
)

// token is a request token or, with a session, an access token.
type token struct {
	value    string
	secret   string
	consumer string // its key
	created  time.Time

	callback string // of a request token; "" for none
	revised  bool   // OAuth 1.0a: the request had oauth_callback, so a verifier is needed
	verifier string
	decision decision
	user     *User // who decided

	access  bool
	session *tokenSession
}

// tokenSession outlives an access token: its handle renews it.
type tokenSession struct {
	handle  string
	created time.Time
	renewed time.Time
}

// newRequestToken makes and keeps a request token. It needs the lock.
func (o *oauth1) newRequestToken(consumer, callback string, revised bool) *token {
	t := &token{value: o.options.Profile.newToken(), secret: o.options.Profile.newSecret(), consumer: consumer,
		created: o.now(), callback: callback, revised: revised}
	o.tokens[t.value] = t
	return t
}

// newAccessToken replaces old, which may be a request token or an access token
// that is renewed. It needs the lock.
func (o *oauth1) newAccessToken(old *token) *token {
	now := o.now()
	s := &tokenSession{handle: o.options.Profile.newHandle(), created: now, renewed: now}
	if old.session != nil {
		s.created = old.session.created
	}
	t := &token{value: o.options.Profile.newToken(), secret: old.secret, consumer: old.consumer, created: now,
		user: old.user, access: true, session: s}
	if o.options.Profile == NetOAuth {
		t.secret = o.options.Profile.newSecret()
	}
	delete(o.tokens, old.value)
	o.tokens[t.value] = t
	return t
}

// tokensOf returns copies of a user's access tokens, by consumer key.
func (o *oauth1) tokensOf(u *User) []token {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []token
	for _, t := range o.tokens {
		if t.access && t.user.ID == u.ID {
			all = append(all, *t)
		}
	}
	return all
}

// revoke deletes an access token of a user, and reports whether there was one.
func (o *oauth1) revoke(u *User, value string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.tokens[value]
	if t == nil || !t.access || t.user.ID != u.ID {
		return false
	}
	delete(o.tokens, value)
	return true
}
