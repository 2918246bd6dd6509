package oauth2

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
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

// Probe asks whether the server knows the client, without a user. Providers check
// in different orders: some the client first, some the code, and then every secret
// gets the same answer. So two questions are put, and each is put with a secret that
// cannot be right as well:
//
//   - to the token endpoint, a code that cannot exist. It comes first, since the
//     sign-in ends there: what it says of the client counts.
//   - where that does not tell, to the revocation endpoint, a token that cannot exist.
//     Not every version has one.
//
// The secret is right only where the stranger is refused as a client and we are not.
// It is wrong only where the refusal names the client. Nobody's login fails by it, and
// nothing is revoked.
//
// The exchanges are those that were made, up to four. The error is set only with
// [ClientUnknown], where the token endpoint gave no answer of an OAuth 2 provider, or
// does not offer the grant; it is a [*ProblemError].
func (c *Client) Probe(ctx context.Context) (Verdict, []core.Exchange, error) {
	stranger := *c
	stranger.Secret = seal.NewText(rand.Text())
	var exchanges []core.Exchange
	ask := func(who *Client, ask func(*Client, context.Context) (reading, core.Exchange, error)) (reading, error) {
		r, exchange, err := ask(who, ctx)
		exchanges = append(exchanges, exchange)
		return r, err
	}
	for _, question := range []func(*Client, context.Context) (reading, core.Exchange, error){(*Client).askCode, (*Client).askRevocation} {
		ours, err := ask(c, question)
		switch {
		case ours == namesClient:
			return ClientWrong, exchanges, nil
		case ours == noAnswer && len(exchanges) == 1:
			return ClientUnknown, exchanges, err
		case ours != passesClient:
			continue
		}
		theirs, _ := ask(&stranger, question)
		if theirs == namesClient || theirs == mayNameClient {
			return ClientRight, exchanges, nil
		}
	}
	return ClientUnknown, exchanges, nil
}

// reading is what an answer says about the client.
type reading string

const (
	noAnswer      reading = "none"   // not the answer of a provider
	namesClient   reading = "client" // the client is refused
	mayNameClient reading = "maybe"  // the client may be what is refused
	passesClient  reading = "other"  // the client is not what is refused
)

// read reads the answer to a question about something that cannot exist.
// unauthorized_client means, by RFC 6749, that the client is known and may not do this;
// some providers say it of a wrong secret.
func read(code, text string) reading {
	switch {
	case core.RefusesClient(code, text):
		return namesClient
	case code == "unauthorized_client", core.MentionsClient(text):
		return mayNameClient
	case code == "unsupported_grant_type", code == "unsupported_token_type":
		return noAnswer
	}
	return passesClient
}

// askCode exchanges a code that cannot exist.
func (c *Client) askCode(ctx context.Context) (reading, core.Exchange, error) {
	call := c.call("asking whether the client is known")
	err := call.post(ctx, c.endpoints().Token, c.form("authorization_code", url.Values{
		"code": {"applink-asks-" + rand.Text()}, "code_verifier": {NewSecret().Reveal()},
	}))
	_, err = call.token(err)
	return readError(err), call.Exchange, err
}

// askRevocation revokes a token that cannot exist (RFC 7009): the client is checked
// before the token, and an unknown token is no error.
func (c *Client) askRevocation(ctx context.Context) (reading, core.Exchange, error) {
	call := c.call("asking for the revocation of a token that does not exist")
	err := call.post(ctx, c.endpoints().Revoke, url.Values{
		"client_id": {c.ID}, "client_secret": {c.Secret.Reveal()}, "token": {"applink-asks-" + rand.Text()},
	})
	status := call.Exchange.Status
	if err == nil && (status == http.StatusOK || status == http.StatusNoContent) && !call.page() {
		if answer, err := parseReply(call.Body); err != nil || answer.Error == "" {
			return passesClient, call.Exchange, nil
		}
	}
	_, err = call.answer(err)
	return readError(err), call.Exchange, err
}

func readError(err error) reading {
	var p *ProblemError
	if !errors.As(err, &p) || p.about == "" {
		return noAnswer
	}
	return p.about
}
