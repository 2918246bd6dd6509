package auth

import (
	"context"
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/setup"
)

// Move is what a link was put beside the active one for.
type Move string

// The moves, by the commands that begin them.
const (
	Migration Move = "migrate" // to another protocol
	Rotation  Move = "rotate"  // to another key or secret
)

// between is the move from one link to the other.
func between(a, b core.OAuth) Move {
	if a == b {
		return Rotation
	}
	return Migration
}

// Migrate begins to move an integration from OAuth 1 to OAuth 2: it puts a draft
// link beside the active one, on the same integration, so that its name, its slug
// and its login link stay. A migration that was begun before goes on, and one that
// was gone back from is switched to again. Nothing else is switched until the new
// link's set-up is complete; then the old one is superseded in the same transaction.
//
// Errors: AL-MOVE-001 when no OAuth 1 link is active, AL-INPUT-004 when the
// server has no OAuth 2.
func (l *Library) Migrate(ctx context.Context, id int64) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		old := s.Integration.Active()
		if old == nil || old.OAuth != core.OAuth1 {
			return core.Find("AL-MOVE-001", "", "name", s.Integration.Name)
		}
		if s.Beside() {
			return underWay(s, Migration)
		}
		if next := s.Ahead(); next != nil && next.OAuth == core.OAuth2 {
			return l.swap(tx, s, next, "went forward")
		}
		if err := allowed(s, core.OAuth2); err != nil {
			return err
		}
		_, err := l.addBeside(tx, s, core.OAuth2, "migration begun")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("beginning the migration: %w", err)
	}
	return s, nil
}

// allowed refuses a protocol that the rules refuse for new links.
func allowed(s *setup.State, o core.OAuth) error {
	if why := s.Refusal(o); why != "" {
		return core.Find("AL-INPUT-004", "", "value", o.String(), "why", why)
	}
	return nil
}

// underWay refuses one move while the other is not complete; the same one goes on.
func underWay(s *setup.State, m Move) error {
	other := between(s.Integration.Active().OAuth, s.OAuth())
	if m == other || m == "" {
		return nil
	}
	return core.Find("AL-INPUT-004", "", "value", string(m), "why", "Another link of "+s.Integration.Name+
		" is being set up. Complete it, or drop it: applink "+string(other)+" "+s.Integration.Slug+" --abandon")
}

func (l *Library) addBeside(tx Tx, s *setup.State, o core.OAuth, event string) (link int64, err error) {
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
// Errors: AL-MOVE-010 when none is under way, AL-INPUT-004 when it is the other one.
func (l *Library) Abandon(ctx context.Context, id int64, m Move) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if !s.Beside() {
			return core.Find("AL-MOVE-010", "", "name", s.Integration.Name)
		}
		if err := underWay(s, m); err != nil {
			return err
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
// superseded; [Library.Migrate] and [Library.Rotate] go forward to it again. It is for
// links that are held here: what an application uses is decided in the application,
// and AL-MOVE-002 says so. AL-MOVE-003 means that there is no link before, that it is
// retired, or that it was left by the other move; "" means either.
func (l *Library) GoBack(ctx context.Context, id int64, m Move) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if s.App.Holder == core.HeldByApplication {
			return core.Find("AL-MOVE-002", "", "vendor", s.App.Vendor, "name", s.Integration.Name)
		}
		old := s.Before()
		if old == nil || m != "" && m != between(old.OAuth, s.Integration.Active().OAuth) {
			return core.Find("AL-MOVE-003", "", "name", s.Integration.Name)
		}
		return l.swap(tx, s, old, "went back")
	})
	if err != nil {
		return nil, fmt.Errorf("going back: %w", err)
	}
	return s, nil
}

// swap makes a superseded link the active one, and that one superseded.
func (l *Library) swap(tx Tx, s *setup.State, to *core.Link, event string) error {
	if err := tx.SetState(s.Integration.Active().ID, core.LinkSuperseded); err != nil {
		return err
	}
	if err := tx.SetState(to.ID, core.LinkActive); err != nil {
		return err
	}
	return tx.AddEvent(s.Integration.ID, event, "link "+strconv.FormatInt(to.ID, 10), l.now())
}
