package diagnose

import (
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// Addresses tell what stands there by their host, path or parameters.
var (
	signInPath = core.Pattern(`(?i)log-?[io]n|sign-?_?in|sso\b|\bsso|saml|/auth|oauth2?/|openid|oidc|adfs|/idp|j_atl_security|` +
		`/my\.policy|/vdesk/|/vpn/|/cgi/|/nf/auth|outpost\.goauthentik|/if/flow|/oam/|/obrareq|siteminder|/\.pomerium|shibboleth|wayf|` +
		`/cas(?:/|$)|/realms/|/wsfed|/nidp/|/dana-na/|/\+cscoe\+|pkmslogin|/mga/|/pa/|/as/|/pf/|cdn-cgi/access|gcp[-_]iap|/portal(?:/|$)`)
	signInHost = core.Pattern(`(?i)(?:^|[.-])(?:log-?[io]n|sign-?in|sso|idp|iam|auth[nz]?|oauth2?|accounts?|adfs|sts|fs|cas|saml|keycloak|authelia|authentik|okta(?:preview)?|` +
		`onelogin|auth0|duosecurity|pingone|pingidentity|microsoftonline(?:-p)?|b2clogin|ciamlogin|cloudflareaccess|zscaler[a-z]*|zscloud|pomerium|shibboleth|wayf|oidc)[.-]`)
	// backName names the parameters in which a sign-in page is told where to
	// return to, and those of the protocols that it speaks.
	backName = core.Pattern(`(?i)^(?:rd|r|ru|rurl|return.*|redir.*|next|next_?url|goto|goto_?url|relaystate|target|orig.*|service|continue|dest.*|os_destination|back(?:_?url)?|` +
		`samlrequest|wa|wctx|wreply|wtrealm|state|nonce|response_type|client_id|cfru|resource_url|smagentname|came_from|fwd|forward_?to|login_?url|ssourl)$`)
	pausePath   = core.Pattern(`(?i)/(maintenance|unavailable|setup|system/startup|startup)\b`)
	signInBody  = core.Pattern(`(?i)type=["']?password|name=["']?j_username|samlrequest|/my\.policy|wa=wsignin1\.0|urn:oasis:names:tc:saml`)
	signInTitle = core.Pattern(`(?i)^(?:please )?(?:sign[ -]?in|log[ -]?[io]n)\b`)
	refresh     = core.Pattern(`(?i)<meta[^>]{0,200}http-equiv=["']?refresh["']?[^>]{0,100}url=\s*["']?([^"'>\s]+)`)
)

// isSignInPage fits a page that has the form of a sign-in, or sends a browser on
// to one; also where its status refuses, and Bitbucket did not make it.
func isSignInPage(ex core.Exchange) bool {
	denied := (ex.Status == http.StatusUnauthorized || ex.Status == http.StatusForbidden) && !isMarked(ex.Header) && !isOwnRefusal(ex)
	from, err := url.Parse(ex.URL)
	if denied && err == nil && ex.Header.Get("Location") != "" {
		if to, err := from.Parse(ex.Header.Get("Location")); err == nil && isSignIn(from, to) {
			return true
		}
	}
	if ex.Status >= 300 && !denied || !isHTML(ex) {
		return false
	}
	body := ex.Body[:min(len(ex.Body), bodyRead)]
	if signInBody().Match(body) {
		return true
	}
	if denied && signInTitle().MatchString(title(ex.Body)) {
		return true
	}
	m := refresh().FindSubmatch(body)
	if m == nil || err != nil {
		return false
	}
	to, err := from.Parse(html.UnescapeString(string(m[1])))
	return err == nil && isSignIn(from, to)
}

// redirect tells a move, after which Bitbucket is found under another base URL,
// from a gateway that sends everybody to sign in first.
func redirect(ex core.Exchange) *core.Finding {
	from, err := url.Parse(ex.URL)
	if err != nil {
		return answered(ex, finding.UnexpectedResponse.With(statusOf(ex)))
	}
	to, err := from.Parse(ex.Header.Get("Location"))
	if err != nil {
		return answered(ex, finding.UnexpectedResponse.With(statusOf(ex)))
	}
	foreign := isForeign(from, to)
	permanent := ex.Status == http.StatusMovedPermanently || ex.Status == http.StatusPermanentRedirect
	base := moved(from, to)
	switch {
	case from.Scheme == "http" && to.Scheme == "https" && !foreign:
		if base == "" {
			old, err := url.Parse(baseOf(ex.URL))
			if err != nil {
				old = from
			}
			old.Scheme, old.Host = "https", to.Host
			base = old.String()
		}
		return answered(ex, finding.HTTPSExpected.With(baseOf(ex.URL), base))
	case base != "":
	case pausePath().MatchString(to.Path) && !foreign:
		return answered(ex, finding.Unavailable.With(statusOf(ex)))
	case isSignIn(from, to), foreign && !permanent:
		return answered(ex, finding.LoginPage.With(bare(ex.URL), bare(to.String())))
	}
	return answered(ex, finding.RedirectedElsewhere.With(bare(ex.URL), bare(to.String()), base))
}

// moved returns the base URL under which a redirect finds what was asked for, the
// same path and query below another base; "" when it leads to something else, to
// where somebody signs in, or away from https.
func moved(from, to *url.URL) string {
	old := baseOf(from.String())
	below := strings.TrimPrefix(bare(from.String()), old)
	target := bare(to.String())
	base := strings.TrimRight(strings.TrimSuffix(target, below), "/")
	switch {
	case len(below) < 2, !strings.HasSuffix(target, below), base == old:
		return ""
	case to.Scheme != "https" && to.Scheme != from.Scheme, to.Host == "":
		return ""
	case to.RawQuery != from.RawQuery, signInHost().MatchString(to.Hostname() + "."):
		return ""
	}
	return base
}

func isForeign(from, to *url.URL) bool { return !strings.EqualFold(to.Hostname(), from.Hostname()) }

func isForeignSignIn(from, to *url.URL) bool {
	return isForeign(from, to) && signInHost().MatchString(to.Hostname()+".")
}

// isSignIn reports whether an address is one where people sign in: by its names,
// or because it carries where it was come from.
func isSignIn(from, to *url.URL) bool {
	if signInPath().MatchString(to.Path) || isForeignSignIn(from, to) {
		return true
	}
	for name, values := range query(to) {
		if backName().MatchString(name) {
			return true
		}
		for _, value := range values {
			if carries(value, from) {
				return true
			}
		}
	}
	return false
}

// query reads the parameters of an address, of its fragment too: some pages keep
// theirs there.
func query(u *url.URL) url.Values {
	values, _ := url.ParseQuery(u.RawQuery) // what can be read of it
	if values == nil {
		values = url.Values{}
	}
	if _, after, found := strings.Cut(u.Fragment, "?"); found {
		more, _ := url.ParseQuery(after)
		for name, v := range more {
			values[name] = append(values[name], v...)
		}
	}
	return values
}

// carries reports whether a value holds the address that was asked for, as it is,
// percent-encoded once more, or in base64.
func carries(value string, from *url.URL) bool {
	texts := []string{value}
	if plain, err := url.QueryUnescape(value); err == nil {
		texts = append(texts, plain)
	}
	if plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(value), "=")); err == nil {
		texts = append(texts, string(plain))
	}
	for _, text := range texts {
		if strings.Contains(text, from.Host) || len(from.Path) > 1 && strings.Contains(text, from.Path) {
			return true
		}
	}
	return false
}
