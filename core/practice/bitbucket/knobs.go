package bitbucket

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Knob is a setting of OAuth 1, OAuth 2 or REST, by the name that Atlassian gives to the
// property (atlassian.oauth2.provider is left out) or, for what has no property, by
// the name that it has here only.
type Knob struct {
	Name    string
	Default string
	Other   string // another value that it takes
	What    string // one sentence, of what true or a number means

	set func(o *Options, value string) error
}

// Knobs lists every knob of [OAuth1Options], [OAuth2Options] and [RESTOptions].
func Knobs() []Knob {
	return []Knob{
		onOff("skip.base.url.https.requirement", "OAuth 2 is there although Bitbucket's base URL is http.", func(o *Options) *bool { return &o.OAuth2.SkipBaseURLHTTPS }),
		onOff("skip.redirect.url.https.requirement", "A Redirect URL may be http.", func(o *Options) *bool { return &o.OAuth2.SkipRedirectURLHTTPS }),
		life("max.client.delay.seconds", "How long a code lives, 600 at most.", codeLife, maximumCodeLife, func(o *Options) *time.Duration { return &o.OAuth2.CodeLife }),
		life("access.token.expiration.seconds", "How long an access token lives.", accessLife, maximumLife, func(o *Options) *time.Duration { return &o.OAuth2.AccessLife }),
		life("refresh.token.expiration.seconds", "How long a refresh token lives.", refreshLife, maximumLife, func(o *Options) *time.Duration { return &o.OAuth2.RefreshLife }),
		offOn("validate.client.secret", "Client ID and secret are compared.", func(o *Options) *bool { return &o.OAuth2.NoSecretCheck }),
		offOn("enable.access.tokens", "Access tokens are taken.", func(o *Options) *bool { return &o.OAuth2.AccessTokensOff }),
		onOff("localhost-redirect", "http://localhost may be a Redirect URL without a property.", func(o *Options) *bool { return &o.OAuth2.LocalhostRedirect }),
		offOn("redirect-list", "A comma in a Redirect URL parts two of them.", func(o *Options) *bool { return &o.OAuth2.OneRedirect }),
		onOff("loopback-port", "A Redirect URL on this machine matches with any port.", func(o *Options) *bool { return &o.OAuth2.LoopbackPort }),
		onOff("refresh-redirect", "Refreshing needs the redirect_uri.", func(o *Options) *bool { return &o.OAuth2.RefreshNeedsRedirect }),
		offOn("token.via.basic.authentication", "An access token is taken as the password of HTTP Basic.", func(o *Options) *bool { return &o.OAuth2.BasicTokenOff }),
		offOn("code-first", "The token endpoint checks the code before Client ID and secret.", func(o *Options) *bool { return &o.OAuth2.ClientFirst }),
		{"unknown-code", "invalid_request", "invalid_grant", "The error of a code that is unknown or expired: invalid_request or invalid_grant.", setCodeRefusal},
		onOff("try-uses-code", "A try that fails uses the code up.", func(o *Options) *bool { return &o.OAuth2.TryUsesCode }),
		offOn("revocation", "There is a revocation endpoint.", func(o *Options) *bool { return &o.OAuth2.NoRevocation }),
		offOn("metadata", "There is a metadata document of the provider.", func(o *Options) *bool { return &o.OAuth2.NoMetadata }),
		offOn("client-resource", "Incoming links can be made over REST.", func(o *Options) *bool { return &o.OAuth2.NoClientREST }),
		onOff("redirect-first", "An unknown Client ID or Redirect URL is refused before the login; else after consent.", func(o *Options) *bool { return &o.OAuth2.RedirectFirst }),
		onOff("client-basic", "The token endpoint takes ID and secret by HTTP Basic too.", func(o *Options) *bool { return &o.OAuth2.BasicAuth }),
		either("client-error", "The HTTP status of invalid_client: 400 or 401.", 401, 400, func(o *Options) *int { return &o.OAuth2.ClientStatus }),
		either("authorize-redirect", "The HTTP status with which authorizing goes on: 302 or 303.", 302, 303, func(o *Options) *int { return &o.OAuth2.RedirectStatus }),
		offOn("code-expires", "A code that has expired is refused at once; else it is taken until the cleanup of each minute.", func(o *Options) *bool { return &o.OAuth2.LateCode }),
		onOff("admin-links", "The scope ADMIN_WRITE is enough to make incoming links over REST; else it takes SYSTEM_ADMIN.", func(o *Options) *bool { return &o.OAuth2.AdminLinks }),
		onOff("pkce-sha256", "The PKCE method sha256 works too.", func(o *Options) *bool { return &o.OAuth2.MethodSHA256 }),
		offOn("verifier-128", "A PKCE verifier of 128 characters passes.", func(o *Options) *bool { return &o.OAuth2.Verifier127 }),
		offOn("scope-required", "Authorizing without a scope is refused.", func(o *Options) *bool { return &o.OAuth2.ScopeOptional }),
		onOff("scope-cut", "A scope beyond the link's is dropped and not refused.", func(o *Options) *bool { return &o.OAuth2.CutScopes }),
		offOn("scope-in-answer", "The token answer tells the scope.", func(o *Options) *bool { return &o.OAuth2.NoScopeInAnswer }),
		offOn("state-decoded", "A login on the way decodes the state once.", func(o *Options) *bool { return &o.OAuth2.VerbatimState }),
		onOff("bearer-refused", "A token that is not valid is refused with 401; else the call is anonymous.", func(o *Options) *bool { return &o.OAuth2.RefuseDeadBearer }),
		onOff("bearer-rest-only", "Outside /rest and /scm a token leads to the login page.", func(o *Options) *bool { return &o.OAuth2.BearerOnRESTOnly }),
		offOn("user-encoded", "X-AUSERNAME is URL-encoded.", func(o *Options) *bool { return &o.REST.PlainUserName }),
		onOff("last-page-null", "The last page has nextPageStart as null; else it lacks it.", func(o *Options) *bool { return &o.REST.NullNextOnLastPage }),
		offOn("feature.public.access", "Who is not logged in may see what is public.", func(o *Options) *bool { return &o.REST.NoPublicAccess }),
		onOff("public-project-list", "From 10.0 on the list of projects answers callers without a user, too.", func(o *Options) *bool { return &o.REST.PublicProjectList }),
		{"unknown-route", "version", "xml", "What a REST path gets that no resource has: uri, xml, json, or what its version gives.", setRoute},
		onOff("nonce-with-timestamp", "A nonce of OAuth 1 may come again in another second; else not for a minute.", func(o *Options) *bool { return &o.OAuth1.NonceWithTimestamp }),
		either("captcha-status", "What HTTP Basic gets where a CAPTCHA is due: 401 with JSON, or 403 with X-Authentication-Denied-Reason.", 401, 403, func(o *Options) *int { return &o.REST.CaptchaStatus }),
		onOff("rate-limit-headers", "429 comes with X-RateLimit-* beside Retry-After.", func(o *Options) *bool { return &o.REST.RateLimitHeaders }),
	}
}

// maximumLife is as long as a token's life can be told in seconds of 32 bits.
const maximumLife = (1<<31 - 1) * time.Second

// SetKnob sets a knob given as NAME=VALUE. It fails on a name that is not in
// [Knobs] and on a value that the knob does not take.
func (o *Options) SetKnob(setting string) error {
	name, value, ok := strings.Cut(setting, "=")
	if !ok {
		return fmt.Errorf("a knob is given as NAME=VALUE")
	}
	for _, k := range Knobs() {
		if k.Name != name {
			continue
		}
		if err := k.set(o, value); err != nil {
			return fmt.Errorf("%s takes %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("there is no knob %q", name)
}

// onOff is a knob that an option switches on.
func onOff(name, what string, option func(*Options) *bool) Knob {
	return Knob{name, "false", "true", what, setBool(option, false)}
}

// offOn is a knob that an option switches off.
func offOn(name, what string, option func(*Options) *bool) Knob {
	return Knob{name, "true", "false", what, setBool(option, true)}
}

func setBool(option func(*Options) *bool, inverse bool) func(*Options, string) error {
	return func(o *Options, value string) error {
		if value != "true" && value != "false" {
			return fmt.Errorf("true or false")
		}
		*option(o) = (value == "true") != inverse
		return nil
	}
}

func life(name, what string, otherwise, most time.Duration, option func(*Options) *time.Duration) Knob {
	return Knob{name, strconv.Itoa(int(otherwise.Seconds())), "60", what, func(o *Options, value string) error {
		n, err := strconv.Atoi(value)
		if limit := int(most.Seconds()); err != nil || n < 1 || n > limit {
			return fmt.Errorf("whole seconds from 1 to %d", limit)
		}
		*option(o) = time.Duration(n) * time.Second
		return nil
	}}
}

func setRoute(o *Options, value string) error {
	switch r := Route(value); r {
	case "version":
		o.REST.UnknownRoute = RouteByVersion
	case RouteURI, RouteXML, RouteJSON:
		o.REST.UnknownRoute = r
	default:
		return fmt.Errorf("version, uri, xml or json")
	}
	return nil
}

func setCodeRefusal(o *Options, value string) error {
	if value != "invalid_request" && value != "invalid_grant" {
		return fmt.Errorf("invalid_request or invalid_grant")
	}
	o.OAuth2.CodeRefusal = value
	return nil
}

// either is a knob with two numbers, of which the first is the default.
func either(name, what string, otherwise, other int, option func(*Options) *int) Knob {
	return Knob{name, strconv.Itoa(otherwise), strconv.Itoa(other), what, func(o *Options, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n != otherwise && n != other {
			return fmt.Errorf("%d or %d", min(otherwise, other), max(otherwise, other))
		}
		*option(o) = n
		return nil
	}}
}
