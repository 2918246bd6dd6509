package auth

import (
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/setup"
)

// retire ends a superseded link whose deletion in Bitbucket is proved or said: its
// secrets and the kept tokens are deleted here, and from then on there is no way
// back. Of any other link it does nothing.
func (l *Library) retire(tx Tx, id, link int64) error {
	s, err := l.load(tx, id)
	if err != nil {
		return err
	}
	s = s.Through(link)
	st, ok := s.Step(setup.Retire)
	if !ok {
		return nil
	}
	switch s.Status(st) {
	case setup.Proved, setup.Said:
	default:
		return nil
	}
	for _, name := range []string{secretPrivateKey, secretClient} {
		if err := tx.DropSecret(link, name); err != nil {
			return err
		}
	}
	if err := tx.DropTokens(link); err != nil {
		return err
	}
	if err := tx.SetState(link, core.LinkRetired); err != nil {
		return err
	}
	return tx.AddEvent(id, "retired", fmt.Sprintf("link %s, %s", strconv.FormatInt(link, 10), s.Status(st)), l.now())
}
