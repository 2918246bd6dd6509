package check_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	practice "applink/core/practice/bitbucket"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/check"
	"applink/core/seal"
	"applink/core/setup"
)

// pair is a key with its public half as it is entered in Bitbucket.
type pair struct {
	private *seal.PrivateKey
	public  string
}

// Keys are slow to make, so all tests share these.
var (
	ours      = sync.OnceValue(func() pair { return newPair(2048) })
	another   = sync.OnceValue(func() pair { return newPair(2048) })
	small     = sync.OnceValue(func() pair { return newPair(1024) })
	smallCert = sync.OnceValue(func() string { return certificate(small().private.RSA()) })
)

func newPair(bits int) pair {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	private, err := seal.UnmarshalPrivateKey(x509.MarshalPKCS1PrivateKey(key))
	if err != nil {
		panic(err)
	}
	public, err := private.PublicPEM()
	if err != nil {
		panic(err)
	}
	return pair{private, public}
}

func certificate(key *rsa.PrivateKey) string {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Private Packagist"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

// keys is what the library would open for a link.
type keys struct {
	private *seal.PrivateKey
	client  string // secret
	err     error
}

func (k keys) PrivateKey(context.Context, int64) (*seal.PrivateKey, error) { return k.private, k.err }
func (k keys) ClientSecret(context.Context, int64) (seal.Text, error) {
	return seal.NewText(k.client), k.err
}

// rehearsal is a practice Bitbucket that notes the secrets that pass by.
type rehearsal struct {
	t      testing.TB
	server *practice.Bitbucket
	base   string

	mu      sync.Mutex
	secrets map[string]string // to where they were seen
	hidden  string            // path of a list that seems empty
}

const consumerKey = "applink-test"

// newPractice starts a practice Bitbucket that knows consumerKey with a public
// key, or does not when that is empty.
func newPractice(t testing.TB, publicKey string, faults ...practice.Fault) *rehearsal {
	t.Helper()
	p := &rehearsal{t: t, secrets: map[string]string{}}
	var err error
	if p.server, err = practice.New(practice.Options{Faults: faults}); err != nil {
		t.Fatal(err)
	}
	if publicKey != "" {
		if _, err := p.server.AddConsumer(practice.Consumer{Key: consumerKey, PublicKey: publicKey}); err != nil {
			t.Fatal(err)
		}
	}
	web := httptest.NewServer(p)
	t.Cleanup(web.Close)
	p.base = web.URL + "/bitbucket"
	return p
}

// ServeHTTP passes everything on and looks at tokens on their way.
func (p *rehearsal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := strings.NewReplacer(",", "&", `"`, "", " ", "").Replace(strings.TrimPrefix(r.Header.Get("Authorization"), "OAuth "))
	p.note(header)
	if p.hides(w, r.URL.Path) {
		return
	}
	tee := &tee{ResponseWriter: w}
	p.server.ServeHTTP(tee, r)
	if strings.HasSuffix(r.URL.Path, "-token") {
		p.note(tee.seen.String())
	}
}

// hides answers for the hidden list and what is in it.
func (p *rehearsal) hides(w http.ResponseWriter, path string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, record, hit := strings.Cut(path, p.hidden)
	if p.hidden == "" || !hit || list != "/bitbucket" {
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	if record != "" {
		w.WriteHeader(http.StatusNotFound)
	}
	io.WriteString(w, `{"values":[],"isLastPage":true}`)
	return true
}

func (p *rehearsal) note(form string) {
	values, _ := url.ParseQuery(form)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range []string{"oauth_token", "oauth_token_secret", "oauth_verifier", "oauth_session_handle"} {
		if v := values.Get(name); v != "" {
			p.secrets[v] = name
		}
	}
}

type tee struct {
	http.ResponseWriter
	seen strings.Builder
}

func (t *tee) Write(b []byte) (int, error) {
	if t.seen.Len() < 4096 {
		t.seen.Write(b)
	}
	return t.ResponseWriter.Write(b)
}

// Unwrap lets the faults break the connection.
func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// wantNoSecret fails when an outcome tells a token or verifier that passed by.
func (p *rehearsal) wantNoSecret(o core.Outcome) {
	p.t.Helper()
	var told strings.Builder
	for _, e := range o.Evidence {
		told.WriteString(e.Label + ": " + e.Value + "\n")
	}
	if o.Finding != nil {
		told.WriteString(o.Finding.Error())
		for _, v := range o.Finding.Params {
			told.WriteString("\n" + v)
		}
	}
	for _, v := range o.Learned {
		told.WriteString("\n" + v)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for secret, name := range p.secrets {
		if strings.Contains(told.String(), secret) {
			p.t.Errorf("the outcome of %s tells an %s:\n%s", o.Check, name, told.String())
		}
	}
}

// state is an integration on a server, with a Client ID and a public key.
func state(base, application, publicKey string, more ...core.Field) *setup.State {
	answers := map[core.Field]string{core.FieldApplication: application, core.FieldBaseURL: base, core.FieldPurpose: "sign-in"}
	for i := 0; i+1 < len(more); i += 2 {
		answers[more[i]] = string(more[i+1])
	}
	link := map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: consumerKey, core.FieldPublicKey: publicKey}
	in := core.Integration{ID: 1, Name: "Build farm", Slug: "buildfarm", Facts: facts(answers),
		Links: []core.Link{{ID: 1, OAuth: core.OAuth1, State: core.LinkDraft, Facts: facts(link)}}}
	return setup.New(in, []core.Application{{ID: "own", Name: "Own", Holder: core.HeldHere}, {ID: "packagist", Name: "Private Packagist",
		URL: "https://packagist.com", Holder: core.HeldByApplication}})
}

// facts are answers, and with a base URL the word that the server there is known.
func facts(values map[core.Field]string) core.Facts {
	f := core.Facts{Answers: map[core.Field]core.Answer{}}
	if values[core.FieldBaseURL] != "" {
		f.Words = map[core.StepID]core.Word{setup.BaseURL: {}}
	}
	for field, v := range values {
		if v != "" {
			f.Answers[field] = core.Answer{Value: v}
		}
	}
	return f
}

// direct are options that use no proxy of the machine that runs the tests.
var direct = bitbucket.Options{Proxy: func(*url.URL) (*url.URL, error) { return nil, nil }}

func runner(k *seal.PrivateKey) *check.Runner {
	return &check.Runner{Keys: keys{private: k}, Options: direct}
}

// want fails unless an outcome has the state and the finding's code, "" for none.
func want(t testing.TB, o core.Outcome, state core.CheckState, code core.Code) {
	t.Helper()
	got := core.Code("")
	if o.Finding != nil {
		got = o.Finding.Code
	}
	if o.State != state || got != code {
		t.Errorf("%s is %s %s (%v), want %s %s", o.Check, o.State, got, o.Finding, state, code)
	}
	if o.Check == "" || o.At.IsZero() {
		t.Errorf("outcome without name or time: %+v", o)
	}
}

// visit opens an address as the browser does that comes back.
func visit(t testing.TB, address string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}
