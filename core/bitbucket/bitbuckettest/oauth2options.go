package bitbuckettest

import (
	"errors"
	"time"
)

// OAuth2Options are the settings of the OAuth 2 provider and the points on
// which nobody has confirmed what Bitbucket does. The zero value is the default
// of each: Atlassian's documentation where it says something, else what clients
// in the field rely on, else the stricter side, because a client that gets along
// with that gets along with both.
type OAuth2Options struct {
	// The two properties that lift the https rules. A practice server that
	// speaks http has both anyway, unless Options.RequireHTTPS is set.
	SkipBaseURLHTTPS     bool // atlassian.oauth2.provider.skip.base.url.https.requirement
	SkipRedirectURLHTTPS bool // atlassian.oauth2.provider.skip.redirect.url.https.requirement
	LocalhostRedirect    bool // http://localhost passes without a property; 7.21.18 refused it

	CodeLife    time.Duration // max.client.delay.seconds; 10 s, at most 10 minutes
	AccessLife  time.Duration // access.token.expiration.seconds; 1 hour
	RefreshLife time.Duration // refresh.token.expiration.seconds; 90 days

	NoSecretCheck   bool // validate.client.secret=false: neither client ID nor secret is compared
	AccessTokensOff bool // enable.access.tokens=false: no access token is taken
	BasicAuth       bool // the token endpoint takes ID and secret by HTTP Basic too
	ClientStatus    int  // HTTP status of invalid_client; 401, or 400

	MethodSHA256 bool // the PKCE method "sha256" of Atlassian's parameter table works too
	LongVerifier bool // a verifier of 128 characters passes, as RFC 7636 says; Atlassian says 127

	OneRedirect            bool // the field "Redirect URL" is one URL, commas and all; else they part several
	LoopbackPort           bool // a redirect to a loopback address matches with any port (RFC 8252, section 7.3)
	RefreshWithoutRedirect bool // refreshing needs no redirect_uri
	ScopeRequired          bool // authorize without scope is invalid_scope; else it asks for all that the link allows
	CutScopes              bool // a scope beyond the link's is dropped; else it is invalid_scope
	ScopeInAnswer          bool // the token answer has the field "scope"
	VerbatimState          bool // state comes back as it was sent; else a login on the way decodes it once more

	AnonymousBearer  bool // a token that is not valid makes a call anonymous; else it is refused with 401
	BearerOnRESTOnly bool // outside /rest and /scm a token leads to the login page
}

// Lifetimes of Atlassian's OAuth 2 provider.
const (
	codeLife        = 10 * time.Second
	maximumCodeLife = 10 * time.Minute
	accessLife      = 3600 * time.Second
	refreshLife     = 7_776_000 * time.Second
	invalidClient   = 401 // HTTP status
)

// complete fills in the defaults of what is not set.
func (o OAuth2Options) complete() (OAuth2Options, error) {
	for _, life := range []struct {
		is        *time.Duration
		otherwise time.Duration
	}{{&o.CodeLife, codeLife}, {&o.AccessLife, accessLife}, {&o.RefreshLife, refreshLife}} {
		if *life.is == 0 {
			*life.is = life.otherwise
		}
		if *life.is < 0 {
			return o, errors.New("reading the OAuth 2 options: a lifetime is negative")
		}
	}
	if o.CodeLife > maximumCodeLife {
		return o, errors.New("reading the OAuth 2 options: a code lives 10 minutes at most")
	}
	if o.ClientStatus == 0 {
		o.ClientStatus = invalidClient
	}
	return o, nil
}
