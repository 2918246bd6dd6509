// Package oauth2 speaks OAuth 2 (RFC 6749) as a confidential client of the authorization
// code grant with PKCE (RFC 7636).
//
// A [Client] is our side. Its [Dance] is short of time: Bitbucket's codes live 10
// seconds. So the code is exchanged where it arrives, at a [callback.Localhost] or in the
// address that the user pastes. [Client.Refresh] renews a pair of tokens; who may call
// it, and when, is the business of core/auth. [Client.Probe] asks about the client
// without a user.
//
// golang.org/x/oauth2, which is what oauth2 means in the code of this package, makes the
// authorize URL and speaks to the token endpoint; its Token and its errors are what other
// programs get from us. Our own [Token] is for keeping: it shows its secrets to nobody
// who prints it, and knows when to be renewed.
//
// Errors are of three kinds. What the server answered, or failed to, is a
// [ProblemError] with the recorded exchange, for core/diagnose to explain. What is known
// here at once is a *core.Finding. What the user did or left undone is one of the
// sentinels of core/callback, or an [AuthorizeError].
package oauth2
