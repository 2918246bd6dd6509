package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/oauth2"
)

// lease is the right to refresh one pair of tokens.
type lease struct {
	*keeper
	before, taken KeptTokens // the row as it was, and with the lease in it
}

// lease takes the lease of a pair, on disk when it returns, unless another holds
// it or has changed the pair.
func (k *keeper) lease(ctx context.Context, sealed []byte) (*lease, error) {
	l := &lease{keeper: k}
	err := k.store.Write(ctx, func(tx Tx) (err error) {
		l.before, err = tx.Tokens(k.state.Link.ID)
		if err != nil {
			return err
		}
		if !bytes.Equal(l.before.Sealed, sealed) || l.before.Dead || k.leased(l.before) {
			return errNotYet
		}
		l.taken = l.before
		l.taken.Leased = millisecond(k.now().Add(leaseLife))
		if l.taken.Begun.IsZero() {
			l.taken.Begun = millisecond(k.now())
		}
		return tx.PutTokens(k.state.Link.ID, l.taken)
	})
	if err != nil {
		return nil, fmt.Errorf("taking the lease: %w", err)
	}
	return l, nil
}

// millisecond is the time as the store keeps it.
func millisecond(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()) }

// renewed stores a new pair and gives the lease back. A lease that ran out in
// between does not matter: who got a pair for the old one has the only good one.
// But when the user has authorized anew meanwhile, that is what counts.
func (l *lease) renewed(ctx context.Context, t Tokens) (*granted, error) {
	row, err := l.sealTokens(ctx, l.state, t)
	if err != nil {
		return nil, err
	}
	write := func() error {
		return l.store.Write(ctx, func(tx Tx) error {
			now, err := tx.Tokens(l.state.Link.ID)
			if err != nil {
				return err
			}
			if !bytes.Equal(now.Sealed, l.taken.Sealed) {
				return errNotYet
			}
			row.Kept = now.Kept
			return tx.PutTokens(l.state.Link.ID, row)
		})
	}
	if err = write(); errors.Is(err, finding.DatabaseBusy) {
		err = write() // the pair is worth a second wait
	}
	if err != nil {
		return nil, fmt.Errorf("storing the new tokens: %w", err)
	}
	return &granted{t, row.Sealed}, nil
}

// failed gives the lease back after a refresh without a new pair, and says what
// that means. Only an answer that decides nothing leaves the tokens in doubt, and
// only a refusal for good ends a doubt that there was.
func (l *lease) failed(ctx context.Context, ex core.Exchange, cause error) error {
	found := fmt.Errorf("refreshing the tokens of %s: %w", l.state.Integration.Name, cause)
	row := l.before
	row.Leased = time.Time{}
	switch {
	case oauth2.InvalidGrant(cause):
		row.Dead = true
		found = refused(row.Begun, cause.Error())
	case oauth2.Ambiguous(cause):
		row.Begun = l.taken.Begun
		found = finding.RefreshInconclusive.With(statusOf(ex)).Because(cause.Error())
	case oauth2.Refused(cause) == "invalid_client":
		found = finding.InvalidClient.With(l.state.Value(core.FieldClientID)).Because(cause.Error())
	}
	err := l.store.Write(ctx, func(tx Tx) error {
		now, err := tx.Tokens(l.state.Link.ID)
		if err != nil || !bytes.Equal(now.Sealed, l.taken.Sealed) || !now.Leased.Equal(l.taken.Leased) {
			return err
		}
		if err := tx.PutTokens(l.state.Link.ID, row); err != nil || !row.Dead && row.Begun.Equal(l.before.Begun) {
			return err
		}
		// The log grows when the tokens come to be in doubt or dead, not with every refresh.
		return tx.AddEvent(l.state.Integration.ID, "refresh failed", cause.Error(), l.now())
	})
	if err != nil {
		return errors.Join(found, fmt.Errorf("giving the lease back: %w", err))
	}
	return found
}

// refused is a refusal for good, by what it is due to: an interrupted refresh,
// whose new tokens nobody has, or a decision of the user or the server.
func refused(interrupted time.Time, raw string) *core.Finding {
	if interrupted.IsZero() {
		return finding.RefreshRejected.With().Because(raw)
	}
	return finding.RefreshInterrupted.With(interrupted.UTC().Format("2006-01-02 15:04:05 MST")).Because(raw)
}

func statusOf(ex core.Exchange) string {
	if ex.Status == 0 {
		return "no answer"
	}
	return strconv.Itoa(ex.Status)
}
