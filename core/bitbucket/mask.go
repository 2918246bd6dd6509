package bitbucket

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"applink/core"
)

// Secrets are masked twice: by their values, which see secrets.go, and by the names of
// fields, here. The names catch what another exchange sent, and what is too short to
// be looked for.

const mask = "••••"

// secretNames are the fields that hold secrets, in the spellings of JSON, Java and
// headers.
const secretNames = `(?:oauth[_-]?(?:token(?:[_-]?secret)?|session[_-]?handle|verifier|signature)|` +
	`(?:access|refresh|id)[_-]?token|client[_-]?secret|code[_-]?verifier|(?:client[_-]?)?assertion|` +
	`j?[_-]?password|private[_-]?key)`

var (
	secretForm = core.Pattern(`(?i)(^|[^A-Za-z0-9_-])(` + secretNames + `|code)(=)(["']?)[^&\s"',<>]+`)
	// A value may hold escaped quotes.
	secretJSON = core.Pattern(`(?i)("(?:` + secretNames + `|code)"\s*:\s*")(?:[^"\\]|\\.)*`)
	// JSON inside a text of JSON, and what is nearly JSON.
	secretQuoted = core.Pattern(`(?i)((?:\\+"|'|&(?:quot|#34|#39|apos);)(?:` + secretNames + `|code)(?:\\+"|'|&(?:quot|#34|#39|apos);)\s*:\s*(?:\\+"|'|"|&(?:quot|#34|#39|apos);))[^"'\\&]+`)
	secretTag    = core.Pattern(`(?i)(<` + secretNames + `\b[^<>]*>|<t[dh][^<>]*>\s*(?:` + secretNames + `|code)\s*:?\s*</t[dh]>\s*<td[^<>]*>)[^<]+`)
	secretInput  = core.Pattern(`(?i)(<input\b[^<>]*\bname=["']?(?:` + secretNames + `|code)["']?[^<>]*\bvalue=)("[^"]*"|'[^']*'|[^\s"'<>]+)`)
	secretHeader = core.Pattern(`(?i)(\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|oauth|negotiate|ntlm)\s+)?)[^\s"'<>]+`)
	// A base string is percent-encoded once, and once more inside a form body;
	// so is an address to come back to inside that of a login page.
	secretNested = core.Pattern(`(?i)((?:` + secretNames + `|%(?:25)?(?:26|3F)code)%(?:25)?3D)` +
		`(?:[A-Za-z0-9._~-]|%(?:25)?(?:2[BF]|3D))+`)
)

// isToken reports whether the value of a field of that name is a token.
func isToken(name string) bool {
	switch plainName(name) {
	case "oauthtoken", "oauthtokensecret", "oauthsessionhandle", "accesstoken", "refreshtoken", "idtoken":
		return true
	}
	return false
}

// isSecret reports whether a field of that name, in a request, holds a secret.
func isSecret(name string) bool {
	switch plainName(name) {
	case "code", "state", "token", "codeverifier", "clientsecret", "assertion", "clientassertion", "oauthverifier", "oauthsignature",
		"password", "jpassword", "privatekey":
		return true
	}
	return isToken(name)
}

func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// url returns u without user information and with the values of oauth_* and other
// secret parameters masked; order and the rest stay as sent.
func (s *secrets) url(u *url.URL) string {
	bare := *u
	bare.User = nil
	pairs := strings.Split(bare.RawQuery, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if value != "" && (err != nil || isSecret(plain) || strings.HasPrefix(strings.ToLower(plain), "oauth_")) {
			pairs[i] = name + "=" + mask
		}
	}
	bare.RawQuery = strings.Join(pairs, "&")
	return string(s.mask([]byte(bare.String())))
}

// header copies response headers without cookies and secrets.
func (s *secrets) header(h http.Header) http.Header {
	out := h.Clone()
	out.Del("Set-Cookie")
	for _, values := range out {
		for i, v := range values {
			values[i] = string(s.mask([]byte(v)))
		}
	}
	return out
}

// err returns an error whose text has no secrets, and which wraps the one given.
func (s *secrets) err(err error) error {
	if err == nil {
		return nil
	}
	text := string(s.mask([]byte(err.Error())))
	if text == err.Error() {
		return err
	}
	return maskedError{err, text}
}

// maskedError is an error that quoted a secret.
type maskedError struct {
	error
	text string
}

func (e maskedError) Error() string { return e.text }
func (e maskedError) Unwrap() error { return e.error }

func maskBody(b []byte) []byte {
	b = secretForm().ReplaceAll(b, []byte("$1$2$3$4"+mask))
	b = secretJSON().ReplaceAll(b, []byte("${1}"+mask))
	for _, p := range []func() *regexp.Regexp{secretQuoted, secretTag, secretInput, secretHeader, secretNested} {
		b = p().ReplaceAll(b, []byte("${1}"+mask))
	}
	return b
}

func (s *secrets) baseString(base string) string {
	return secretNested().ReplaceAllString(string(s.maskValues([]byte(base))), "${1}"+mask)
}
