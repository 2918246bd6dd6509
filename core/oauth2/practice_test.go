package oauth2

import (
	"context"
	"errors"
	"testing"
	"time"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/callback"
	"applink/core/diagnose"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
	"applink/core/seal"
)

// startPractice starts a practice Bitbucket over https, with an incoming link
// that has the redirect URL.
func startPractice(t *testing.T, redirect string, o practice.Options) (*practice.Server, *Client) {
	t.Helper()
	o.TLS = true
	s, err := practice.Start(t.Context(), "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	saved, err := s.Bitbucket.AddClient(practice.Client{Secret: clientSecret, Redirect: redirect, Scopes: []string{"REPO_READ"}})
	if err != nil {
		t.Fatal(err)
	}
	transport, err := bitbucket.NewTransport(bitbucket.Options{Authorities: string(s.CertPEM()), Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return s, &Client{Base: s.BaseURL(), ID: saved.ID, Secret: seal.NewText(saved.Secret), Redirect: redirect,
		Scopes: []string{"REPO_READ"}, Transport: transport}
}

// decided lets jane sign in and decide, and returns where her browser is sent.
func decided(t *testing.T, s *practice.Server, d *Dance, allow bool) string {
	t.Helper()
	user := drive.NewAdmin(s.BaseURL()).Trust(s.CertPool())
	if err := user.Login(t.Context(), "jane", "jane"); err != nil {
		t.Fatal(err)
	}
	back, err := user.Authorize(t.Context(), d.URL(), allow)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// whoIs asks who the server takes the token for.
func whoIs(t *testing.T, c *Client, token seal.Text) (string, *core.Finding) {
	t.Helper()
	var recorder bitbucket.Recorder
	rest := bitbucket.Client{Base: c.Base, HTTP: c.TokenClient(func(context.Context) (seal.Text, error) { return token, nil })}
	user, _ := rest.User(bitbucket.WithRecorder(t.Context(), &recorder))
	ex, _ := recorder.Last()
	wantNoCanary(t, recorder.Exchanges())
	return user.Name, diagnose.Bearer(ex)
}

func TestPracticeDance(t *testing.T) {
	l := listenLocal(t, "https://localhost:0/callback")
	s, c := startPractice(t, l.URL(), practice.Options{})
	if verdict, _, err := c.Probe(t.Context()); verdict != ClientRight || err != nil {
		t.Errorf("probe: %s, %v", verdict, err)
	}
	d := start(t, c, Options{Listener: l})
	if status, page := open(t, browser(families(l)[0]), decided(t, s, d, true)); status != 200 {
		t.Fatalf("%d %s", status, page)
	}
	token, err := d.Wait(t.Context())
	if err != nil || !token.RenewAt.Before(token.Expires) || time.Until(token.RenewAt) <= 0 {
		t.Fatalf("token %+v, %v", token, err)
	}
	if user, f := whoIs(t, c, token.Access); user != "jane" || f != nil {
		t.Errorf("user %q, %v", user, f)
	}
	next, _, err := c.Refresh(t.Context(), token.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if user, f := whoIs(t, c, token.Access); user != "" || !errors.Is(f, finding.OAuth2UserUnknown) {
		t.Errorf("the old token: user %q, %v", user, f)
	}
	if user, f := whoIs(t, c, next.Access); user != "jane" || f != nil {
		t.Errorf("the new token: user %q, %v", user, f)
	}
	_, _, err = c.Refresh(t.Context(), token.Refresh)
	wantDiagnosis(t, err, diagnose.OAuth2Call{Refresh: true}, finding.RefreshRejected.Code())
}

// Whatever nobody has confirmed of Bitbucket, the dance, the refresh and the token
// are the same to the client.
func TestPracticeKnobs(t *testing.T) {
	for _, k := range practice.Knobs() {
		t.Run(k.Name, func(t *testing.T) {
			var o practice.Options
			if err := o.SetKnob(k.Name + "=" + k.Other); err != nil {
				t.Fatal(err)
			}
			s, c := startPractice(t, elsewhere, o)
			d := start(t, c, Options{Paste: true})
			token, err := d.Submit(t.Context(), decided(t, s, d, true))
			if err != nil {
				t.Fatal(err)
			}
			if token, _, err = c.Refresh(t.Context(), token.Refresh); err != nil {
				t.Fatal(err)
			}
			user, f := whoIs(t, c, token.Access)
			if k.Name == "enable.access.tokens" {
				if user != "" || !errors.Is(f, finding.OAuth2UserUnknown) {
					t.Errorf("tokens are not taken: user %q, %v", user, f)
				}
				return
			}
			if user != "jane" || f != nil {
				t.Errorf("user %q, %v", user, f)
			}
		})
	}
}

func TestPracticeDenied(t *testing.T) {
	s, c := startPractice(t, elsewhere, practice.Options{})
	d := start(t, c, Options{Paste: true})
	if _, err := d.Submit(t.Context(), decided(t, s, d, false)); !errors.Is(err, callback.ErrDenied) {
		t.Errorf("error %v", err)
	}
}

// Pasted within the time limit, and after it by the server's clock.
func TestPracticePasted(t *testing.T) {
	late := time.Duration(0)
	o := practice.Options{Now: func() time.Time { return time.Now().Add(late) }}
	s, c := startPractice(t, elsewhere, o)
	d := start(t, c, Options{})
	address := decided(t, s, d, true)
	late = 11 * time.Second
	_, err := d.Submit(t.Context(), address)
	wantDiagnosis(t, err, diagnose.OAuth2Call{Pasted: true}, finding.CodeExpired.Code())
	if _, err := d.Submit(t.Context(), decided(t, s, d, true)); err != nil {
		t.Errorf("pasted anew: %v", err)
	}
}

func TestPracticeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options practice.Options
		spoil   func(*Client)
		code    core.Code
		verdict Verdict
	}{
		{"wrong secret", practice.Options{}, func(c *Client) { c.Secret = seal.NewText("other") }, finding.InvalidClient.Code(), ClientWrong},
		{"wrong secret, 400", practice.Options{OAuth2: practice.OAuth2Options{ClientStatus: 400}},
			func(c *Client) { c.Secret = seal.NewText("other") }, finding.InvalidClient.Code(), ClientWrong},
		{"another redirect", practice.Options{}, func(c *Client) { c.Redirect += "x" }, finding.RedirectMismatch.Code(), ClientRight},
		{"secrets not checked", practice.Options{OAuth2: practice.OAuth2Options{NoSecretCheck: true}},
			func(c *Client) { c.Redirect += "x" }, finding.RedirectMismatch.Code(), ClientUnknown},
		{"no such grant", practice.Options{Faults: []practice.Fault{practice.GrantRefused}}, func(*Client) {}, finding.GrantUnsupported.Code(), ClientUnknown},
		{"no token", practice.Options{Faults: []practice.Fault{practice.TokenUnusable}}, func(*Client) {}, finding.OAuth2TokenResponseInvalid.Code(), ClientRight},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, c := startPractice(t, elsewhere, tt.options)
			d := start(t, c, Options{})
			address := decided(t, s, d, true)
			tt.spoil(c)
			_, err := d.Submit(t.Context(), address)
			wantDiagnosis(t, err, diagnose.OAuth2Call{}, tt.code)
			if verdict, _, _ := c.Probe(t.Context()); verdict != tt.verdict {
				t.Errorf("probe: %s, want %s", verdict, tt.verdict)
			}
		})
	}
}

// The answer to a refresh is lost: nobody knows, and one try later it is sure.
func TestPracticeRefreshLost(t *testing.T) {
	s, c := startPractice(t, elsewhere, practice.Options{})
	d := start(t, c, Options{})
	token, err := d.Submit(t.Context(), decided(t, s, d, true))
	if err != nil {
		t.Fatal(err)
	}
	s.Bitbucket.SetFault(practice.RefreshLost, true)
	began := time.Now()
	_, _, err = c.Refresh(t.Context(), token.Refresh)
	wantDiagnosis(t, err, diagnose.OAuth2Call{Refresh: true}, finding.RefreshInconclusive.Code())
	s.Bitbucket.SetFault(practice.RefreshLost, false)
	_, _, err = c.Refresh(t.Context(), token.Refresh)
	wantDiagnosis(t, err, diagnose.OAuth2Call{Refresh: true, Interrupted: began}, finding.RefreshInterrupted.Code())
}

func TestPracticeWithoutProvider(t *testing.T) {
	_, c := startPractice(t, elsewhere, practice.Options{Faults: []practice.Fault{practice.ProviderAbsent}})
	verdict, _, err := c.Probe(t.Context())
	wantDiagnosis(t, err, diagnose.OAuth2Call{}, finding.OAuth2NotFound.Code())
	if verdict != ClientUnknown {
		t.Errorf("verdict %s", verdict)
	}
}
