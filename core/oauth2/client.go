package oauth2

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/seal"
)

// Client is the OAuth 2 side that we play: a confidential client of the
// authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636). Its
// methods may be called concurrently; its fields are not changed after the
// first call.
type Client struct {
	Base   string    // Bitbucket's base URL, context path included
	ID     string    // Client ID
	Secret seal.Text // Client secret, sent in the body: Bitbucket takes no Basic
	// Redirect is the redirect URL, character for character as it is
	// registered: Bitbucket compares it exactly, final slash included.
	Redirect string
	Scopes   []string // keys such as REPO_READ; none asks for the link's own

	Endpoints Endpoints // zero: those of Bitbucket below Base

	// Transport sends the requests. It is a [bitbucket.Transport] or passes
	// requests on to one, because that records the exchanges. Nil means one
	// with the default options.
	Transport http.RoundTripper
	// Now is the clock for the lifetimes of tokens; nil means time.Now.
	Now func() time.Time
}

// Endpoints are the URLs of an OAuth 2 provider. Not every version of Bitbucket has
// the one for revocation.
type Endpoints struct{ Authorize, Token, Revoke string }

// BitbucketEndpoints returns the OAuth 2 resources of Bitbucket below a base
// URL.
func BitbucketEndpoints(base string) Endpoints {
	rest := strings.TrimRight(base, "/") + "/rest/oauth2/latest/"
	return Endpoints{Authorize: rest + "authorize", Token: rest + "token", Revoke: rest + "revoke"}
}

// NewSecret returns 43 random characters of the base64url alphabet, for a state
// or a verifier. Bitbucket decodes a state once too often when the user has to
// sign in on the way; this alphabet survives it.
func NewSecret() seal.Text { return seal.NewText(oauth2.GenerateVerifier()) }

// AuthorizeURL returns the page on which the user approves (RFC 6749 section
// 4.1.1), with the S256 challenge of the verifier. State and verifier are
// [NewSecret]s, made for this URL alone.
func (c *Client) AuthorizeURL(state, verifier seal.Text) string {
	return c.config().AuthCodeURL(state.Reveal(), oauth2.S256ChallengeOption(verifier.Reveal()))
}

// OpenAuthorize opens the authorize page as a browser does in which nobody is signed in.
// A provider that works sends it on to sign in. State and verifier are made for this one
// request.
func (c *Client) OpenAuthorize(ctx context.Context) (core.Exchange, error) {
	call := c.call("opening the authorize page")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.AuthorizeURL(NewSecret(), NewSecret()), nil)
	if err != nil {
		return core.Exchange{}, err
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	_, err = call.RoundTrip(r)
	return call.Exchange, err
}

// ExchangeCode exchanges the code that the browser brought (section 4.1.3).
// Bitbucket's codes live 10 seconds by default and serve once.
//
// The exchange is what came of it, also beside an error, which is a
// [*ProblemError].
func (c *Client) ExchangeCode(ctx context.Context, code, verifier seal.Text) (*Token, core.Exchange, error) {
	call := c.call("exchanging the code")
	// The token that the library returns is read again below: the library has
	// no limits, knows no margin and quotes answers in its errors.
	library := context.WithValue(ctx, oauth2.HTTPClient, bitbucket.HTTPClient(call))
	_, err := c.config().Exchange(library, code.Reveal(), oauth2.VerifierOption(verifier.Reveal()))
	token, err := call.token(err)
	if err == nil && token.Refresh.Empty() {
		token, err = nil, call.problem("no usable refresh_token in the answer")
	}
	return token, call.Exchange, err
}

// Refresh asks for a new pair of tokens (section 6). Bitbucket then ends the
// old access token and the old refresh token at once, so that one process at a
// time may do it, and must store the new pair before it uses it.
//
// Results are as those of ExchangeCode. After an error [Ambiguous] tells
// whether the old refresh token may have been used up, and [InvalidGrant]
// whether it is worth nothing any more.
func (c *Client) Refresh(ctx context.Context, refresh seal.Text) (*Token, core.Exchange, error) {
	call := c.call("refreshing the token")
	// The library's own refresh cannot send the redirect URL, without which
	// the provider is reported to refuse.
	err := call.post(ctx, c.endpoints().Token, c.form("refresh_token", url.Values{"refresh_token": {refresh.Reveal()}}))
	token, err := call.token(err)
	if err == nil && token.Refresh.Empty() {
		token.Refresh = refresh // not rotated: RFC 6749 section 6 lets a server keep it
	}
	return token, call.Exchange, err
}

// form is the body of a token request.
func (c *Client) form(grant string, more url.Values) url.Values {
	form := url.Values{
		"grant_type":    {grant},
		"client_id":     {c.ID},
		"client_secret": {c.Secret.Reveal()},
		"redirect_uri":  {c.Redirect},
	}
	for name, values := range more {
		form[name] = values
	}
	return form
}

func (c *Client) config() *oauth2.Config {
	return &oauth2.Config{
		ClientID:     c.ID,
		ClientSecret: c.Secret.Reveal(),
		RedirectURL:  c.Redirect,
		// An empty key would make a leading blank, which has been refused.
		Scopes: slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return s == "" }),
		Endpoint: oauth2.Endpoint{
			AuthURL:  c.endpoints().Authorize,
			TokenURL: c.endpoints().Token,
			// Detecting the style would try Basic first, which Bitbucket may
			// count as a failed login of a user.
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

func (c *Client) endpoints() Endpoints {
	if c.Endpoints == (Endpoints{}) {
		return BitbucketEndpoints(c.Base)
	}
	return c.Endpoints
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}
