package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core/practice/browser"

	practice "applink/core/practice/bitbucket"

	"applink/core"
	"applink/core/auth"
	"applink/core/oauth2"
	"applink/core/seal"
)

const redirectURL = "https://app.example/callback"

// rehearsal is a practice Bitbucket that counts the refreshes, and does with one
// what the test wants.
type rehearsal struct {
	*practice.Bitbucket
	web    *httptest.Server
	client practice.Client

	mu        sync.Mutex
	refreshes int
	tokens    []string // all that were given out
	late      time.Duration
	dropsUser bool                                                           // a proxy drops X-AUSERNAME
	refresh   func(w http.ResponseWriter, answer *httptest.ResponseRecorder) // nil passes the answer on
	before    func()                                                         // ahead of a refresh
}

func newPractice() *rehearsal {
	p := &rehearsal{}
	server, err := practice.New(practice.Options{Version: "8.19", Now: func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return time.Now().Add(p.late)
	}})
	must(err)
	p.Bitbucket = server
	p.client, err = p.AddClient(practice.Client{Redirect: redirectURL, Scopes: []string{"REPO_READ"}})
	must(err)
	p.web = httptest.NewServer(p)
	return p
}

func (p *rehearsal) base() string { return p.web.URL + "/bitbucket" }

// ServeHTTP passes everything on, and listens at the token endpoint.
func (p *rehearsal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/oauth2/latest/token") {
		answer := httptest.NewRecorder()
		p.Bitbucket.ServeHTTP(answer, r)
		p.mu.Lock()
		if p.dropsUser {
			answer.Header().Del("X-AUSERNAME")
		}
		p.mu.Unlock()
		pass(w, answer)
		return
	}
	r.ParseForm()
	refresh := r.PostForm.Get("grant_type") == "refresh_token"
	p.mu.Lock()
	before, instead := p.before, p.refresh
	if refresh {
		p.refreshes++
	}
	p.mu.Unlock()
	if refresh && before != nil {
		before()
	}
	answer := httptest.NewRecorder()
	p.Bitbucket.ServeHTTP(answer, r)
	var pair struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal(answer.Body.Bytes(), &pair); pair.Access != "" {
		p.mu.Lock()
		p.tokens = append(p.tokens, pair.Access, pair.Refresh)
		p.mu.Unlock()
	}
	if refresh && instead != nil {
		instead(w, answer)
		return
	}
	pass(w, answer)
}

func pass(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// count is the number of refreshes that were asked for.
func (p *rehearsal) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refreshes
}

func (p *rehearsal) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// granted lets jane authorize the client, and returns her tokens.
func (p *rehearsal) granted(ctx context.Context) auth.Tokens {
	c := &oauth2.Client{Base: p.base(), ID: p.client.ID, Secret: seal.NewText(p.client.Secret), Redirect: redirectURL, Scopes: []string{"PUBLIC_REPOS"}}
	d, err := c.Start(ctx, oauth2.Options{Paste: true})
	must(err)
	defer d.Close()
	pair, err := d.Submit(ctx, p.decide(ctx, d.URL()))
	must(err)
	return auth.Tokens{OAuth2: pair, Redirect: redirectURL}
}

// decide lets jane sign in and allow.
func (p *rehearsal) decide(ctx context.Context, page string) string {
	jane := browser.NewAdmin(p.base())
	must(jane.Login(ctx, "jane", "jane"))
	back, err := jane.Authorize(ctx, page, true)
	must(err)
	return back
}

// connect sets up an integration "My application" with an OAuth 2 link to the
// practice Bitbucket, up to its proof, and keeps jane's tokens for it.
func (p *rehearsal) connect(ctx context.Context, l *auth.Library) {
	s, err := l.Create(ctx, "own")
	must(err)
	id := s.Integration.ID
	for _, a := range [][2]string{{"app-url", "https://app.example"}, {"name", "My application"}, {"purpose", "sign-in"},
		{"platform", "data-center"}, {"base-url", p.base()}, {"oauth", "2"}, {"callback", redirectURL},
		{"client-id", p.client.ID}, {"client-secret", p.client.Secret}} {
		if a[0] == "oauth" {
			_, err = l.Record(ctx, s, core.Outcome{Check: core.CheckReach, State: core.Passed,
				Learned: map[core.Learned]string{core.LearnedVersion: "8.19.0"}})
			must(err)
		}
		s, err = l.Answer(ctx, id, core.Field(a[0]), a[1])
		must(err)
	}
	s, err = l.InUse(ctx, "My application")
	must(err)
	must(l.KeepTokens(ctx, s, p.granted(ctx)))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// connected is a fixture with tokens of jane, and its practice Bitbucket.
func connected(t testing.TB) (*fixture, *rehearsal) {
	t.Helper()
	p := newPractice()
	t.Cleanup(p.web.Close)
	f := newFixture(t)
	f.clock()
	p.connect(t.Context(), f.Library)
	return f, p
}

// due is a time at which the tokens of now are to be refreshed, but hold.
const due = 56 * time.Minute

// clock gives the library a clock that can be wound.
func (f *fixture) clock() {
	f.SetNow(func() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) })
}

// wind sets the clock ahead of the real time.
func (f *fixture) wind(ahead time.Duration) { f.ahead.Store(int64(ahead)) }

func (f *fixture) token() (string, error) {
	token, err := f.Token(f.t.Context(), "My application")
	return token.Reveal(), err
}

// user asks who the kept tokens act for.
func (f *fixture) user(p *rehearsal) string {
	f.t.Helper()
	c, err := f.Client(f.t.Context(), "My application")
	if err != nil {
		f.t.Fatal(err)
	}
	return whoami(f.t, c, p.base())
}

func whoami(t testing.TB, c *http.Client, base string) string {
	t.Helper()
	resp, err := c.Get(base + "/rest/api/latest/application-properties")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get("X-AUSERNAME")
}
