package packagist

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"applink/core/practice/web"
)

// scope is asked for at every sign-in. Which scopes the real one asks
// for is not known; this is the one that its guide has people tick.
const scope = "REPO_READ"

// oAuth2 is the dance of OAuth 2: consent in the browser, the code for
// a token, two questions about the user. It shares no code with applink's own
// client, for the same reason as signer.
type oAuth2 struct {
	base, id, secret string
	callback         string // one member of the list that is registered
	client           client
}

func (d oAuth2) begin(context.Context) (authorizeURL, state, verifier string, err error) {
	state, verifier = web.Random(32), web.Random(64)
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{"client_id": {d.id}, "redirect_uri": {d.callback}, "response_type": {"code"}, "scope": {scope},
		"state": {state}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	return d.base + "/rest/oauth2/latest/authorize?" + query.Encode(), state, verifier, nil
}

func (d oAuth2) state(query url.Values) string { return query.Get("state") }

func (d oAuth2) finish(ctx context.Context, verifier string, query url.Values) (user, error) {
	switch problem := query.Get("error"); {
	case problem == "access_denied":
		return user{}, denied()
	case problem != "":
		return user{}, &failure{Doing: "waiting for consent",
			Why: "Bitbucket refused the request: " + problem + ". " + query.Get("error_description")}
	}
	token, err := d.exchange(ctx, verifier, query.Get("code"))
	if err != nil {
		return user{}, err
	}
	return identify(func(doing, path string) (*answer, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+path, nil)
		if err != nil {
			return nil, &failure{Doing: doing, Why: err.Error()}
		}
		r.Header.Set("Authorization", "Bearer "+token)
		return d.client.do(doing, r)
	})
}

// exchange turns the code into an access token, at once: a code lives 10
// seconds.
func (d oAuth2) exchange(ctx context.Context, verifier, code string) (string, error) {
	const doing = "exchanging the code"
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {d.id}, "client_secret": {d.secret},
		"code": {code}, "redirect_uri": {d.callback}, "code_verifier": {verifier}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.base+"/rest/oauth2/latest/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", &failure{Doing: doing, Why: err.Error()}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	answer, err := d.client.do(doing, r)
	if err != nil {
		return "", err
	}
	if answer.status != http.StatusOK {
		return "", answer.trouble("")
	}
	var reply struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
	}
	if json.Unmarshal(answer.body, &reply) != nil || reply.Token == "" || !strings.EqualFold(reply.Type, "bearer") {
		return "", answer.trouble("The answer holds no access_token of the type bearer.")
	}
	return reply.Token, nil
}
