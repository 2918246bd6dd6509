package bitbucket

import (
	"net/http"
	"net/url"
	"strings"

	"applink/core"
)

const mask = "••••"

var (
	secretForm = core.Pattern(`\b(oauth_token|oauth_token_secret|oauth_session_handle|oauth_verifier|` +
		`oauth_signature|access_token|refresh_token|id_token|client_secret|code_verifier|code|assertion)(=)("?)[^&\s",]+`)
	// A value may hold escaped quotes.
	secretJSON = core.Pattern(`("(?:access_token|refresh_token|id_token|client_secret|code_verifier|code)"\s*:\s*")(?:[^"\\]|\\.)*`)
	// A base string is percent-encoded once, and once more inside a form body;
	// so is an address to come back to inside that of a login page.
	secretNested = core.Pattern(`((?:oauth_(?:token|verifier|session_handle|token_secret)|` +
		`access_token|refresh_token|id_token|client_secret|code_verifier|%(?:25)?(?:26|3[Ff])code)%(?:25)?3[Dd])` +
		`(?:[A-Za-z0-9._~-]|%(?:25)?(?:2[BFbf]|3[Dd]))+`)
)

// maskURL returns u without user information and with the values of oauth_*
// and other secret parameters masked; order and the rest stay as sent.
func maskURL(u *url.URL) string {
	bare := *u
	bare.User = nil
	pairs := strings.Split(bare.RawQuery, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if value != "" && (err != nil || secretParameter(plain)) {
			pairs[i] = name + "=" + mask
		}
	}
	bare.RawQuery = strings.Join(pairs, "&")
	return string(maskBody([]byte(bare.String())))
}

func secretParameter(name string) bool {
	switch n := strings.ToLower(name); n {
	case "code", "state", "code_verifier", "client_secret", "access_token", "refresh_token", "id_token", "j_password", "password":
		return true
	default:
		return strings.HasPrefix(n, "oauth_")
	}
}

// maskHeader copies response headers without cookies; OAuth challenges can echo
// the request's own token.
func maskHeader(h http.Header) http.Header {
	out := h.Clone()
	out.Del("Set-Cookie")
	for _, name := range []string{"Www-Authenticate", "Location"} {
		for i, v := range out[name] {
			out[name][i] = string(maskBody([]byte(v)))
		}
	}
	return out
}

func maskBody(b []byte) []byte {
	b = secretForm().ReplaceAll(b, []byte("$1$2$3"+mask))
	b = secretJSON().ReplaceAll(b, []byte("${1}"+mask))
	return secretNested().ReplaceAll(b, []byte("${1}"+mask))
}

func maskBaseString(s string) string { return secretNested().ReplaceAllString(s, "${1}"+mask) }
