package bitbucket

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"applink/core"
)

// Options configure a practice Bitbucket. The zero value is a Bitbucket 7.21
// with context path /bitbucket.
type Options struct {
	Version     string // "7.17", "7.21", "8.19.2", any x.y or x.y.z
	ContextPath string // "/bitbucket" when empty; "/" for none

	// PublicURL is the base URL that the server is configured with, context
	// path included. When it is set, its scheme, host and port also go into the
	// base string of signatures, so that a server reached by another address
	// shows the proxy fault. When it is empty, both follow the request.
	PublicURL string

	Now       func() time.Time // clock of every lifetime; time.Now when nil
	Faults    []Fault          // switched on from the start
	Consumers []Consumer       // incoming OAuth 1 links already in place
	Users     []User           // besides admin and jane
	Profile   Profile          // where the evidence about Bitbucket disagrees

	NewUI          string // first version with the "Create link" button; "7.20" when empty
	AskUseThisURL  bool   // "Configure Application URL" shows the box "Use this URL"
	ApplicationsUp bool   // linked applications answer, so that "Configure Application URL" is not shown

	REST         RESTOptions
	OAuth1       OAuth1Options
	OAuth2       OAuth2Options
	Clients      []Client // incoming OAuth 2 links already in place
	RequireHTTPS bool     // the https rules of OAuth 2 hold over plain http too; else practice has the properties that lift them
	TLS          bool     // Start serves https, with a certificate made on the spot

	Around func(http.Handler) http.Handler // what Start puts around the server, to look at requests or hold them back
}

// complete fills in the defaults of what is not set.
func (o Options) complete() (Options, error) {
	o.Version = cmp.Or(o.Version, "7.21")
	o.NewUI = cmp.Or(o.NewUI, string(core.FirstOAuth2))
	o.ContextPath = cmp.Or(o.ContextPath, "/bitbucket")
	if o.Now == nil {
		o.Now = time.Now
	}
	o.REST.CaptchaStatus = cmp.Or(o.REST.CaptchaStatus, http.StatusUnauthorized)
	var err error
	o.OAuth2, err = o.OAuth2.complete()
	return o, err
}

// RESTOptions are the points of the REST resources on which the evidence about
// Bitbucket disagrees. The zero value is what was recorded most.
type RESTOptions struct {
	PlainUserName      bool  // X-AUSERNAME is not URL-encoded
	NullNextOnLastPage bool  // the last page has nextPageStart as null; else it lacks it
	NoPublicAccess     bool  // feature.public.access=false: who is not logged in sees nothing
	PublicProjectList  bool  // the project list of 10.x answers callers without a user, as before
	UnknownRoute       Route // what a path gets that no resource has; by version when empty
	CaptchaStatus      int   // of HTTP Basic where a CAPTCHA is due; 401 with JSON, or 403 with a header
	RateLimitHeaders   bool  // X-RateLimit-* beside Retry-After, as Jira and Confluence have them
}

// Route is the shape of the 404 of a path that no resource has.
type Route string

// The shapes, which changed with the REST platform.
const (
	RouteByVersion Route = ""
	RouteURI       Route = "uri"  // JSON that names the URL: recorded on 7.x
	RouteXML       Route = "xml"  // recorded on 10.2
	RouteJSON      Route = "json" // JSON that repeats the status: recorded on 10.4
)

// OAuth1Options are the points of the OAuth 1 provider on which builds of the shared
// plug-in disagree. The zero value is what newer ones do.
type OAuth1Options struct {
	// NonceWithTimestamp keys used nonces by consumer and timestamp, as an older
	// class does, so that a nonce may come again in another second.
	NonceWithTimestamp bool
}

// OAuth2Options are the settings of the OAuth 2 provider and the points on
// which nobody has confirmed what Bitbucket does. The zero value is the default
// of each: what a published build of the provider does where that is known, else
// Atlassian's documentation, else what clients in the field rely on, else the stricter
// side, because a client that gets along with that gets along with both.
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
	BasicTokenOff   bool // token.via.basic.authentication=false: no access token is taken as the password of HTTP Basic
	ClientStatus    int  // HTTP status of invalid_client; 401, or 400
	RedirectStatus  int  // HTTP status with which authorize and consent go on; 302, or 303

	ClientFirst   bool   // the token endpoint checks client and secret before the code
	CodeRefusal   string // error of a code that is unknown or expired; invalid_request, or invalid_grant
	LateCode      bool   // a code that has expired is taken until the cleanup of each minute finds it; else it is refused at once
	TryUsesCode   bool   // a try that fails uses the code up; else only one that worked does
	NoRevocation  bool   // there is no revocation endpoint
	NoMetadata    bool   // there is no metadata document
	NoClientREST  bool   // the client resource answers nobody but with 401
	AdminLinks    bool   // the client resource takes the scope ADMIN_WRITE; else SYSTEM_ADMIN
	RedirectFirst bool   // authorize refuses an unknown client or redirect at once; else login and consent come first

	MethodSHA256 bool // the PKCE method "sha256" of Atlassian's parameter table works too
	Verifier127  bool // a verifier of 128 characters is refused, as Atlassian says; else it passes, as RFC 7636 says

	OneRedirect          bool // the field "Redirect URL" is one URL, commas and all; else they part several
	LoopbackPort         bool // a redirect to a loopback address matches with any port (RFC 8252, section 7.3)
	RefreshNeedsRedirect bool // refreshing needs the redirect_uri
	ScopeOptional        bool // authorize without scope asks for all that the link allows; else it is invalid_scope
	CutScopes            bool // a scope beyond the link's is dropped; else it is invalid_scope
	NoScopeInAnswer      bool // the token answer lacks the field "scope"
	VerbatimState        bool // state comes back as it was sent; else a login on the way decodes it once more

	RefuseDeadBearer bool // a token that is not valid is refused with 401; else the call is anonymous where public access is on
	BearerOnRESTOnly bool // outside /rest and /scm a token leads to the login page
}

// Lifetimes of Atlassian's OAuth 2 provider.
const (
	codeLife        = 10 * time.Second
	maximumCodeLife = 10 * time.Minute
	accessLife      = 3600 * time.Second
	refreshLife     = 7_776_000 * time.Second
	invalidClient   = http.StatusUnauthorized
)

// codeTaken is how long a code is taken.
func (o OAuth2Options) codeTaken() time.Duration {
	if o.LateCode {
		return o.CodeLife + time.Minute
	}
	return o.CodeLife
}

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
	o.CodeRefusal = cmp.Or(o.CodeRefusal, "invalid_request")
	o.ClientStatus = cmp.Or(o.ClientStatus, invalidClient)
	o.RedirectStatus = cmp.Or(o.RedirectStatus, http.StatusFound)
	return o, nil
}
