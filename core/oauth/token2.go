package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"applink/core"
	"applink/core/seal"
)

// Token2 is a pair of OAuth 2 tokens (RFC 6749 section 5.1). Both are opaque:
// Bitbucket's look like JWTs, but tell nothing.
type Token2 struct {
	Access  seal.Text
	Refresh seal.Text // Bitbucket's live 90 days by default and serve once
	// Expires is the end of the access token; zero when the server did not say.
	Expires time.Time
	// RenewAt is before Expires by a margin, for clocks and requests under way:
	// a tenth of the lifetime, 5 minutes at most. Zero as Expires is.
	RenewAt time.Time
	Scopes  []string // nil when the server did not say, as Bitbucket does not
}

// renewMargin is the most by which a token is renewed before its end.
const renewMargin = 5 * time.Minute

// reply2 is the answer of a token endpoint: a token or an error (section 5.2).
type reply2 struct {
	Access  string          `json:"access_token"`
	Refresh string          `json:"refresh_token"`
	Type    string          `json:"token_type"`
	Life    json.RawMessage `json:"expires_in"` // a number, with some servers as text
	Scope   string          `json:"scope"`
	Error   string          `json:"error"`

	Description string `json:"error_description"`
}

// parseReply2 reads the answer of a token endpoint. Its errors quote nothing of
// the answer.
func parseReply2(body []byte) (reply2, error) {
	var r reply2
	switch {
	case len(body) > replyLimit:
		return r, errors.New("the answer is too large")
	case len(strings.TrimSpace(string(body))) == 0:
		return r, errors.New("the answer is empty")
	case json.Unmarshal(body, &r) != nil:
		return reply2{}, errors.New("the answer is not a JSON object of the expected kind")
	}
	return r, nil
}

var errorCode = core.Pattern(`^[a-z][a-z_]{0,63}$`)

// code is the error's code where it looks like one, so that no error of ours
// repeats any text a server likes to send.
func (r reply2) code() string {
	if !errorCode().MatchString(r.Error) {
		return ""
	}
	return r.Error
}

// token checks an answer. The refresh token may be missing, but not damaged.
func (r reply2) token(asked time.Time) (*Token2, error) {
	switch {
	case !tokenLike(r.Access):
		return nil, errors.New("no usable access_token in the answer")
	case !strings.EqualFold(r.Type, "bearer"):
		return nil, errors.New("no token_type bearer in the answer")
	case r.Refresh != "" && !tokenLike(r.Refresh):
		return nil, fmt.Errorf("no usable refresh_token in the answer")
	}
	t := &Token2{
		Access:  seal.NewText(r.Access),
		Refresh: seal.NewText(r.Refresh),
		Expires: after(asked, strings.Trim(string(r.Life), `"`)),
		Scopes:  strings.Fields(r.Scope),
	}
	if !t.Expires.IsZero() {
		t.RenewAt = t.Expires.Add(-min(renewMargin, t.Expires.Sub(asked)/10))
	}
	return t, nil
}
