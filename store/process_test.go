package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
)

// The test binary is also the program that the tests start a second time, with
// these in its environment.
const (
	envDatabase = "APPLINK_TEST_DATABASE"
	envWriter   = "APPLINK_TEST_WRITER" // begins the names that it writes
	envWrites   = "APPLINK_TEST_WRITES" // "25" writes and an end, "hang" stops inside a transaction, "on" goes on
)

func TestMain(m *testing.M) {
	if path := os.Getenv(envDatabase); path != "" {
		if err := writer(path, os.Getenv(envWriter), os.Getenv(envWrites)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writer adds integrations and says "saved" after each, on standard output.
func writer(path, prefix, writes string) error {
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	for i := 0; writes != "25" || i < 25; i++ {
		name := fmt.Sprintf("%s %d", prefix, i)
		err := db.Write(ctx, func(tx auth.Tx) error {
			if err := fillOne(tx, name); err != nil {
				return err
			}
			if writes == "hang" && i == 3 {
				fmt.Println("inside", name)
				io.Copy(io.Discard, os.Stdin) // until the kill
			}
			return nil
		})
		if err != nil {
			return err
		}
		fmt.Println("saved", name)
	}
	return db.Close()
}

// start runs a writer; its standard input stays open until it ends.
func start(t *testing.T, path, prefix, writes string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), envDatabase+"="+path, envWriter+"="+prefix, envWrites+"="+writes)
	cmd.Stderr = os.Stderr
	_, err = cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

// Processes that start together on a database that does not exist yet make one
// database, and none disturbs another.
func TestProcessesShareADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "applink.db")
	var all sync.WaitGroup
	for _, prefix := range []string{"one", "two", "three"} {
		cmd, lines := start(t, path, prefix, "25")
		all.Go(func() {
			for lines.Scan() {
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("writer %s: %v", prefix, err)
			}
		})
	}
	db := openTest(t, path)
	for i := range 25 {
		write(t, db, func(tx auth.Tx) error { return fillOne(tx, fmt.Sprint("here ", i)) })
	}
	all.Wait()
	must(t, db.Read(ctx, func(tx auth.Tx) error {
		if n, err := tx.Count(); n != 100 || err != nil {
			t.Errorf("%d integrations, %v", n, err)
		}
		return nil
	}))
	sound(t, db)
}

// A writer is killed again and again, every second time inside a transaction.
// What it reported as saved is there and whole; what it had begun is not.
func TestKillLosesNothingThatWasSaved(t *testing.T) {
	kills := 20
	if os.Getenv("APPLINK_E2E") == "1" {
		kills = 200
	}
	path := filepath.Join(t.TempDir(), "data", "applink.db")
	var saved, begun []string
	for k := range kills {
		inside := k%2 == 0
		s, b := killOne(t, path, fmt.Sprint("kill ", k), inside, k%5)
		saved, begun = append(saved, s...), append(begun, b...)
		db, err := Open(ctx, path)
		must(t, err)
		for _, name := range s {
			whole(t, db, name)
		}
		sound(t, db)
		must(t, db.Close())
	}
	if len(begun) < kills/2 || len(saved) < kills {
		t.Fatalf("%d transactions interrupted and %d saved in %d kills", len(begun), len(saved), kills)
	}
	db := openTest(t, path)
	for _, name := range saved {
		whole(t, db, name)
	}
	for _, name := range begun {
		err := db.Read(ctx, func(tx auth.Tx) error { _, err := tx.Find(core.Slug(name)); return err })
		wantCode(t, err, finding.NoSuchIntegration.Code())
	}
}

// killOne starts a writer and kills it: inside its fourth transaction, or
// wherever it is when it has reported a number of saves.
func killOne(t *testing.T, path, prefix string, inside bool, after int) (saved, begun []string) {
	t.Helper()
	writes := "on"
	if inside {
		writes = "hang"
	}
	cmd, lines := start(t, path, prefix, writes)
	for lines.Scan() {
		verb, name, _ := strings.Cut(lines.Text(), " ")
		if verb == "inside" {
			begun = append(begun, name)
		} else {
			saved = append(saved, name)
		}
		if verb == "inside" || !inside && len(saved) == after+1 {
			must(t, cmd.Process.Kill())
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return saved, begun
}

// whole checks that a saved integration has all that fillOne gave it.
func whole(t *testing.T, db *DB, name string) {
	t.Helper()
	var in core.Integration
	must(t, db.Read(ctx, func(tx auth.Tx) (err error) { in, err = tx.Find(core.Slug(name)); return err }))
	if len(in.Answers) != 4 || len(in.Checks) != 1 || len(in.Links) != 1 || len(in.Links[0].Answers) != 3 {
		t.Fatalf("%s is not whole: %+v", name, in)
	}
}

func sound(t *testing.T, db *DB) {
	t.Helper()
	var result string
	must(t, db.sql.QueryRow(`PRAGMA integrity_check`).Scan(&result))
	var orphans int
	must(t, db.sql.QueryRow(`SELECT count(*) FROM pragma_foreign_key_check`).Scan(&orphans))
	if result != "ok" || orphans != 0 {
		t.Fatalf("integrity %s, %d orphans", result, orphans)
	}
}
