package packagist

import (
	"context"
	"net/http"
	"net/url"
)

// oAuth1 is the dance of OAuth 1.0a: request token, consent in the
// browser, access token, two signed questions about the user.
type oAuth1 struct {
	base, callback string
	signer         signer
	client         client
}

func (d oAuth1) begin(ctx context.Context) (authorizeURL, state, secret string, err error) {
	reply, err := d.token(ctx, "asking for a request token", "/plugins/servlet/oauth/request-token", "",
		param{"oauth_callback", d.callback})
	if err != nil {
		return "", "", "", err
	}
	if reply.Get("oauth_callback_confirmed") != "true" {
		return "", "", "", &failure{Doing: "asking for a request token",
			Why: "Bitbucket did not confirm the callback: the answer lacks oauth_callback_confirmed=true."}
	}
	token := reply.Get("oauth_token")
	authorize := d.base + "/plugins/servlet/oauth/authorize?" + url.Values{"oauth_token": {token}}.Encode()
	return authorize, token, "", nil
}

func (d oAuth1) state(query url.Values) string { return query.Get("oauth_token") }

func (d oAuth1) finish(ctx context.Context, _ string, query url.Values) (user, error) {
	if query.Get("oauth_verifier") == "denied" {
		return user{}, denied()
	}
	reply, err := d.token(ctx, "exchanging the request token", "/plugins/servlet/oauth/access-token",
		query.Get("oauth_token"), param{"oauth_verifier", query.Get("oauth_verifier")})
	if err != nil {
		return user{}, err
	}
	return identify(func(doing, path string) (*answer, error) {
		return d.call(ctx, doing, http.MethodGet, path, reply.Get("oauth_token"))
	})
}

// token makes a signed call to one of the token endpoints.
func (d oAuth1) token(ctx context.Context, doing, path, token string, further ...param) (url.Values, error) {
	answer, err := d.call(ctx, doing, http.MethodPost, path, token, further...)
	if err != nil {
		return nil, err
	}
	if answer.status != http.StatusOK {
		return nil, answer.trouble("")
	}
	reply, err := url.ParseQuery(string(answer.body))
	if err != nil || reply.Get("oauth_token") == "" {
		return nil, answer.trouble("The answer holds no oauth_token.")
	}
	return reply, nil
}

func (d oAuth1) call(ctx context.Context, doing, method, path, token string, further ...param) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, d.base+path, nil)
	if err != nil {
		return nil, &failure{Doing: doing, Why: err.Error()}
	}
	r.Header.Set("Accept", "application/json, text/plain, */*")
	if err := d.signer.sign(r, token, further...); err != nil {
		return nil, &failure{Doing: doing, Why: err.Error()}
	}
	return d.client.do(doing, r)
}
