package oauth1

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"applink/core/bitbucket"
	"applink/core/seal"
)

func TestThreeLegs(t *testing.T) {
	v, c := newProvider(t)
	now := time.Unix(1_700_000_000, 0)
	c.Now = func() time.Time { return now }
	request, exchange, err := c.RequestToken(t.Context(), "oob")
	if err != nil {
		t.Fatal(err)
	}
	if exchange.Status != 200 || exchange.BaseString == "" || v.callback != "oob" {
		t.Errorf("exchange %+v, callback %q", exchange, v.callback)
	}
	if exchange.BaseString != v.base {
		t.Errorf("recorded base string\n%s, server's\n%s", exchange.BaseString, v.base)
	}
	if got, want := c.AuthorizeURL(request), strings.TrimSuffix(c.Base, "/")+"/plugins/servlet/oauth/authorize?oauth_token=ReqT0ken"; got != want {
		t.Errorf("authorize URL %s, want %s", got, want)
	}
	token, exchange, err := c.AccessToken(t.Context(), request, seal.NewText("V3rify"))
	if err != nil {
		t.Fatal(err)
	}
	if token.Token.Reveal() != "AccT0ken" || token.Secret.Reveal() != "AccS3cret" || token.Session.Reveal() != "S3ssion" {
		t.Error("wrong token")
	}
	if want := now.Add(157680000 * time.Second); !token.Expires.Equal(want) {
		t.Errorf("expires %v, want %v", token.Expires, want)
	}
	if want := now.Add(160272000 * time.Second); !token.SessionExpires.Equal(want) {
		t.Errorf("session expires %v, want %v", token.SessionExpires, want)
	}
	wantNoCanary(t, exchange)
	wantNoCanary(t, string(exchange.Body))
	wantNoCanary(t, token)
	wantNoCanary(t, *request)
	wantNoCanary(t, struct{ hidden Token }{*token})

	var recorder bitbucket.Recorder
	r, _ := http.NewRequestWithContext(bitbucket.WithRecorder(t.Context(), &recorder), "GET", c.Base+"rest/api?a=b", nil)
	resp, err := c.Client(token).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "signed" {
		t.Errorf("answer %q", body)
	}
	if ex, _ := recorder.Last(); !strings.Contains(ex.BaseString, "a%3Db%26oauth_consumer_key%3Dconsumer") {
		t.Errorf("recorded base string %q", ex.BaseString)
	} else {
		wantNoCanary(t, ex)
	}
	seen := map[string]bool{}
	for _, header := range v.headers {
		nonce := headerPair.FindAllStringSubmatch(header, -1)
		for _, m := range nonce {
			if m[1] == "oauth_nonce" && seen[m[2]] {
				t.Error("a nonce was used twice")
			} else if m[1] == "oauth_nonce" {
				seen[m[2]] = true
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d nonces, want 3", len(seen))
	}
}

func TestTokenReplies(t *testing.T) {
	const good = "oauth_token=ReqT0ken&oauth_token_secret=ReqS3cret&oauth_callback_confirmed=true"
	for name, tt := range map[string]struct {
		status int
		body   string
		reason string // "" where a token is due
	}{
		"usual":            {200, good, ""},
		"created":          {201, good, ""},
		"another order":    {200, "oauth_callback_confirmed=true&x=y&oauth_token_secret=ReqS3cret&oauth_token=ReqT0ken", ""},
		"newline at end":   {200, good + "\r\n", ""},
		"empty":            {200, "", "the answer is empty"},
		"html":             {200, "<html><title>Log in</title></html>", "no usable oauth_token in the answer"},
		"not encoded":      {200, "%zz", "the answer is not form-encoded"},
		"not confirmed":    {200, "oauth_token=ReqT0ken&oauth_token_secret=ReqS3cret", "no oauth_callback_confirmed=true in the answer"},
		"no secret":        {200, "oauth_token=ReqT0ken&oauth_callback_confirmed=true", "no usable oauth_token_secret in the answer"},
		"token repeated":   {200, good + "&oauth_token=ReqT0ken2", "no usable oauth_token in the answer"},
		"token with blank": {200, "oauth_token=a%20b&oauth_token_secret=ReqS3cret&oauth_callback_confirmed=true", "no usable oauth_token in the answer"},
		"token too long":   {200, "oauth_token=" + strings.Repeat("a", 4097) + "&oauth_token_secret=b", "no usable oauth_token in the answer"},
		"endless":          {200, strings.Repeat("a", bitbucket.ReplyLimit+1), "the answer is too large"},
		"refused":          {401, "oauth_problem=consumer_key_unknown", "refused"},
		"redirected":       {302, "", "refused"},
		"wrong key size":   {500, "<html>", "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			v, c := newProvider(t)
			v.reply = func(w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("Location", "/ctx/login")
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
				return true
			}
			token, exchange, err := c.RequestToken(t.Context(), "oob")
			if exchange.Status != tt.status || len(v.headers) != 1 {
				t.Errorf("exchange %+v after %d requests", exchange, len(v.headers))
			}
			if tt.reason == "" {
				if err != nil || token.Token.Reveal() != "ReqT0ken" {
					t.Errorf("token %v, %v", token, err)
				}
				return
			}
			var problem *bitbucket.ProblemError
			if !errors.As(err, &problem) || problem.Reason != tt.reason || problem.Exchange.Status != tt.status {
				t.Fatalf("error %v, want %q", err, tt.reason)
			}
			wantNoCanary(t, err)
		})
	}
}

func TestLifetimesThatMakeNoSense(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, text := range []string{"", "0", "-5", "soon", "9223372036854775807", "99999999999999999999"} {
		var got Token
		if got.last("oauth_token=a&oauth_token_secret=b&oauth_expires_in="+text, now); !got.Expires.IsZero() {
			t.Errorf("%q: expires %v", text, got.Expires)
		}
	}
}

func TestSignatureInvalidKeepsBaseStringsComparable(t *testing.T) {
	v, c := newProvider(t)
	v.scheme = "https" // as a server behind an undeclared proxy
	request := &RequestToken{Token: seal.NewText("ReqT0ken"), Secret: seal.NewText("ReqS3cret")}
	_, exchange, err := c.AccessToken(t.Context(), request, seal.NewText("V3rify"))
	var problem *bitbucket.ProblemError
	if !errors.As(err, &problem) {
		t.Fatalf("error %v", err)
	}
	wantNoCanary(t, problem.Exchange)
	wantNoCanary(t, string(problem.Exchange.Body))
	theirs := ""
	for _, p := range splitPairs(string(exchange.Body)) {
		if p.name == "oauth_signature_base_string" {
			theirs = p.value
		}
	}
	if want := strings.Replace(exchange.BaseString, "&http%3A", "&https%3A", 1); theirs != want {
		t.Errorf("base strings differ in more than the scheme:\n%s\n%s", theirs, want)
	}
}

func TestTransportErrors(t *testing.T) {
	_, c := newProvider(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, exchange, err := c.RequestToken(ctx, "oob")
	var problem *bitbucket.ProblemError
	if !errors.As(err, &problem) || !errors.Is(err, context.Canceled) || exchange.Err == nil {
		t.Errorf("error %v, exchange %+v", err, exchange)
	}
	c.Base = "http://127.0.0.1:1/ctx"
	_, exchange, err = c.RequestToken(t.Context(), "oob")
	if !errors.As(err, &problem) || exchange.Err == nil || exchange.Status != 0 {
		t.Errorf("error %v, exchange %+v", err, exchange)
	}
}

func TestNoKey(t *testing.T) {
	v, c := newProvider(t)
	c.PrivateKey = nil
	if _, _, err := c.RequestToken(t.Context(), "oob"); !errors.Is(err, ErrNoKey) {
		t.Errorf("request token: %v", err)
	}
	if _, err := c.Client(testToken()).Get(c.Base); !errors.Is(err, ErrNoKey) {
		t.Errorf("client: %v", err)
	}
	if len(v.headers) != 0 {
		t.Error("something was sent")
	}
}

func TestClientFollowsNoRedirect(t *testing.T) {
	v, c := newProvider(t)
	v.reply = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "/ctx/login", http.StatusFound)
		return true
	}
	resp, err := c.Client(testToken()).Get(c.Base + "rest/api")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusFound || len(v.headers) != 1 {
		t.Errorf("status %d after %d requests", resp.StatusCode, len(v.headers))
	}
}
