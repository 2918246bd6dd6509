package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

// Adoption is what is known of a link that was set up by hand. Its texts are read as
// the answers of the set-up are; an empty one is not given.
type Adoption struct {
	Application, AppURL, Name, Purpose string
	BaseURL, CAFile, Version           string
	OAuth                              core.OAuth
	ClientID, Callback, LoginLink      string

	// PublicKey may be missing over OAuth 1: an application that holds its key keeps
	// it to itself, and of a private key it is the other half.
	PublicKey string

	// PrivateKey of an OAuth 1 link and ClientSecret of an OAuth 2 link are wanted
	// where they are held here, and refused where they are not.
	PrivateKey   *seal.PrivateKey
	ClientSecret seal.Text
}

// Adopt stores an integration with a link that was set up by hand. What is done in
// Bitbucket and in the application counts as said, so that the set-up stands before
// the first proof; the check that passes, or the word to go on without it, makes
// the link the active one.
//
// An error is a *core.Finding or a *[core.Suggestion] as of [Library.Answer], and
// leaves nothing behind; AL-INPUT-001 names what is missing, AL-INPUT-004 a private
// key that is not the other half of the public one.
func (l *Library) Adopt(ctx context.Context, a Adoption) (*setup.State, error) {
	app, err := l.application(a.Application)
	if err != nil {
		return nil, err
	}
	if err := a.complete(app); err != nil {
		return nil, err
	}
	for {
		// A rehearsal finds what is wrong before a key source is asked, and the
		// number of the link, to which secrets are sealed.
		var link int64
		err := l.adoptIn(ctx, app, a, func(_ Tx, s *setup.State) error {
			link = s.Link.ID
			return errRehearsed
		})
		if !errors.Is(err, errRehearsed) {
			return nil, err
		}
		name, sealed, err := l.sealAdopted(ctx, a, link)
		if err != nil {
			return nil, err
		}
		var adopted *setup.State
		err = l.adoptIn(ctx, app, a, func(tx Tx, s *setup.State) (err error) {
			if s.Link.ID != link {
				return errOvertaken
			}
			if name != "" {
				if err := tx.PutSecret(link, name, sealed); err != nil {
					return err
				}
			}
			adopted, err = l.settle(tx, s.Integration.ID)
			return err
		})
		if errors.Is(err, errOvertaken) {
			continue
		}
		return adopted, err
	}
}

// errRehearsed undoes a rehearsal.
var errRehearsed = errors.New("rehearsed")

// complete checks what an adoption needs beyond what the questions check.
func (a *Adoption) complete(app core.Application) error {
	a.ClientSecret = seal.NewText(strings.TrimSpace(a.ClientSecret.Reveal()))
	here := app.Holder == core.HeldHere
	if a.OAuth == "" {
		return core.Find("AL-INPUT-001", "", "flag", "--"+string(core.FieldOAuth))
	}
	wantsKey, wantsSecret := here && a.OAuth == core.OAuth1, here && a.OAuth == core.OAuth2
	for _, c := range []struct {
		flag          string
		wanted, given bool
	}{
		{"--private-key", wantsKey, a.PrivateKey != nil},
		{"--" + string(core.FieldSecret), wantsSecret, !a.ClientSecret.Empty()},
	} {
		switch {
		case c.wanted && !c.given:
			return core.Find("AL-INPUT-001", "", "flag", c.flag)
		case c.given && !c.wanted:
			return core.Find("AL-INPUT-004", "", "value", c.flag, "why", app.Name+" over "+a.OAuth.String()+" keeps no such secret here.")
		}
	}
	return a.pair()
}

// pair derives the public half of a private key, or compares it with a given one.
func (a *Adoption) pair() error {
	if a.PrivateKey == nil {
		return nil
	}
	own, err := a.PrivateKey.PublicPEM()
	if err != nil {
		return err
	}
	if strings.TrimSpace(a.PublicKey) == "" {
		a.PublicKey = own
		return nil
	}
	given, err := seal.ParsePublicKey(a.PublicKey)
	if err != nil {
		return err
	}
	if !given.Key.Equal(a.PrivateKey.RSA().Public()) {
		return core.Find("AL-INPUT-004", "", "value", "the private key", "why", "It is not the other half of the given Public Key.")
	}
	a.PublicKey = given.PEM
	return nil
}

// adoptIn stores everything but the secret in one transaction, which end may undo.
func (l *Library) adoptIn(ctx context.Context, app core.Application, a Adoption, end func(Tx, *setup.State) error) error {
	err := l.store.Write(ctx, func(tx Tx) error {
		id, err := l.add(tx, app)
		if err != nil {
			return err
		}
		s, err := l.load(tx, id)
		if err != nil {
			return err
		}
		if err := tx.PutWord(id, s.Link.ID, setup.Adopted, core.Word{At: l.now()}); err != nil {
			return err
		}
		if s, err = l.answerAll(tx, id, a.answers(app)); err != nil {
			return err
		}
		if !a.ClientSecret.Empty() {
			if _, err := accept(s, core.FieldSecret, a.ClientSecret.Reveal()); err != nil {
				return err
			}
			if err := l.put(tx, s, core.FieldSecret, secretMark()); err != nil {
				return err
			}
		}
		if a.PrivateKey != nil {
			if err := l.put(tx, s, core.FieldPublicKey, a.PublicKey); err != nil {
				return err
			}
		}
		if err := l.sayDone(tx, s); err != nil {
			return err
		}
		if err := tx.AddEvent(id, "adopted", a.OAuth.String(), l.now()); err != nil {
			return err
		}
		return end(tx, s)
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return fmt.Errorf("adopting the link: %w", err)
	}
	return err
}

type given struct {
	field core.Field
	text  string
}

// answers lists the answers in the order of the questions, the optional ones too.
func (a Adoption) answers(app core.Application) []given {
	list := []given{{core.FieldAppURL, a.AppURL}, {core.FieldName, a.Name}, {core.FieldPurpose, a.Purpose},
		{core.FieldPlatform, string(core.PlatformDataCenter)}, {core.FieldBaseURL, a.BaseURL}, {core.FieldCAFile, a.CAFile},
		{core.FieldVersion, a.Version}, {core.FieldOAuth, string(a.OAuth)}, {core.FieldClientID, a.ClientID},
		{core.FieldPublicKey, a.PublicKey}, {core.FieldCallback, a.Callback}, {core.FieldTwoFactor, "unknown"},
		{core.FieldLoginLink, a.LoginLink}}
	skip := map[core.Field]bool{
		core.FieldAppURL:    app.URL != "",
		core.FieldName:      a.Name == "", // keeps the application's usual one
		core.FieldPublicKey: a.OAuth != core.OAuth1 || app.Holder == core.HeldHere,
		core.FieldCallback:  a.OAuth != core.OAuth2,
		core.FieldLoginLink: app.LoginLink == "",
	}
	var out []given
	for _, g := range list {
		if !skip[g.field] {
			out = append(out, g)
		}
	}
	return out
}

func (l *Library) answerAll(tx Tx, id int64, answers []given) (*setup.State, error) {
	s, err := l.load(tx, id)
	for _, g := range answers {
		if err != nil {
			return nil, err
		}
		value, bad := accept(s, g.field, g.text)
		if bad != nil {
			return nil, bad
		}
		if err = l.put(tx, s, g.field, value); err == nil {
			s, err = l.load(tx, id)
		}
	}
	return s, err
}

// sayDone stores the word on everything of the link that no check proves, the dance
// in the browser included.
func (l *Library) sayDone(tx Tx, s *setup.State) error {
	for _, st := range s.Path() {
		if !st.OfLink || st.Needs.Check != "" && !st.Needs.Dance {
			continue
		}
		if err := tx.PutWord(s.Integration.ID, s.Link.ID, st.ID, core.Word{At: l.now()}); err != nil {
			return err
		}
	}
	return nil
}

// sealAdopted seals the secret of an adoption, if it has one, to its row.
func (l *Library) sealAdopted(ctx context.Context, a Adoption, link int64) (name string, sealed []byte, err error) {
	var plain []byte
	switch {
	case a.PrivateKey != nil:
		name = secretPrivateKey
		if plain, err = a.PrivateKey.Marshal(); err != nil {
			return "", nil, err
		}
	case !a.ClientSecret.Empty():
		name, plain = secretClient, []byte(a.ClientSecret.Reveal())
	default:
		return "", nil, nil
	}
	if sealed, err = l.sealer.Seal(ctx, plain, secretPlace(link, name)); err != nil {
		return "", nil, fmt.Errorf("sealing the %s: %w", name, err)
	}
	return name, sealed, nil
}
