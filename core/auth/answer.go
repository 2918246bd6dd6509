package auth

import (
	"context"
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/setup"
)

// Answer reads, normalises and stores the answer to a field, and takes back the
// checks and words that depended on the old one. The first error leaves
// everything as it was: a *core.Finding says what is wrong with the text, a
// *core.Suggestion proposes a text that would do.
//
// When the last answer of an own application's keys is given, the Client ID and
// the RSA key are made in the same transaction; that takes up to a second.
func (l *Library) Answer(ctx context.Context, id int64, f core.Field, text string) (*setup.State, error) {
	s, err := l.State(ctx, id)
	if err != nil {
		return nil, err
	}
	_, q, ok := setup.Find(f)
	if !ok {
		return nil, fmt.Errorf("answering: there is no question %q", f)
	}
	value, err := read(s, q, text)
	if err != nil {
		return nil, err
	}
	changes := []answer{{f, value}}
	var sealed []byte
	if f == core.FieldKeyBits && (value != s.Value(f) || s.Value(core.FieldPublicKey) == "") {
		made, secret, err := l.makeKeys(ctx, s, value)
		if err != nil {
			return nil, err
		}
		changes, sealed = append(changes, made...), secret
	}
	err = l.store.Write(ctx, func(tx Tx) error {
		if s, err = l.load(tx, id); err != nil {
			return err
		}
		if sealed != nil {
			if err := tx.PutSecret(s.Link.ID, secretPrivateKey, sealed); err != nil {
				return err
			}
		}
		for _, c := range changes {
			if err := l.put(tx, s, c); err != nil {
				return err
			}
		}
		if err := tx.AddEvent(id, "answered", string(f), l.now()); err != nil {
			return err
		}
		s, err = l.settle(tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("storing %s: %w", f, err)
	}
	return s, nil
}

func (l *Library) load(tx Tx, id int64) (*setup.State, error) {
	in, err := tx.Integration(id)
	if err != nil {
		return nil, err
	}
	return setup.New(in, l.applications), nil
}

// answer is a field with its normalised value.
type answer struct {
	field core.Field
	value string
}

// put stores one answer and takes back what depended on the old value.
func (l *Library) put(tx Tx, s *setup.State, c answer) error {
	id, now := s.Integration.ID, l.now()
	old, had := s.Answer(c.field)
	if had && old.Value == c.value {
		return nil
	}
	if err := tx.PutAnswer(id, l.place(s, c.field), c.field, core.Answer{Value: c.value, At: now}); err != nil {
		return err
	}
	if err := mirror(tx, s, c); err != nil || !had {
		return err
	}
	for _, d := range setup.Dropped(c.field) {
		if err := tx.DropAnswer(id, l.place(s, d), d); err != nil {
			return err
		}
	}
	checks, words := setup.Stale(c.field)
	for _, link := range []int64{0, s.Link.ID} {
		for _, n := range checks {
			if err := tx.DropCheck(id, link, n); err != nil {
				return err
			}
		}
		for _, w := range words {
			if err := tx.DropWord(id, link, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// mirror keeps the columns that repeat an answer in step with it.
func mirror(tx Tx, s *setup.State, c answer) error {
	switch c.field {
	case core.FieldName:
		return tx.Rename(s.Integration.ID, c.value, core.Slug(c.value), s.Integration.Updated)
	case core.FieldOAuth:
		return tx.SetOAuth(s.Link.ID, core.OAuth(c.value))
	}
	return nil
}

// place returns the link that an answer belongs to, or 0 for the integration.
func (l *Library) place(s *setup.State, f core.Field) int64 {
	if setup.OfLink(f) {
		return s.Link.ID
	}
	return 0
}

// Say stores the admin's word that a step is done; on a step with a check it
// means to go on without proof.
func (l *Library) Say(ctx context.Context, id int64, step core.StepID) (*setup.State, error) {
	return l.fact(ctx, id, func(tx Tx, s *setup.State, st setup.Step) error {
		if err := tx.PutWord(id, linkOf(s, st), step, core.Word{At: l.now()}); err != nil {
			return err
		}
		return tx.AddEvent(id, "said", string(step), l.now())
	}, func(st setup.Step) bool { return st.ID == step })
}

// Record stores the outcome of a check.
func (l *Library) Record(ctx context.Context, id int64, o core.Outcome) (*setup.State, error) {
	if o.At.IsZero() {
		o.At = l.now()
	}
	return l.fact(ctx, id, func(tx Tx, s *setup.State, st setup.Step) error {
		if err := tx.PutCheck(id, linkOf(s, st), o); err != nil {
			return err
		}
		return tx.AddEvent(id, "checked", fmt.Sprintf("%s %s", o.Check, o.State), l.now())
	}, func(st setup.Step) bool { return st.Needs.Check == o.Check })
}

func linkOf(s *setup.State, st setup.Step) int64 {
	if st.OfLink {
		return s.Link.ID
	}
	return 0
}

// fact stores a word or an outcome with the step that it belongs to.
func (l *Library) fact(ctx context.Context, id int64, put func(Tx, *setup.State, setup.Step) error,
	of func(setup.Step) bool) (*setup.State, error) {
	var s *setup.State
	err := l.store.Write(ctx, func(tx Tx) (err error) {
		if s, err = l.load(tx, id); err != nil {
			return err
		}
		for _, st := range s.Path() {
			if of(st) {
				if err := put(tx, s, st); err != nil {
					return err
				}
				break
			}
		}
		s, err = l.settle(tx, id)
		return err
	})
	return s, err
}

// settle loads the integration after a change and, when the change completed the
// set-up of a draft, makes that link the active one and supersedes the one before.
func (l *Library) settle(tx Tx, id int64) (*setup.State, error) {
	s, err := l.load(tx, id)
	if err != nil || s.Link.State != core.LinkDraft || !s.Complete() {
		return s, err
	}
	if old := s.Integration.Active(); old != nil {
		if err := tx.SetState(old.ID, core.LinkSuperseded); err != nil {
			return nil, err
		}
	}
	if err := tx.SetState(s.Link.ID, core.LinkActive); err != nil {
		return nil, err
	}
	if err := tx.AddEvent(id, "activated", "link "+strconv.FormatInt(s.Link.ID, 10), l.now()); err != nil {
		return nil, err
	}
	return l.load(tx, id)
}
