package oauth

import (
	"errors"
	"fmt"
	"net/http"

	"applink/core"
)

// What the user did, or left undone, in a dance.
var (
	// ErrDenied says that the user pressed Deny on the consent page. Returned by
	// Wait and Submit of [Dance] and [Dance2].
	ErrDenied = errors.New("the user denied access")
	// ErrNobodyCame says that the time limit passed before the browser came
	// back. Returned by [Loopback.Wait] and by Wait of [Dance] and [Dance2].
	ErrNobodyCame = errors.New("nobody came back within the time limit")
	// ErrNotOurs says that a pasted address belongs to another dance, or to
	// none: its state, or request token, is missing or another. Returned by
	// Submit of [Dance] and [Dance2], which may be called again.
	ErrNotOurs = errors.New("this address does not belong to this authorization")
	// ErrNoCode says that nothing was typed. Returned by Submit of [Dance] and
	// [Dance2], which may be called again.
	ErrNoCode = errors.New("nothing was typed or pasted")
	// ErrNoListener says that a dance without a listener was asked to wait for a
	// browser. Returned by Wait of [Dance] and [Dance2].
	ErrNoListener = errors.New("this authorization waits for something typed, not for a browser")
	// ErrClosed says that the listener was closed while something waited for
	// it. Returned by [Loopback.Wait] and by Wait of [Dance] and [Dance2].
	ErrClosed = errors.New("the listener is closed")
	// ErrNoKey says that a consumer without private key was asked to sign.
	ErrNoKey = errors.New("no private key to sign with")
	// ErrOtherHost says that a request would have carried a token to another
	// server than the client's, and was not sent. Returned by the HTTP clients
	// of [Client.TokenClient].
	ErrOtherHost = errors.New("the token belongs to another server")
)

// UnusableError says that a browser came back to our address with something that
// is no answer to this authorization, and that nothing better came within the time
// limit. Returned by [Loopback.Wait] and by Wait of [Dance] and of [Dance2].
type UnusableError struct {
	What string // "the address carried no oauth_verifier"; never a value of it
}

// Error tells what came.
func (e *UnusableError) Error() string { return "what came back cannot be used: " + e.What }

var errFormTooLarge = fmt.Errorf("the form is larger than %d bytes", formLimit)

// ProblemError is a call to a token endpoint that did not end with a token: the
// server refused, answered something else, or did not answer. The exchange has
// what core/diagnose needs to say why, with secrets masked.
type ProblemError struct {
	Doing    string // "asking for a request token"
	Reason   string // what is wrong with the answer, "" when the exchange has an error
	Exchange core.Exchange

	// OAuthError is the code of an OAuth 2 refusal (RFC 6749 section 5.2), such
	// as invalid_grant; "" where the answer named none.
	OAuthError string
	about      reading // what the refusal, with its words, says about the client
	// Unsent says that an OAuth 2 request cannot have reached the server.
	Unsent bool
}

// Error names the leg and the status or the transport's error.
func (e *ProblemError) Error() string {
	if e.Exchange.Err != nil {
		return fmt.Sprintf("%s: %v", e.Doing, e.Exchange.Err)
	}
	return fmt.Sprintf("%s: HTTP %d: %s", e.Doing, e.Exchange.Status, e.Reason)
}

// Unwrap returns the transport's error, nil when the server answered.
func (e *ProblemError) Unwrap() error { return e.Exchange.Err }

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
	granted := status >= 200 && status < 300 && p.OAuthError == ""
	return p.Exchange.Err != nil || status >= 500 || status == http.StatusRequestTimeout || granted
}

// InvalidGrant reports whether the server refused a code or a refresh token for
// good (invalid_grant): only a new authorization helps.
func InvalidGrant(err error) bool {
	var p *ProblemError
	return errors.As(err, &p) && p.OAuthError == "invalid_grant"
}

// AuthorizeError is a refusal of the authorize page that came back with the
// browser (RFC 6749 section 4.1.2.1), other than access_denied.
type AuthorizeError struct {
	Code        string // "invalid_scope"; "" when it does not look like a code
	Description string // what the server said, cut and without control characters
}

// Error names the code.
func (e *AuthorizeError) Error() string { return "asking for authorization: " + e.Code }
