package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"applink/core"
	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/carry"
	"applink/core/check"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/walk"
	"applink/store"
	"applink/tui"
)

// app is what the commands share. Everything is opened when it is first used:
// version opens nothing, list no key source.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	flags    globals
	json     bool // --json of the command that runs
	ran      bool // the command line was understood
	begins   bool // the command may make a database

	db         *store.DB
	vault      *seal.Vault
	library    *auth.Library
	passphrase *seal.Text
	trusted    string                  // the practice servers' certificates, as PEM
	adapt      func(*core.Application) // practice puts its own URL into an application
	fleeting   bool                    // the database is thrown away at the end
	told       bool                    // what is saved was told by the wizard
}

// globals are the flags of every command.
type globals struct {
	db, keySource, passphraseFile                   string
	clientCert, clientKey, applications             string
	plain, noColor, noLinks, noInput, reducedMotion bool
	timeout                                         time.Duration
}

// open opens the database with the library over it.
func (a *app) open(ctx context.Context) (*auth.Library, error) {
	if a.library != nil {
		return a.library, nil
	}
	apps, err := guide.Applications(a.applications()...)
	if err != nil {
		return nil, err
	}
	if a.adapt != nil {
		for i := range apps {
			a.adapt(&apps[i])
		}
	}
	path, err := a.path()
	if err != nil {
		return nil, err
	}
	open := store.OpenExisting
	if a.begins {
		open = store.Open
	}
	if a.db, err = open(ctx, path); err != nil {
		return nil, err
	}
	if a.face() != fullScreen {
		for _, f := range seal.CheckModes(a.db.Path()) {
			fmt.Fprintf(a.err, "Warning %s: %s\n", f.Code, guide.Problem(f).Title)
		}
	}
	o := seal.Options{Source: seal.Source(a.flags.keySource), Database: a.db.Path()}
	if o.Passphrase, err = a.passphraseSource(ctx); err != nil {
		return nil, err
	}
	a.vault = seal.NewVault(a.db, o)
	a.library = auth.New(a.db, a.vault, apps)
	return a.library, nil
}

// applications are the folders with applications of the user's own.
func (a *app) applications() []string {
	if a.flags.applications != "" {
		return []string{a.flags.applications}
	}
	if dir, err := os.UserConfigDir(); err == nil {
		return []string{filepath.Join(dir, "applink", "applications")}
	}
	return nil
}

// path is where the database is.
func (a *app) path() (string, error) {
	if a.flags.db != "" {
		return a.flags.db, nil
	}
	return store.DefaultPath()
}

// begins reports whether a command line can begin an integration. No other makes a
// database: a misspelt --db would be answered with an empty one.
func begins(c *cobra.Command, args []string) bool {
	switch c.Name() {
	case "applink", "adopt", "practice":
		return true
	case "setup": // by its name alone an integration is gone on with
		return len(args) == 0 || c.Flags().Changed(string(core.FieldApplication))
	}
	return false
}

// unbegun reports whether an error says that there is nothing yet: no database, at
// the place where it is by default.
func (a *app) unbegun(err error) bool {
	return a.flags.db == "" && errors.Is(err, finding.NoDatabase)
}

// close ends what was opened, and says where a key was put that had to be made.
func (a *app) close() {
	if a.db == nil {
		return
	}
	if c := a.vaultChoice(); c != nil {
		fmt.Fprintf(a.err, "The key that seals secrets in this database is kept in: %s\n", c.Source)
		if c.Refused != nil {
			fmt.Fprintf(a.err, "The system's keyring could not keep it: %s\n", core.Line(c.Refused.Error(), longestReason))
		}
	}
	if err := a.db.Close(); err != nil {
		fmt.Fprintf(a.err, "applink: closing the database: %v\n", err)
	}
}

// longestReason is how much of a keyring's own words is told, in characters.
const longestReason = 200

func (a *app) vaultChoice() *seal.Choice {
	if a.vault == nil {
		return nil
	}
	return a.vault.Choice()
}

// passphraseSource says where a passphrase comes from: a file, or a prompt when
// the database wants one and there is somebody to ask. Nil means that none can be
// had.
func (a *app) passphraseSource(ctx context.Context) (func(context.Context, bool) (seal.Text, error), error) {
	if a.flags.passphraseFile != "" {
		return seal.PassphraseFile(a.flags.passphraseFile), nil
	}
	record, err := a.db.KeyRecord(ctx)
	if err != nil {
		return nil, err
	}
	wanted := a.flags.keySource == string(seal.SourcePassphrase)
	if record != nil {
		wanted = record.Source == seal.SourcePassphrase
	}
	if !wanted || a.flags.noInput || !isTerminal(a.in) {
		return nil, nil
	}
	return a.askPassphrase, nil
}

// askPassphrase reads a passphrase without echo, once per run.
func (a *app) askPassphrase(_ context.Context, fresh bool) (seal.Text, error) {
	if a.passphrase != nil {
		return *a.passphrase, nil
	}
	// Off before the prompts appear: who answers at once is not echoed either.
	defer echoOff(a.in.(*os.File).Fd())()
	text, err := a.readSecret("Passphrase: ")
	if err != nil {
		return seal.Text{}, err
	}
	if fresh {
		again, err := a.readSecret("The same passphrase again: ")
		if err != nil {
			return seal.Text{}, err
		}
		if again.Reveal() != text.Reveal() {
			return seal.Text{}, errors.New("the two passphrases differ")
		}
	}
	a.passphrase = &text
	return text, nil
}

func (a *app) readSecret(prompt string) (seal.Text, error) {
	fmt.Fprint(a.err, prompt)
	b, err := term.ReadPassword(int(a.in.(*os.File).Fd()))
	fmt.Fprintln(a.err)
	return seal.NewText(string(b)), err
}

// unlock asks for the passphrase now, where one is wanted: no prompt can appear
// once a wizard reads the terminal.
func (a *app) unlock(ctx context.Context) error {
	ask, err := a.passphraseSource(ctx)
	if err != nil || ask == nil || a.flags.passphraseFile != "" {
		return err
	}
	record, err := a.db.KeyRecord(ctx)
	if err == nil {
		_, err = ask(ctx, record == nil)
	}
	return err
}

// session opens what the wizard works with.
func (a *app) session(ctx context.Context) (*tui.Session, error) {
	lib, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	s := &tui.Session{Session: a.walks(lib), Carrier: a.carrier(), ReducedMotion: a.reducedMotion(), Fleeting: a.fleeting}
	for _, f := range seal.CheckModes(a.db.Path()) {
		if a.face() != fullScreen {
			break // told already
		}
		s.Notes = append(s.Notes, "Warning "+string(f.Code)+": "+guide.Problem(f).Title)
	}
	return s, a.unlock(ctx)
}

// walks is what the walks of this run share.
func (a *app) walks(lib *auth.Library) walk.Session {
	return walk.Session{Library: lib, Checker: a.checker(lib), Proposals: map[core.Field]string{}, Remote: a.carrier().Remote()}
}

func (a *app) checker(lib *auth.Library) *check.Runner {
	return &check.Runner{Keys: lib, Limit: a.flags.timeout, Options: bitbucket.Options{Timeout: a.flags.timeout,
		Authorities: a.trusted, CertFile: a.flags.clientCert, KeyFile: a.flags.clientKey},
		Destination: a.destination()}
}

// destination is how this machine was reached by SSH, as far as that is known.
func (a *app) destination() string {
	connection := strings.Fields(a.env("SSH_CONNECTION"))
	user := a.env("USER")
	if len(connection) != 4 || user == "" {
		return ""
	}
	port := ""
	if connection[3] != "22" {
		port = "-p " + connection[3] + " "
	}
	return port + user + "@" + connection[2]
}

// carrier brings values to the user. A terminal that knows no escape sequences
// is sent none.
func (a *app) carrier() *carry.Carrier {
	c := carry.New()
	if a.dumb() {
		c.Out = nil
	}
	return c
}
