package auth

import (
	"context"
	"time"
)

// SetNow sets the clock.
func (l *Library) SetNow(now func() time.Time) { l.Integrations.now = now }

// LeaseLife is how long a lease holds, and the others what is done in it.
const (
	LeaseLife    = leaseLife
	RefreshLimit = refreshLimit
	SettleLimit  = settleLimit
)

// TakeLease begins a refresh of the kept tokens, and leaves it at that.
func (l *Credentials) TakeLease(ctx context.Context, name string) error {
	k, err := l.keeper(ctx, name)
	if err != nil {
		return err
	}
	row, err := k.row(ctx)
	if err == nil {
		_, err = k.lease(ctx, row.Sealed)
	}
	return err
}

// ErrNotYet is what a lease that is held gives others.
var ErrNotYet = errNotYet
