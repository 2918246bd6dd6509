package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/finding"
	"applink/core/oauth1"
	"applink/core/oauth2"
	"applink/core/seal"
	"applink/core/setup"
)

// Tokens are what a user granted a link: over the one protocol or the other.
type Tokens struct {
	OAuth1 *oauth1.Token
	OAuth2 *oauth2.Token
	// Redirect is the redirect URL of the OAuth 2 authorization, which a refresh
	// has to repeat.
	Redirect string
}

// tokensJSON are tokens as they are sealed. The types of core/oauth1 and core/oauth2 would write
// dots.
type tokensJSON struct {
	Base     string    `json:"base"`   // the server that they are for
	Access   string    `json:"access"` // of OAuth 1: the token
	Refresh  string    `json:"refresh,omitempty"`
	Redirect string    `json:"redirect,omitempty"`
	Secret   string    `json:"secret,omitempty"` // of OAuth 1
	Expires  time.Time `json:"expires,omitzero"`
	OAuth1   bool      `json:"oauth1,omitempty"`
}

func (t Tokens) marshal(base string) (plain []byte, renewAt time.Time, err error) {
	var j tokensJSON
	switch {
	case t.OAuth2 != nil:
		j = tokensJSON{Access: t.OAuth2.Access.Reveal(), Refresh: t.OAuth2.Refresh.Reveal(), Redirect: t.Redirect, Expires: t.OAuth2.Expires}
		renewAt = t.OAuth2.RenewAt
	case t.OAuth1 != nil:
		j = tokensJSON{Access: t.OAuth1.Token.Reveal(), Secret: t.OAuth1.Secret.Reveal(), Expires: t.OAuth1.Expires, OAuth1: true}
	default:
		return nil, time.Time{}, errors.New("there are no tokens to keep")
	}
	j.Base = base
	plain, err = json.Marshal(j)
	return plain, renewAt, err
}

func unmarshalTokens(plain []byte, renewAt time.Time, base string) (Tokens, error) {
	var j tokensJSON
	if json.Unmarshal(plain, &j) != nil {
		return Tokens{}, errors.New("the kept tokens are of an unknown form")
	}
	if j.Base != base {
		return Tokens{}, errors.New("the kept tokens are for another server")
	}
	if j.OAuth1 {
		return Tokens{OAuth1: &oauth1.Token{Token: seal.NewText(j.Access), Secret: seal.NewText(j.Secret), Expires: j.Expires}}, nil
	}
	return Tokens{Redirect: j.Redirect, OAuth2: &oauth2.Token{Access: seal.NewText(j.Access), Refresh: seal.NewText(j.Refresh),
		Expires: j.Expires, RenewAt: renewAt}}, nil
}

// tokenPlace names the row of a link's tokens, to which their sealed form is
// bound.
func tokenPlace(link int64) string { return fmt.Sprintf("tokens/%d", link) }

// InUse loads an integration by name as [Integrations.Find] does, and looks at it
// through the link in use: the active one, else the one that is being set up.
func (l *Integrations) InUse(ctx context.Context, name string) (*setup.State, error) {
	s, err := l.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.Links().InUse(), nil
}

// KeepTokens seals and stores what a user granted the link that the state looks
// through, in place of what was kept for it before.
func (l *Credentials) KeepTokens(ctx context.Context, s *setup.State, t Tokens) error {
	kept, err := l.sealTokens(ctx, s, t)
	if err != nil {
		return err
	}
	err = l.store.Write(ctx, func(tx Tx) error {
		if err := tx.DropTokens(s.Links().TokensOf(s.Link).ID); err != nil {
			return err
		}
		return errors.Join(tx.PutTokens(s.Link.ID, kept), tx.AddEvent(s.Integration.ID, "tokens kept", "", l.now()))
	})
	if err != nil {
		return fmt.Errorf("keeping the tokens: %w", err)
	}
	return nil
}

// Granting is a sign-in that hands out what it was granted, once it passed.
type Granting interface{ Granted() Tokens }

// KeepGranted keeps what a sign-in that passed was granted, where that is asked for or the
// admin said so beforehand ([core.FieldKeepTokens]).
func (l *Credentials) KeepGranted(ctx context.Context, s *setup.State, d core.Dance, asked bool) error {
	g, ok := d.(Granting)
	if !ok || !asked && s.Value(core.FieldKeepTokens) != "yes" {
		return nil
	}
	return l.KeepTokens(ctx, s, g.Granted())
}

// DropTokens forgets the tokens of a link. Bitbucket is not told, because it lets
// no program revoke a token: the user does that in the profile.
func (l *Credentials) DropTokens(ctx context.Context, s *setup.State) error {
	err := l.store.Write(ctx, func(tx Tx) error {
		return errors.Join(tx.DropTokens(s.Links().TokensOf(s.Link).ID), tx.AddEvent(s.Integration.ID, "tokens dropped", "", l.now()))
	})
	if err != nil {
		return fmt.Errorf("dropping the tokens: %w", err)
	}
	return nil
}

// Token returns the access token that is kept for the OAuth 2 link in use of an
// integration, refreshed if its end is near. Errors are those of [Credentials.Client];
// an OAuth 1 token, of which nothing can be done without the key, is
// [finding.NoBearerToken].
func (l *Credentials) Token(ctx context.Context, name string) (seal.Text, error) {
	k, err := l.bearer(ctx, name)
	if err != nil {
		return seal.Text{}, err
	}
	t, err := k.bearerToken(ctx)
	if err != nil {
		return seal.Text{}, err
	}
	return t.Access, nil
}

// bearer is the keeper of an OAuth 2 link.
func (l *Credentials) bearer(ctx context.Context, name string) (*keeper, error) {
	k, err := l.keeper(ctx, name)
	if err == nil && k.state.OAuth() == core.OAuth1 {
		return nil, finding.NoBearerToken.With(k.state.Integration.Name, k.state.Integration.Slug)
	}
	return k, err
}

func (k *keeper) bearerToken(ctx context.Context) (*oauth2.Token, error) {
	defer k.idle()
	g, err := k.fresh(ctx, nil)
	if err != nil {
		return nil, err
	}
	if g.OAuth2 == nil {
		return nil, finding.NoKeptTokens.With(k.state.Integration.Name).Because("the kept tokens are of another protocol")
	}
	return g.OAuth2, nil
}

func (l *base) sealTokens(ctx context.Context, s *setup.State, t Tokens) (KeptTokens, error) {
	plain, renewAt, err := t.marshal(s.Value(core.FieldBaseURL))
	if err != nil {
		return KeptTokens{}, err
	}
	sealed, err := l.sealer.Seal(ctx, plain, tokenPlace(s.Link.ID))
	if err != nil {
		return KeptTokens{}, fmt.Errorf("sealing the tokens: %w", err)
	}
	now := millisecond(l.now())
	return KeptTokens{Sealed: sealed, RenewAt: renewAt, Kept: now, Renewed: now}, nil
}

// keeper gives out the tokens of one link.
type keeper struct {
	*Credentials
	state     *setup.State // seen through the link in use
	transport http.RoundTripper
}

func (l *Credentials) keeper(ctx context.Context, name string) (*keeper, error) {
	s, err := l.find(ctx, name)
	if err != nil {
		return nil, err
	}
	k := &keeper{Credentials: l, state: s.Links().InUse()}
	if l.Transport != nil {
		k.transport, err = l.Transport(k.state)
		return k, err
	}
	authorities, err := seal.Authorities(k.state.Value(core.FieldCAFile))
	if err != nil {
		return nil, err
	}
	k.transport, err = bitbucket.NewTransport(bitbucket.Options{Authorities: authorities})
	return k, err
}

// idle closes the connections of a transport that no other shares.
func (k *keeper) idle() {
	if t, ok := k.transport.(*bitbucket.Transport); ok && k.Transport == nil {
		t.CloseIdleConnections()
	}
}

// granted are tokens that were opened, with the sealed form that they came from.
type granted struct {
	Tokens
	sealed []byte
}

// holder is the link whose tokens are given out.
func (k *keeper) holder() int64 { return k.state.Links().TokensOf(k.state.Link).ID }

// row reads what is kept. Nothing is the finding [finding.NoKeptTokens].
func (k *keeper) row(ctx context.Context) (row KeptTokens, err error) {
	err = k.store.Read(ctx, func(tx Tx) (err error) {
		row, err = tx.Tokens(k.holder())
		return err
	})
	if err == nil && row.Sealed == nil {
		err = finding.NoKeptTokens.With(k.state.Integration.Name)
	}
	return row, err
}

func (k *keeper) open(ctx context.Context, row KeptTokens) (*granted, error) {
	plain, err := k.sealer.Open(ctx, row.Sealed, tokenPlace(k.holder()))
	if errors.Is(err, seal.ErrDamaged) {
		return nil, finding.WrongSealingKey.With("").Because(err.Error())
	}
	if err != nil {
		return nil, fmt.Errorf("opening the tokens: %w", err)
	}
	t, err := unmarshalTokens(plain, row.RenewAt, k.state.Value(core.FieldBaseURL))
	return &granted{t, row.Sealed}, err
}
