package bitbucket

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	client "golang.org/x/oauth2"
)

// authlibClient runs Authlib, a client by strangers, over Python's own HTTP.
const authlibClient = `
import json, sys, urllib.parse, urllib.request
from authlib.oauth2.client import OAuth2Client
base, step, args = sys.argv[1], sys.argv[2], sys.argv[3:]
REDIRECT, STATE, VERIFIER = 'https://app.example/callback', 'c3RhdGU', 'v' * 64
AUTHORIZE, TOKEN = base + '/rest/oauth2/latest/authorize', base + '/rest/oauth2/latest/token'

def send(method, url, headers={}, body=None):
    req = urllib.request.Request(url, data=None if body is None else body.encode(), headers=headers, method=method)
    try:
        with urllib.request.urlopen(req) as r: return Response(r)
    except urllib.error.HTTPError as e: return Response(e)

class Response:
    def __init__(self, r): self.status_code, self.headers, self.text = r.status, r.headers, r.read().decode()
    def json(self): return json.loads(self.text)
    def raise_for_status(self):
        if self.status_code >= 500: raise SystemExit(self.status_code)

class Session:
    def post(self, url, data=None, headers=None, auth=None):
        url, headers, body = auth.prepare('POST', url, headers, urllib.parse.urlencode(data))
        return send('POST', url, headers, body)

c = OAuth2Client(Session(), 'app', 'secret-of-the-app', token_endpoint_auth_method='client_secret_post',
                 scope='REPO_READ', redirect_uri=REDIRECT, code_challenge_method='S256')

def whoami(token):
    c.token = token
    url, headers, _ = c.token_auth.prepare(base + '/rest/api/1.0/application-properties', {}, None)
    r = send('GET', url, headers)
    return '%d %s' % (r.status_code, r.headers.get('X-AUSERNAME'))

if step == 'authorize':
    print(c.create_authorization_url(AUTHORIZE, state=STATE, code_verifier=VERIFIER)[0])
else:
    old = dict(c.fetch_token(TOKEN, authorization_response=args[0], state=STATE, code_verifier=VERIFIER))
    print(old['token_type'], old['expires_in'], old['scope'], whoami(old))
    new = dict(c.refresh_token(TOKEN, old['refresh_token'])) # as Authlib does it, without redirect_uri
    print(whoami(new), 'then', whoami(old))
    try: c.refresh_token(TOKEN, old['refresh_token'])
    except Exception as e: print(e)
`

// oauthlibClient runs Python's oauthlib in the same way. It refuses a token answer that
// does not fit the standard, and warns of a scope that changed by an error.
const oauthlibClient = `
import os, sys, urllib.error, urllib.request
os.environ['OAUTHLIB_INSECURE_TRANSPORT'] = '1' # the practice server of the tests speaks http
from oauthlib.oauth2 import WebApplicationClient
base, step, args = sys.argv[1], sys.argv[2], sys.argv[3:]
REDIRECT, STATE, VERIFIER = 'https://app.example/callback', 'c3RhdGU', 'v' * 128
AUTHORIZE, TOKEN = base + '/rest/oauth2/latest/authorize', base + '/rest/oauth2/latest/token'
c = WebApplicationClient('app', scope='REPO_READ')

def send(method, url, headers={}, body=None):
    req = urllib.request.Request(url, data=None if body is None else body.encode(), headers=headers, method=method)
    try:
        with urllib.request.urlopen(req) as r: return r.status, r.headers, r.read().decode()
    except urllib.error.HTTPError as e: return e.code, e.headers, e.read().decode()

def token(prepared):
    url, headers, body = prepared
    return dict(c.parse_request_body_response(send('POST', url, headers, body)[2], scope=['REPO_READ']))

def whoami():
    url, headers, _ = c.add_token(base + '/rest/api/1.0/application-properties', headers={})
    status, headers, _ = send('GET', url, headers)
    return '%d %s' % (status, headers.get('X-AUSERNAME'))

if step == 'authorize':
    challenge = c.create_code_challenge(VERIFIER, 'S256')
    print(c.prepare_authorization_request(AUTHORIZE, state=STATE, redirect_url=REDIRECT,
                                          code_challenge=challenge, code_challenge_method='S256')[0])
else:
    code = c.parse_request_uri_response(args[0], state=STATE)['code']
    old = token(c.prepare_token_request(TOKEN, redirect_url=REDIRECT, code=code, code_verifier=VERIFIER, client_secret='secret-of-the-app'))
    print(old['token_type'], old['expires_in'], ' '.join(old['scope']), whoami())
    token(c.prepare_refresh_token_request(TOKEN, old['refresh_token'], client_id='app', client_secret='secret-of-the-app'))
    new = whoami()
    c.access_token = old['access_token']
    print(new, 'then', whoami())
    try: token(c.prepare_refresh_token_request(TOKEN, old['refresh_token'], client_id='app', client_secret='secret-of-the-app'))
    except Exception as e: print('%s: %s' % (e.error, e.description))
    url, headers, body = c.prepare_token_revocation_request(base + '/rest/oauth2/latest/revoke', c.refresh_token, None,
                                                            client_id='app', client_secret='secret-of-the-app')
    print(send('POST', url, headers, body)[0])
`

// The clients of others get tokens and refresh them, and send no redirect_uri then.
func TestPythonClientsDance(t *testing.T) {
	if os.Getenv("APPLINK_E2E") != "1" {
		t.Skip("clients of another making are tried with APPLINK_E2E=1")
	}
	const python = "/usr/bin/python3" // Debian's, which has Debian's packages
	const refreshed = "bearer 3600 REPO_READ 200 jane\n200 jane then 200 None\ninvalid_grant: The provided refresh_token is invalid"
	for _, c := range []struct{ library, module, program, want string }{
		{"python3-authlib", "authlib.oauth2.client", authlibClient, refreshed},
		{"python3-oauthlib", "oauthlib.oauth2", oauthlibClient, refreshed + "\n200"},
	} {
		t.Run(c.library, func(t *testing.T) {
			if err := exec.Command(python, "-c", "import "+c.module).Run(); err != nil {
				missingTool(t, c.library)
			}
			p := newOAuth2(t, Options{Now: time.Now})
			step := func(args ...string) string {
				return strings.TrimSpace(run(t, "", python, append([]string{"-c", c.program, p.base}, args...)...))
			}
			back := p.decide2As("jane", step("authorize"), true)
			if got := step("tokens", appRedirect+"?"+back.Encode()); got != c.want {
				t.Errorf("got %q, want %q\n%+v", got, c.want, p.Events())
			}
		})
	}
}

// golang.org/x/oauth2 refreshes by itself, without redirect_uri, and may try HTTP Basic
// for the client first.
func TestGoClientRefreshes(t *testing.T) {
	for name, style := range map[string]client.AuthStyle{"in the body": client.AuthStyleInParams, "found out": client.AuthStyleAutoDetect} {
		t.Run(name, func(t *testing.T) {
			p := newOAuth2(t, Options{Now: time.Now})
			c := client.Config{ClientID: "app", ClientSecret: "secret-of-the-app", RedirectURL: appRedirect, Scopes: []string{"REPO_READ"},
				Endpoint: client.Endpoint{AuthURL: p.base + "/rest/oauth2/latest/authorize", TokenURL: p.base + "/rest/oauth2/latest/token", AuthStyle: style}}
			verifier := client.GenerateVerifier()
			back := p.decide2As("jane", c.AuthCodeURL("c3RhdGU", client.S256ChallengeOption(verifier)), true)
			first, err := c.Exchange(t.Context(), back.Get("code"), client.VerifierOption(verifier))
			if err != nil {
				t.Fatal(err)
			}
			if first.Extra("scope") != "REPO_READ" || first.Type() != "Bearer" {
				t.Errorf("token of type %q, scope %q", first.Type(), first.Extra("scope"))
			}
			expired := *first
			expired.Expiry = time.Now().Add(-time.Hour)
			source := c.TokenSource(t.Context(), &expired)
			second, err := source.Token()
			if err != nil {
				t.Fatal(err)
			}
			if second.AccessToken == first.AccessToken || second.RefreshToken == first.RefreshToken {
				t.Error("the refresh brought no other pair")
			}
			resp, err := client.NewClient(t.Context(), source).Get(p.base + "/rest/api/1.0/application-properties")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if user := resp.Header.Get("X-AUSERNAME"); user != "jane" {
				t.Errorf("the new token is %q's", user)
			}
		})
	}
}
