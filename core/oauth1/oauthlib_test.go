package oauth1

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"applink/core/bitbucket"
)

// publicFile has the public half of testKey as PEM.
func publicFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "public.pem")
	if err := os.WriteFile(path, []byte(publicPEM(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// oauthlib is the provider of testdata/provider.py, on Python's oauthlib.
type oauthlib struct {
	t    *testing.T
	base string
}

func startOauthlib(t *testing.T, skew string) (*oauthlib, *Consumer) {
	const python = "/usr/bin/python3" // where Debian's python3-oauthlib is
	need(t, python, "-c", "import oauthlib.oauth1, jwt")
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, python, "testdata/provider.py", publicFile(t), skew)
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
	p := &oauthlib{t: t, base: "http://127.0.0.1:" + strings.TrimSpace(port)}
	return p, newConsumer(t, p.base+"/ctx")
}

// seen is what the provider noted about the last request.
type seen struct{ Reason, Base, Signature string }

func (p *oauthlib) seen() (s seen) {
	p.t.Helper()
	resp, err := http.Get(p.base + "/reason")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

func TestOauthlibDance(t *testing.T) {
	for _, mode := range []Mode{ByLoopback, OutOfBand} {
		t.Run(string(mode), func(t *testing.T) {
			p, c := startOauthlib(t, "0")
			d := start(t, c, Options{Mode: mode})
			status, page := visit(t, d.URL())
			if status != 200 {
				t.Fatalf("status %d: %s", status, page)
			}
			var token *Token
			var err error
			if mode == OutOfBand {
				token, err = d.Submit(t.Context(), page)
			} else {
				token, err = d.Wait(t.Context())
			}
			if err != nil {
				t.Fatalf("%v; provider: %+v", err, p.seen())
			}
			if token.Session.Reveal() != "handle" || token.Expires.IsZero() {
				t.Errorf("token %+v", token)
			}
			for _, address := range []string{"/ctx/rest/api?a=1+2&b=%C3%BC~*&flag", "/ctx/a%2Fb//c"} {
				resp, err := c.Client(token).Get(p.base + address)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(body) != "signed" {
					t.Errorf("%s: %d %s, provider: %+v", address, resp.StatusCode, body, p.seen())
				}
			}
		})
	}
}

// Each refusal has its reason on the provider's side; ours sees a refusal
// without oauth_problem, whose cause is not given.
func TestOauthlibRefuses(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		reason, skew string
		spoil        func(*Consumer)
	}{
		{"signature", "0", func(c *Consumer) { c.PrivateKey = other }},
		{"unknown consumer", "0", func(c *Consumer) { c.Key = "nobody" }},
		{"clock", "301", func(*Consumer) {}},
		{"clock", "-302", func(*Consumer) {}},
		{"nonce", "0", func(c *Consumer) {
			c.Nonce = func() string { return "always the same" }
			c.RequestToken(context.Background(), "oob")
		}},
	} {
		t.Run(tt.reason+tt.skew, func(t *testing.T) {
			p, c := startOauthlib(t, tt.skew)
			tt.spoil(c)
			_, exchange, err := c.RequestToken(t.Context(), "oob")
			if got := p.seen().Reason; got != tt.reason {
				t.Errorf("refused for %q, want %q", got, tt.reason)
			}
			var problem *bitbucket.ProblemError
			if !errors.As(err, &problem) || exchange.Status < 400 {
				t.Fatalf("exchange %+v, %v", exchange, err)
			}
			if all := string(exchange.Body) + strings.Join(exchange.Header.Values("WWW-Authenticate"), ""); strings.Contains(all, "oauth_problem") {
				t.Errorf("an oauth_problem: %s", all)
			}
		})
	}
}

func TestOauthlibProbe(t *testing.T) {
	p, c := startOauthlib(t, "0")
	c.PrivateKey = nil
	exchange, err := c.ProbeKey(t.Context(), &testKey().PublicKey)
	if err != nil || exchange.Status != 401 {
		t.Errorf("exchange %+v, %v", exchange, err)
	}
	if s := p.seen(); s.Reason != "signature" || s.Base != exchange.BaseString {
		t.Errorf("provider %+v, our base string %s", s, exchange.BaseString)
	}
}

// TestOpenSSL checks a signature that went over the wire with a third program,
// over the base string that we computed.
func TestOpenSSL(t *testing.T) {
	need(t, "openssl", "version")
	v, c := newProvider(t)
	var ours string
	next := c.Transport
	c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		ours = baseString(r, "", slices.DeleteFunc(authorizationPairs(r.Header.Get("Authorization")), func(p pair) bool { return p.name == "oauth_signature" }))
		return next.RoundTrip(r)
	})
	resp, err := c.Client(testToken()).Get(strings.TrimSuffix(c.Base, "/") + "/rest/api/ü?b=~+%2B&a=1")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	signature := filepath.Join(t.TempDir(), "signature")
	if err := os.WriteFile(signature, v.signature, 0o600); err != nil {
		t.Fatal(err)
	}
	verify := exec.Command("openssl", "dgst", "-sha1", "-verify", publicFile(t), "-signature", signature)
	verify.Stdin = strings.NewReader(ours)
	if out, err := verify.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verified OK") {
		t.Errorf("%s, %v, base string %s", out, err, ours)
	}
}
