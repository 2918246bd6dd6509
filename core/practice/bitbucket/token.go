package bitbucket

import (
	"time"

	"applink/core/practice/web"
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

// token is a request token or an access token.
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

	access bool
}

// expired tells whether an age is over a lifetime; the exact lifetime is not.
func (b *Bitbucket) expired(start time.Time, life time.Duration) bool {
	return b.now().Sub(start) > life
}

// newRequestToken makes and keeps a request token. It needs the lock.
func (b *Bitbucket) newRequestToken(consumer, callback string, revised bool) *token {
	t := &token{value: web.Random(32), secret: web.Random(32), consumer: consumer,
		created: b.now(), callback: callback, revised: revised}
	b.tokens[t.value] = t
	return t
}

// newAccessToken replaces a request token. It needs the lock.
func (b *Bitbucket) newAccessToken(old *token) *token {
	t := &token{value: web.Random(32), secret: old.secret, consumer: old.consumer, created: b.now(), user: old.user, access: true}
	delete(b.tokens, old.value)
	b.tokens[t.value] = t
	return t
}

// tokensOf returns copies of a user's access tokens, by consumer key.
func (b *Bitbucket) tokensOf(u *User) []token {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []token
	for _, t := range b.tokens {
		if t.access && t.user.ID == u.ID {
			all = append(all, *t)
		}
	}
	return all
}

// revoke deletes an access token of a user, and reports whether there was one.
func (b *Bitbucket) revoke(u *User, value string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tokens[value]
	if t == nil || !t.access || t.user.ID != u.ID {
		return false
	}
	delete(b.tokens, value)
	return true
}
