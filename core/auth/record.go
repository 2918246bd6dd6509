package auth

import (
	"context"
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// Say stores the admin's word that a step is done; on a step with a check it
// means to go on without proof. A step that is not on the path ([finding.NoSuchChoice])
// has no word. The word on [setup.Retire] retires the superseded link, unless
// [setup.Moves.MayRetire] tells why not.
func (l *Integrations) Say(ctx context.Context, id int64, step core.StepID) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if f := s.Moves().MayRetire(); step == setup.Retire && f != nil {
			return f
		}
		s = s.Links().For(step)
		st, ok := s.Path().Step(step)
		if !ok {
			return finding.NoSuchChoice.With(string(step), stepNames(s))
		}
		if q := s.Path().Current().Question; st.Superseded && q != nil {
			return finding.AnswerMissing.With("--" + string(q.Field))
		}
		for _, on := range s.Path().OnPage(step) {
			if on.ID != step && s.Path().Status(on) != setup.Open {
				continue
			}
			if err := tx.PutWord(id, linkOf(s, on), on.ID, core.Word{At: l.now()}); err != nil {
				return err
			}
			if err := tx.AddEvent(id, "said", string(on.ID), l.now()); err != nil {
				return err
			}
		}
		return l.retire(tx, id, s.Link.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("storing the word on %s: %w", step, err)
	}
	return s, nil
}

func stepNames(s *setup.State) string {
	var names string
	for _, st := range s.Path().Steps() {
		if !st.Last {
			names += ", " + string(st.ID)
		}
	}
	return names[min(2, len(names)):]
}

// Record stores the outcome of a check with the link that the state, as it was
// checked, looks through, and returns the state seen through that link. What decides
// nothing (core.Unknown), or belongs to no step of such a link, leaves everything as it
// is. A failure takes no proof back, see [setup.State.Proof].
func (l *Integrations) Record(ctx context.Context, checked *setup.State, o core.Outcome) (*setup.State, error) {
	if o.At.IsZero() {
		o.At = l.now()
	}
	id, link := checked.Integration.ID, checked.Link.ID
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if s = s.Links().Through(link); s.Link.ID != link {
			return nil // it was dropped meanwhile
		}
		if o.Check == core.CheckRetired && s.Moves().MayRetire() != nil {
			return nil // whoever asked did not look whether it is still needed
		}
		if st, ok := s.Path().Asks(o.Check); ok && o.State != core.Unknown {
			if err := tx.PutCheck(id, linkOf(s, st), o); err != nil {
				return err
			}
			if err := tx.AddEvent(id, "checked", fmt.Sprintf("%s %s", o.Check, o.State), l.now()); err != nil {
				return err
			}
			return l.retire(tx, id, link)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("storing the check %s: %w", o.Check, err)
	}
	return s.Links().Through(link), nil
}

func linkOf(s *setup.State, st setup.Step) int64 {
	if st.OfLink {
		return s.Link.ID
	}
	return 0
}

// change runs a change of one integration in one transaction and returns the
// state after it.
func (l *base) change(ctx context.Context, id int64, fn func(Tx, *setup.State) error) (*setup.State, error) {
	var s *setup.State
	err := l.store.Write(ctx, func(tx Tx) (err error) {
		if s, err = l.load(tx, id); err != nil {
			return err
		}
		if err = fn(tx, s); err != nil {
			return err
		}
		s, err = l.settle(tx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// settle loads the integration after a change and, when the change completed the
// set-up of a draft, makes that link the active one and supersedes the one before. A key
// that took the place of the one in use is the active one at once, whatever is left to do.
// What the link is held to is stored with it.
func (l *base) settle(tx Tx, before *setup.State) (*setup.State, error) {
	id := before.Integration.ID
	s, err := l.load(tx, id)
	if err != nil {
		return nil, err
	}
	completed, changed := s.Path().Completion(before)
	if changed {
		if err := tx.SetCompleted(s.Link.ID, completed); err != nil {
			return nil, err
		}
	}
	activated := s.Link.State == core.LinkDraft && (s.Path().Complete() || s.Links().Replaced())
	if activated {
		if err := l.activate(tx, s); err != nil {
			return nil, err
		}
	}
	if !changed && !activated {
		return s, nil
	}
	return l.load(tx, id)
}

// activate makes the link that is looked through the active one.
func (l *base) activate(tx Tx, s *setup.State) error {
	if old := s.Integration.Active(); old != nil {
		if err := tx.SetState(old.ID, core.LinkSuperseded); err != nil {
			return err
		}
	}
	if err := tx.SetState(s.Link.ID, core.LinkActive); err != nil {
		return err
	}
	return tx.AddEvent(s.Integration.ID, "activated", "link "+strconv.FormatInt(s.Link.ID, 10), l.now())
}
