package bitbucket

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"applink/core/practice/web"
)

// code is an authorization code: a user's consent on its way to the client.
type code struct {
	client    string // ID
	user      *User
	redirect  string
	scopes    []string
	challenge string // of PKCE; "" without
	method    string // "S256" or "plain"
	created   time.Time
	used      bool
}

// grant is a user's consent with the pair of tokens that is alive for it.
type grant struct {
	client          string // ID
	user            *User
	redirect        string
	scopes          []string
	code            string    // that it came of
	since           time.Time // of the consent
	issued          time.Time // of this pair
	access, refresh string
}

// newCode keeps a consent and returns its code.
func (b *Bitbucket) newCode(c code) string {
	c.created = b.now()
	if b.faults.on(CodeSlow) {
		c.created = c.created.Add(-b.o.OAuth2.codeTaken() - time.Second)
	}
	value := web.RandomFrom(hexDigits, 32)
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.codes, func(_ string, c *code) bool { return b.expired(c.created, maximumCodeLife+time.Minute) })
	b.codes[value] = &c
	return value
}

// newGrant gives a pair of tokens to a consent. It needs the lock.
func (b *Bitbucket) newGrant(g grant) *grant {
	g.issued, g.access, g.refresh = b.now(), b.newBearer(), b.newBearer()
	b.grants[g.access], b.grants[g.refresh] = &g, &g
	return &g
}

// newBearer makes a token in the shape of Atlassian's: a signed JWT that says
// nothing but a random id. Clients must not look inside.
func (b *Bitbucket) newBearer() string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(`{"id":"`+web.RandomFrom(hexDigits, 32)+`"}`))
	mac := hmac.New(sha256.New, []byte(b.signing))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// dropGrants forgets grants with their tokens and reports whether there were
// any. It needs the lock.
func (b *Bitbucket) dropGrants(unwanted func(*grant) bool) bool {
	before := len(b.grants)
	maps.DeleteFunc(b.grants, func(_ string, g *grant) bool { return unwanted(g) })
	return len(b.grants) < before
}

// accessGrant returns the grant of an access token that is still good.
func (b *Bitbucket) accessGrant(token string) (grant, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.grants[token]
	if g == nil || token != g.access || b.expired(g.issued, b.o.OAuth2.AccessLife) || b.o.OAuth2.AccessTokensOff || b.faults.on(TokenRevoked) {
		return grant{}, false
	}
	return *g, true
}

// grantsOf returns what a user granted, all of one client in one, oldest first.
func (b *Bitbucket) grantsOf(u *User) []grant {
	b.mu.Lock()
	defer b.mu.Unlock()
	byClient := map[string]grant{}
	for _, g := range b.grants {
		if g.user.ID != u.ID || b.expired(g.issued, b.o.OAuth2.RefreshLife) {
			continue
		}
		all := grant{client: g.client, since: g.since, scopes: append(slices.Clone(g.scopes), byClient[g.client].scopes...)}
		if known, ok := byClient[g.client]; ok && known.since.Before(all.since) {
			all.since = known.since
		}
		byClient[g.client] = all
	}
	return slices.SortedFunc(maps.Values(byClient), func(x, y grant) int {
		return cmp.Or(x.since.Compare(y.since), strings.Compare(x.client, y.client))
	})
}
