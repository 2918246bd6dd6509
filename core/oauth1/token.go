package oauth1

import (
	"net/url"
	"strings"
	"time"

	"applink/core/bitbucket"
	"applink/core/seal"
)

// RequestToken is the temporary credential of RFC 5849 section 2.1. Bitbucket
// keeps it for 10 minutes.
type RequestToken struct {
	Token  seal.Text
	Secret seal.Text // unused with RSA-SHA1, but part of the credential
}

// Token is the token credential of RFC 5849 section 2.3: with the consumer's
// private key it acts as the user who approved. Bitbucket gives it five years.
type Token struct {
	Token   seal.Text
	Secret  seal.Text // unused with RSA-SHA1, but part of the credential
	Expires time.Time // zero when the server did not say

	// Session renews the token where the provider has the session extension,
	// as Bitbucket does; empty where it has not.
	Session        seal.Text
	SessionExpires time.Time // zero when the server did not say
}

// unusable tells what is wrong with the answer of a token endpoint, "" for nothing. It
// quotes nothing of the answer.
func unusable(body string) string {
	body = strings.TrimSpace(body)
	if body == "" {
		return "the answer is empty"
	}
	if len(body) > bitbucket.ReplyLimit {
		return "the answer is too large"
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return "the answer is not form-encoded"
	}
	for _, name := range []string{"oauth_token", "oauth_token_secret"} {
		if len(values[name]) != 1 || !bitbucket.TokenLike(values[name][0]) {
			return "no usable " + name + " in the answer"
		}
	}
	return ""
}

// last reads how long a token lives, and by what it is renewed, from the answer that
// granted it: what the library does not know.
func (t *Token) last(body string, now time.Time) {
	values, _ := url.ParseQuery(strings.TrimSpace(body)) // it was read before
	t.Expires = bitbucket.After(now, values.Get("oauth_expires_in"))
	t.SessionExpires = bitbucket.After(now, values.Get("oauth_authorization_expires_in"))
	if session := values.Get("oauth_session_handle"); bitbucket.TokenLike(session) {
		t.Session = seal.NewText(session)
	}
}
