package auth

import (
	"fmt"
	"strconv"

	"applink/core"
	"applink/core/setup"
)

// retire ends a superseded link whose deletion in Bitbucket is proved or said: its
// secrets and the kept tokens are deleted here, and from then on there is no way
// back. Links before it with the same Client ID end with it. Of any other link it does
// nothing.
func (l *base) retire(tx Tx, id, link int64) error {
	s, err := l.load(tx, id)
	if err != nil {
		return err
	}
	s = s.Links().Through(link)
	st, ok := s.Path().Step(setup.Retire)
	if !ok {
		return nil
	}
	switch s.Path().Status(st) {
	case setup.Proved, setup.Said:
	default:
		return nil
	}
	for _, old := range s.Integration.Links {
		if old.ID == link || old.State != core.LinkActive && setup.SameClient(old, s.Link) {
			if err := end(tx, old.ID, s.Links().TokensOf(*s.Integration.Active()).ID == old.ID); err != nil {
				return err
			}
		}
	}
	return tx.AddEvent(id, "retired", fmt.Sprintf("link %s, %s", strconv.FormatInt(link, 10), s.Path().Status(st)), l.now())
}

// end deletes what a link worked with; its tokens may serve another one.
func end(tx Tx, link int64, serves bool) error {
	for _, name := range []string{secretPrivateKey, secretClient} {
		if err := tx.DropSecret(link, name); err != nil {
			return err
		}
	}
	if !serves {
		if err := tx.DropTokens(link); err != nil {
			return err
		}
	}
	return tx.SetState(link, core.LinkRetired)
}
