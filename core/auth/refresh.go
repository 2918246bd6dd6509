package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"applink/core"
	"applink/core/oauth2"
)

// A refresh makes Bitbucket end both old tokens, so two must never be under way
// for one pair, and a new pair that is not stored is lost. The one who refreshes
// therefore first takes a lease, a committed note in the tokens' own row that says
// who may and since when; then asks Bitbucket, outside of any transaction; then
// stores the new pair and gives the lease back in one transaction; and only then
// uses the pair. Others poll the row meanwhile. In one process they wait for one
// flight, which does that for them.
//
// A lease that was not given back in time, or that was given back after an answer
// that decides nothing, leaves a mark: the tokens are in doubt. Whoever asks next
// tries once. If that is refused for good, the tokens were not revoked, but lost.

const (
	refreshLimit = 15 * time.Second // of the call
	settleLimit  = 10 * time.Second // of storing what came of it
	leaseLife    = 30 * time.Second // longer than the two together

	shortPause = 10 * time.Millisecond // between two looks at a lease
	longPause  = 320 * time.Millisecond
)

// ErrClosed says that a refresh was due after [Library.Close].
var ErrClosed = errors.New("the library is closed")

// errNotYet: somebody else holds the lease, or has changed the row since.
var errNotYet = errors.New("the tokens are being refreshed")

// refreshes are those under way in this process.
type refreshes struct {
	flights singleflight.Group

	mu     sync.Mutex
	closed bool
	begun  sync.WaitGroup
}

func (r *refreshes) begin() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	r.begun.Add(1)
	return nil
}

// end lets no other begin, and waits for those under way.
func (r *refreshes) end() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.begun.Wait()
}

// Close waits for the refreshes that are under way, 25 seconds at most, so that
// no new pair of tokens is lost, and lets no other begin. It closes what [Open]
// opened; the store of [New] is closed after it by whoever opened it.
func (l *Library) Close() error {
	l.Credentials.refreshes.end()
	if l.database == nil {
		return nil
	}
	return l.database.Close()
}

// fresh returns tokens that hold, refreshed if need be. They are others than
// those sealed as stale, which the server refused.
//
// A refresh goes on when ctx ends, because breaking it off would lose the tokens.
func (k *keeper) fresh(ctx context.Context, stale []byte) (*granted, error) {
	row, err := k.row(ctx)
	if err != nil {
		return nil, err
	}
	if k.holds(row, stale) {
		return k.open(ctx, row)
	}
	flight := fmt.Sprintf("%d %x", k.state.Link.ID, stale)
	done := k.refreshes.flights.DoChan(flight, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*leaseLife)
		defer cancel()
		return k.renew(ctx, stale)
	})
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*granted), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (k *keeper) holds(row KeptTokens, stale []byte) bool {
	due := !row.RenewAt.IsZero() && !k.now().Before(row.RenewAt)
	return !due && row.Begun.IsZero() && !bytes.Equal(row.Sealed, stale)
}

// leased reports whether somebody is refreshing. A lease from the future is a
// clock that was set back.
func (k *keeper) leased(row KeptTokens) bool {
	left := row.Leased.Sub(k.now())
	return left > 0 && left <= leaseLife
}

// renew refreshes the tokens, or waits until another has.
func (k *keeper) renew(ctx context.Context, stale []byte) (*granted, error) {
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		row, err := k.row(ctx)
		switch {
		case err != nil:
			return nil, err
		case k.holds(row, stale):
			return k.open(ctx, row)
		case row.Dead:
			return nil, refused(row.Begun, "")
		case !k.leased(row):
			g, err := k.refresh(ctx, row)
			if !errors.Is(err, errNotYet) {
				return g, err
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// refresh takes the lease of a row, asks for a new pair and stores what came of
// it. Everything that can fail without asking is done before.
func (k *keeper) refresh(ctx context.Context, row KeptTokens) (*granted, error) {
	if err := k.refreshes.begin(); err != nil {
		return nil, err
	}
	defer k.refreshes.begun.Done()
	old, err := k.open(ctx, row)
	if err != nil {
		return nil, err
	}
	client, err := k.oauth2Client(ctx, old.Redirect)
	if err != nil {
		return nil, err
	}
	lease, err := k.lease(ctx, row.Sealed)
	if err != nil {
		return nil, err
	}
	asking, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	pair, ex, err := client.Refresh(asking, old.OAuth2.Refresh)
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleLimit)
	defer cancel()
	if err != nil {
		return nil, lease.failed(settling, ex, err)
	}
	return lease.renewed(settling, Tokens{OAuth2: pair, Redirect: old.Redirect})
}

// oauth2Client is our side of OAuth 2.
func (k *keeper) oauth2Client(ctx context.Context, redirect string) (*oauth2.Client, error) {
	secret, err := k.ClientSecret(ctx, k.state.Link.ID)
	if err != nil {
		return nil, err
	}
	return &oauth2.Client{Base: k.state.Value(core.FieldBaseURL), ID: k.state.Value(core.FieldClientID), Secret: secret,
		Redirect: redirect, Transport: k.transport, Now: k.now}, nil
}
