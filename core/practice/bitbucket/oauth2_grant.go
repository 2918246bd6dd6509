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
func (o *oauth2) newCode(c code) string {
	c.created = o.now()
	if o.faults.on(CodeSlow) {
		c.created = c.created.Add(-o.options.OAuth2.codeTaken() - time.Second)
	}
	value := web.RandomFrom(hexDigits, 32)
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.codes, func(_ string, c *code) bool { return o.expired(c.created, maximumCodeLife+time.Minute) })
	o.codes[value] = &c
	return value
}

// newGrant gives a pair of tokens to a consent. It needs the lock.
func (o *oauth2) newGrant(g grant) *grant {
	g.issued, g.access, g.refresh = o.now(), o.newBearer(), o.newBearer()
	o.grants[g.access], o.grants[g.refresh] = &g, &g
	return &g
}

// newBearer makes a token in the shape of Atlassian's: a signed JWT that says
// nothing but a random id. Clients must not look inside.
func (o *oauth2) newBearer() string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(`{"id":"`+web.RandomFrom(hexDigits, 32)+`"}`))
	mac := hmac.New(sha256.New, []byte(o.signing))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// accessGrant returns the grant of an access token that is still good.
func (o *oauth2) accessGrant(token string) (grant, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	g := o.grants[token]
	if g == nil || token != g.access || o.expired(g.issued, o.options.OAuth2.AccessLife) || o.options.OAuth2.AccessTokensOff || o.faults.on(TokenRevoked) {
		return grant{}, false
	}
	return *g, true
}

// grantsOf returns what a user granted, all of one client in one, oldest first.
func (o *oauth2) grantsOf(u *User) []grant {
	o.mu.Lock()
	defer o.mu.Unlock()
	byClient := map[string]grant{}
	for _, g := range o.grants {
		if g.user.ID != u.ID || o.expired(g.issued, o.options.OAuth2.RefreshLife) {
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
