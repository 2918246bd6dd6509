// Package oauth speaks the OAuth protocols as their consumer.
//
// A [Consumer] is our side of OAuth 1.0a (RFC 5849) with RSA-SHA1, the only
// method that Bitbucket's Application Links take. It asks for a request token,
// exchanges it for an access token, and makes HTTP clients that sign. A [Dance]
// ties the three legs together for one user, whose browser comes back to a
// [Loopback] on this machine or who types the verification code.
//
// github.com/dghubble/oauth1 speaks to the token endpoints, makes the header and calls
// the key. The base string that is signed is ours, of the request as it goes over the
// wire: the library's is wrong for repeated parameters, some forms and some hosts.
//
// A [Client] is our side of OAuth 2, with the authorization code and PKCE, over
// golang.org/x/oauth2. Its [Dance2] is short of time: Bitbucket's codes live 10
// seconds. So the code is exchanged where it arrives, at a [Localhost] that
// speaks https with a certificate of its own, because Bitbucket demands https,
// or in the address that the user pastes. [Client.Refresh] renews a pair of
// tokens; who may call it, and when, is the business of core/auth.
//
// Errors are of three kinds. What the server answered, or failed to, is a
// [ProblemError] with the recorded exchange, for core/diagnose to explain. What
// is known here at once is a *core.Finding. What the user did or left undone is
// one of the sentinels such as [ErrDenied].
package oauth
