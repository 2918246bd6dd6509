package check

import (
	"context"
	"sync"

	"applink/core"
	"applink/core/auth"
	"applink/core/setup"
)

// AuthorizeKeep is [Runner.Authorize] for an admin who wants to keep what is
// granted: tokens returns it as soon as Wait or Submit has passed, and until then
// nothing.
func (r *Runner) AuthorizeKeep(ctx context.Context, s *setup.State, code bool) (d core.Dance, tokens func() auth.Tokens, err error) {
	if d, err = r.Authorize(ctx, s, code); err != nil {
		return nil, nil, err
	}
	return d, d.(auth.Granting).Granted, nil
}

// kept holds what a dance was granted.
type kept struct {
	lock   sync.Mutex
	tokens auth.Tokens
}

func (k *kept) keep(t auth.Tokens) {
	k.lock.Lock()
	defer k.lock.Unlock()
	k.tokens = t
}

// Granted returns what was granted, once the dance has passed.
func (k *kept) Granted() auth.Tokens {
	k.lock.Lock()
	defer k.lock.Unlock()
	return k.tokens
}
