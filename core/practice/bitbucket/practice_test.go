package bitbucket

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core/practice/browser"
)

// keyOf makes one key per size for all tests: making them is slow.
var keyOf = func() func(bits int) *rsa.PrivateKey {
	var mu sync.Mutex
	keys := map[int]*rsa.PrivateKey{}
	return func(bits int) *rsa.PrivateKey {
		mu.Lock()
		defer mu.Unlock()
		if keys[bits] == nil {
			key, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				panic(err)
			}
			keys[bits] = key
		}
		return keys[bits]
	}
}()

func spkiPEM(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// clock is a time that only moves when a test says so.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Unix(1_700_000_000, 0)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	c.t = c.t.Add(d)
	c.mu.Unlock()
}

// practice is a server under test with one consumer, "app".
type practice struct {
	t *testing.T
	*Bitbucket
	clock *clock
	base  string
	nonce int
}

func newPractice(t *testing.T, o Options) *practice {
	t.Helper()
	c := newClock()
	if o.Now == nil {
		o.Now = c.now
	}
	if o.Consumers == nil {
		o.Consumers = []Consumer{{Key: "app", Name: "The App", PublicKey: spkiPEM(&keyOf(1024).PublicKey), ApplicationURL: "https://app.example"}}
	}
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return &practice{t: t, Bitbucket: b, clock: c, base: server.URL + b.context}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(body)}
}

func (p *practice) get(path string) answer {
	p.t.Helper()
	req, err := http.NewRequest("GET", p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return do(p.t, req)
}

// escape is RFC 3986 by way of net/url, so that the tests do not lean on the
// code that they test.
func escape(s string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~", "*", "%2A").Replace(url.QueryEscape(s))
}

// signed is a request in the making. Parameters go into the Authorization
// header.
type signed struct {
	method, path string // path below the context path, without query
	query        []pair
	params       []pair
	key          *rsa.PrivateKey
	base         string // another URL to sign
}

func (p *practice) sign(method, path string, params ...pair) *signed {
	p.nonce++
	s := &signed{method: method, path: path, key: keyOf(1024), base: p.base, params: []pair{
		{"oauth_consumer_key", "app"}, {"oauth_signature_method", "RSA-SHA1"},
		{"oauth_timestamp", strconv.FormatInt(p.clock.now().Unix(), 10)}, {"oauth_nonce", "n" + strconv.Itoa(p.nonce)}}}
	for _, param := range params {
		s.set(param.name, param.value)
	}
	return s
}

// set replaces, drop removes and add repeats a parameter.
func (s *signed) set(name, value string) *signed {
	s.drop(name)
	return s.add(name, value)
}

func (s *signed) add(name, value string) *signed {
	s.params = append(s.params, pair{name, value})
	return s
}

func (s *signed) drop(name string) *signed {
	s.params = slices.DeleteFunc(s.params, func(p pair) bool { return p.name == name })
	return s
}

func (s *signed) baseString() string {
	var parts []string
	for _, p := range append(slices.Clone(s.params), s.query...) {
		parts = append(parts, escape(p.name)+"="+escape(p.value))
	}
	slices.Sort(parts)
	return s.method + "&" + escape(s.base+s.path) + "&" + escape(strings.Join(parts, "&"))
}

func rsaSHA1(key *rsa.PrivateKey, text string) string {
	hash := sha1.Sum([]byte(text))
	out, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, hash[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(out)
}

func (s *signed) header() string {
	parts := []string{}
	for _, p := range append(slices.Clone(s.params), pair{"oauth_signature", rsaSHA1(s.key, s.baseString())}) {
		parts = append(parts, escape(p.name)+`="`+escape(p.value)+`"`)
	}
	return "OAuth " + strings.Join(parts, ", ")
}

// send signs and sends.
func (p *practice) send(s *signed) answer {
	p.t.Helper()
	return p.sendWith(s, s.header())
}

func (p *practice) sendWith(s *signed, header string) answer {
	p.t.Helper()
	target := p.base + s.path
	if len(s.query) > 0 {
		target += "?" + formEncode(s.query)
	}
	req, err := http.NewRequest(s.method, target, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", header)
	return do(p.t, req)
}

// requestTokenOK runs the first step.
func (p *practice) requestTokenOK(callback string) url.Values {
	p.t.Helper()
	a := p.send(p.sign("POST", pathRequestToken, pair{"oauth_callback", callback}))
	if a.StatusCode != 200 {
		p.t.Fatalf("request token: %d %s", a.StatusCode, a.body)
	}
	v, _ := url.ParseQuery(a.body)
	return v
}

// allow runs the second step as jane and returns where it led.
func (p *practice) allow(token string, yes bool) string {
	p.t.Helper()
	ctx := context.Background()
	browser := browser.NewAdmin(p.base)
	if err := browser.Login(ctx, "jane", "jane"); err != nil {
		p.t.Fatal(err)
	}
	got, err := browser.Authorize(ctx, p.base+pathAuthorize+"?oauth_token="+token, yes)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

// accessTokenOK runs the whole dance and returns the access token's reply.
func (p *practice) accessTokenOK() url.Values {
	p.t.Helper()
	request := p.requestTokenOK("oob")
	code := p.allow(request.Get("oauth_token"), true)
	a := p.send(p.sign("POST", pathAccessToken, pair{"oauth_token", request.Get("oauth_token")}, pair{"oauth_verifier", code}))
	if a.StatusCode != 200 {
		p.t.Fatalf("access token: %d %s", a.StatusCode, a.body)
	}
	v, _ := url.ParseQuery(a.body)
	return v
}
