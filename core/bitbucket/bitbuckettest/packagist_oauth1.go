package bitbuckettest

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// packagistUser is who Bitbucket says has signed in.
type packagistUser struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Integration string `json:"-"` // slug of the integration that was used
}

// String returns "Jane (jane)".
func (u packagistUser) String() string { return cmp.Or(u.DisplayName, u.Name) + " (" + u.Name + ")" }

// packagistDance signs a user in with one protocol.
type packagistDance interface {
	// begin returns where to send the browser and what has to come back: the
	// value that finds the pending sign-in again, and its secret part.
	begin(ctx context.Context, callback string) (authorizeURL, state, secret string, err error)
	// finish turns the query of the callback into a user.
	finish(ctx context.Context, secret string, query url.Values) (packagistUser, error)
	// state reads from the callback's query which sign-in it belongs to.
	state(query url.Values) string
}

// packagistOAuth1 is the dance of OAuth 1.0a: request token, consent in the
// browser, access token, two signed questions about the user.
type packagistOAuth1 struct {
	base   string
	signer packagistSigner
	client packagistClient
}

func (d packagistOAuth1) begin(ctx context.Context, callback string) (string, string, string, error) {
	reply, err := d.token(ctx, "asking for a request token", "/plugins/servlet/oauth/request-token", "",
		packagistParam{"oauth_callback", callback})
	if err != nil {
		return "", "", "", err
	}
	if reply.Get("oauth_callback_confirmed") != "true" {
		return "", "", "", &packagistTrouble{Doing: "asking for a request token",
			Why: "Bitbucket did not confirm the callback: the answer lacks oauth_callback_confirmed=true."}
	}
	token := reply.Get("oauth_token")
	authorize := d.base + "/plugins/servlet/oauth/authorize?" + url.Values{"oauth_token": {token}}.Encode()
	return authorize, token, "", nil
}

func (d packagistOAuth1) state(query url.Values) string { return query.Get("oauth_token") }

func (d packagistOAuth1) finish(ctx context.Context, _ string, query url.Values) (packagistUser, error) {
	if query.Get("oauth_verifier") == "denied" {
		return packagistUser{}, &packagistTrouble{Doing: "waiting for consent",
			Why: "Access was denied in Bitbucket. Nobody was signed in."}
	}
	reply, err := d.token(ctx, "exchanging the request token", "/plugins/servlet/oauth/access-token",
		query.Get("oauth_token"), packagistParam{"oauth_verifier", query.Get("oauth_verifier")})
	if err != nil {
		return packagistUser{}, err
	}
	return d.identify(ctx, reply.Get("oauth_token"))
}

// token makes a signed call to one of the token endpoints.
func (d packagistOAuth1) token(ctx context.Context, doing, path, token string, further ...packagistParam) (url.Values, error) {
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

// identify reads the user: the name from X-AUSERNAME, because
// application-properties answers anonymous calls too, then the user's record.
func (d packagistOAuth1) identify(ctx context.Context, token string) (packagistUser, error) {
	const doing = "asking who signed in"
	answer, err := d.call(ctx, doing, http.MethodGet, "/rest/api/1.0/application-properties", token)
	if err != nil {
		return packagistUser{}, err
	}
	name := packagistUnescape(answer.header.Get("X-AUSERNAME"))
	switch {
	case answer.status != http.StatusOK:
		return packagistUser{}, answer.trouble("")
	case name == "":
		return packagistUser{}, answer.trouble("The signed call was answered as if nobody had signed in: no X-AUSERNAME.")
	}
	return d.user(ctx, doing, name, token)
}

// user reads the user's record by slug, which is the name for most; for the
// others it is looked up by name.
func (d packagistOAuth1) user(ctx context.Context, doing, name, token string) (packagistUser, error) {
	const path = "/rest/api/1.0/users"
	answer, err := d.call(ctx, doing, http.MethodGet, path+"/"+url.PathEscape(name), token)
	if err != nil {
		return packagistUser{}, err
	}
	found := make([]packagistUser, 1)
	into := any(&found[0])
	if answer.status == http.StatusNotFound {
		query := url.Values{"filter": {name}, "limit": {"1000"}}
		if answer, err = d.call(ctx, doing, http.MethodGet, path+"?"+query.Encode(), token); err != nil {
			return packagistUser{}, err
		}
		into = &struct{ Values *[]packagistUser }{&found}
	}
	if answer.status == http.StatusOK && json.Unmarshal(answer.body, into) == nil {
		for _, user := range found {
			if strings.EqualFold(user.Name, name) {
				return user, nil
			}
		}
	}
	return packagistUser{}, answer.trouble("The record of the user " + name + " could not be read.")
}

func (d packagistOAuth1) call(ctx context.Context, doing, method, path, token string, further ...packagistParam) (*packagistAnswer, error) {
	r, err := http.NewRequestWithContext(ctx, method, d.base+path, nil)
	if err != nil {
		return nil, &packagistTrouble{Doing: doing, Why: err.Error()}
	}
	r.Header.Set("Accept", "application/json, text/plain, */*")
	if err := d.signer.sign(r, token, further...); err != nil {
		return nil, &packagistTrouble{Doing: doing, Why: err.Error()}
	}
	return d.client.do(doing, r)
}
