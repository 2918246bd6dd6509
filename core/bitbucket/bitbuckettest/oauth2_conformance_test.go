package bitbuckettest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
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
    print(old['token_type'], old['expires_in'], whoami(old))
    new = dict(c.refresh_token(TOKEN, old['refresh_token'], redirect_uri=REDIRECT))
    print(whoami(new), 'then', whoami(old))
    try: c.refresh_token(TOKEN, old['refresh_token'], redirect_uri=REDIRECT)
    except Exception as e: print(e)
`

func TestAuthlibDances(t *testing.T) {
	if os.Getenv("APPLINK_E2E") != "1" {
		t.Skip("a client of another making is tried with APPLINK_E2E=1")
	}
	const python = "/usr/bin/python3" // Debian's, which has Debian's python3-authlib
	if err := exec.Command(python, "-c", "import authlib.oauth2.client").Run(); err != nil {
		missingTool(t, "python3-authlib")
	}
	p := newOAuth2(t, Options{Now: time.Now})
	step := func(args ...string) string {
		return strings.TrimSpace(run(t, "", python, append([]string{"-c", authlibClient, p.base}, args...)...))
	}
	back := p.decide2As("jane", step("authorize"), true)
	got := step("tokens", appRedirect+"?"+back.Encode())
	const want = "bearer 3600 200 jane\n200 jane then 401 None\ninvalid_grant: The provided refresh_token is invalid"
	if got != want {
		t.Errorf("got %q, want %q\n%+v", got, want, p.Events())
	}
}
