package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/store"
)

// doctorJSON is what "doctor --json" prints.
type doctorJSON struct {
	Verdict      string         `json:"verdict"`
	Database     string         `json:"database"`
	Program      string         `json:"program"`
	Tables       int            `json:"tables"`        // version of the tables
	TablesLatest int            `json:"tables_latest"` // that this applink makes
	Integrity    string         `json:"integrity"`     // ok, damaged or unknown
	Faults       []string       `json:"faults,omitempty"`
	Orphans      int            `json:"orphans"`
	Key          *keyJSON       `json:"key,omitempty"`
	Integrations []examinedJSON `json:"integrations"`
	Findings     []*findingJSON `json:"findings"`
}

type keyJSON struct {
	Source seal.Source `json:"source"`
	ID     string      `json:"id"`
	Opens  bool        `json:"opens"`
}

type examinedJSON struct {
	Name  string `json:"name"`
	Slug  string `json:"slug"`
	State string `json:"state"` // whole, damaged or shut: whole, but for secrets that do not open
}

// doctorHelp documents what a script relies on.
const doctorHelp = `doctor examines the database and all that belongs to it: whether the file is sound,
each integration whole as it was stored, the key to the secrets at hand and all of them
open, the files readable by you alone, and no refresh of tokens broken off. It mends
nothing. What is wrong is told with what can be saved and how. The exit code is 0 when
all is well, 1 with a problem, 4 with warnings only.

With --json: {"verdict": ok, warnings or problem, "database", "program", "tables" and
"tables_latest" (versions), "integrity" (ok, damaged or unknown), "faults", "orphans", "key"
(source, id, opens), "integrations" (name, slug, state: whole, damaged or shut) and
"findings"}.`

func (a *app) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "doctor", Short: "Examine the database, its key and its files", Args: cobra.NoArgs, Long: doctorHelp,
		Example: `  applink doctor
  applink doctor --json --passphrase-file FILE`,
		RunE: func(c *cobra.Command, _ []string) error {
			e, err := a.examine(c.Context())
			if err != nil {
				return err
			}
			return a.reportExamined(e)
		},
	}
	a.jsonFlag(c)
	return c
}

// examined is what doctor has found.
type examined struct {
	path     string
	report   store.Report
	key      sealing
	shut     map[int64]bool // integrations of which a secret does not open
	closed   bool           // there is no database that could be examined
	findings []*core.Finding
}

func (e *examined) found(f *core.Finding) {
	if f != nil {
		e.findings = append(e.findings, f)
	}
}

// examine looks at everything that belongs to the database.
func (a *app) examine(ctx context.Context) (*examined, error) {
	path, err := a.path()
	if err != nil {
		return nil, err
	}
	e := &examined{path: path, shut: map[int64]bool{}}
	if _, err = a.open(ctx); err != nil {
		return e, e.refused(ctx, err)
	}
	if e.report, err = a.db.Examine(ctx); err != nil {
		return nil, err
	}
	e.found(e.report.Finding(path))
	if len(e.report.Faults) == 0 {
		if err := a.examineSecrets(ctx, e); err != nil {
			return nil, err
		}
	}
	if names := e.report.Interrupted; len(names) > 0 {
		f := finding.RefreshesInterrupted.With(strings.Join(names, ", "))
		f.Warning = true
		e.found(f)
	}
	e.findings = append(e.findings, seal.CheckModes(path)...)
	return e, nil
}

// refused looks at a database that does not open, if anything can be read of it.
func (e *examined) refused(ctx context.Context, err error) error {
	var f *core.Finding
	if !errors.As(err, &f) {
		return err
	}
	e.found(f)
	switch f.Code {
	case finding.DatabaseDamaged.Code():
	case finding.DatabaseEmpty.Code():
		e.report.Faults = []string{guide.Problem(f).Title}
		return nil
	default:
		e.closed = true
		return nil
	}
	if e.report, err = store.Examine(ctx, e.path); err == nil {
		e.found(e.report.Finding(e.path))
	}
	return err
}

// examineSecrets tries the key, and every secret of what is whole with it.
func (a *app) examineSecrets(ctx context.Context, e *examined) error {
	if err := a.unlock(ctx); err != nil {
		return err
	}
	var err error
	if e.key, err = a.sealedBy(ctx); err != nil {
		return err
	}
	if e.key.record != nil && e.key.record.Source == seal.SourcePassphrase && a.flags.passphraseFile == "" && a.passphrase == nil {
		e.key.finding = finding.SealingKeyNotAsked.With("passphrase")
		e.key.finding.Warning = true
	}
	if e.found(e.key.finding); e.key.finding != nil {
		return nil
	}
	for _, in := range e.report.Whole {
		s, err := a.library.State(ctx, in.ID)
		if err == nil {
			err = a.library.Opens(ctx, s)
		}
		var f *core.Finding
		if err != nil && !errors.As(err, &f) {
			return err
		}
		if f != nil {
			e.shut[in.ID] = true
			e.found(finding.SecretDamaged.With(in.Name, in.Slug).Because(f.Error()))
		}
	}
	if e.key.record == nil && len(e.shut) > 0 {
		e.key.words = "The record of the key is gone."
	}
	return nil
}

// verdict is the rank of the worst that was found.
func (e *examined) verdict() int {
	worst := 0
	for _, f := range e.findings {
		if !f.Warning {
			return 3
		}
		worst = 1
	}
	return worst
}

func (a *app) reportExamined(e *examined) error {
	if a.json {
		if err := a.printJSON(e.document()); err != nil {
			return err
		}
	} else {
		a.printExamined(e)
	}
	if code := verdicts[e.verdict()].code; code != exitOK {
		return exit(code)
	}
	return nil
}

func (e *examined) document() doctorJSON {
	r := e.report
	d := doctorJSON{Verdict: verdicts[e.verdict()].name, Database: e.path, Program: version().Version, Tables: r.Version, TablesLatest: r.Latest,
		Integrity: "ok", Faults: r.Faults, Orphans: r.Orphans, Integrations: []examinedJSON{}, Findings: []*findingJSON{}}
	switch {
	case e.closed:
		d.Integrity = "unknown"
	case len(r.Faults) > 0:
		d.Integrity = "damaged"
	}
	if k := e.key.record; k != nil {
		d.Key = &keyJSON{k.Source, k.KeyID, e.key.finding == nil}
	}
	for _, in := range r.Whole {
		d.Integrations = append(d.Integrations, examinedJSON{in.Name, in.Slug, map[bool]string{true: "shut", false: "whole"}[e.shut[in.ID]]})
	}
	for _, in := range r.Damaged {
		d.Integrations = append(d.Integrations, examinedJSON{in.Name, in.Slug, "damaged"})
	}
	for _, f := range e.findings {
		d.Findings = append(d.Findings, asJSON(f))
	}
	return d
}

func (a *app) printExamined(e *examined) {
	d := e.document()
	line := func(label, format string, values ...any) {
		fmt.Fprintf(a.out, "%-13s %s\n", label, fmt.Sprintf(format, values...))
	}
	line("Database", "%s", d.Database)
	line("Program", "applink %s", d.Program)
	if d.Tables > 0 {
		line("Tables", "version %d; this applink makes %d", d.Tables, d.TablesLatest)
	}
	line("Integrity", "%s", d.Integrity)
	for _, fault := range d.Faults {
		line("", "%s", core.Line(fault, 200))
	}
	if d.Orphans > 0 {
		line("References", "%d rows of what is gone", d.Orphans)
	}
	if e.key.words != "" {
		line("Key", "%s", e.key.words)
	}
	for _, in := range d.Integrations {
		line("Integration", "%s: %s", in.Name, map[string]string{"whole": "whole", "damaged": "damaged",
			"shut": "whole, but for a secret that does not open"}[in.State])
	}
	for _, f := range e.findings {
		fmt.Fprintf(a.err, "\n%s\n", strings.TrimSpace(guide.ProblemText(f)))
	}
	fmt.Fprintln(a.out, map[string]string{"ok": "All is well.", "warnings": "There are warnings.", "problem": "There is a problem."}[d.Verdict])
}
