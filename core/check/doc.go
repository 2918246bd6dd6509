// Package check runs a need of the set-up against the world: it takes what is
// known about an integration, puts one question to its server and returns an
// outcome that can be stored and shown. It records nothing itself. What a
// sign-in is granted is discarded, unless it is asked for by [Runner.AuthorizeKeep].
//
// A check of the link in use asks whether it still works, one of a link that is set up
// whether it works yet, and that of a superseded one whether Bitbucket has let go of it.
//
// Every outcome carries the evidence it rests on, without secrets, and a failed
// one the finding that explains it.
//
// The refresh of an identity check does not go through core/auth: its tokens are known
// to this process alone and not stored yet, so that there is no row to take a lease in.
package check
