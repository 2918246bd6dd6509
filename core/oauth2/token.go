package oauth2

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"applink/core/bitbucket"
	"applink/core/seal"
)

// Token is a pair of OAuth 2 tokens (RFC 6749 section 5.1). Both are opaque:
// Bitbucket's look like JWTs, but tell nothing.
type Token struct {
	Access  seal.Text
	Refresh seal.Text // Bitbucket's live 90 days by default and serve once
	// Expires is the end of the access token; zero when the server did not say.
	Expires time.Time
	// RenewAt is before Expires by a margin, for clocks and requests under way:
	// a tenth of the lifetime, 5 minutes at most. Zero as Expires is.
	RenewAt time.Time
	Scopes  []string // nil when the server did not say, as Bitbucket does not
}

// Bearer returns the access token in the form that other libraries take. The refresh
// token is left out: whoever used it would end the pair.
func (t *Token) Bearer() *oauth2.Token {
	return &oauth2.Token{AccessToken: t.Access.Reveal(), TokenType: "Bearer", Expiry: t.Expires}
}

// renewMargin is the most by which a token is renewed before its end.
const renewMargin = 5 * time.Minute

// reply is the answer of a token endpoint: a token or an error (section 5.2).
type reply struct {
	Access  string          `json:"access_token"`
	Refresh string          `json:"refresh_token"`
	Type    string          `json:"token_type"`
	Life    json.RawMessage `json:"expires_in"` // a number, with some servers as text
	Scope   string          `json:"scope"`
	Error   string          `json:"error"`

	Description string `json:"error_description"`
}

// parseReply reads the answer of a token endpoint. Its errors quote nothing of
// the answer.
func parseReply(body []byte) (reply, error) {
	var r reply
	switch {
	case len(body) > bitbucket.ReplyLimit:
		return r, errors.New("the answer is too large")
	case len(strings.TrimSpace(string(body))) == 0:
		return r, errors.New("the answer is empty")
	case json.Unmarshal(body, &r) != nil:
		return reply{}, errors.New("the answer is not a JSON object of the expected kind")
	}
	return r, nil
}

// token checks an answer. The refresh token may be missing, but not damaged.
func (r reply) token(asked time.Time) (*Token, error) {
	switch {
	case !bitbucket.TokenLike(r.Access):
		return nil, errors.New("no usable access_token in the answer")
	case !strings.EqualFold(r.Type, "bearer"):
		return nil, errors.New("no token_type bearer in the answer")
	case r.Refresh != "" && !bitbucket.TokenLike(r.Refresh):
		return nil, fmt.Errorf("no usable refresh_token in the answer")
	}
	t := &Token{
		Access:  seal.NewText(r.Access),
		Refresh: seal.NewText(r.Refresh),
		Expires: bitbucket.After(asked, strings.Trim(string(r.Life), `"`)),
		Scopes:  strings.Fields(r.Scope),
	}
	if !t.Expires.IsZero() {
		t.RenewAt = t.Expires.Add(-min(renewMargin, t.Expires.Sub(asked)/10))
	}
	return t, nil
}
