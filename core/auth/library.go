package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// Library reads and writes integrations. It is safe for concurrent use, also by
// several processes on one store. Its methods are those of its three parts.
type Library struct {
	*Integrations
	*Moves
	*Credentials

	database Database // that Close closes, nil for none
}

// Integrations are what is known: each is created, answered, checked and said about,
// read and removed.
type Integrations struct{ *base }

// Moves change which link of an integration is in use, or begin another one beside it.
// Which of them may be made now is in [setup.State]; one that may not be is refused with
// its reason.
type Moves struct{ *base }

// Credentials are the secrets of links, and what acts by them.
type Credentials struct {
	*base
	// Transport returns what carries the requests to an integration's server; it
	// is set before the first of them. Nil means a [bitbucket.Transport] with the
	// certificate authorities of the integration.
	Transport func(*setup.State) (http.RoundTripper, error)
}

// base is what the parts share.
type base struct {
	store        Store
	sealer       Sealer
	applications []core.Application
	now          func() time.Time
	refreshes    refreshes
}

// New makes a library over a store and a sealer that the caller opened and closes.
// [Open] does it for most programs. The applications are the ones an integration can
// be for.
func New(store Store, sealer Sealer, applications []core.Application) *Library {
	b := &base{store: store, sealer: sealer, applications: applications, now: time.Now}
	return &Library{Integrations: &Integrations{b}, Moves: &Moves{b}, Credentials: &Credentials{base: b}}
}

// Applications returns the applications that the library knows.
func (l *Integrations) Applications() []core.Application { return l.applications }

// Begin returns the state before anything is known: the first question of the
// set-up can be asked from it. Nothing is stored until [Integrations.Create].
func (l *Integrations) Begin() *setup.State {
	return setup.New(core.Integration{}, l.applications)
}

// Create stores a new integration for an application, under the application's
// usual name, numbered when that is taken, with one draft link.
func (l *Integrations) Create(ctx context.Context, application string) (*setup.State, error) {
	return l.create(ctx, application, func(Tx, *setup.State) error { return nil })
}

// create stores a new integration, and what more is to be known of it.
func (l *base) create(ctx context.Context, application string, more func(Tx, *setup.State) error) (*setup.State, error) {
	app, err := l.application(application)
	if err != nil {
		return nil, err
	}
	var s *setup.State
	err = l.store.Write(ctx, func(tx Tx) error {
		id, err := l.add(tx, app)
		if err != nil {
			return err
		}
		if s, err = l.load(tx, id); err != nil {
			return err
		}
		if err := more(tx, s); err != nil {
			return err
		}
		s, err = l.load(tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("creating an integration: %w", err)
	}
	return s, nil
}

func (l *base) add(tx Tx, app core.Application) (int64, error) {
	now := l.now()
	name, err := freeName(tx, app.DefaultName)
	if err != nil {
		return 0, err
	}
	id, err := tx.AddIntegration(name, core.Slug(name), now)
	if err != nil {
		return 0, err
	}
	if _, err := tx.AddLink(id, "", now); err != nil {
		return 0, err
	}
	if err := tx.PutAnswer(id, 0, core.FieldApplication, core.Answer{Value: app.ID, At: now}); err != nil {
		return 0, err
	}
	return id, tx.AddEvent(id, "created", name, now)
}

func (l *base) application(id string) (core.Application, error) {
	var known string
	for _, a := range l.applications {
		if a.ID == id {
			return a, nil
		}
		known += ", " + a.ID
	}
	return core.Application{}, finding.NoSuchChoice.With(id, known[min(2, len(known)):])
}

// freeName returns the name, with the first number behind it that makes its slug
// unused.
func freeName(tx Tx, name string) (string, error) {
	for n := 1; ; n++ {
		try := name
		if n > 1 {
			try = fmt.Sprintf("%s %d", name, n)
		}
		_, err := tx.Find(core.Slug(try))
		if errors.Is(err, finding.NoSuchIntegration) {
			return try, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// State loads an integration by id. An unknown one is [finding.NoSuchIntegration], a
// damaged one [finding.RecordDamaged], one of an application that is not described
// [finding.ApplicationUnknown].
func (l *Integrations) State(ctx context.Context, id int64) (s *setup.State, err error) {
	err = l.store.Read(ctx, func(tx Tx) (err error) {
		s, err = l.load(tx, id)
		return err
	})
	return s, err
}

func (l *base) load(tx Tx, id int64) (*setup.State, error) {
	in, err := tx.Integration(id)
	if err != nil {
		return nil, err
	}
	s := setup.New(in, l.applications)
	if damage := s.Integration.Damage; damage != nil {
		return nil, damage
	}
	return s, nil
}

// Find loads an integration by name or slug. An unknown one is
// [finding.NoSuchIntegration] with the name as it was given, a damaged one
// [finding.RecordDamaged] with what is left of it.
func (l *Integrations) Find(ctx context.Context, name string) (*setup.State, error) {
	return l.find(ctx, name)
}

func (l *base) find(ctx context.Context, name string) (s *setup.State, err error) {
	err = l.store.Read(ctx, func(tx Tx) error {
		in, err := tx.Find(core.Slug(name))
		if errors.Is(err, finding.NoSuchIntegration) {
			return finding.NoSuchIntegration.With(name)
		}
		if err != nil {
			return err
		}
		s = setup.New(in, l.applications)
		if damage := s.Integration.Damage; damage != nil {
			return damage
		}
		return nil
	})
	return s, err
}

// Page loads up to limit integrations, damaged ones among them, by name, those after the given one; the zero
// value starts at the first.
func (l *Integrations) Page(ctx context.Context, after core.Integration, limit int) ([]*setup.State, error) {
	var page []*setup.State
	err := l.store.Read(ctx, func(tx Tx) error {
		ins, err := tx.Page(after, limit)
		for _, in := range ins {
			page = append(page, setup.New(in, l.applications))
		}
		return err
	})
	return page, err
}

// Count returns the number of integrations.
func (l *Integrations) Count(ctx context.Context) (n int, err error) {
	err = l.store.Read(ctx, func(tx Tx) (err error) {
		n, err = tx.Count()
		return err
	})
	return n, err
}

// Events returns what happened to an integration, the latest first; at most limit
// events, all of them when limit is 0.
func (l *Integrations) Events(ctx context.Context, id int64, limit int) (events []Event, err error) {
	err = l.store.Read(ctx, func(tx Tx) (err error) {
		events, err = tx.Events(id, limit)
		return err
	})
	return events, err
}

// Remove deletes an integration with its links, facts and secrets. What was set
// up in Bitbucket stays there.
func (l *Integrations) Remove(ctx context.Context, id int64) error {
	return l.store.Write(ctx, func(tx Tx) error { return tx.RemoveIntegration(id) })
}
