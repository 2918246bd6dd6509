package oauth

import (
	"errors"
	"fmt"
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

// reply is the answer of a token endpoint, its fields in any order.
type reply url.Values

// parseReply reads the form-encoded answer of a token endpoint. Its errors
// quote nothing of the answer.
func parseReply(body string) (reply, error) {
	body = strings.TrimSpace(body)
	if body == "" {
		return nil, errors.New("the answer is empty")
	}
	if len(body) > replyLimit {
		return nil, errors.New("the answer is too large")
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, errors.New("the answer is not form-encoded")
	}
	r := reply(values)
	for _, name := range []string{"oauth_token", "oauth_token_secret"} {
		if len(r[name]) != 1 || !tokenLike(r[name][0]) {
			return nil, fmt.Errorf("no usable %s in the answer", name)
		}
	}
	return r, nil
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

func (r reply) get(name string) string { return url.Values(r).Get(name) }

func (r reply) requestToken() (*RequestToken, error) {
	if r.get("oauth_callback_confirmed") != "true" {
		return nil, errors.New("no oauth_callback_confirmed=true in the answer")
	}
	return &RequestToken{Token: seal.NewText(r.get("oauth_token")), Secret: seal.NewText(r.get("oauth_token_secret"))}, nil
}

func (r reply) accessToken(now time.Time) *Token {
	t := &Token{
		Token:          seal.NewText(r.get("oauth_token")),
		Secret:         seal.NewText(r.get("oauth_token_secret")),
		Expires:        after(now, r.get("oauth_expires_in")),
		SessionExpires: after(now, r.get("oauth_authorization_expires_in")),
	}
	if session := r.get("oauth_session_handle"); tokenLike(session) {
		t.Session = seal.NewText(session)
	}
	return t
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
