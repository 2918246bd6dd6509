package oauth2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/seal"
)

const elsewhere = "https://app.example.com/oauth/callback/"

func TestAuthorizeURL(t *testing.T) {
	c := &Client{Base: "https://git.example.com/bitbucket/", ID: "id", Redirect: elsewhere, Scopes: []string{"", "A", "B"}}
	// RFC 7636 appendix B.
	verifier := seal.NewText("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	u, err := url.Parse(c.AuthorizeURL(seal.NewText("st-_te"), verifier))
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Scheme + "://" + u.Host + u.Path; got != "https://git.example.com/bitbucket/rest/oauth2/latest/authorize" {
		t.Errorf("page %s", got)
	}
	want := url.Values{"client_id": {"id"}, "redirect_uri": {elsewhere}, "response_type": {"code"}, "state": {"st-_te"}, "scope": {"A B"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}
	if got := u.Query(); got.Encode() != want.Encode() {
		t.Errorf("query %v", got)
	}
	c.Scopes = nil
	if strings.Contains(c.AuthorizeURL(verifier, verifier), "scope=") {
		t.Error("an empty scope is sent")
	}
}

func TestSecretsSurviveDecoding(t *testing.T) {
	plain, seen := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`), map[string]bool{}
	for range 100 {
		s := NewSecret().Reveal()
		if !plain.MatchString(s) || seen[s] {
			t.Errorf("secret %s", s)
		}
		seen[s] = true
	}
}

func TestCodeForTokenForNextToken(t *testing.T) {
	p, c := newProvider(t, elsewhere)
	now := time.Unix(1_700_000_000, 0)
	c.Now = func() time.Time { return now }
	state, verifier := NewSecret(), NewSecret()
	code := seal.NewText(agree(t, c.AuthorizeURL(state, verifier)).Query().Get("code"))
	first, exchange, err := c.ExchangeCode(t.Context(), code, verifier)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Expires.Equal(now.Add(time.Hour)) || !first.RenewAt.Equal(now.Add(55*time.Minute)) || len(first.Scopes) > 0 {
		t.Errorf("token %+v", first)
	}
	if exchange.Status != 200 || exchange.Method != "POST" || !strings.HasSuffix(exchange.URL, "/ctx/rest/oauth2/latest/token") {
		t.Errorf("exchange %+v", exchange)
	}
	second, again, err := c.Refresh(t.Context(), first.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if second.Access.Reveal() == first.Access.Reveal() || second.Refresh.Reveal() == first.Refresh.Reveal() {
		t.Error("the pair is not new")
	}
	want := url.Values{"grant_type": {"refresh_token"}, "client_id": {clientID}, "client_secret": {clientSecret},
		"refresh_token": {first.Refresh.Reveal()}, "redirect_uri": {elsewhere}}
	if got := p.forms[1]; got.Encode() != want.Encode() {
		t.Errorf("refresh sent %v", got)
	}
	if got := p.forms[0]; got.Get("code_verifier") != verifier.Reveal() || got.Get("redirect_uri") != elsewhere || len(got) != 6 {
		t.Errorf("exchange sent %v", got)
	}
	_, _, err = c.Refresh(t.Context(), first.Refresh)
	if !InvalidGrant(err) || Ambiguous(err) {
		t.Errorf("a used refresh token: %v", err)
	}
	_, third, err := c.ExchangeCode(t.Context(), code, verifier)
	if !InvalidGrant(err) || Ambiguous(err) {
		t.Errorf("a used code: %v", err)
	}
	wantNoCanary(t, c, *c, first, *second, exchange, again, third, err, exchange.Body, again.Body)
	var problem *ProblemError
	if !errors.As(err, &problem) || err.Error() != "exchanging the code: HTTP 400: invalid_grant" {
		t.Errorf("error %v", err)
	}
}

func TestTokenAnswers(t *testing.T) {
	const good = `"access_token":"C4nary.a","refresh_token":"C4nary.r","token_type":"Bearer"`
	long := strings.Repeat("a", 4097)
	now := time.Unix(1000, 0)
	for name, tt := range map[string]struct {
		status    int
		body      string
		reason    string // "" where a token is due
		life      time.Duration
		ambiguous bool // on a refresh
	}{
		"usual":            {200, `{` + good + `,"expires_in":7200,"scope":"A B"}`, "", 7200 * time.Second, false},
		"created":          {201, `{` + good + `,"expires_in":60}`, "", time.Minute, false},
		"life as text":     {200, `{` + good + `,"expires_in":"60"}`, "", time.Minute, false},
		"no life":          {200, `{` + good + `}`, "", 0, false},
		"endless life":     {200, `{` + good + `,"expires_in":99999999999999}`, "", 0, false},
		"no life any more": {200, `{` + good + `,"expires_in":-1}`, "", 0, false},
		"odd life":         {200, `{` + good + `,"expires_in":{}}`, "", 0, false},
		"empty":            {200, " ", "the answer is empty", 0, true},
		"html":             {200, "<html>C4nary", "the answer is not a JSON object of the expected kind", 0, true},
		"form":             {200, "access_token=C4nary&token_type=bearer", "the answer is not a JSON object of the expected kind", 0, true},
		"list":             {200, `[]`, "the answer is not a JSON object of the expected kind", 0, true},
		"no token":         {200, `{"token_type":"bearer"}`, "no usable access_token in the answer", 0, true},
		"blank in it":      {200, `{"access_token":"C4nary a","token_type":"bearer"}`, "no usable access_token in the answer", 0, true},
		"line end in it":   {200, `{"access_token":"C4nary\r\nX: y","token_type":"bearer"}`, "no usable access_token in the answer", 0, true},
		"too long":         {200, `{"access_token":"` + long + `","token_type":"bearer"}`, "no usable access_token in the answer", 0, true},
		"another type":     {200, `{"access_token":"C4nary","token_type":"mac"}`, "no token_type bearer in the answer", 0, true},
		"odd refresh":      {200, `{"access_token":"C4nary","token_type":"bearer","refresh_token":"\u0000"}`, "no usable refresh_token in the answer", 0, true},
		"endless":          {200, strings.Repeat(" ", bitbucket.ReplyLimit+1), "the answer is too large", 0, true},
		"refused":          {400, `{"error":"invalid_client","error_description":"C4nary"}`, "invalid_client", 0, false},
		"refused as 200":   {200, `{"error":"invalid_grant"}`, "invalid_grant", 0, false},
		"odd refusal":      {400, `{"error":"C4nary says no"}`, "refused", 0, false},
		"bare":             {401, ``, "refused", 0, false},
		"server error":     {500, `{"error":"server_error"}`, "server_error", 0, true},
		"gateway":          {504, `<html>`, "refused", 0, true},
		"redirected":       {307, ``, "refused", 0, false},
		"limited":          {429, ``, "refused", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := newProvider(t, elsewhere)
			c.Now = func() time.Time { return now }
			p.reply = func(w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("Location", "/ctx/rest/oauth2/latest/token?again")
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
				return true
			}
			for _, refresh := range []bool{true, false} {
				ask := func() (*Token, core.Exchange, error) { return c.Refresh(t.Context(), seal.NewText("C4nary.old")) }
				if !refresh {
					ask = func() (*Token, core.Exchange, error) {
						return c.ExchangeCode(t.Context(), seal.NewText("C4nary.code"), NewSecret())
					}
				}
				token, exchange, err := ask()
				if exchange.Status != tt.status {
					t.Errorf("exchange %+v", exchange)
				}
				wantNoCanary(t, err)
				if tt.reason == "" {
					if err != nil || token.Access.Reveal() != "C4nary.a" || token.Refresh.Reveal() != "C4nary.r" {
						t.Errorf("token %v, %v", token, err)
					} else if life := token.Expires.Sub(now); tt.life != 0 && life != tt.life || tt.life == 0 && !token.RenewAt.IsZero() {
						t.Errorf("lifetime %v", life)
					}
					continue
				}
				var problem *ProblemError
				if !errors.As(err, &problem) || problem.Reason != tt.reason || Ambiguous(err) != tt.ambiguous {
					t.Errorf("error %v, ambiguous %v", err, Ambiguous(err))
				}
			}
			if len(p.forms) != 2 {
				t.Errorf("%d requests, want 2: no redirect is followed and nothing tried twice", len(p.forms))
			}
		})
	}
}

func TestRefreshTokenMayStay(t *testing.T) {
	p, c := newProvider(t, elsewhere)
	p.reply = func(w http.ResponseWriter, r *http.Request) bool {
		fmt.Fprint(w, `{"access_token":"a","token_type":"bearer"}`)
		return true
	}
	token, _, err := c.Refresh(t.Context(), seal.NewText("old"))
	if err != nil || token.Refresh.Reveal() != "old" {
		t.Errorf("token %v, %v", token, err)
	}
	if _, _, err = c.ExchangeCode(t.Context(), seal.NewText("code"), NewSecret()); err == nil {
		t.Error("a code without a refresh token is taken")
	}
}

// Whether the request can have arrived decides if a refresh token may be lost.
func TestAmbiguousNetworkErrors(t *testing.T) {
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cut.Close)
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"access_token":"C4nary`)
	}))
	t.Cleanup(half.Close)
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name, base string
		ctx        context.Context
		ambiguous  bool
	}{
		{"broken off", cut.URL, t.Context(), true},
		{"broken off in the answer", half.URL, t.Context(), true},
		{"nobody listens", "http://127.0.0.1:1", t.Context(), false},
		{"certificate not trusted", tls.URL, t.Context(), false},
		{"cancelled before", cut.URL, cancelled, false},
	} {
		c := newClient(t, tt.base, elsewhere)
		_, exchange, err := c.Refresh(tt.ctx, seal.NewText("C4nary"))
		var problem *ProblemError
		if !errors.As(err, &problem) || exchange.Err == nil || Ambiguous(err) != tt.ambiguous || InvalidGrant(err) {
			t.Errorf("%s: %v, ambiguous %v", tt.name, err, Ambiguous(err))
		}
		wantNoCanary(t, err, exchange)
	}
	// A transport that tells nothing may have sent it.
	c := &Client{Base: cut.URL, Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.EOF })}
	if _, _, err := c.Refresh(t.Context(), seal.NewText("x")); !Ambiguous(err) {
		t.Errorf("%v is not ambiguous", err)
	}
	if Ambiguous(nil) || Ambiguous(io.EOF) || InvalidGrant(nil) {
		t.Error("an error that is no answer is read as one")
	}
}

func answering(status int, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

func TestTokenClient(t *testing.T) {
	p, c := newProvider(t, elsewhere)
	token := authorized(t, c)
	fail := errors.New("no token")
	var give error
	client := c.TokenClient(func(context.Context) (seal.Text, error) { return token.Access, give })
	var recorder bitbucket.Recorder
	r, _ := http.NewRequestWithContext(bitbucket.WithRecorder(t.Context(), &recorder), "GET", c.Base+"/rest/api/x", nil)
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Header.Get("X-AUSERNAME") != "jane" || r.Header.Get("Authorization") != "" {
		t.Errorf("user %q, the caller's header %v", resp.Header.Get("X-AUSERNAME"), r.Header)
	}
	wantNoCanary(t, recorder.Exchanges())

	var seen []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	t.Cleanup(other.Close)
	base, _ := url.Parse(c.Base)
	for _, address := range []string{other.URL, strings.Replace(c.Base, "http:", "https:", 1), "http://localhost:" + base.Port(), "http://127.0.0.1/ctx"} {
		if _, err := client.Get(address); !errors.Is(err, bitbucket.ErrOtherHost) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(seen) != 0 {
		t.Errorf("another server saw %q", seen)
	}
	give = fail
	if _, err := client.Get(c.Base); !errors.Is(err, fail) {
		t.Errorf("without token: %v", err)
	}
	p.reply = nil
}

func TestTokenClientFollowsNoRedirect(t *testing.T) {
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		http.Redirect(w, r, "/login", http.StatusFound)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, server.URL, elsewhere)
	resp, err := c.TokenClient(func(context.Context) (seal.Text, error) { return seal.NewText("x"), nil }).Get(server.URL + "/rest")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 302 || !slices.Equal(paths, []string{"/rest"}) {
		t.Errorf("status %d, paths %q", resp.StatusCode, paths)
	}
}

func FuzzTokenAnswer(f *testing.F) {
	f.Add([]byte(`{"access_token":"a","refresh_token":"r","token_type":"bearer","expires_in":3600,"scope":"A B"}`))
	f.Add([]byte(`{"error":"invalid_grant","error_description":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		asked := time.Unix(1000, 0)
		r, err := parseReply(body)
		if err != nil {
			return
		}
		token, err := r.token(asked)
		if err != nil {
			return
		}
		if !bitbucket.TokenLike(token.Access.Reveal()) || !token.Refresh.Empty() && !bitbucket.TokenLike(token.Refresh.Reveal()) {
			t.Errorf("token %q %q", token.Access.Reveal(), token.Refresh.Reveal())
		}
		if !token.Expires.IsZero() && (!token.RenewAt.Before(token.Expires) || !token.RenewAt.After(asked)) {
			t.Errorf("to be renewed at %v, expires %v", token.RenewAt, token.Expires)
		}
	})
}
