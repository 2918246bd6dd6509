package callback

import "errors"

// What the user did, or left undone, in a [Flow].
var (
	// ErrDenied says that the user pressed Deny on the consent page. Returned by
	// Wait and Submit.
	ErrDenied = errors.New("the user denied access")
	// ErrNobodyCame says that the time limit passed before the browser came
	// back. Returned by Wait.
	ErrNobodyCame = errors.New("nobody came back within the time limit")
	// ErrNotOurs says that a pasted address belongs to another flow, or to
	// none: its state, or request token, is missing or another. Returned by
	// Submit, which may be called again.
	ErrNotOurs = errors.New("this address does not belong to this authorization")
	// ErrNoCode says that nothing was typed. Returned by Submit, which may be
	// called again.
	ErrNoCode = errors.New("nothing was typed or pasted")
	// ErrNoListener says that a flow without a listener was asked to wait for a
	// browser. Returned by Wait.
	ErrNoListener = errors.New("this authorization waits for something typed, not for a browser")
	// ErrClosed says that the flow, or its listener, was closed while something
	// waited for it. Returned by Wait.
	ErrClosed = errors.New("the listener is closed")
	// ErrAgain says that another tab brought the answer before. An [Answer]
	// returns it for the page that the browser shows.
	ErrAgain = errors.New("the answer arrived before")
)

// UnusableError says that a browser came to our address with something that is no
// answer to this flow. Returned by Wait where nothing better came within the time limit.
type UnusableError struct {
	What string // "the address carried no oauth_verifier"; never a value of it
}

// Error tells what came.
func (e *UnusableError) Error() string { return "what came back cannot be used: " + e.What }

// Unusable returns an [*UnusableError].
func Unusable(what string) error { return &UnusableError{what} }

// IsUnusable reports whether an error is an [*UnusableError].
func IsUnusable(err error) bool {
	var unusable *UnusableError
	return errors.As(err, &unusable)
}
