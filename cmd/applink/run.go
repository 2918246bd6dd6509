package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// The exit codes of every command.
const (
	exitOK          = 0
	exitFinding     = 1
	exitUsage       = 2 // or a missing answer
	exitWaiting     = 3 // for something that the admin does in Bitbucket
	exitWarnings    = 4 // nothing failed, but something is worth a look
	exitInterrupted = 130
)

// interruptible returns a context that the first SIGINT or SIGTERM cancels, so
// that work is left in order. The second one ends the process at once.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitInterrupted)
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}

// run is the whole program: it runs one command line and returns its exit code.
// Results go to stdout, everything else to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: stdout, err: stderr, env: os.Getenv}
	return a.run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	a.close()
	if ctx.Err() != nil && err != nil {
		err = walk.ErrInterrupted
	}
	return a.code(err)
}

// exit is an error that is told already and only sets the exit code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// code tells an error to the user and returns the exit code that it means.
func (a *app) code(err error) int {
	var told exit
	var f *core.Finding
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &told):
		return int(told)
	case errors.Is(err, walk.ErrInterrupted), errors.Is(err, context.Canceled):
		if a.fleeting || a.told {
			fmt.Fprintln(a.err, "Interrupted.")
		} else {
			fmt.Fprintln(a.err, "Interrupted. Everything that was answered is saved.")
		}
		return exitInterrupted
	case errors.As(err, &f):
		a.tell(f)
		return codeOf(f)
	case !a.ran:
		fmt.Fprintf(a.err, "applink: %s\nTry: applink help\n", core.Printable(err.Error()))
		return exitUsage
	}
	a.tell(finding.Internal.With().Because(err.Error()))
	return exitFinding
}

func codeOf(f *core.Finding) int {
	switch {
	case f.Code.Family() == "INPUT":
		return exitUsage
	case f.Warning:
		return exitWarnings
	}
	return exitFinding
}

// tell prints a finding: as text on stderr, or as the one document of --json.
func (a *app) tell(f *core.Finding) {
	if a.json {
		a.printJSON(struct {
			Finding *findingJSON `json:"finding"`
		}{asJSON(f)})
		return
	}
	fmt.Fprint(a.err, guide.ProblemText(f))
}

// endOfInput is the code of a walk whose answers ended early: waiting when only
// Bitbucket is waited for.
func endOfInput(s *setup.State) exit {
	if s != nil && s.Path().Current().Question == nil {
		return exitWaiting
	}
	return exitUsage
}
