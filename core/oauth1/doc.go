// Package oauth1 speaks OAuth 1.0a (RFC 5849) as its consumer, with RSA-SHA1, the only
// method that Bitbucket's Application Links take.
//
// A [Consumer] is our side. It asks for a request token, exchanges it for an access
// token, and makes HTTP clients that sign. A [Dance] ties the three legs together for
// one user, whose browser comes back to a listener of core/callback on this machine or
// who types the verification code.
//
// github.com/dghubble/oauth1, which is what oauth1 means in the code of this package,
// speaks to the token endpoints, makes the header and calls the key. The base string that
// is signed is ours, of the request as it goes over the wire: the library's is wrong for
// repeated parameters, some forms and some hosts.
//
// Errors are of three kinds. What the server answered, or failed to, is a
// [bitbucket.ProblemError] with the recorded exchange, for core/diagnose to explain. What
// is known here at once is a *core.Finding. What the user did or left undone is one of
// the sentinels of core/callback.
package oauth1
