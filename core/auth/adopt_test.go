package auth_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
	"applink/store"
)

// adopt takes over a link up to its protocol, as somebody set it up with the written
// procedure. The server is not asked.
func (f *fixture) adopt(application string, o core.OAuth) *setup.State {
	f.t.Helper()
	s := do(f.t)(f.Adopt(f.t.Context(), application))
	f.id = s.Integration.ID
	if s.App.URL == "" {
		f.answer(core.FieldAppURL, "https://app.example")
	}
	f.answer(core.FieldName, "By hand "+application)
	f.answer(core.FieldPurpose, "sign-in")
	f.answer(core.FieldPlatform, "data-center")
	f.answer(core.FieldBaseURL, "https://git.example/bitbucket")
	return f.answer(core.FieldOAuth, string(o))
}

// credentials answers what the application and the protocol need.
func (f *fixture) credentials(s *setup.State) *setup.State {
	f.t.Helper()
	public, private := pasted()
	one := s.OAuth() == core.OAuth1
	if !one {
		f.answer(core.FieldCallback, "https://app.example/callback")
	}
	s = f.answer(core.FieldClientID, "id")
	switch here := s.App.Holder == core.HeldHere; {
	case here && one:
		return f.answer(core.FieldPrivateKey, private)
	case here:
		return f.answer(core.FieldSecret, "open-sesame\n")
	case one:
		return f.answer(core.FieldPublicKey, public)
	}
	return f.answer(core.FieldSecret, "")
}

func TestBeginAdoptionStoresNothing(t *testing.T) {
	f := newFixture(t)
	s := f.BeginAdoption()
	if p := s.Path().Current(); !s.Adopted() || p.Question == nil || p.Question.Field != core.FieldApplication {
		t.Errorf("adopted %t, at %+v", s.Adopted(), p)
	}
	if n, err := f.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d are stored, %v", n, err)
	}
	if _, err := f.Adopt(t.Context(), "none"); codeOf(err) != finding.NoSuchChoice.String() {
		t.Errorf("an unknown application: %v", err)
	}
	if f.create("own").Adopted() {
		t.Error("what is set up here counts as set up by hand")
	}
}

func TestAdoptedLinkIsActiveOnceProved(t *testing.T) {
	for _, tt := range []struct {
		application string
		o           core.OAuth
		proofs      []core.CheckName
	}{
		{"own", core.OAuth1, []core.CheckName{core.CheckReach, core.CheckConsumer}},
		{"own", core.OAuth2, []core.CheckName{core.CheckReach, core.CheckClient}},
		{"cloud", core.OAuth1, []core.CheckName{core.CheckReach, core.CheckConsumer}},
		{"self-hosted", core.OAuth1, []core.CheckName{core.CheckReach, core.CheckConsumer}},
		{"cloud", core.OAuth2, []core.CheckName{core.CheckReach}},
	} {
		t.Run(tt.application+" over "+string(tt.o), func(t *testing.T) {
			f := newFixture(t)
			s := f.credentials(f.adopt(tt.application, tt.o))
			if s.App.LoginLink != "" {
				s = f.answer(core.FieldLoginLink, "")
			}
			for _, proof := range tt.proofs {
				if s.Link.State != core.LinkDraft || s.Path().Current().Step.Needs.Check != proof {
					t.Fatalf("before %s the link is %s, at %s", proof, s.Link.State, s.Path().Current().Step.ID)
				}
				s = f.pass(proof)
			}
			if s.Link.State != core.LinkActive || !s.Path().Complete() {
				t.Fatalf("the link is %s, at %+v", s.Link.State, s.Path().Current())
			}
			if s.Integration.Name != "By hand "+tt.application || s.Value(core.FieldClientID) != "id" {
				t.Errorf("%q with %q", s.Integration.Name, s.Value(core.FieldClientID))
			}
			if tt.o == core.OAuth1 {
				if s = do(t)(f.Migrate(t.Context(), f.id)); !s.Moves().Migrating() || s.Adopted() {
					t.Error("it cannot be moved")
				}
			}
		})
	}
}

// A proof that cannot be made is overruled as everywhere.
func TestAdoptedLinkWithoutProof(t *testing.T) {
	f := newFixture(t)
	f.credentials(f.adopt("own", core.OAuth1))
	f.answer(core.FieldVersion, "8.9.2")
	f.answer(core.FieldLoginLink, "")
	if s := f.say(setup.BaseURL, setup.Incoming); s.Link.State != core.LinkActive || s.Server().Version != "8.9.2" {
		t.Errorf("%s on %s", s.Link.State, s.Server().Version)
	}
}

// A login link that is noted is none to hand out: its users have it.
func TestAdoptedLoginLinkNeedsNoWord(t *testing.T) {
	f := newFixture(t)
	f.credentials(f.adopt("cloud", core.OAuth1))
	f.answer(core.FieldLoginLink, "https://packagist.com/x")
	f.pass(core.CheckReach)
	if s := f.pass(core.CheckConsumer); s.Link.State != core.LinkActive {
		t.Errorf("the link is %s, at %+v", s.Link.State, s.Path().Current())
	}
}

// What a rule forbids to set up may exist all the same: it is what has to be moved.
func TestAdoptsWhatTheRulesForbid(t *testing.T) {
	f := newFixture(t)
	f.adopt("cloud", core.OAuth1)
	f.answer(core.FieldPurpose, "sync")
	f.answer(core.FieldVersion, "9.4")
	f.answer(core.FieldClientID, "id")
	f.answer(core.FieldPublicKey, "") // is with the application alone
	f.answer(core.FieldLoginLink, "")
	s := f.say(setup.BaseURL, setup.Incoming)
	if s.Link.State != core.LinkActive || s.Moves().MoveReason() == "" {
		t.Fatalf("the link is %s, at %+v", s.Link.State, s.Path().Current())
	}
	do(t)(f.Migrate(t.Context(), f.id))
}

func TestAdoptedSecretsAreSealed(t *testing.T) {
	f := newFixture(t)
	s := f.credentials(f.adopt("own", core.OAuth1))
	public, private := pasted()
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); err != nil || key == nil {
		t.Errorf("the key is %v, %v", key, err)
	} else if pem, _ := key.PublicPEM(); pem != public || s.Value(core.FieldPublicKey) != public {
		t.Error("another public key")
	}
	if _, kept := s.Answer(core.FieldPrivateKey); kept {
		t.Error("the private key is an answer")
	}
	two := newFixture(t)
	s = two.credentials(two.adopt("own", core.OAuth2))
	if secret, err := two.ClientSecret(t.Context(), s.Link.ID); err != nil || secret.Reveal() != "open-sesame" {
		t.Errorf("the secret is %q, %v", secret.Reveal(), err)
	}
	all := f.files() + two.files()
	for _, line := range strings.Split(strings.TrimSpace(private), "\n")[1:] {
		if strings.Contains(all, line) {
			t.Fatal("a line of the private key is in a file")
		}
	}
	if strings.Contains(all, "open-sesame") {
		t.Error("the client secret is in a file")
	}
}

// encrypted is a private key with the passphrase x.
func encrypted(t testing.TB) (path, text string) {
	t.Helper()
	path, err := filepath.Abs("../seal/testdata/encrypted-pkcs8.pem")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(b)
}

func TestPrivateKeyFromFileAndWithPassphrase(t *testing.T) {
	_, private := pasted()
	plain := filepath.Join(t.TempDir(), "ci.pem")
	if err := os.WriteFile(plain, []byte(private), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", filepath.Dir(plain))
	path, text := encrypted(t)
	for _, tt := range []struct{ name, text, passphrase, code string }{
		{"file", plain + "\n", "", ""},
		{"file at home", "~/ci.pem", "", ""},
		{"no passphrase", text, "", finding.KeyEncrypted.String()},
		{"wrong passphrase", text, "y", finding.WrongPassphrase.String()},
		{"passphrase", text, "x", ""},
		{"file with passphrase", path, "x", ""},
		{"no file", filepath.Join(filepath.Dir(plain), "none.pem"), "", finding.KeyFileUnreadable.String()},
		{"folder", filepath.Dir(plain), "", finding.KeyFileUnreadable.String()},
		{"nothing", " \n", "", finding.AnswerEmpty.String()},
		{"cut", private[:700], "", finding.KeyDamaged.String()},
		{"cut and encrypted", text[:400], "x", finding.KeyDamaged.String()},
		{"another half", otherPublic(t), "", finding.NotAPrivateKey.String()},
		{"words", "these\nwords", "", finding.NotAPrivateKey.String()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			before := f.adopt("own", core.OAuth1)
			s, err := f.KeepPrivateKey(t.Context(), f.id, seal.NewText(tt.text), seal.NewText(tt.passphrase))
			if codeOf(err) != tt.code {
				t.Fatalf("got %v, want %q", err, tt.code)
			}
			if err == nil && s.Value(core.FieldPublicKey) == "" {
				t.Error("the public half is not known")
			}
			if key, _ := f.PrivateKey(t.Context(), before.Link.ID); (key != nil) != (err == nil) {
				t.Errorf("the key that is kept: %v", key)
			}
		})
	}
}

// A key is kept where it is held: nowhere else, and not of a link that is made here.
func TestPrivateKeyThatHasNoPlace(t *testing.T) {
	_, private := pasted()
	for name, begin := range map[string]func(*fixture){
		"by the application": func(f *fixture) { f.adopt("cloud", core.OAuth1) },
		"over OAuth 2":       func(f *fixture) { f.adopt("own", core.OAuth2) },
		"made here":          func(f *fixture) { f.reached("own") },
	} {
		f := newFixture(t)
		begin(f)
		if _, err := f.Answer(t.Context(), f.id, core.FieldPrivateKey, private); codeOf(err) != finding.QuestionNotAsked.String() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// overtaking seals after another process has changed what is sealed for.
type overtaking struct {
	auth.Sealer
	once func()
}

func (o *overtaking) Seal(ctx context.Context, plain []byte, place string) ([]byte, error) {
	if f := o.once; f != nil {
		o.once = nil
		f()
	}
	return o.Sealer.Seal(ctx, plain, place)
}

// Another process may replace the link while the key is being sealed: it is sealed to
// the link that is there at the end.
func TestPrivateKeyIsRetriedWhenOvertaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "applink.db")
	f := openFixture(t, path, seal.Options{Source: seal.SourceFile})
	first := f.adopt("own", core.OAuth1)
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	slow := &overtaking{Sealer: seal.NewVault(db, seal.Options{Database: path})}
	slow.once = func() {
		err := f.db.Write(t.Context(), func(tx auth.Tx) error {
			link, err := tx.AddLink(f.id, core.OAuth1, time.Unix(1, 0))
			return errors.Join(err, tx.PutAnswer(f.id, link, core.FieldOAuth, core.Answer{Value: "1", At: time.Unix(1, 0)}),
				tx.PutWord(f.id, link, setup.Adopted, core.Word{At: time.Unix(1, 0)}), tx.RemoveLink(first.Link.ID))
		})
		if err != nil {
			t.Error(err)
		}
	}
	_, private := pasted()
	s := do(t)(auth.New(db, slow, applications).Answer(t.Context(), f.id, core.FieldPrivateKey, private))
	if s.Link.ID == first.Link.ID || slow.once != nil {
		t.Fatal("nothing was overtaken")
	}
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); key == nil || err != nil {
		t.Errorf("the key of the link is %v, %v", key, err)
	}
}

func TestIsKeyPath(t *testing.T) {
	_, private := pasted()
	body := strings.Split(private, "\n")
	for text, want := range map[string]bool{
		"ci.pem": true, " /home/jane/.ssh/ci.pem\n": true, `C:\Users\jane doe\ci.pem`: true, "~/a": true,
		"/tmp/" + strings.Repeat("a", 70) + "/ci.pem": true, "/" + body[3]: false,
		"": false, private: false, body[3]: false, strings.Join(body[1:9], " "): false, body[0]: false,
		strings.Join(body[1:], ""): false, "a\nb": false,
	} {
		if auth.IsKeyPath(text) != want {
			t.Errorf("%.20q is a path: %t", text, !want)
		}
	}
}

func TestAdoptRefusals(t *testing.T) {
	f := newFixture(t)
	f.adopt("cloud", core.OAuth1)
	for _, tt := range []struct {
		field core.Field
		text  string
		code  string
	}{
		{core.FieldClientID, "", finding.AnswerEmpty.String()},
		{core.FieldPublicKey, otherPublic(t)[:200], finding.KeyDamaged.String()},
		{core.FieldSecret, "x", finding.QuestionNotAsked.String()},
		{core.FieldBaseURL, "https://bitbucket.org", finding.BitbucketCloud.String()},
		{core.FieldKeyBits, "2048", finding.QuestionNotAsked.String()},
	} {
		if _, err := f.Answer(t.Context(), f.id, tt.field, tt.text); codeOf(err) != tt.code {
			t.Errorf("%s: %v, want %s", tt.field, err, tt.code)
		}
	}
	other := f.create("own")
	if _, err := f.Answer(t.Context(), other.Integration.ID, core.FieldName, "by HAND cloud"); codeOf(err) != finding.NameTaken.String() {
		t.Errorf("a name that is taken: %v", err)
	}
}

// otherPublic is the public half of no key of the tests.
func otherPublic(t testing.TB) string {
	t.Helper()
	key, err := seal.GenerateKey(t.Context(), 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	return public
}
