package bitbucket

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The tests in this file ask strangers to sign: whatever they accept as OAuth 1
// must be accepted here.

// keyFile writes the private key of consumer "app".
func keyFile(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(keyOf(1024))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// missingTool skips, or fails where the tools have to be there.
func missingTool(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("APPLINK_E2E") == "1" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("%s is missing", what)
}

func run(t *testing.T, input, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, &stderr)
	}
	return string(out)
}

// TestOpenSSLSignsAHandMadeBaseString uses no code of ours but the server's.
func TestOpenSSLSignsAHandMadeBaseString(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		missingTool(t, "openssl")
	}
	p := newPractice(t, Options{PublicURL: "https://bb.example.com/ctx"})
	const parameters = "oauth_callback%3Doob%26oauth_consumer_key%3Dapp%26oauth_nonce%3Dabc%26oauth_signature_method%3DRSA-SHA1%26oauth_timestamp%3D1700000000%26oauth_version%3D1.0"
	path := strings.ReplaceAll("/bitbucket"+pathRequestToken, "/", "%2F")
	base := "POST&https%3A%2F%2Fbb.example.com" + path + "&" + parameters
	signature := base64.StdEncoding.EncodeToString([]byte(run(t, base, "openssl", "dgst", "-sha1", "-sign", keyFile(t))))
	a := p.sendWith(&signed{method: "POST", path: pathRequestToken},
		`OAuth oauth_callback="oob", oauth_consumer_key="app", oauth_nonce="abc", oauth_signature_method="RSA-SHA1", oauth_timestamp="1700000000", oauth_version="1.0", oauth_signature="`+escape(signature)+`"`)
	if a.StatusCode != 200 {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// dance runs all three steps and a signed call with Python's oauthlib, which
// signs query strings, forms and repeated parameters by its own code.
const dance = `
import sys, urllib.request, urllib.parse, time
from oauthlib.oauth1 import Client, SIGNATURE_RSA, SIGNATURE_TYPE_QUERY, SIGNATURE_TYPE_BODY
base, key = sys.argv[1], open(sys.argv[2]).read()
FORM = 'application/x-www-form-urlencoded'

def send(method, path, body=None, where=None, **kw):
    if where: kw['signature_type'] = where
    c = Client('app', signature_method=SIGNATURE_RSA, rsa_key=key, **kw)
    headers = {'Content-Type': FORM} if body is not None or where == SIGNATURE_TYPE_BODY else {}
    if where == SIGNATURE_TYPE_BODY and body is None: body = ''
    uri, headers, body = c.sign(base + path, method, body, headers)
    data = None if body is None else (body.encode() if isinstance(body, str) else body)
    if method == 'POST' and data is None: data = b''
    req = urllib.request.Request(uri, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(req) as r: return r.status, r.read().decode()
    except urllib.error.HTTPError as e: return e.code, e.read().decode()

step, args = sys.argv[3], sys.argv[4:]
if step == 'request':
    for where in (None, SIGNATURE_TYPE_QUERY, SIGNATURE_TYPE_BODY):
        status, text = send('POST', '/plugins/servlet/oauth/request-token', where=where, callback_uri='oob')
        if status != 200: sys.exit('%s: %s %s' % (where, status, text))
    print(text)
elif step == 'access':
    print(send('POST', '/plugins/servlet/oauth/access-token', resource_owner_key=args[0], resource_owner_secret=args[1], verifier=args[2])[1])
else:
    for method, path, body in (
        ('GET', '/plugins/servlet/applinks/whoami?b=2&a=1&a=0&c=%20+%2B*~%C3%A9&flag=', None),
        ('GET', '/plugins//servlet/applinks/whoami', None),
        ('POST', '/rest/nothing?x=1', 'x=2&x=1&y=a+b%2B'),
        ('DELETE', '/rest/nothing?q=%2F', None),
    ):
        status, text = send(method, path, body=body, resource_owner_key=args[0], resource_owner_secret=args[1])
        print(method, status, text if status == 200 else '')
`

func TestOAuthlibDances(t *testing.T) {
	const python = "/usr/bin/python3" // Debian's, which has Debian's python3-oauthlib
	if err := exec.Command(python, "-c", "import oauthlib.oauth1, jwt, cryptography").Run(); err != nil {
		missingTool(t, "python3-oauthlib")
	}
	p := newPractice(t, Options{Now: time.Now})
	key := keyFile(t)
	step := func(args ...string) string {
		return strings.TrimSpace(run(t, "", python, append([]string{"-c", dance, p.base, key}, args...)...))
	}
	request, _ := decodeForm(step("request"))
	m := message{pairs: request}
	code := p.allow(m.value("oauth_token"), true)
	access, _ := decodeForm(step("access", m.value("oauth_token"), m.value("oauth_token_secret"), code))
	m = message{pairs: access}
	got := step("call", m.value("oauth_token"), m.value("oauth_token_secret"))
	if want := "GET 200 jane\nGET 200 jane\nPOST 404 \nDELETE 404"; got != want {
		t.Errorf("got %q, want %q\n%+v", got, want, p.Events())
	}
}
