package oauth2

import (
	"bufio"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/seal"
)

// startAuthlib starts the provider of testdata/provider.py, on Python's
// Authlib, and returns a client that it knows.
func startAuthlib(t *testing.T, redirect string) *Client {
	t.Helper()
	const python = "/usr/bin/python3" // where Debian's python3-authlib is
	need(t, python, "-c", "import authlib.oauth2.rfc7636")
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, python, "testdata/provider.py", redirect)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); command.Wait() })
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, "http://127.0.0.1:"+strings.TrimSpace(port)+"/ctx", redirect)
}

// wantDiagnosis explains a refusal as the library's user would.
func wantDiagnosis(t *testing.T, err error, call diagnose.OAuth2Call, code core.Code) {
	t.Helper()
	var problem *ProblemError
	if !errors.As(err, &problem) {
		t.Errorf("error %v, want %s", err, code)
		return
	}
	call.Ambiguous = Ambiguous(err)
	if f := diagnose.OAuth2(problem.Exchange, call); f == nil || f.Code != code {
		t.Errorf("finding %v, want %s", f, code)
	}
	wantNoCanary(t, err, problem.Exchange, problem.Exchange.Body)
}

func TestAuthlibDance(t *testing.T) {
	l := listenLocal(t, "https://localhost:0/callback")
	c := startAuthlib(t, l.URL())
	d := start(t, c, Options{Listener: l})
	if status, page := open(t, browser(families(l)[0]), d.URL()); status != 200 || !strings.Contains(page, "It worked") {
		t.Fatalf("%d %s, exchanges %+v", status, page, d.Exchanges())
	}
	token, err := d.Wait(t.Context())
	if err != nil || token.Expires.IsZero() || strings.Join(token.Scopes, " ") != "PUBLIC_REPOS REPO_READ" {
		t.Fatalf("token %+v, %v", token, err)
	}
	next, _, err := c.Refresh(t.Context(), token.Refresh)
	if err != nil || next.Access.Reveal() == token.Access.Reveal() || next.Refresh.Reveal() == token.Refresh.Reveal() {
		t.Fatalf("next token %+v, %v", next, err)
	}
	for _, one := range []struct {
		token seal.Text
		code  core.Code
	}{{next.Access, ""}, {token.Access, finding.AccessTokenInvalid.Code()}} {
		var recorder bitbucket.Recorder
		rest := bitbucket.Client{Base: c.Base, HTTP: c.TokenClient(func(context.Context) (seal.Text, error) { return one.token, nil })}
		rest.Get(bitbucket.WithRecorder(t.Context(), &recorder), "/rest/api", nil, &struct{}{})
		ex, _ := recorder.Last()
		if f := diagnose.Bearer(ex); (f == nil) != (one.code == "") || f != nil && f.Code != one.code {
			t.Errorf("finding %v, want %q", f, one.code)
		}
	}
	_, _, err = c.Refresh(t.Context(), token.Refresh)
	wantDiagnosis(t, err, diagnose.OAuth2Call{Refresh: true}, finding.RefreshRejected.Code())
	if !InvalidGrant(err) {
		t.Errorf("a used refresh token: %v", err)
	}
}

func TestAuthlibRefuses(t *testing.T) {
	c := startAuthlib(t, elsewhere)
	fresh := func() (code, verifier seal.Text) {
		verifier = NewSecret()
		back := agree(t, c.AuthorizeURL(NewSecret(), verifier))
		return seal.NewText(back.Query().Get("code")), verifier
	}
	changed := func(change func(*Client)) *Client {
		other := *c
		change(&other)
		return &other
	}
	for _, tt := range []struct {
		name string
		ask  func() error
		code core.Code
	}{
		{"wrong secret", func() error {
			code, verifier := fresh()
			_, _, err := changed(func(c *Client) { c.Secret = seal.NewText("other") }).ExchangeCode(t.Context(), code, verifier)
			return err
		}, finding.InvalidClient.Code()},
		{"wrong ID", func() error {
			code, verifier := fresh()
			_, _, err := changed(func(c *Client) { c.ID = "other" }).ExchangeCode(t.Context(), code, verifier)
			return err
		}, finding.InvalidClient.Code()},
		{"wrong verifier", func() error {
			code, _ := fresh()
			_, _, err := c.ExchangeCode(t.Context(), code, NewSecret())
			return err
		}, finding.CodeRejected.Code()},
		{"reused code", func() error {
			code, verifier := fresh()
			if _, _, err := c.ExchangeCode(t.Context(), code, verifier); err != nil {
				t.Fatalf("its first use: %v", err)
			}
			_, _, err := c.ExchangeCode(t.Context(), code, verifier)
			return err
		}, finding.CodeRejected.Code()},
		{"another redirect", func() error {
			code, verifier := fresh()
			_, _, err := changed(func(c *Client) { c.Redirect += "x" }).ExchangeCode(t.Context(), code, verifier)
			return err
		}, finding.RedirectMismatch.Code()},
		{"another grant", func() error {
			call := c.call("asking otherwise")
			_, err := call.token(call.post(t.Context(), c.endpoints().Token, c.form("password", nil)))
			return err
		}, finding.GrantUnsupported.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) { wantDiagnosis(t, tt.ask(), diagnose.OAuth2Call{}, tt.code) })
	}
	if verdict, _, err := c.Probe(t.Context()); verdict != ClientRight || err != nil {
		t.Errorf("probe: %s, %v", verdict, err)
	}
	wrong := changed(func(c *Client) { c.Secret = seal.NewText("other") })
	if verdict, _, err := wrong.Probe(t.Context()); verdict != ClientWrong || err != nil {
		t.Errorf("probe with a wrong secret: %s, %v", verdict, err)
	}
}

// What the authorize page refuses comes back with the browser.
func TestAuthlibAuthorizeRefuses(t *testing.T) {
	c := startAuthlib(t, elsewhere)
	d := start(t, c, Options{Paste: true})
	if _, err := d.Submit(t.Context(), agree(t, d.URL()+"&deny=1").String()); !errors.Is(err, callback.ErrDenied) {
		t.Errorf("denied: %v", err)
	}
	c.Scopes = []string{"repository"}
	d = start(t, c, Options{Paste: true})
	_, err := d.Submit(t.Context(), agree(t, d.URL()).String())
	var refused *AuthorizeError
	if !errors.As(err, &refused) {
		t.Fatalf("scope: %v", err)
	}
	call := diagnose.OAuth2Call{Scope: "repository"}
	if f := diagnose.Authorize(refused.Code, refused.Description, call); !errors.Is(f, finding.InvalidScope) || f.Params["scope"] != "repository" {
		t.Errorf("finding %v", f)
	}
	without, _ := url.Parse(d.URL())
	query := without.Query()
	query.Del("code_challenge")
	query.Set("scope", "REPO_READ")
	without.RawQuery = query.Encode()
	if back := agree(t, without.String()).Query(); back.Get("error") != "invalid_request" || back.Has("code") {
		t.Errorf("without challenge: %v", back)
	}
}
