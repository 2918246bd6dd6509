package oauth2

import (
	"errors"
	"net/http"

	"golang.org/x/oauth2"

	"applink/core/bitbucket"
)

// ProblemError is a [bitbucket.ProblemError] of an OAuth 2 provider. It also wraps the
// refusal, so that programs find in it what the library's own calls return.
type ProblemError struct {
	*bitbucket.ProblemError
	// Refusal has the error code of the answer (RFC 6749 section 5.2), such as
	// invalid_grant, and its body with secrets masked. It is nil unless the server
	// refused; the code is "" where the answer named none.
	Refusal *oauth2.RetrieveError
	Unsent  bool    // the request cannot have reached the server
	about   reading // what the refusal, with its words, says about the client
}

// Unwrap returns the problem and the refusal.
func (e *ProblemError) Unwrap() []error {
	if e.Refusal == nil {
		return []error{e.ProblemError}
	}
	return []error{e.ProblemError, e.Refusal}
}

// Refused returns the error code with which a server refused a token request, "" where
// it did not, or named none.
func Refused(err error) string {
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		return ""
	}
	return refusal.ErrorCode
}

// InvalidGrant reports whether the server refused a code or a refresh token for
// good (invalid_grant): only a new authorization helps.
func InvalidGrant(err error) bool { return Refused(err) == "invalid_grant" }

// Ambiguous reports whether the server may have acted on a token request
// although no usable answer came: an error of the network after the request may
// have been sent, a time limit, a server error, or an answer without tokens.
// After a refresh that ends so, the old refresh token may be dead or alive.
func Ambiguous(err error) bool {
	var p *ProblemError
	if !errors.As(err, &p) || p.Unsent {
		return false
	}
	status := p.Exchange.Status
	granted := status >= 200 && status < 300 && Refused(err) == ""
	return p.Exchange.Err != nil || status >= 500 || status == http.StatusRequestTimeout || granted
}

// AuthorizeError is a refusal of the authorize page that came back with the
// browser (RFC 6749 section 4.1.2.1), other than access_denied.
type AuthorizeError struct {
	Code        string // "invalid_scope"; "" when it does not look like a code
	Description string // what the server said, cut and without control characters
}

// Error names the code.
func (e *AuthorizeError) Error() string { return "asking for authorization: " + e.Code }
