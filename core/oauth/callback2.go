package oauth

import (
	"crypto/subtle"
	"net/url"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/seal"
)

// callback2 is what the provider sent the browser back with (RFC 6749 section
// 4.1.2): a code, or the reason why there is none.
type callback2 struct {
	code seal.Text
	err  error
}

// parse reads a callback of this dance. The error is an [*UnusableError].
func (d *Dance2) parse(query url.Values) (callback2, error) {
	state, code, refusal := query["state"], query["code"], query["error"]
	switch {
	case len(state) == 0 && len(refusal) > 0 && errorCode().MatchString(refusal[0]):
		return callback2{}, &UnusableError{"the address carried the error " + refusal[0] + " without a state"}
	case len(state) == 0:
		return callback2{}, &UnusableError{"the address carried no state"}
	case len(state) > 1:
		return callback2{}, &UnusableError{"the address carried state more than once"}
	case subtle.ConstantTimeCompare([]byte(state[0]), []byte(d.state.Reveal())) != 1:
		return callback2{}, &UnusableError{"the address belongs to another attempt"}
	case len(code) == 0 && len(refusal) == 0:
		return callback2{}, &UnusableError{"the address carried neither a code nor an error"}
	case len(code)+len(refusal) > 1:
		return callback2{}, &UnusableError{"the address carried more than one code or error"}
	case len(refusal) == 1 && refusal[0] == "access_denied":
		return callback2{err: ErrDenied}, nil
	case len(refusal) == 1:
		return callback2{err: authorizeError(refusal[0], d.masked(query.Get("error_description")))}, nil
	case !tokenLike(code[0]):
		return callback2{}, &UnusableError{"the address carried a damaged code"}
	}
	return callback2{code: seal.NewText(code[0])}, nil
}

// masked takes out what the server knows of this dance: a description may repeat it.
func (d *Dance2) masked(description string) string {
	return bitbucket.Mask(description, d.state.Reveal(), d.verifier.Reveal(), d.client.Secret.Reveal())
}

func authorizeError(code, description string) *AuthorizeError {
	e := &AuthorizeError{Description: core.Line(description, 200)}
	if errorCode().MatchString(code) {
		e.Code = code
	}
	return e
}
