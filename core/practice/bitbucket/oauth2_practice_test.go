package bitbucket

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"applink/core/practice/browser"
)

const (
	appRedirect  = "https://app.example/callback"
	appSecret    = "secret-of-the-app"
	appVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // of RFC 7636, appendix B
	appChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// newOAuth2 is a server with the client "app".
func newOAuth2(t *testing.T, o Options) *practice {
	t.Helper()
	o.Consumers = []Consumer{}
	if o.Clients == nil {
		o.Clients = []Client{{ID: "app", Secret: appSecret, Name: "The App", Redirect: appRedirect, Scopes: []string{"REPO_WRITE"}}}
	}
	return newPractice(t, o)
}

// fields makes values of pairs; a value "-" removes the field.
func fields(base url.Values, pairs ...string) url.Values {
	v := url.Values{}
	for name := range base {
		v.Set(name, base.Get(name))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "-" {
			v.Del(pairs[i])
		}
	}
	return v
}

// authorizeURL asks for REPO_READ, with the changes in pairs.
func (p *practice) authorizeURL(pairs ...string) string {
	return p.base + "/rest/oauth2/latest/authorize?" + fields(url.Values{"client_id": {"app"}, "redirect_uri": {appRedirect},
		"response_type": {"code"}, "scope": {"REPO_READ"}, "state": {"xyz"}}, pairs...).Encode()
}

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// decide2As opens an authorize request as a user and returns the query of where
// the browser is sent.
func (p *practice) decide2As(user, address string, allow bool) url.Values {
	p.t.Helper()
	browser := browser.NewAdmin(p.base)
	if err := browser.Login(context.Background(), user, user); err != nil {
		p.t.Fatal(err)
	}
	to, err := browser.Authorize(context.Background(), address, allow)
	if err != nil {
		p.t.Fatal(err)
	}
	if !strings.HasPrefix(to, appRedirect+"?") {
		p.t.Fatalf("redirected to %s", to)
	}
	u, _ := url.Parse(to)
	return u.Query()
}

// codeOf is the code of an approval by jane.
func (p *practice) codeOf(pairs ...string) string {
	p.t.Helper()
	q := p.decide2As("jane", p.authorizeURL(pairs...), true)
	if q.Get("code") == "" {
		p.t.Fatalf("no code: %v", q)
	}
	return q.Get("code")
}

func (p *practice) post(path string, form url.Values) answer {
	p.t.Helper()
	req, err := http.NewRequest("POST", p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(p.t, req)
}

func (p *practice) tokenRequest(pairs ...string) answer {
	p.t.Helper()
	return p.post("/rest/oauth2/latest/token", fields(url.Values{"client_id": {"app"}, "client_secret": {appSecret}, "redirect_uri": {appRedirect}}, pairs...))
}

// tokensOK reads a token answer.
func (p *practice) tokensOK(a answer) (reply tokenReply) {
	p.t.Helper()
	if a.StatusCode != 200 || json.Unmarshal([]byte(a.body), &reply) != nil {
		p.t.Fatalf("token: %d %s", a.StatusCode, a.body)
	}
	return reply
}

// newTokens runs the whole dance as jane.
func (p *practice) newTokens(pairs ...string) tokenReply {
	p.t.Helper()
	return p.tokensOK(p.tokenRequest("grant_type", "authorization_code", "code", p.codeOf(pairs...)))
}

func (p *practice) refresh(token string, pairs ...string) answer {
	p.t.Helper()
	return p.tokenRequest(append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...)
}

// with asks with an access token.
func (p *practice) with(token, path string) answer {
	p.t.Helper()
	req, err := http.NewRequest("GET", p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return do(p.t, req)
}
