package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

const secretClient = "client-secret"

// keepSecret seals the client secret of a link and answers its question with a
// mark that says nothing but that it is another one than before.
func (l *Library) keepSecret(ctx context.Context, s *setup.State, secret string) (*setup.State, error) {
	link := s.Link.ID
	sealed, err := l.sealer.Seal(ctx, []byte(secret), secretPlace(link, secretClient))
	if err != nil {
		return nil, fmt.Errorf("sealing the client secret: %w", err)
	}
	mark := secretMark()
	s, err = l.change(ctx, s.Integration.ID, func(tx Tx, s *setup.State) error {
		if s.Link.ID != link {
			return errOvertaken
		}
		if err := tx.PutSecret(link, secretClient, sealed); err != nil {
			return err
		}
		return l.answer(tx, s, core.FieldSecret, mark, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("storing the client secret: %w", err)
	}
	return s, nil
}

// secretMark is the answer that stands for a sealed secret.
func secretMark() string {
	b := make([]byte, 4)
	rand.Read(b)
	return "sealed " + hex.EncodeToString(b)
}

// ClientSecret opens the client secret of an OAuth 2 link that is held here; it
// is empty when the link has none. Errors are those of [Library.PrivateKey].
func (l *Library) ClientSecret(ctx context.Context, link int64) (seal.Text, error) {
	plain, err := l.secret(ctx, link, secretClient)
	return seal.NewText(string(plain)), err
}

// secret opens a sealed value of a link, nil when there is none.
func (l *Library) secret(ctx context.Context, link int64, name string) ([]byte, error) {
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
		return nil, core.Find("AL-STORE-008", err.Error(), "source", "")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the %s: %w", name, err)
	}
	return plain, nil
}
