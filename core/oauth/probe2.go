package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"

	"applink/core"
	"applink/core/seal"
)

// Verdict is what [Client.Probe] found out about the client ID and its secret.
type Verdict string

// The verdicts.
const (
	ClientRight   Verdict = "right"   // the server knows the ID, and the secret is this one
	ClientWrong   Verdict = "wrong"   // the ID or the secret is wrong
	ClientUnknown Verdict = "unknown" // this server does not tell
)

// Probe asks whether the server knows the client, without a user: it exchanges
// a code that cannot exist. invalid_client means that ID or secret is wrong;
// invalid_grant, that the server got as far as looking for the code. Because a
// server may look for the code first, or not at all at the secret, the same is
// then asked with a secret that cannot be right: only if the answer differs
// does the first one prove anything.
//
// The exchanges are the one or two that were made. The error is set only with
// [ClientUnknown], where the server gave neither answer; it is a
// [*ProblemError].
func (c *Client) Probe(ctx context.Context) (Verdict, []core.Exchange, error) {
	answer, exchange, err := c.askImpossible(ctx)
	exchanges := []core.Exchange{exchange}
	switch answer {
	case "invalid_client":
		return ClientWrong, exchanges, nil
	case "invalid_grant":
	default:
		return ClientUnknown, exchanges, err
	}
	stranger := *c
	stranger.Secret = seal.NewText(rand.Text())
	answer, exchange, _ = stranger.askImpossible(ctx)
	exchanges = append(exchanges, exchange)
	if answer == "invalid_client" {
		return ClientRight, exchanges, nil
	}
	return ClientUnknown, exchanges, nil
}

// askImpossible exchanges a code that cannot exist and returns the code of the
// refusal.
func (c *Client) askImpossible(ctx context.Context) (string, core.Exchange, error) {
	call := c.call("asking whether the client is known")
	err := call.post(ctx, c.form("authorization_code", url.Values{
		"code": {"applink-asks-" + rand.Text()}, "code_verifier": {NewSecret().Reveal()},
	}))
	_, err = call.token(err)
	var p *ProblemError
	if errors.As(err, &p) {
		return p.OAuthError, call.exchange, err
	}
	return "", call.exchange, err
}
