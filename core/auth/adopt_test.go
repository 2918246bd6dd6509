package auth_test

import (
	"strings"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
)

// byHand is a link as somebody set it up with the written procedure.
func byHand(t testing.TB, application string, o core.OAuth) auth.Adoption {
	t.Helper()
	a := auth.Adoption{Application: application, Name: "By hand", Purpose: "sign-in",
		BaseURL: "https://git.example/bitbucket", OAuth: o, ClientID: "id"}
	if application != "cloud" {
		a.AppURL = "https://app.example"
	}
	public, private := pasted()
	switch {
	case o == core.OAuth2:
		a.Callback = "https://app.example/callback"
		if application == "own" {
			a.ClientSecret = seal.NewText("open-sesame\n")
		}
	case application == "own":
		key, err := seal.ParsePrivateKey(seal.NewText(private))
		if err != nil {
			t.Fatal(err)
		}
		a.PrivateKey = key
	default:
		a.PublicKey = public
	}
	return a
}

func (f *fixture) adopt(a auth.Adoption) *setup.State {
	f.t.Helper()
	s := do(f.t)(f.Adopt(f.t.Context(), a))
	f.id = s.Integration.ID
	return s
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
			s := f.adopt(byHand(t, tt.application, tt.o))
			for _, proof := range tt.proofs {
				if s.Link.State != core.LinkDraft || s.Current().Step.Needs.Check != proof {
					t.Fatalf("before %s the link is %s, at %s", proof, s.Link.State, s.Current().Step.ID)
				}
				s = f.pass(proof)
			}
			if s.Link.State != core.LinkActive || !s.Complete() {
				t.Fatalf("the link is %s, at %+v", s.Link.State, s.Current())
			}
			if s.Integration.Name != "By hand" || s.Value(core.FieldClientID) != "id" {
				t.Errorf("%q with %q", s.Integration.Name, s.Value(core.FieldClientID))
			}
			if tt.o == core.OAuth1 {
				if s = do(t)(f.Migrate(t.Context(), f.id)); !s.Migrating() || s.Adopted() {
					t.Error("it cannot be moved")
				}
			}
		})
	}
}

// A proof that cannot be made is overruled as everywhere.
func TestAdoptedLinkWithoutProof(t *testing.T) {
	f := newFixture(t)
	a := byHand(t, "own", core.OAuth1)
	a.Version = "8.9.2"
	f.adopt(a)
	if s := f.say(setup.BaseURL, setup.Incoming); s.Link.State != core.LinkActive || s.Server().Version != "8.9.2" {
		t.Errorf("%s on %s", s.Link.State, s.Server().Version)
	}
}

// What a rule forbids to set up may exist all the same: it is what has to be moved.
func TestAdoptsWhatTheRulesForbid(t *testing.T) {
	f := newFixture(t)
	a := byHand(t, "cloud", core.OAuth1)
	a.Purpose, a.Version, a.PublicKey = "sync", "9.4", ""
	f.adopt(a)
	if s := f.say(setup.BaseURL, setup.Incoming); s.Link.State != core.LinkActive {
		t.Fatalf("the link is %s, at %+v", s.Link.State, s.Current())
	}
	do(t)(f.Migrate(t.Context(), f.id))
}

func TestAdoptedSecretsAreSealed(t *testing.T) {
	f := newFixture(t)
	s := f.adopt(byHand(t, "own", core.OAuth1))
	public, private := pasted()
	if key, err := f.PrivateKey(t.Context(), s.Link.ID); err != nil || key == nil {
		t.Errorf("the key is %v, %v", key, err)
	} else if pem, _ := key.PublicPEM(); pem != public || s.Value(core.FieldPublicKey) != public {
		t.Error("another public key")
	}
	two := byHand(t, "own", core.OAuth2)
	two.Name = "Two"
	s = f.adopt(two)
	if secret, err := f.ClientSecret(t.Context(), s.Link.ID); err != nil || secret.Reveal() != "open-sesame" {
		t.Errorf("the secret is %q, %v", secret.Reveal(), err)
	}
	all := f.files()
	if strings.Contains(all, "open-sesame") || strings.Contains(all, strings.Split(private, "\n")[3]) {
		t.Error("a secret is in a file")
	}
}

func TestAdoptRefusals(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		name, application string
		o                 core.OAuth
		change            func(*auth.Adoption)
		code              string
	}{
		{"application", "own", core.OAuth1, func(a *auth.Adoption) { a.Application = "none" }, "AL-INPUT-002"},
		{"no protocol", "own", core.OAuth1, func(a *auth.Adoption) { a.OAuth = "" }, "AL-INPUT-001"},
		{"no key", "own", core.OAuth1, func(a *auth.Adoption) { a.PrivateKey = nil }, "AL-INPUT-001"},
		{"no secret", "own", core.OAuth2, func(a *auth.Adoption) { a.ClientSecret = seal.NewText(" \n") }, "AL-INPUT-001"},
		{"odd secret", "own", core.OAuth2, func(a *auth.Adoption) { a.ClientSecret = seal.NewText("a b") }, "AL-INPUT-004"},
		{"a key too many", "cloud", core.OAuth1, func(a *auth.Adoption) { a.PrivateKey = byHand(t, "own", core.OAuth1).PrivateKey }, "AL-INPUT-004"},
		{"a secret too many", "cloud", core.OAuth2, func(a *auth.Adoption) { a.ClientSecret = seal.NewText("x") }, "AL-INPUT-004"},
		{"no Client ID", "cloud", core.OAuth1, func(a *auth.Adoption) { a.ClientID = "" }, "AL-INPUT-001"},
		{"no callback", "own", core.OAuth2, func(a *auth.Adoption) { a.Callback = "" }, "AL-INPUT-001"},
		{"cut key", "cloud", core.OAuth1, func(a *auth.Adoption) { a.PublicKey = a.PublicKey[:200] }, "AL-KEY-001"},
		{"another half", "own", core.OAuth1, func(a *auth.Adoption) { a.PublicKey = otherPublic(t) }, "AL-INPUT-004"},
		{"Cloud", "own", core.OAuth1, func(a *auth.Adoption) { a.BaseURL = "https://bitbucket.org" }, "AL-URL-001"},
		{"no purpose", "own", core.OAuth1, func(a *auth.Adoption) { a.Purpose = "" }, "AL-INPUT-001"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := byHand(t, tt.application, tt.o)
			tt.change(&a)
			if _, err := f.Adopt(t.Context(), a); codeOf(err) != tt.code {
				t.Errorf("got %v, want %s", err, tt.code)
			}
			if n, err := f.Count(t.Context()); n != 0 || err != nil {
				t.Errorf("%d integrations are left, %v", n, err)
			}
		})
	}
	f.adopt(byHand(t, "cloud", core.OAuth1))
	if _, err := f.Adopt(t.Context(), byHand(t, "own", core.OAuth1)); codeOf(err) != "AL-STORE-005" {
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
