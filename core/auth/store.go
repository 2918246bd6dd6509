package auth

import (
	"context"
	"time"

	"applink/core"
)

// Store persists what the library knows. It is implemented by package store, and
// in tests by nothing else: the real thing is fast enough.
type Store interface {
	// Read runs fn on one consistent view.
	Read(ctx context.Context, fn func(Tx) error) error
	// Write runs fn in one transaction, committed and on disk when Write returns
	// nil, undone when fn fails. No network or keyring call may happen inside.
	Write(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction. Its methods return *core.Finding errors:
// [finding.NoSuchIntegration] for an integration that does not exist,
// [finding.NameTaken] for a name or slug that is taken, [finding.DatabaseBusy] when
// another process holds the database too long.
type Tx interface {
	// Integration loads one integration with all facts and links.
	Integration(id int64) (core.Integration, error)
	// Find loads the integration of that slug, or else of a name that has it.
	Find(slug string) (core.Integration, error)
	// Page loads up to limit integrations whose name sorts after that of the given
	// one (case-insensitive, ties by id), with facts and links; the zero value comes
	// before all.
	Page(after core.Integration, limit int) ([]core.Integration, error)
	// Count returns the number of integrations.
	Count() (int, error)
	// Sharing returns the integrations that have a link with that answer.
	Sharing(f core.Field, value string) ([]int64, error)
	// AddIntegration inserts a record and returns its id.
	AddIntegration(name, slug string, at time.Time) (int64, error)
	// Rename changes the name, and the slug where it is to be another one.
	Rename(id int64, name, slug string, at time.Time) error
	// RemoveIntegration deletes a record with everything that hangs on it.
	RemoveIntegration(id int64) error

	// AddLink inserts a draft link and returns its id.
	AddLink(integration int64, o core.OAuth, at time.Time) (int64, error)
	// RemoveLink deletes a link with its facts and secrets.
	RemoveLink(link int64) error
	SetOAuth(link int64, o core.OAuth) error
	SetState(link int64, s core.LinkState) error
	SetCompleted(link int64, c core.Completion) error

	// The facts of an integration (link 0) or of one of its links. Put replaces,
	// Drop is silent about what is not there. All of them touch the
	// integration's Updated time.
	PutAnswer(integration, link int64, f core.Field, a core.Answer) error
	DropAnswer(integration, link int64, f core.Field) error
	PutCheck(integration, link int64, o core.Outcome) error
	DropCheck(integration, link int64, n core.CheckName) error
	PutWord(integration, link int64, s core.StepID, w core.Word) error
	DropWord(integration, link int64, s core.StepID) error

	// PutSecret keeps a sealed value of a link under a name ("private-key");
	// Secret returns it, or nil when there is none; DropSecret deletes it and is
	// silent when there is none.
	PutSecret(link int64, name string, sealed []byte) error
	DropSecret(link int64, name string) error
	Secret(link int64, name string) ([]byte, error)

	// PutTokens keeps the tokens of a link in place of what was kept before.
	// Tokens returns them, the zero value when there are none; DropTokens deletes
	// them and is silent when there are none. Times are kept to the millisecond.
	PutTokens(link int64, k KeptTokens) error
	Tokens(link int64) (KeptTokens, error)
	DropTokens(link int64) error

	// AddEvent appends to the log of an integration; detail holds no secret.
	AddEvent(integration int64, kind, detail string, at time.Time) error
	// Events returns the youngest events first.
	Events(integration int64, limit int) ([]Event, error)
}

// KeptTokens are the tokens of a link as they are stored, with the lease of the
// one who refreshes them.
type KeptTokens struct {
	Sealed  []byte    // sealed anew at every change, so that it tells one pair from the next
	RenewAt time.Time // from when on they are to be refreshed; zero for never by the clock

	// Begun is when the oldest refresh began whose end is not known, zero for
	// none. Leased is until when the one who refreshes may take. A refresh that
	// has begun without a lease that holds was interrupted: nobody knows whether
	// the tokens are still good.
	Begun, Leased time.Time

	Dead bool // the server refused them for good

	// Kept is since when there are tokens, Renewed when this pair was granted; zero
	// where that was not noted.
	Kept, Renewed time.Time
}

// Event is one line of an integration's log.
type Event struct {
	Kind   string // "answered", "checked", "said", "activated", ...
	Detail string
	At     time.Time
}

// Sealer seals secrets before they reach the store; see core/seal. Place binds a
// sealed value to its row, so that it cannot be moved to another one. The first
// call may ask the keyring or derive a key, so it can take seconds.
type Sealer interface {
	Seal(ctx context.Context, plain []byte, place string) ([]byte, error)
	Open(ctx context.Context, sealed []byte, place string) ([]byte, error)
}
