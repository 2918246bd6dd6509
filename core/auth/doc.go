// Package auth is the core library of applink: the only way in which the
// wizard, the plain mode, the commands and other programs read and write what is
// known about integrations and their credentials.
//
// [Open] opens a [Library]: its [Integrations], its [Moves] and its [Credentials],
// over a [Store] and a [Sealer]. Each method that changes something is one
// transaction: when it returns, the change is on disk, and when it fails nothing
// changed. What a method returns is a fresh [setup.State], from which the next step is
// derived.
//
//	lib, err := auth.Open(ctx, "applink.db", auth.Options{Create: true})
//	defer lib.Close()
//	state, err := lib.Create(ctx, "own")
//	state, err = lib.Answer(ctx, state.Integration.ID, core.FieldBaseURL, "https://git.acme.com")
//	step := state.Current().Step
//
// Three kinds of fact come in, each by its method: what the admin entered by
// [Integrations.Answer], what a server said by [Integrations.Record], and what the admin
// says is done by [Integrations.Say]. An answer that changes takes back the others
// that rested on it. The fact that completes the last step makes the link the
// active one and supersedes the one before.
//
// An integration can have several links, of which one is in use. What was set up by
// hand comes in by [Integrations.Adopt]. [Moves.Migrate] and [Moves.Rotate] put a draft
// beside the link in use, which is walked like the first one and until then can be
// dropped by [Moves.Abandon]. The link from before stays, superseded, for
// [Moves.GoBack], until the step [setup.Retire] proves or says that it is deleted in
// Bitbucket; then its secrets are deleted here.
//
// Secrets are sealed outside of transactions, since a keyring may take its time.
// When the key source does not answer, everything but the secrets can still be
// read and written. A secret that the application holds is put to the server by
// [Integrations.Prove] and kept nowhere.
//
// [Credentials.Client] gives a program an HTTP client that acts for the user whose
// tokens are kept. Bitbucket ends both tokens of an OAuth 2 pair when it makes the
// next one, so a pair is refreshed by one at a time, in all processes together,
// and the next one is on disk before it is used; see refresh.go.
//
// Errors that a person can do something about are *core.Finding; an answer that
// is almost right is a *[core.Suggestion].
package auth
