package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

const secretClient = "client-secret"

// keepSecret seals the client secret of a link and answers its question with a
// mark that says nothing but that it is another one than before.
func (l *base) keepSecret(ctx context.Context, s *setup.State, secret string) (*setup.State, error) {
	link := s.Link.ID
	if old, err := l.clientSecret(ctx, link); err != nil || !old.Empty() && old.Reveal() == secret {
		return s, err
	}
	if err := l.rotates(ctx, s, secret); err != nil {
		return nil, err
	}
	sealed, err := l.sealer.Seal(ctx, []byte(secret), secretPlace(link, secretClient))
	if err != nil {
		return nil, fmt.Errorf("sealing the client secret: %w", err)
	}
	return l.change(ctx, s.Integration.ID, func(tx Tx, s *setup.State) error {
		if s.Link.ID != link {
			return errOvertaken
		}
		if err := putSecret(tx, s, secretClient, sealed); err != nil {
			return err
		}
		return l.answer(tx, s, core.FieldSecret, secretMark(), nil, leave{any: true})
	})
}

// rotates refuses the very credentials that a rotation is to replace.
func (l *base) rotates(ctx context.Context, s *setup.State, secret string) error {
	if !s.Moves().Rotating() {
		return nil
	}
	active := s.Integration.Active()
	if active.Answers[core.FieldClientID].Value != s.Value(core.FieldClientID) {
		return nil
	}
	old, err := l.clientSecret(ctx, active.ID)
	if err != nil || old.Reveal() != secret {
		return err
	}
	return finding.SecretUnchanged.With()
}

// putSecret stores a secret of the link at work, but never in place of one that a link
// in use works with. Only a client secret that Bitbucket has refused may be mended.
func putSecret(tx Tx, s *setup.State, name string, sealed []byte) error {
	if setup.InUse(s.Link) && !(name == secretClient && refusedSecret(s.Link)) {
		old, err := tx.Secret(s.Link.ID, name)
		if err != nil {
			return err
		}
		if old != nil {
			return spared(s, name)
		}
	}
	return tx.PutSecret(s.Link.ID, name, sealed)
}

func refusedSecret(l core.Link) bool {
	o := l.Checks[core.CheckClient]
	return o.State == core.Failed && errors.Is(o.Finding, finding.InvalidClient)
}

// secretMark is the answer that stands for a sealed secret.
func secretMark() string {
	b := make([]byte, 4)
	rand.Read(b)
	return "sealed " + hex.EncodeToString(b)
}

// ClientSecret opens the client secret of an OAuth 2 link that is held here; it
// is empty when the link has none. Errors are those of [Credentials.PrivateKey].
func (l *Credentials) ClientSecret(ctx context.Context, link int64) (seal.Text, error) {
	return l.clientSecret(ctx, link)
}

func (l *base) clientSecret(ctx context.Context, link int64) (seal.Text, error) {
	plain, err := l.secret(ctx, link, secretClient)
	return seal.NewText(string(plain)), err
}

// Opens tries whether everything that is sealed of an integration opens. Errors are
// those of [Credentials.PrivateKey].
func (l *Credentials) Opens(ctx context.Context, s *setup.State) error {
	for _, link := range s.Integration.Links {
		for _, name := range []string{secretPrivateKey, secretClient} {
			if _, err := l.secret(ctx, link.ID, name); err != nil {
				return err
			}
		}
		var row KeptTokens
		err := l.store.Read(ctx, func(tx Tx) (err error) { row, err = tx.Tokens(link.ID); return err })
		if err != nil {
			return err
		}
		if row.Sealed == nil {
			continue
		}
		if _, err := l.sealer.Open(ctx, row.Sealed, tokenPlace(link.ID)); errors.Is(err, seal.ErrDamaged) {
			return finding.WrongSealingKey.With("").Because(err.Error())
		} else if err != nil {
			return err
		}
	}
	return nil
}

// secret opens a sealed value of a link, nil when there is none.
func (l *base) secret(ctx context.Context, link int64, name string) ([]byte, error) {
	var sealed []byte
	err := l.store.Read(ctx, func(tx Tx) (err error) {
		sealed, err = tx.Secret(link, name)
		return err
	})
	if err != nil || sealed == nil {
		return nil, err
	}
	plain, err := l.sealer.Open(ctx, sealed, secretPlace(link, name))
	if errors.Is(err, seal.ErrDamaged) {
		return nil, finding.WrongSealingKey.With("").Because(err.Error())
	}
	if err != nil {
		return nil, fmt.Errorf("opening the %s: %w", name, err)
	}
	return plain, nil
}
