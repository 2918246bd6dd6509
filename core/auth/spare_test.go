package auth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/oauth2"
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
		if _, err := f.Answer(t.Context(), f.id, a.field, a.text); codeOf(err) != finding.AnswerInUse.String() {
			t.Errorf("%s %s: %v", a.field, a.text, err)
		}
		after := do(t)(f.State(t.Context(), f.id))
		if after.Link.State != core.LinkActive || after.Value(a.field) != s.Value(a.field) || !after.Path().Complete() {
			t.Errorf("%s %s left %+v", a.field, a.text, after.Link)
		}
		f.wantPair(after)
	}
	for _, a := range []given{{core.FieldKeyBits, "2048"}, {core.FieldOAuth, "1"}, {core.FieldApplication, "own"},
		{core.FieldName, "Build farm"}, {core.FieldBaseURL, "https://git.example/bitbucket/"}, {core.FieldPurpose, "sync"}, {core.FieldLoginLink, "https://app.example/in"}} {
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
		if _, err := f.Answer(t.Context(), f.id, core.FieldApplication, "cloud"); codeOf(err) != finding.AnswerInUse.String() {
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
		{State: core.Failed, Finding: finding.ConnectionRefused.With("")}} {
		if o.State != "" {
			record(o)
		}
		if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, "other"); codeOf(err) != finding.AnswerInUse.String() || f.secret(link) != "secret" {
			t.Errorf("after %s: %v, the secret is %q", o.State, err, f.secret(link))
		}
	}
	record(core.Outcome{State: core.Failed, Finding: finding.InvalidClient.With("")})
	if f.answer(core.FieldSecret, "other"); f.secret(link) != "other" {
		t.Errorf("a refused secret cannot be mended: it is %q", f.secret(link))
	}
	if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, "third"); codeOf(err) != finding.AnswerInUse.String() {
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

// sure is an assent with the answer of a server.
func sure(yes bool, reach core.CheckState) auth.Assent {
	return auth.Assent{Confirmed: yes, Checker: checker{core.CheckReach: reach}}
}

// facts of a link in use that an answer may take, and the tokens beside them.
func (f *fixture) stands() string {
	f.t.Helper()
	s := do(f.t)(f.State(f.t.Context(), f.id))
	text := fmt.Sprint(s.Path().Complete(), s.Link.Tokens, len(s.Integration.Checks), len(s.Integration.Words), len(s.Link.Checks), len(s.Link.Words))
	for _, a := range []core.Field{core.FieldBaseURL, core.FieldAppURL, core.FieldClientID, core.FieldCallback, core.FieldCAFile} {
		text += " " + s.Value(a)
	}
	return text + " " + f.secret(s.Link.ID)
}

// keep keeps tokens for the link at work.
func (f *fixture) keep() {
	f.t.Helper()
	s := do(f.t)(f.State(f.t.Context(), f.id))
	t := auth.Tokens{OAuth1: &oauth1.Token{Token: seal.NewText("a"), Secret: seal.NewText("b")}}
	if s.OAuth() == core.OAuth2 {
		t = auth.Tokens{OAuth2: &oauth2.Token{Access: seal.NewText("a"), Refresh: seal.NewText("b")}, Redirect: "https://app.example/a"}
	}
	if err := f.KeepTokens(f.t.Context(), s, t); err != nil {
		f.t.Fatal(err)
	}
}

// Every answer that would take back proofs, words or tokens of a link in use leaves
// everything as it was, until the admin confirms what is lost.
func TestAnswerThatALinkInUseRestsOn(t *testing.T) {
	for _, tt := range []struct {
		field core.Field
		text  string
	}{
		{core.FieldBaseURL, "https://other.example"}, {core.FieldAppURL, "https://app3.example"},
		{core.FieldClientID, "another"}, {core.FieldCallback, "https://app.example/c"},
	} {
		t.Run(string(tt.field), func(t *testing.T) {
			f, _ := inUse(t)
			f.pass(core.CheckReach, core.CheckClient, core.CheckIdentity)
			f.keep()
			before := f.stands()
			for _, a := range []auth.Assent{{}, {Confirmed: tt.field == core.FieldBaseURL}, sure(false, core.Passed)} {
				_, err := f.AnswerWith(t.Context(), f.id, tt.field, tt.text, a)
				if codeOf(err) != finding.ChangeUnconfirmed.String() || !strings.Contains(asFinding(err).Params["lost"], "the proof of") {
					t.Fatalf("%+v: %v", a, err)
				}
			}
			if got := f.stands(); got != before {
				t.Fatalf("refused, it changed\n%s\n%s", before, got)
			}
			s := do(t)(f.AnswerWith(t.Context(), f.id, tt.field, tt.text, sure(true, core.Passed)))
			if s.Value(tt.field) != tt.text || f.secret(s.Link.ID) != "secret" {
				t.Errorf("confirmed: %s", f.stands())
			}
			if _, proved := s.Proof(core.CheckIdentity); proved {
				t.Error("the sign-in still counts")
			}
			if _, proved := s.Proof(core.CheckReach); !proved {
				t.Error("the server, which was asked or is the same, is not proved")
			}
			if dropped := tt.field == core.FieldBaseURL || tt.field == core.FieldClientID; s.Link.Tokens == dropped {
				t.Errorf("tokens are kept: %v", s.Link.Tokens)
			}
		})
	}
}

func asFinding(err error) *core.Finding {
	var f *core.Finding
	if !errors.As(err, &f) {
		return &core.Finding{}
	}
	return f
}

// A server that is not there, or not Bitbucket, takes no place, whatever was confirmed.
func TestServerOfALinkInUseIsAskedFirst(t *testing.T) {
	f, _ := inUse(t)
	f.pass(core.CheckReach, core.CheckClient)
	before := f.stands()
	for _, text := range []given{{core.FieldBaseURL, "https://gti.example"}, {core.FieldCAFile, writeFile(t, "ca.pem", selfSigned(t))}} {
		for _, reach := range []core.CheckState{core.Failed, core.Unknown, core.Waiting} {
			if _, err := f.AnswerWith(t.Context(), f.id, text.field, text.text, sure(true, reach)); codeOf(err) == "" || f.stands() != before {
				t.Errorf("%s, %s: %v\n%s", text.field, reach, err, f.stands())
			}
		}
	}
	// Authorities with which the same server is reached take nothing.
	s := do(t)(f.AnswerWith(t.Context(), f.id, core.FieldCAFile, writeFile(t, "ca.pem", selfSigned(t)), sure(false, core.Passed)))
	if _, proved := s.Proof(core.CheckReach); !proved || !s.Path().Complete() {
		t.Errorf("with other authorities: %s", f.stands())
	}
}

// A secret was given for one server: another base URL of a set-up has it asked for again.
func TestSecretOfASetUpIsForOneServer(t *testing.T) {
	f := newFixture(t)
	f.reached("own")
	f.answer(core.FieldOAuth, "2")
	f.answer(core.FieldCallback, "https://app.example/a")
	f.answer(core.FieldClientID, "id")
	f.answer(core.FieldSecret, "secret")
	s := f.answer(core.FieldBaseURL, "https://other.example")
	if got := f.secret(s.Link.ID); got != "" || s.Value(core.FieldSecret) != "" || s.Reached() {
		t.Errorf("another server has the secret %q, reached %v", got, s.Reached())
	}
}
