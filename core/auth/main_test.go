package auth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
	"applink/store"
)

// The applications of the tests: one that holds its keys, two that do not.
var applications = []core.Application{
	{ID: "own", Name: "Your own application", Holder: core.HeldHere, DefaultName: "My application", LoginLink: "own"},
	{ID: "cloud", Name: "Private Packagist Cloud", Vendor: "Private Packagist", URL: "https://packagist.com",
		Holder: core.HeldByApplication, DefaultName: "On-premise Bitbucket", LoginLink: "paste",
		Profiles: map[core.OAuth]core.Profile{core.OAuth2: {Callback: "{app}/oauth/register/service/{slug},{app}/oauth/login/check-custom/{slug}"}},
		Rules: []core.Rule{{OAuth: core.OAuth1, Purpose: core.PurposeSync, From: "8.0", Verdict: core.Refused,
			Reason: "No synchronizations over OAuth 1 from 8.0 on."}}},
	{ID: "self-hosted", Name: "Private Packagist Self-Hosted", Vendor: "Private Packagist",
		Holder: core.HeldByApplication, DefaultName: "On-premise Bitbucket"},
}

// fixture is a library over a database in a file.
type fixture struct {
	*auth.Library
	t  testing.TB
	db *store.DB
	id int64 // of the integration at work

	ahead atomic.Int64 // of the library's clock, once it is wound
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return openFixture(t, filepath.Join(t.TempDir(), "applink.db"), seal.Options{Source: seal.SourceFile})
}

// openFixture opens a database as a process of its own would.
func openFixture(t testing.TB, path string, o seal.Options) *fixture {
	t.Helper()
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o.Database = path
	return &fixture{Library: auth.New(db, seal.NewVault(db, o), applications), t: t, db: db}
}

func (f *fixture) create(application string) *setup.State {
	f.t.Helper()
	s, err := f.Create(f.t.Context(), application)
	if err != nil {
		f.t.Fatal(err)
	}
	f.id = s.Integration.ID
	return s
}

func (f *fixture) answer(field core.Field, text string) *setup.State {
	f.t.Helper()
	s, err := f.Answer(f.t.Context(), f.id, field, text)
	if err != nil {
		f.t.Fatalf("answering %s: %v", field, err)
	}
	return s
}

func (f *fixture) say(steps ...core.StepID) (s *setup.State) {
	f.t.Helper()
	for _, step := range steps {
		var err error
		if s, err = f.Say(f.t.Context(), f.id, step); err != nil {
			f.t.Fatal(err)
		}
	}
	return s
}

func (f *fixture) pass(checks ...core.CheckName) (s *setup.State) {
	f.t.Helper()
	for _, check := range checks {
		o := core.Outcome{Check: check, State: core.Passed, Strength: core.Strong}
		if check == core.CheckReach {
			o.Learned = map[core.Learned]string{core.LearnedVersion: "7.21.0"}
		}
		var err error
		if s, err = f.Record(f.t.Context(), do(f.t)(f.State(f.t.Context(), f.id)), o); err != nil {
			f.t.Fatal(err)
		}
	}
	return s
}

// reached creates an integration and answers up to the protocol, OAuth 1, with
// the server reached.
func (f *fixture) reached(application string) *setup.State {
	f.t.Helper()
	s := f.create(application)
	if s.App.URL == "" {
		f.answer(core.FieldAppURL, "https://app.example")
	}
	f.answer(core.FieldName, s.Integration.Name)
	f.answer(core.FieldPurpose, "sign-in")
	f.answer(core.FieldPlatform, "data-center")
	f.answer(core.FieldBaseURL, "https://git.example/bitbucket")
	f.pass(core.CheckReach)
	return f.answer(core.FieldOAuth, "1")
}

// keyed is a fixture that is reached and has keys. It is a copy of a database
// that is made once, since keys are slow to make.
func keyed(t testing.TB) (*fixture, *setup.State) {
	t.Helper()
	original.Do(func() {
		folder, err := os.MkdirTemp("", "applink-test")
		if err != nil {
			t.Fatal(err)
		}
		originalFolder = folder
		f := openFixture(t, filepath.Join(folder, "applink.db"), seal.Options{Source: seal.SourceFile})
		f.reached("own")
		f.answer(core.FieldKeyBits, "2048")
		if err := f.db.Close(); err != nil {
			t.Fatal(err)
		}
	})
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(originalFolder)); err != nil {
		t.Fatal(err)
	}
	f := openFixture(t, filepath.Join(folder, "applink.db"), seal.Options{Source: seal.SourceFile})
	s, err := f.Find(t.Context(), "My application")
	if err != nil {
		t.Fatal(err)
	}
	f.id = s.Integration.ID
	return f, s
}

// proved is a fixture with everything of the link proved; two questions are open
// then.
func proved(t testing.TB) (*fixture, *setup.State) {
	t.Helper()
	f, _ := keyed(t)
	return f, f.prove()
}

var (
	original       sync.Once
	originalFolder string
)

func TestMain(m *testing.M) {
	if os.Getenv(envDatabase) != "" {
		child()
		os.Exit(0)
	}
	code := m.Run()
	if originalFolder != "" {
		os.RemoveAll(originalFolder)
	}
	os.Exit(code)
}

func (f *fixture) prove() *setup.State {
	f.t.Helper()
	f.say(setup.Keys, setup.CreateLink)
	return f.pass(core.CheckConsumer, core.CheckIdentity)
}

// pasted is a public key as an application shows it, the same in all tests: a key
// is slow to make.
var pasted = sync.OnceValues(func() (public, private string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	spki, _ := x509.MarshalPKIXPublicKey(&key.PublicKey)
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(key)
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
})

// codeOf returns the code of the finding that an error is, or the error's text.
func codeOf(err error) string {
	var f *core.Finding
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f):
		return string(f.Code)
	}
	return err.Error()
}

// files returns all bytes of the database, its log and the key files beside it.
func (f *fixture) files() string {
	f.t.Helper()
	names, err := filepath.Glob(filepath.Join(filepath.Dir(f.db.Path()), "*"))
	if err != nil || len(names) == 0 {
		f.t.Fatal("no files", err)
	}
	var all strings.Builder
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}
