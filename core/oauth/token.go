package oauth

import (
	"net/url"
	"strconv"
	"strings"
	"time"

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

// Limits of a token reply. Bitbucket's has about 200 bytes, with tokens of 32
// characters.
const (
	replyLimit = 64 << 10
	tokenLimit = 4 << 10
)

// unusable tells what is wrong with the answer of a token endpoint, "" for nothing. It
// quotes nothing of the answer.
func unusable(body string) string {
	body = strings.TrimSpace(body)
	if body == "" {
		return "the answer is empty"
	}
	if len(body) > replyLimit {
		return "the answer is too large"
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return "the answer is not form-encoded"
	}
	for _, name := range []string{"oauth_token", "oauth_token_secret"} {
		if len(values[name]) != 1 || !tokenLike(values[name][0]) {
			return "no usable " + name + " in the answer"
		}
	}
	return ""
}

// tokenLike accepts printable ASCII without blanks.
func tokenLike(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return s != "" && len(s) <= tokenLimit
}

// last reads how long a token lives, and by what it is renewed, from the answer that
// granted it: what the library does not know.
func (t *Token) last(body string, now time.Time) {
	values, _ := url.ParseQuery(strings.TrimSpace(body)) // it was read before
	t.Expires = after(now, values.Get("oauth_expires_in"))
	t.SessionExpires = after(now, values.Get("oauth_authorization_expires_in"))
	if session := values.Get("oauth_session_handle"); tokenLike(session) {
		t.Session = seal.NewText(session)
	}
}

// after returns now plus a number of seconds, and the zero time for a number
// that is missing or makes no sense.
func after(now time.Time, text string) time.Time {
	const century = 100 * 365 * 24 * 60 * 60
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds <= 0 || seconds > century {
		return time.Time{}
	}
	return now.Add(time.Duration(seconds) * time.Second)
}
