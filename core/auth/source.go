package auth

import (
	"context"

	"golang.org/x/oauth2"
)

// TokenSource returns the tokens of [Credentials.Token] in the form that other
// libraries take. Each Token looks anew, so the source may be kept as long as the
// link is the one in use, and is not to be wrapped in [oauth2.ReuseTokenSource].
// The refresh token is not handed out: whoever used it would end the pair that is kept.
// The context is for all of its calls. Errors are those of [Credentials.Token], here
// and of each call.
func (l *Credentials) TokenSource(ctx context.Context, name string) (oauth2.TokenSource, error) {
	k, err := l.bearer(ctx, name)
	if err != nil {
		return nil, err
	}
	if _, err := k.row(ctx); err != nil {
		return nil, err
	}
	return &tokenSource{ctx, k}, nil
}

type tokenSource struct {
	ctx context.Context
	*keeper
}

// Token returns an access token that holds.
func (s *tokenSource) Token() (*oauth2.Token, error) {
	t, err := s.bearerToken(s.ctx)
	if err != nil {
		return nil, err
	}
	return t.Bearer(), nil
}
