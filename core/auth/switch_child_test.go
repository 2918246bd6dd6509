package auth_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
	"applink/store"
)

// envSwitch makes the other process complete the migrations that lack one fact. "0"
// does so without a stop; another number is the point of a change, counted from 1, at
// which it says "inside" and waits for its end.
const envSwitch = "APPLINK_TEST_SWITCH"

// switcher says "begin NAME" and "saved NAME" around the last fact of each migration.
func switcher(db *store.DB) {
	stop, err := strconv.Atoi(os.Getenv(envSwitch))
	must(err)
	l := auth.New(&stopping{Store: db, left: stop}, seal.NewVault(db, seal.Options{Database: db.Path()}), applications)
	all, err := l.Page(context.Background(), core.Integration{}, 100)
	must(err)
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	for _, s := range all {
		fmt.Println("begin", s.Integration.Name)
		must(lastFact(context.Background(), l, s))
		fmt.Println("saved", s.Integration.Name)
	}
}

// lastFact completes a migration: by the proof of a link held here, by the word on one
// that the application holds.
func lastFact(ctx context.Context, l *auth.Library, s *setup.State) (err error) {
	if s.App.Holder == core.HeldHere {
		_, err = l.Record(ctx, s, core.Outcome{Check: core.CheckIdentity, State: core.Passed, Strength: core.Strong})
	} else {
		_, err = l.Say(ctx, s.Integration.ID, setup.Finish)
	}
	return err
}

// stopping is a store that stops at a point of a change: ahead of one of its writes, of
// the commit, or of what follows that.
type stopping struct {
	auth.Store
	left int
}

func (s *stopping) point() {
	if s.left--; s.left == 0 {
		fmt.Println("inside")
		select {}
	}
}

func (s *stopping) Write(ctx context.Context, fn func(auth.Tx) error) error {
	err := s.Store.Write(ctx, func(tx auth.Tx) error {
		err := fn(stoppingTx{tx, s})
		s.point()
		return err
	})
	s.point()
	return err
}

type stoppingTx struct {
	auth.Tx
	at *stopping
}

func (t stoppingTx) PutCheck(integration, link int64, o core.Outcome) error {
	t.at.point()
	return t.Tx.PutCheck(integration, link, o)
}

func (t stoppingTx) PutWord(integration, link int64, s core.StepID, w core.Word) error {
	t.at.point()
	return t.Tx.PutWord(integration, link, s, w)
}

func (t stoppingTx) SetState(link int64, s core.LinkState) error {
	t.at.point()
	return t.Tx.SetState(link, s)
}

func (t stoppingTx) AddEvent(integration int64, kind, detail string, at time.Time) error {
	t.at.point()
	return t.Tx.AddEvent(integration, kind, detail, at)
}
