package auth

import (
	"context"
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/setup"
)

// Migrate begins to move an integration from OAuth 1 to OAuth 2: it puts a draft
// link beside the active one, on the same integration, so that its name, its slug
// and its login link stay. A migration that was begun before goes on; one that was gone
// back from is switched to by [Moves.GoForward]. Nothing is switched until the new
// link's set-up is complete; then the old one is superseded in the same transaction.
//
// Errors are those of [setup.Moves.MayMove].
func (l *Moves) Migrate(ctx context.Context, id int64) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if problem := s.Moves().MayMove(setup.Migration); problem != nil {
			return problem
		}
		if s.Moves().Beside() {
			return nil
		}
		_, err := l.addBeside(tx, s, core.OAuth2, "migration begun")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("beginning the migration: %w", err)
	}
	return s, nil
}

func (l *base) addBeside(tx Tx, s *setup.State, o core.OAuth, event string) (link int64, err error) {
	id, now := s.Integration.ID, l.now()
	if link, err = tx.AddLink(id, o, now); err != nil {
		return 0, err
	}
	if err := tx.PutAnswer(id, link, core.FieldOAuth, core.Answer{Value: string(o), At: now}); err != nil {
		return 0, err
	}
	return link, tx.AddEvent(id, event, "link "+strconv.FormatInt(link, 10), now)
}

// Abandon takes back a migration or rotation that is not complete: the draft goes,
// the active link stays as it was. The move that is meant can be left open with "".
//
// Errors are those of [setup.Moves.MayAbandon].
func (l *Moves) Abandon(ctx context.Context, id int64, m setup.Move) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if problem := s.Moves().MayAbandon(m); problem != nil {
			return problem
		}
		if err := tx.RemoveLink(s.Link.ID); err != nil {
			return err
		}
		return tx.AddEvent(id, "abandoned", "link "+strconv.FormatInt(s.Link.ID, 10), l.now())
	})
	if err != nil {
		return nil, fmt.Errorf("abandoning the new link: %w", err)
	}
	return s, nil
}

// GoBack makes the link before the active one active again, and the active one
// superseded; [Moves.GoForward] leads to it again. It is for links that are held here:
// what an application uses is decided in the application. It asks nobody: [Moves.Try]
// tells whether that link works.
// The move that is meant can be left open with "".
//
// Errors are those of [setup.Moves.MayGoBack].
func (l *Moves) GoBack(ctx context.Context, id int64, m setup.Move) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if problem := s.Moves().MayGoBack(m); problem != nil {
			return problem
		}
		return l.swap(tx, s, s.Links().Before(), "went back")
	})
	if err != nil {
		return nil, fmt.Errorf("going back: %w", err)
	}
	return s, nil
}

// GoForward makes the link that was gone back from the active one again. It may be gone by
// now: [Moves.Try] tells.
//
// Errors are those of [setup.Moves.MayGoForward].
func (l *Moves) GoForward(ctx context.Context, id int64, m setup.Move) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if problem := s.Moves().MayGoForward(m); problem != nil {
			return problem
		}
		return l.swap(tx, s, s.Links().Ahead(), "went forward")
	})
	if err != nil {
		return nil, fmt.Errorf("going forward: %w", err)
	}
	return s, nil
}

// Try asks Bitbucket, before a switch, whether a link that is not in use works: the outcome
// is the first that did not pass, or the last. Nothing of it is stored. The state is
// Unknown when nothing can be asked of such a link.
func (l *Moves) Try(ctx context.Context, s *setup.State, to core.Link, checker Checker) core.Outcome {
	s = s.Links().As(to)
	o := core.Outcome{State: core.Unknown}
	for _, name := range s.Path().Ladder() {
		if o = checker.Run(ctx, s, name); o.State != core.Passed {
			break
		}
	}
	return o
}

// swap makes a superseded link the active one, and that one superseded.
func (l *base) swap(tx Tx, s *setup.State, to *core.Link, event string) error {
	if err := tx.SetState(s.Integration.Active().ID, core.LinkSuperseded); err != nil {
		return err
	}
	if err := tx.SetState(to.ID, core.LinkActive); err != nil {
		return err
	}
	return tx.AddEvent(s.Integration.ID, event, "link "+strconv.FormatInt(to.ID, 10), l.now())
}
