package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	practice "applink/core/practice/bitbucket"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/oauth2"
	"applink/core/seal"
)

func (f *fixture) client() *http.Client {
	f.t.Helper()
	c, err := f.Client(f.t.Context(), "My application")
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (p *rehearsal) url(path string) string { return p.base() + "/rest/api/latest/" + path }

// An access token that ends before its time is replaced once, for all who meet
// its end together.
func TestClientRefreshesADeadToken(t *testing.T) {
	f, p := connected(t)
	c := f.client()
	p.set(func() { p.late = 2 * time.Hour }) // the server's clock: the access token has expired
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if user := whoami(t, c, p.base()); user != "jane" {
				t.Errorf("user %q", user)
			}
		})
	}
	all.Wait()
	if p.count() != 1 {
		t.Errorf("%d refreshes", p.count())
	}
}

// Where the header that names the user is dropped on the way, that is found out once.
func TestClientBehindAProxyThatDropsTheUser(t *testing.T) {
	f, p := connected(t)
	p.set(func() { p.dropsUser = true })
	c := f.client()
	for range 5 {
		resp, err := c.Get(p.url("application-properties"))
		must(err)
		resp.Body.Close()
	}
	if p.count() != 1 {
		t.Errorf("%d refreshes", p.count())
	}
}

// A request is sent twice only when that can do no harm.
func TestClientRepeats(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		again        bool
	}{
		{"POST", http.MethodPost, false},
		{"PUT", http.MethodPut, true},
		{"DELETE", http.MethodDelete, true},
		{"PUT of a stream", http.MethodPut, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, p := connected(t)
			p.set(func() { p.late = 2 * time.Hour })
			r, err := http.NewRequestWithContext(t.Context(), tt.method, p.url("application-properties"), strings.NewReader("{}"))
			must(err)
			if strings.Contains(tt.name, "stream") {
				r.GetBody = nil
			}
			resp, err := f.client().Do(r)
			must(err)
			resp.Body.Close()
			if again := resp.Header.Get("X-AUSERNAME") != ""; again != tt.again || p.count() != 1 {
				t.Errorf("status %d, %d refreshes", resp.StatusCode, p.count())
			}
			if f.user(p) != "jane" || p.count() != 1 {
				t.Error("the next request has no new token")
			}
		})
	}
}

// A 401 to a known user is a matter of permission.
func TestClientLeavesPermissionAlone(t *testing.T) {
	f, p := connected(t)
	resp, err := f.client().Get(p.base() + "/rest/applinks/3.0/applicationlink") // admins may
	must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("X-AUSERNAME") != "jane" || p.count() != 0 {
		t.Errorf("status %d for %q, %d refreshes", resp.StatusCode, resp.Header.Get("X-AUSERNAME"), p.count())
	}
}

// What the server refuses although it was just refreshed is returned, not tried
// for ever.
func TestClientGivesUp(t *testing.T) {
	f, p := connected(t)
	c := f.client()
	if err := p.SetFault(practice.TokenRevoked, true); err != nil {
		t.Fatal(err)
	}
	_, err := c.Get(p.url("projects"))
	wantFinding(t, err, finding.RefreshRejected.Code())
	s, err := f.InUse(t.Context(), "My application")
	must(err)
	must(f.DropTokens(t.Context(), s))
	_, err = c.Get(p.url("projects"))
	wantFinding(t, err, finding.NoKeptTokens.Code())
	_, err = f.Client(t.Context(), "My application")
	wantFinding(t, err, finding.NoKeptTokens.Code())
	_, err = f.Client(t.Context(), "nobody")
	wantFinding(t, err, finding.NoSuchIntegration.Code())
}

// No token goes to another server, over either protocol, nor to the old one when
// the base URL changes.
func TestClientKeepsToItsServer(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("asked %s with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer stranger.Close()
	f, p := connected(t)
	c := f.client()
	for _, url := range []string{stranger.URL, strings.Replace(p.base(), "127.0.0.1", "localhost", 1), strings.Replace(p.base(), "http:", "https:", 1),
		p.web.URL + "/other", p.base() + "/../other", p.base() + "/%2e%2e/other", p.base() + "ish"} {
		if _, err := c.Get(url); !errors.Is(err, bitbucket.ErrOtherHost) {
			t.Errorf("%s: %v", url, err)
		}
	}
	s, err := f.InUse(t.Context(), "My application")
	must(err)
	granted := p.granted(t.Context())
	if s, err = f.Answer(t.Context(), s.Integration.ID, core.FieldBaseURL, stranger.URL); err != nil {
		t.Fatal(err)
	}
	if _, err := f.token(); codeOf(err) != finding.NoKeptTokens.String() {
		t.Errorf("tokens outlived the base URL: %v", err)
	}
	must(f.KeepTokens(t.Context(), s, granted))
	if _, err := c.Get(p.url("projects")); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("an old client has the new tokens: %v", err)
	}
}

// The same over OAuth 1, where nothing has to be refreshed.
func TestClientOverOAuth1(t *testing.T) {
	f, _ := keyed(t)
	p := newPractice()
	defer p.web.Close()
	s := f.answer(core.FieldBaseURL, p.base())
	if _, err := p.AddConsumer(practice.Consumer{Key: s.Value(core.FieldClientID), PublicKey: s.Value(core.FieldPublicKey)}); err != nil {
		t.Fatal(err)
	}
	key, err := f.PrivateKey(t.Context(), s.Link.ID)
	must(err)
	d, err := (&oauth1.Consumer{Base: p.base(), Key: s.Value(core.FieldClientID), PrivateKey: key.RSA()}).Start(t.Context(), oauth1.Options{Mode: oauth1.OutOfBand})
	must(err)
	token, err := d.Submit(t.Context(), p.decide(t.Context(), d.URL()))
	must(err)
	must(f.KeepTokens(t.Context(), s, auth.Tokens{OAuth1: token}))
	if user := f.user(p); user != "jane" {
		t.Errorf("user %q", user)
	}
	if _, err := f.client().Get("http://other.example/"); !errors.Is(err, bitbucket.ErrOtherHost) {
		t.Errorf("another server: %v", err)
	}
	_, err = f.token()
	wantFinding(t, err, finding.NoBearerToken.Code())
	if strings.Contains(f.files(), token.Token.Reveal()) {
		t.Error("the token stands in a file")
	}
}

// Tokens are bound to their link: moved to another they do not open.
func TestTokensAreBoundToTheirLink(t *testing.T) {
	f, _ := connected(t)
	err := f.db.Write(t.Context(), func(tx auth.Tx) error {
		row, err := tx.Tokens(1)
		if err != nil {
			return err
		}
		in, err := tx.Find("myapplication")
		if err != nil {
			return err
		}
		link, err := tx.AddLink(in.ID, core.OAuth2, time.Now())
		if err != nil {
			return err
		}
		return errors.Join(tx.PutAnswer(in.ID, link, core.FieldOAuth, core.Answer{Value: "2"}), tx.PutTokens(link, row))
	})
	must(err)
	if _, err := f.token(); codeOf(err) != finding.WrongSealingKey.String() {
		t.Errorf("error %v", err)
	}
}

func TestKeepTokensRefusesNone(t *testing.T) {
	f, _ := connected(t)
	s, err := f.InUse(t.Context(), "My application")
	must(err)
	if err := f.KeepTokens(t.Context(), s, auth.Tokens{}); err == nil {
		t.Error("nothing was kept")
	}
	if err := f.KeepTokens(t.Context(), s, auth.Tokens{OAuth2: &oauth2.Token{Access: seal.NewText("a")}}); err != nil {
		t.Error(err)
	}
	f.wind(1000 * time.Hour)
	if token, err := f.token(); token != "a" || err != nil {
		t.Errorf("a token without an end: %q, %v", token, err)
	}
}
