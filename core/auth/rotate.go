package auth

import (
	"context"
	"fmt"

	"applink/core"
	"applink/core/setup"
)

// Rotate begins to change the key or secret of an integration: it puts a draft link
// of the same protocol beside the active one, to be walked by the same steps. A
// rotation that was begun before goes on. As with [Moves.Migrate], nothing is switched
// until the new link is complete; [Moves.Abandon], [Moves.GoBack] and
// [Moves.GoForward] do for both.
//
// An OAuth 1 link is not made twice, because Bitbucket links an application URL only
// once: its key is replaced. Where the key is held here, the Client ID stays; Bitbucket
// has one key of it, so that the switch is due as soon as it takes the new one.
//
// Errors are those of [setup.Moves.MayMove].
func (l *Moves) Rotate(ctx context.Context, id int64) (*setup.State, error) {
	s, err := l.change(ctx, id, func(tx Tx, s *setup.State) error {
		if problem := s.Moves().MayMove(setup.Rotation); problem != nil {
			return problem
		}
		if s.Moves().Beside() {
			return nil
		}
		old := s.Integration.Active()
		link, err := l.addBeside(tx, s, old.OAuth, "rotation begun")
		if err != nil {
			return err
		}
		for _, f := range kept(s) {
			if a, ok := old.Answers[f]; ok {
				if err := tx.PutAnswer(id, link, f, a); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("beginning the rotation: %w", err)
	}
	return s, nil
}

// kept are the answers that a rotation does not change.
func kept(s *setup.State) []core.Field {
	fields := []core.Field{core.FieldCallback, core.FieldTwoFactor}
	if s.App.Holder == core.HeldHere && s.OAuth() == core.OAuth1 {
		fields = append(fields, core.FieldClientID)
	}
	return fields
}
