package oauth2

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core/bitbucket"
	"applink/core/seal"
)

// provider is a Bitbucket below /ctx that plays the OAuth 2 provider: codes
// serve once, each refresh ends both old tokens. Every secret that it makes
// begins with a canary.
type provider struct {
	t        *testing.T
	redirect string
	deny     string                                            // error that authorize answers with
	reply    func(w http.ResponseWriter, r *http.Request) bool // takes the place of the token answer

	mu      sync.Mutex
	made    int
	codes   map[string]string // code to challenge
	refresh map[string]bool
	access  map[string]bool
	forms   []url.Values // token requests seen
}

const (
	canary       = "C4nary"
	clientID     = "5f1c0e8a7b2d4963a1e0c7d5b8f24690"
	clientSecret = canary + "-client-secret"
)

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.URL.Path {
	case "/ctx/rest/oauth2/latest/authorize":
		p.authorize(w, r)
	case "/ctx/rest/oauth2/latest/token":
		if r.Method != http.MethodPost || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" ||
			r.Header.Get("Accept") != "application/json" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			p.t.Errorf("odd token request: %s %s %v", r.Method, r.URL, r.Header)
		}
		r.ParseForm()
		p.forms = append(p.forms, r.PostForm)
		if p.reply == nil || !p.reply(w, r) {
			p.token(w, r.PostForm)
		}
	default:
		if p.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
			w.Header().Set("X-AUSERNAME", "jane")
		}
		fmt.Fprint(w, "{}")
	}
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("client_id") != clientID || query.Get("redirect_uri") != p.redirect ||
		query.Get("response_type") != "code" || query.Get("code_challenge_method") != "S256" {
		http.Error(w, "no redirect", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {query.Get("state")}}
	if p.deny != "" {
		back.Set("error", p.deny)
	} else {
		code := p.secret()
		p.codes[code] = query.Get("code_challenge")
		back.Set("code", code)
	}
	w.Header().Set("Location", p.redirect+"?"+back.Encode())
	w.WriteHeader(http.StatusFound)
}

func (p *provider) secret() string {
	p.made++
	return fmt.Sprintf("%s.%d-_x", canary, p.made)
}

func (p *provider) token(w http.ResponseWriter, form url.Values) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	code, old := form.Get("code"), form.Get("refresh_token")
	challenge, known := p.codes[code]
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	verified := base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
	refusal := ""
	switch {
	case form.Get("client_id") != clientID, form.Get("client_secret") != clientSecret:
		refusal = "invalid_client"
	case form.Get("redirect_uri") != p.redirect:
		refusal = "invalid_grant"
	case form.Get("grant_type") == "authorization_code" && known && verified:
		delete(p.codes, code)
	case form.Get("grant_type") == "refresh_token" && p.refresh[old]:
		clear(p.refresh)
		clear(p.access)
	default:
		refusal = "invalid_grant"
	}
	if refusal != "" {
		w.WriteHeader(http.StatusBadRequest)
		json.NewEncoder(w).Encode(map[string]string{"error": refusal, "error_description": "no"})
		return
	}
	access, refresh := p.secret(), p.secret()
	p.access[access], p.refresh[refresh] = true, true
	json.NewEncoder(w).Encode(map[string]any{"access_token": access, "refresh_token": refresh,
		"token_type": "bearer", "expires_in": 3600, "created_at": 1700000000})
}

// newProvider starts a provider and a client for it whose redirect URL is as
// registered there.
func newProvider(t *testing.T, redirect string) (*provider, *Client) {
	t.Helper()
	p := &provider{t: t, redirect: redirect, codes: map[string]string{}, refresh: map[string]bool{}, access: map[string]bool{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return p, newClient(t, server.URL+"/ctx", redirect)
}

func newClient(t *testing.T, base, redirect string) *Client {
	t.Helper()
	transport, err := bitbucket.NewTransport(bitbucket.Options{Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{Base: base, ID: clientID, Secret: seal.NewText(clientSecret), Redirect: redirect,
		Scopes: []string{"", "PUBLIC_REPOS", "REPO_READ"}, Transport: transport}
}

// agree is a user without a listener: it returns where the browser is sent.
func agree(t *testing.T, address string) *url.URL {
	t.Helper()
	resp, err := bitbucket.HTTPClient(http.DefaultTransport).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("status %d: %v", resp.StatusCode, err)
	}
	return back
}

// authorized returns a token of a whole flow.
func authorized(t *testing.T, c *Client) *Token {
	t.Helper()
	state, verifier := NewSecret(), NewSecret()
	back := agree(t, c.AuthorizeURL(state, verifier)).Query()
	if back.Get("state") != state.Reveal() {
		t.Errorf("state %q", back.Get("state"))
	}
	token, _, err := c.ExchangeCode(t.Context(), seal.NewText(back.Get("code")), verifier)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func wantNoCanary(t *testing.T, what ...any) {
	t.Helper()
	for _, one := range what {
		if printed := fmt.Sprintf("%v %+v %#v %s", one, one, one, one); strings.Contains(printed, canary) {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
}
