package auth

import (
	"context"

	"applink/core/setup"
)

// TokenState tells what kept tokens are worth.
type TokenState string

// The states of kept tokens.
const (
	TokensNone    TokenState = "none"
	TokensGood    TokenState = "good"     // as far as is known here
	TokensInDoubt TokenState = "in doubt" // a refresh began, and nobody knows how it ended
	TokensDead    TokenState = "dead"     // the server refused them for good
)

// Kept returns what is known of the tokens that are kept for the link in use of an
// integration, without opening them.
func (l *Credentials) Kept(ctx context.Context, s *setup.State) (row KeptTokens, state TokenState, err error) {
	err = l.store.Read(ctx, func(tx Tx) (err error) {
		row, err = tx.Tokens(s.Links().TokensOf(s.Links().InUse().Link).ID)
		return err
	})
	switch k := (&keeper{Credentials: l}); {
	case row.Sealed == nil:
		state = TokensNone
	case row.Dead:
		state = TokensDead
	case !row.Begun.IsZero() && !k.leased(row):
		state = TokensInDoubt
	default:
		state = TokensGood
	}
	return row, state, err
}
