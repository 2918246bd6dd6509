package oauth

import (
	"errors"
	"fmt"

	"applink/core"
)

// What the user did, or left undone, in a dance.
var (
	// ErrDenied says that the user pressed Deny on the consent page. Returned by
	// [Dance.Wait] and [Dance.Submit].
	ErrDenied = errors.New("the user denied access")
	// ErrNobodyCame says that the time limit passed before the browser came
	// back. Returned by [Loopback.Wait] and [Dance.Wait].
	ErrNobodyCame = errors.New("nobody came back within the time limit")
	// ErrNotOurs says that a pasted address belongs to another dance, or to
	// none. Returned by [Dance.Submit], which may be called again.
	ErrNotOurs = errors.New("this address does not belong to this authorization")
	// ErrNoCode says that nothing was typed. Returned by [Dance.Submit], which
	// may be called again.
	ErrNoCode = errors.New("the verification code is empty")
	// ErrNoListener says that a dance with [OutOfBand] was asked to wait for a
	// browser. Returned by [Dance.Wait].
	ErrNoListener = errors.New("this authorization waits for a typed code, not for a browser")
	// ErrClosed says that the listener was closed while something waited for
	// it. Returned by [Loopback.Wait] and [Dance.Wait].
	ErrClosed = errors.New("the listener is closed")
	// ErrNoKey says that a consumer without private key was asked to sign.
	ErrNoKey = errors.New("no private key to sign with")
)

var errFormTooLarge = fmt.Errorf("the form is larger than %d bytes", formLimit)

// ProblemError is a call to a token endpoint that did not end with a token: the
// server refused, answered something else, or did not answer. The exchange has
// what core/diagnose needs to say why, with secrets masked.
type ProblemError struct {
	Doing    string // "asking for a request token"
	Reason   string // what is wrong with the answer, "" when the exchange has an error
	Exchange core.Exchange
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
