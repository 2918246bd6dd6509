package auth_test

import (
	"context"
	"sync"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
)

// inUse is a fixture with an active link of one's own application over OAuth 2.
func inUse(t *testing.T) (*fixture, *setup.State) {
	t.Helper()
	f, _ := moved(t, "own")
	return f, f.walk()
}

func (f *fixture) secret(link int64) string {
	f.t.Helper()
	secret, err := f.ClientSecret(f.t.Context(), link)
	if err != nil {
		f.t.Fatal(err)
	}
	return secret.Reveal()
}

// No answer takes from a link in use what it works with; what does not touch that
// can be changed as before.
func TestLinkInUseKeepsItsKey(t *testing.T) {
	f := finished(t, "own")
	s := do(t)(f.State(t.Context(), f.id))
	for _, a := range []given{{core.FieldKeyBits, "3072"}, {core.FieldOAuth, "2"}, {core.FieldApplication, "cloud"}} {
		if _, err := f.Answer(t.Context(), f.id, a.field, a.text); codeOf(err) != "AL-MOVE-007" {
			t.Errorf("%s %s: %v", a.field, a.text, err)
		}
		after := do(t)(f.State(t.Context(), f.id))
		if after.Link.State != core.LinkActive || after.Value(a.field) != s.Value(a.field) || !after.Complete() {
			t.Errorf("%s %s left %+v", a.field, a.text, after.Link)
		}
		f.wantPair(after)
	}
	for _, a := range []given{{core.FieldKeyBits, "2048"}, {core.FieldOAuth, "1"}, {core.FieldApplication, "own"},
		{core.FieldName, "Build farm"}, {core.FieldBaseURL, "https://other.example"}, {core.FieldAppURL, "https://app3.example"}} {
		f.wantPair(f.answer(a.field, a.text))
	}
}

type given struct {
	field core.Field
	text  string
}

// The link to go back to is in use too, and a draft beside it is not.
func TestLinkBeforeKeepsItsKey(t *testing.T) {
	f, s := moved(t, "own")
	active := s.Integration.Active().ID
	f.answer(core.FieldCallback, "https://app.example/a")
	f.answer(core.FieldClientID, "id")
	for _, secret := range []string{"one", "two"} {
		if s = f.answer(core.FieldSecret, secret); f.secret(s.Link.ID) != secret {
			t.Errorf("the draft has the secret %q", f.secret(s.Link.ID))
		}
	}
	for range 2 { // with the draft beside it, and superseded by it
		if _, err := f.Answer(t.Context(), f.id, core.FieldApplication, "cloud"); codeOf(err) != "AL-MOVE-007" {
			t.Errorf("another application: %v", err)
		}
		if key, err := f.PrivateKey(t.Context(), active); key == nil || err != nil {
			t.Errorf("the key of the OAuth 1 link is %v, %v", key, err)
		}
		f.walk()
	}
}

// A Client secret in use is replaced only after Bitbucket has refused it.
func TestClientSecretInUse(t *testing.T) {
	f, s := inUse(t)
	link := s.Link.ID
	record := func(o core.Outcome) {
		o.Check = core.CheckClient
		do(t)(f.Record(t.Context(), do(t)(f.State(t.Context(), f.id)), o))
	}
	if again := f.answer(core.FieldSecret, " secret\n"); again.Value(core.FieldSecret) != s.Value(core.FieldSecret) {
		t.Error("the same secret counts as another one")
	}
	for _, o := range []core.Outcome{{}, {State: core.Passed, Strength: core.Strong}, {State: core.Passed, Strength: core.Weak},
		{State: core.Failed, Finding: core.Find("AL-NET-002", "")}} {
		if o.State != "" {
			record(o)
		}
		if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, "other"); codeOf(err) != "AL-MOVE-007" || f.secret(link) != "secret" {
			t.Errorf("after %s: %v, the secret is %q", o.State, err, f.secret(link))
		}
	}
	record(core.Outcome{State: core.Failed, Finding: core.Find("AL-OAUTH2-001", "")})
	if f.answer(core.FieldSecret, "other"); f.secret(link) != "other" {
		t.Errorf("a refused secret cannot be mended: it is %q", f.secret(link))
	}
	if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, "third"); codeOf(err) != "AL-MOVE-007" {
		t.Errorf("mended, it is replaced again: %v", err)
	}
}

// sealerBetween does something once, between sealing and storing.
type sealerBetween struct {
	auth.Sealer
	once sync.Once
	do   func()
}

func (s *sealerBetween) Seal(ctx context.Context, plain []byte, place string) ([]byte, error) {
	sealed, err := s.Sealer.Seal(ctx, plain, place)
	s.once.Do(s.do)
	return sealed, err
}

// A secret that was sealed for a link which is not the one at work any more is
// sealed anew; nobody hears of it.
func TestSecretSealedWhileTheLinkChanges(t *testing.T) {
	f, _ := moved(t, "own")
	f.answer(core.FieldCallback, "https://app.example/a")
	f.answer(core.FieldClientID, "id")
	var other int64
	lib := auth.New(f.db, &sealerBetween{Sealer: seal.NewVault(f.db, seal.Options{Database: f.db.Path()}), do: func() {
		do(t)(f.Abandon(t.Context(), f.id, ""))
		other = do(t)(f.Migrate(t.Context(), f.id)).Link.ID
	}}, applications)
	s, err := lib.Answer(t.Context(), f.id, core.FieldSecret, "secret")
	if err != nil || s.Link.ID != other || s.Value(core.FieldSecret) == "" || f.secret(other) != "secret" {
		t.Errorf("link %d, want %d with the secret: %v", s.Link.ID, other, err)
	}
}
