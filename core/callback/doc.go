// Package callback receives a user who comes back from a browser, for both OAuth
// protocols.
//
// A [Flow] is one user's way to a token; core/oauth1 and core/oauth2 each have one. The
// browser comes back to a listener on this machine, or the user types a code or pastes
// the address. There are two listeners. A [Loopback] takes one answer over http at an
// address that cannot be guessed. A [Localhost] listens at a redirect URL that is
// registered in Bitbucket, with https and a certificate of its own; a flow attaches
// itself to it, and more than one may do so, one after the other.
//
// The package knows neither protocol. A flow tells a listener what an address is worth:
// nil for an answer, [ErrDenied] for a refusal by the user, an [*UnusableError] for what
// is not ours. What is not ours is turned away and the wait goes on. A stranger learns
// nothing, not even whether a path exists.
package callback
