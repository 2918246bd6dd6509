package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
	"applink/core/seal"
)

// awayRedirect is a redirect URL that leads to no listener.
const awayRedirect = "https://app.example.com/oauth/callback"

// setupOAuth2 sets one's own application up to the point where somebody has to
// sign in.
func setupOAuth2(t *testing.T, redirect string) *practice.Server {
	t.Helper()
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	client, err := server.Bitbucket.AddClient(practice.Client{Redirect: redirect, Scopes: []string{"REPO_ADMIN"}})
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(client.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	setupDocument(t, exitWaiting, "--application=own", "--app-url=https://app.example.com", "--name=Build farm", "--purpose=sync",
		"--platform=data-center", "--base-url="+server.BaseURL(), "--oauth=2", "--callback="+redirect,
		"--client-id="+client.ID, "--client-secret="+secret, "--two-factor=no")
	return server
}

// someone reads what applink says on stderr, opens the page and pastes where it
// led to.
type someone struct {
	t      *testing.T
	base   string
	allow  bool
	paste  *io.PipeWriter // where the address is pasted
	visits bool           // the browser comes back by itself instead

	mu   sync.Mutex
	said bytes.Buffer
	once sync.Once
}

var signInPage = regexp.MustCompile(`http://\S+/(?:rest/oauth2/latest|plugins/servlet/oauth)/authorize\S+\n`)

func (p *someone) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.Write(b)
	if page := signInPage.FindString(p.said.String()); page != "" {
		p.once.Do(func() { go p.signIn(strings.TrimSpace(page)) })
	}
	return len(b), nil
}

func (p *someone) signIn(page string) {
	jane := drive.NewAdmin(p.base)
	if err := jane.Login(context.Background(), "jane", "jane"); err != nil {
		p.t.Error(err)
		return
	}
	back, err := jane.Authorize(context.Background(), page, p.allow)
	if err != nil {
		p.t.Error(err)
		return
	}
	if !p.visits {
		io.WriteString(p.paste, back+"\n")
		return
	}
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := browser.Get(back)
	if err != nil {
		p.t.Error(err)
		return
	}
	resp.Body.Close()
}

// authorizes runs authorize with jane at the browser.
func authorizes(t *testing.T, base string, allow bool, args ...string) outcome {
	t.Helper()
	in, paste := io.Pipe()
	defer paste.Close()
	jane := &someone{t: t, base: base, allow: allow, paste: paste}
	var out bytes.Buffer
	code := run(t.Context(), append([]string{"authorize", "buildfarm", "--plain"}, args...), in, &out, jane)
	return outcome{code, out.String(), jane.said.String()}
}

func wantRun(t *testing.T, r outcome, code int, out, errOut string) {
	t.Helper()
	if r.code != code || !strings.Contains(r.out, out) || !strings.Contains(r.errOut, errOut) {
		t.Errorf("exit code %d, want %d with %q and %q\n%s\n%s", r.code, code, out, errOut, r.out, r.errOut)
	}
}

func TestAuthorizeKeepTokenAPI(t *testing.T) {
	server := setupOAuth2(t, awayRedirect)
	wantRun(t, runApplink(t, "", "token", "buildfarm"), exitFinding, "", finding.NoKeptTokens.String())
	wantRun(t, authorizes(t, server.BaseURL(), true), exitOK, "signed in as jane", "is discarded")
	wantRun(t, runApplink(t, "", "token", "buildfarm"), exitFinding, "", finding.NoKeptTokens.String())
	wantRun(t, runApplink(t, "", "authorize", "buildfarm", "--keep"), exitUsage, "", "--yes")
	wantRun(t, authorizes(t, server.BaseURL(), true, "--keep", "--yes"), exitOK, "signed in as jane", "are kept")

	token := runApplink(t, "", "token", "buildfarm")
	if token.code != exitOK || !regexp.MustCompile(`^\S+\n$`).MatchString(token.out) || token.errOut != "" {
		t.Errorf("%+v", token)
	}
	for _, show := range []outcome{runApplink(t, "", "show", "buildfarm"), runApplink(t, "", "show", "buildfarm", "--json"), runApplink(t, "", "list", "--json")} {
		if !regexp.MustCompile(`Tokens +kept since|"tokens": \{\s+"state": "good",\s+"since"`).MatchString(show.out) || strings.Contains(show.out, strings.TrimSpace(token.out)) {
			t.Errorf("of kept tokens is told\n%s", show.out)
		}
	}
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/projects?limit=1"), exitOK, `"isLastPage":false`, "")
	var projects []struct{ Key string }
	list := runApplink(t, "", "api", "buildfarm", "rest/api/latest/projects?limit=1", "--all")
	if err := json.Unmarshal([]byte(list.out), &projects); err != nil || len(projects) < 2 || projects[0].Key == "" {
		t.Errorf("%v, %+v", err, list)
	}
	wantRun(t, runApplink(t, "", "api", "buildfarm", server.BaseURL()+"/rest/api/latest/projects/NONE"), exitFinding, "", finding.RequestRefused.String())
	wantRun(t, runApplink(t, "", "api", "buildfarm", "https://other.example/rest"), exitUsage, "", finding.NotBelowBaseURL.String())
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/../rest"), exitUsage, "", finding.NotBelowBaseURL.String())
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest", "--all", "-X", "PUT"), exitUsage, "", "--all")
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/application-properties", "--all"), exitUsage, "", "not a list")
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/nothing"), exitFinding, "", finding.RequestRefused.String())
	wantRun(t, runApplink(t, "", "authorize", "buildfarm"), exitUsage, "", "nobody may be")
	wantRun(t, runApplink(t, "https://elsewhere.example/?code=x\n", "authorize", "buildfarm", "--plain"), exitFinding, "", finding.StateMismatch.String())
	wantRun(t, runApplink(t, "{", "api", "buildfarm", "/rest", "--data-file", "-"), exitUsage, "", finding.NotJSON.String())

	if err := server.Bitbucket.SetFault(practice.TokenRevoked, true); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"api", "buildfarm", "/rest/api/latest/projects"}, {"token", "buildfarm"}} {
		if r := runApplink(t, "", args...); args[0] == "api" {
			wantRun(t, r, exitFinding, "", finding.RefreshRejected.String())
		}
	}
	wantRun(t, runApplink(t, "", "token", "buildfarm", "--drop"), exitOK, "", "revokes it in Bitbucket: profile")
	wantRun(t, runApplink(t, "", "token", "buildfarm"), exitFinding, "", finding.NoKeptTokens.String())
}

func TestAuthorizeDenied(t *testing.T) {
	server := setupOAuth2(t, awayRedirect)
	wantRun(t, authorizes(t, server.BaseURL(), false, "--keep", "--yes"), exitFinding, "", finding.OAuth2AccessDenied.String())
	wantRun(t, runApplink(t, "", "token", "buildfarm"), exitFinding, "", finding.NoKeptTokens.String())
}

// Yes is asked for and taken from the same input as the address.
func TestAuthorizeAsksBeforeKeeping(t *testing.T) {
	setupOAuth2(t, awayRedirect)
	r := runApplink(t, "no\n", "authorize", "buildfarm", "--plain", "--keep")
	wantRun(t, r, exitUsage, "", "Nothing was done")
	if signInPage.MatchString(r.errOut) {
		t.Error("it went on all the same")
	}
}

// Over SSH the way back for the browser is named, and the address that it ended at
// can be pasted too, while applink waits for it.
func TestAuthorizeOverSSH(t *testing.T) {
	redirect := freeRedirect(t, "https", "/callback")
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	port := u.Port()
	server := setupOAuth2(t, redirect)
	t.Setenv("SSH_CONNECTION", "10.0.0.9 50000 10.0.0.5 22")
	t.Setenv("USER", "jane")
	r := authorizes(t, server.BaseURL(), true, "--keep", "--yes")
	wantRun(t, r, exitOK, "signed in as jane", fmt.Sprintf("\nssh -N -L %s:localhost:%[1]s jane@10.0.0.5\n", port))
	wantRun(t, r, exitOK, "", fmt.Sprintf("https://localhost:%s/", port))
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/application-properties"), exitOK, `"displayName":"Bitbucket"`, "")
}

// freeRedirect is a redirect URL with a free port of this machine.
func freeRedirect(t *testing.T, scheme, path string) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprintf("%s://localhost:%d%s", scheme, l.Addr().(*net.TCPAddr).Port, path)
}

// The browser comes back by itself, to any path and over http too.
func TestAuthorizeComesBack(t *testing.T) {
	for _, redirect := range []string{freeRedirect(t, "http", "/callback"), freeRedirect(t, "https", "/oauth/cb")} {
		server := setupOAuth2(t, redirect)
		jane := &someone{t: t, base: server.BaseURL(), allow: true, visits: true}
		var out bytes.Buffer
		code := run(t.Context(), []string{"authorize", "buildfarm", "--plain"}, strings.NewReader(""), &out, jane)
		wantRun(t, outcome{code, out.String(), jane.said.String()}, exitOK, "signed in as jane", "\"Authorized applications\"")
		if warned := strings.Contains(jane.said.String(), "certificate"); warned != strings.HasPrefix(redirect, "https") {
			t.Errorf("%s: %s", redirect, jane.said.String())
		}
	}
}

// A redirect URL on localhost at which nothing of applink's can listen is one
// whose address is pasted.
func TestAuthorizeAtTheRoot(t *testing.T) {
	server := setupOAuth2(t, "https://localhost:8473/")
	wantRun(t, authorizes(t, server.BaseURL(), true), exitOK, "signed in as jane", "paste the whole address that it ends at")
}

// Over OAuth 1 a code is typed; the token serves for api, not for token.
func TestAuthorizeOAuth1(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	doc := setupDocument(t, exitWaiting, base(server.BaseURL())...)
	consumer := practice.Consumer{Key: doc.value("client-id"), PublicKey: doc.value("public-key")}
	if _, err := server.Bitbucket.AddConsumer(consumer); err != nil {
		t.Fatal(err)
	}
	wantRun(t, authorizes(t, server.BaseURL(), true, "--code", "--keep", "--yes"), exitOK, "signed in as jane", "are kept")
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/projects"), exitOK, `"isLastPage"`, "")
	wantRun(t, runApplink(t, "", "token", "buildfarm"), exitFinding, "", "applink api buildfarm")
	if err := server.Bitbucket.SetFault(practice.Anonymous, true); err != nil {
		t.Fatal(err)
	}
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/projects"), exitWarnings, "values", finding.UserUnknown.String())
}

// Whoever sees an error page in the browser says so, and is told the causes.
func TestAuthorizeErrorPage(t *testing.T) {
	for _, redirect := range []string{awayRedirect, freeRedirect(t, "http", "/callback")} {
		server := setupOAuth2(t, redirect)
		server.Bitbucket.SetFault(practice.RedirectRefused, true)
		r := runApplink(t, "error\n", "authorize", "buildfarm", "--plain")
		wantRun(t, r, exitFinding, "", finding.OAuth2ErrorPage.String())
		if !strings.Contains(r.errOut, "type error to be told the causes") || !strings.Contains(r.errOut, redirect) {
			t.Errorf("it says\n%s", r.errOut)
		}
		server.Bitbucket.SetFault(practice.Maintenance, true)
		r = runApplink(t, "", "authorize", "buildfarm", "--plain")
		if wantRun(t, r, exitFinding, "", finding.Unavailable.String()); strings.Contains(r.errOut, "Open this page") {
			t.Errorf("a browser is waited for:\n%s", r.errOut)
		}
	}
}

// What a sign-in proved is told with who it was, also of a link that was set up by hand,
// and stored.
func TestAuthorizeTellsWhoSignedIn(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "7.21")
	private, passphrase := encryptedKey, filepath.Join(t.TempDir(), "passphrase")
	pem, err := os.ReadFile(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := seal.DecryptPrivateKey(seal.NewText(string(pem)), seal.NewText("x"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	admin := drive.NewAdmin(server.BaseURL())
	if err := admin.Login(t.Context(), "admin", "admin"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(passphrase, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.CreateOAuth1Link(t.Context(), drive.LinkForm{ApplicationURL: "https://ci.example.com", Name: "ci", ConsumerKey: "ci", PublicKey: public}); err != nil {
		t.Fatal(err)
	}
	wantRun(t, runApplink(t, "", "adopt", "--application=own", "--app-url=https://ci.example.com", "--name=Build farm", "--purpose=sign-in",
		"--base-url="+server.BaseURL(), "--client-id=ci", "--private-key="+private, "--key-passphrase="+passphrase, "--key-source=file"), exitOK, "is taken over", "")
	r := authorizes(t, server.BaseURL(), true, "--code")
	wantRun(t, r, exitOK, "(jane) signed in", "")
	if strings.Contains(r.out, "display name)") {
		t.Errorf("of nobody: %s", r.out)
	}
	show := runApplink(t, "", "show", "buildfarm", "--json")
	wantRun(t, show, exitOK, `"identity"`, "")
	wantRun(t, show, exitOK, `"user": "jane"`, "")
}

// Programs that use kept tokens go on after a rotation with those of the new link, which
// the sign-in of the new link is asked for.
func TestTokensOfARotatedLink(t *testing.T) {
	server := setupOAuth2(t, awayRedirect)
	wantRun(t, authorizes(t, server.BaseURL(), true, "--keep", "--yes"), exitOK, "(jane) signed in", "are kept")
	wantRun(t, runApplink(t, "", "setup", "buildfarm", "--two-factor=no", "--login-link="), exitOK, "is set up", "")
	before := runApplink(t, "", "token", "buildfarm").out
	wantRun(t, runApplink(t, "", "rotate", "buildfarm"), exitWaiting, "", finding.TokensEndWithSwitch.String())
	client, err := server.Bitbucket.AddClient(practice.Client{Name: "Build farm 2", Redirect: awayRedirect, Scopes: []string{"REPO_ADMIN"}})
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret2")
	if err := os.WriteFile(secret, []byte(client.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	give := []string{"setup", "buildfarm", "--client-id=" + client.ID, "--client-secret=" + secret, "--two-factor=no", "--say=create-link,incoming"}
	wantRun(t, runApplink(t, "", give...), exitUsage, "", "--keep-tokens")
	wantRun(t, runApplink(t, "", "setup", "buildfarm", "--keep-tokens=yes"), exitWaiting, "applink authorize buildfarm", "")
	if now := runApplink(t, "", "token", "buildfarm").out; now != before {
		t.Error("before the switch the tokens of the link in use are others")
	}
	wantRun(t, authorizes(t, server.BaseURL(), true), exitOK, "(jane) signed in", "are kept")
	if now := runApplink(t, "", "token", "buildfarm"); now.code != exitOK || now.out == before {
		t.Errorf("after the switch: %+v", now)
	}
	wantRun(t, runApplink(t, "", "api", "buildfarm", "/rest/api/latest/projects?limit=1"), exitOK, `"isLastPage":false`, "")
	wantRun(t, runApplink(t, "", "rotate", "buildfarm", "--back"), exitOK, "", "uses its OAuth 2 link again")
}
