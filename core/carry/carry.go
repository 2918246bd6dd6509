// Package carry brings a value from applink to the user: onto a clipboard, or a
// page into a browser. It says honestly what happened: only what was read back
// and compared counts as certain, and a failure is a sentence, never a lost
// value.
//
// Three ways lead to a clipboard, tried in this order and decided before
// anything is run:
//
//   - inside tmux, its own buffer, because what a program writes inside tmux
//     with default options does not reach the terminal's clipboard;
//   - OSC 52, an escape sequence by which the terminal at the other end of the
//     connection fills its clipboard, when the session is remote or the machine
//     has no display. It is never answered, so its success stays open;
//   - the system clipboard.
//
// When a way is closed the next one is taken and the sentence tells why.
package carry

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/atotto/clipboard"
	"golang.org/x/term"
)

// limit bounds every program that is asked: clipboard tools are known to hang
// for as long as a display does not answer.
const limit = 2 * time.Second

// Carrier carries values. Its functions are fields so that tests can replace
// the world; [New] fills them with the real one. A Carrier is not changed by
// use and may be shared.
type Carrier struct {
	Env  func(string) string // environment
	OS   string              // as runtime.GOOS
	Out  io.Writer           // the terminal; nil when there is none
	Look func(program string) bool
	// Exec runs a program to its end and returns its standard output.
	Exec func(ctx context.Context, stdin, program string, args ...string) (string, error)
	// Write and Read are the system clipboard. They may block for ever.
	Write func(string) error
	Read  func() (string, error)
	// Browse starts a browser on a URL; command is the user's own choice of
	// $BROWSER, split into words, or nil. It may block while the browser runs.
	Browse func(command []string, url string) error
}

// Result is the outcome of carrying a value.
type Result struct {
	Method   string // "tmux buffer", "OSC 52", "wl-copy", …; "" when nothing was tried
	Certain  bool   // read back and equal
	Sentence string // for the user; without the value
	Err      error  // nil when the value was delivered or sent
}

// New returns a Carrier on the real machine. Its terminal is standard output,
// or standard error when the output goes elsewhere.
func New() *Carrier {
	c := &Carrier{
		Env:    os.Getenv,
		OS:     runtime.GOOS,
		Look:   func(program string) bool { _, err := exec.LookPath(program); return err == nil },
		Exec:   run,
		Write:  clipboard.WriteAll,
		Read:   clipboard.ReadAll,
		Browse: browse,
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if term.IsTerminal(int(f.Fd())) {
			c.Out = f
			break
		}
	}
	return c
}

// Remote reports whether the session came over SSH.
func (c *Carrier) Remote() bool {
	return c.Env("SSH_CONNECTION") != "" || c.Env("SSH_TTY") != "" || c.Env("SSH_CLIENT") != ""
}

// display reports whether this machine has a screen to show something on.
func (c *Carrier) display() bool {
	switch c.OS {
	case "darwin", "windows":
		return true
	}
	return c.Env("DISPLAY") != "" || c.Env("WAYLAND_DISPLAY") != ""
}

func (c *Carrier) insideTmux() bool { return c.Env("TMUX") != "" }

func run(ctx context.Context, stdin, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = limit
	out, err := cmd.Output()
	return string(out), err
}

// within runs a function that knows no context, for at most the limit. A
// function that hangs is left behind; nothing can end it.
func within[T any](ctx context.Context, f func() (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		v, err := f()
		done <- answer{v, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}
