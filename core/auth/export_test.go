package auth

import (
	"context"
	"sync"
	"time"

	"applink/core/seal"
)

func init() { generateKey = pooledKey }

// pool holds the keys that tests go round in: a key is not the one before it, nor the one
// after it.
var pool struct {
	mu   sync.Mutex
	keys []*seal.PrivateKey
	next int
}

// pooledKey saves the time of generating a key. Other sizes are generated.
func pooledKey(ctx context.Context, bits int) (*seal.PrivateKey, error) {
	const enough = 5
	if bits != 2048 || ctx.Err() != nil {
		return seal.GenerateKey(ctx, bits)
	}
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if pool.next++; len(pool.keys) < enough {
		key, err := seal.GenerateKey(ctx, bits)
		if err == nil {
			pool.keys = append(pool.keys, key)
		}
		return key, err
	}
	return pool.keys[pool.next%enough], nil
}

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
