package tui

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/carry"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/store"
)

// noon is the time of every test.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// fakeChecker answers with what the test put there. A check without an outcome
// blocks until its context ends, or until the test lets it go.
type fakeChecker struct {
	mu       sync.Mutex
	outcomes map[core.CheckName]core.Outcome
	ran      map[core.CheckName]int
	parked   chan struct{}
	go_      chan struct{}
	dances   []*fakeDance
	refused  error  // of Authorize
	forward  string // of every dance
	warmup   string // of every dance: where its certificate is accepted
}

func newChecker() *fakeChecker {
	return &fakeChecker{outcomes: map[core.CheckName]core.Outcome{}, ran: map[core.CheckName]int{},
		parked: make(chan struct{}), go_: make(chan struct{})}
}

// set makes a check end so from now on.
func (c *fakeChecker) set(name core.CheckName, o core.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o.Check, o.At = name, noon
	c.outcomes[name] = o
}

// release lets the blocked checks go on with what is set by now.
func (c *fakeChecker) release() {
	close(c.go_)
	c.go_ = make(chan struct{})
}

func (c *fakeChecker) outcome(name core.CheckName) (core.Outcome, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.outcomes[name]
	return o, ok
}

func (c *fakeChecker) Run(ctx context.Context, _ *setup.State, name core.CheckName) core.Outcome {
	c.mu.Lock()
	c.ran[name]++
	o, ok := c.outcomes[name]
	wait := c.go_
	c.mu.Unlock()
	if ok {
		return o
	}
	c.parked <- struct{}{}
	select {
	case <-wait:
		o, _ = c.outcome(name)
		return o
	case <-ctx.Done():
		return core.Outcome{Check: name, State: core.Unknown}
	}
}

func (c *fakeChecker) RunWith(ctx context.Context, s *setup.State, name core.CheckName, _ seal.Text) core.Outcome {
	return c.Run(ctx, s, name)
}

func (c *fakeChecker) Authorize(_ context.Context, _ *setup.State, code bool) (core.Dance, error) {
	if c.refused != nil {
		return nil, c.refused
	}
	d := &fakeDance{c: c, code: code, closed: make(chan struct{}), visited: make(chan struct{}), back: make(chan core.Outcome, 1)}
	c.dances = append(c.dances, d)
	return d, nil
}

// returns lets the browser come back to the latest dance with an outcome.
func (d *driver) returns(o core.Outcome) {
	d.t.Helper()
	d.checker.dance().back <- o
	d.free()
}

// denied is a sign-in that was refused in the browser.
func denied() core.Outcome {
	return core.Outcome{State: core.Failed, Finding: finding.AccessDenied.With()}
}

// dance is the latest that was started.
func (c *fakeChecker) dance() *fakeDance { return c.dances[len(c.dances)-1] }

const authorizeURL = "https://bitbucket.engineering.example-industries.com:8443/bitbucket-data-center/plugins/servlet/oauth/authorize?oauth_token=Zt8Qy2PpXvU0bq3eUqPZlJ0vN6mYw1Ha&oauth_callback=http%3A%2F%2F127.0.0.1%3A41873%2Fcallback%2F5vJ2kq0r8s"

type fakeDance struct {
	c       *fakeChecker
	code    bool
	once    sync.Once
	closed  chan struct{}
	visited chan struct{}     // closed when the certificate was accepted
	back    chan core.Outcome // what the browser brings
}

func (d *fakeDance) URL() string {
	if d.code {
		return authorizeURL[:len(authorizeURL)-66] + "&oauth_callback=oob"
	}
	return authorizeURL
}

func (d *fakeDance) Warmup() (string, <-chan struct{}) { return d.c.warmup, d.visited }
func (d *fakeDance) Forward() string                   { return d.c.forward }

func (d *fakeDance) Wait(ctx context.Context) core.Outcome {
	if d.code {
		return core.Outcome{Check: core.CheckIdentity, State: core.Unknown}
	}
	d.c.parked <- struct{}{}
	select {
	case o := <-d.back:
		o.Check, o.At = core.CheckIdentity, noon
		return o
	case <-d.closed:
	case <-ctx.Done():
	}
	return core.Outcome{Check: core.CheckIdentity, State: core.Unknown}
}

func (d *fakeDance) ErrorPage(context.Context) core.Outcome {
	return core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: finding.OAuth2ErrorPage.With("5f1c", "https://localhost:8473/callback", "", "", ""), At: noon}
}

func (d *fakeDance) Submit(_ context.Context, code string) core.Outcome {
	if code != "8k3m2q" {
		return core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: finding.WrongVerifier.With(""), At: noon}
	}
	o := signedIn()
	o.Check, o.At = core.CheckIdentity, noon
	return o
}

func (d *fakeDance) Close() { d.once.Do(func() { close(d.closed) }) }

// recorder takes what is carried.
type recorder struct {
	copied, opened []string
	cleared        []string
	remote         bool
	result         carry.Result
	block          *fakeChecker // when set, nothing ever returns
}

func (r *recorder) carry(ctx context.Context) carry.Result {
	if r.block != nil {
		r.block.parked <- struct{}{}
		<-ctx.Done()
	}
	return r.result
}

func (r *recorder) Copy(ctx context.Context, value string) carry.Result {
	r.copied = append(r.copied, value)
	return r.carry(ctx)
}

func (r *recorder) Clear(_ context.Context, value string) { r.cleared = append(r.cleared, value) }

func (r *recorder) OpenAsked(ctx context.Context, url string) carry.Result {
	r.opened = append(r.opened, url)
	return r.carry(ctx)
}

func passed(strength core.Strength) core.Outcome {
	return core.Outcome{State: core.Passed, Strength: strength, Evidence: []core.Evidence{
		{Label: "request", Value: "POST " + base + "/plugins/servlet/oauth/request-token"}, {Label: "answer", Value: "HTTP 200 OK"}}}
}

func signedIn() core.Outcome {
	o := passed(core.Strong)
	o.Learned = map[core.Learned]string{core.LearnedUser: "jmustermann", core.LearnedUserName: "Johanna Mustermann", core.LearnedUserID: "4711"}
	return o
}

func reached(version string) core.Outcome {
	return core.Outcome{State: core.Passed, Strength: core.Strong,
		Learned:  map[core.Learned]string{core.LearnedVersion: version, core.LearnedOAuth2: "present", core.LearnedClock: "1s"},
		Evidence: []core.Evidence{{Label: "request", Value: "GET " + base + "/rest/api/1.0/application-properties"}, {Label: "answer", Value: "HTTP 200 OK, version " + version}}}
}

func waiting() core.Outcome {
	return core.Outcome{State: core.Waiting, Evidence: []core.Evidence{{Label: "answer", Value: "HTTP 401, oauth_problem=consumer_key_unknown"}}}
}

func failing(found *core.Finding) core.Outcome {
	return core.Outcome{State: core.Failed, Finding: found, Evidence: []core.Evidence{
		{Label: "request", Value: "POST " + base + "/plugins/servlet/oauth/request-token"},
		{Label: "answer", Value: "HTTP 401, oauth_problem=signature_invalid"}}}
}

// table is a database with the library over it.
type table struct {
	db  *store.DB
	lib *auth.Library
}

func newTable(t testing.TB) table {
	t.Helper()
	path := filepath.Join(t.TempDir(), "applink.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return table{db, auth.New(db, seal.NewVault(db, seal.Options{Database: path, Source: seal.SourceFile}), applications(t))}
}

func applications(t testing.TB) []core.Application {
	apps, err := guide.Applications()
	if err != nil {
		t.Fatal(err)
	}
	return apps
}

// facts is what an integration is to start with.
type facts struct {
	app     string
	answers map[core.Field]string
	words   []core.StepID
	checks  map[core.CheckName]core.Outcome
}

// put stores an integration without asking.
func (b table) put(t testing.TB, f facts) int64 {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		if t.Helper(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := b.lib.Create(ctx, f.app)
	must(err)
	id, link := s.Integration.ID, s.Link.ID
	must(b.db.Write(ctx, func(tx auth.Tx) error {
		for field, value := range f.answers {
			if field == core.FieldName {
				must(tx.Rename(id, value, core.Slug(value), noon))
			}
			if field == core.FieldOAuth {
				must(tx.SetOAuth(link, core.OAuth(value)))
			}
			must(tx.PutAnswer(id, when(setup.OfLink(field), link), field, core.Answer{Value: value, At: noon}))
		}
		for _, step := range f.words {
			ofLink := step == setup.Adopted || slices.ContainsFunc(setup.Steps(), func(st setup.Step) bool { return st.ID == step && st.OfLink })
			must(tx.PutWord(id, when(ofLink, link), step, core.Word{At: noon}))
		}
		for name, o := range f.checks {
			o.Check = name
			if o.At.IsZero() {
				o.At = noon.Add(-2 * time.Hour)
			}
			must(tx.PutCheck(id, when(name != core.CheckReach, link), o))
		}
		return nil
	}))
	return id
}

func when(ok bool, link int64) int64 {
	if ok {
		return link
	}
	return 0
}

// The longest values that real installations have.
const (
	base   = "https://bitbucket.engineering.example-industries.com:8443/tools/bitbucket-data-center-2026" // 90 characters
	name60 = "Example Industries Engineering Bitbucket in the data centres"                               // 60 characters
	appURL = "https://packages.engineering.example-industries.com:9443/artifact-management"
)

// publicKey is the PEM of a public key of 2048 bits, always the same.
var publicKey = sync.OnceValue(func() string {
	var modulus []byte
	for sum := sha256.Sum256([]byte("applink")); len(modulus) < 256; sum = sha256.Sum256(sum[:]) {
		modulus = append(modulus, sum[:]...)
	}
	modulus[0] |= 0x80
	modulus[255] |= 1
	n := new(big.Int).SetBytes(modulus)
	for !n.ProbablyPrime(0) { // like that of a real key, it has no small factor
		n.Add(n, big.NewInt(2))
	}
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: 65537})
	return armoured("PUBLIC KEY", der, err)
})

// privateKey is the PEM of a private key.
var privateKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return armoured("PRIVATE KEY", der, err)
})

func armoured(label string, der []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
