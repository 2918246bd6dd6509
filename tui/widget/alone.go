package widget

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/cancelreader"
	"golang.org/x/term"
)

// ShowAlone writes a value outside of the frame, whole and on a line of its own,
// so that the terminal's selection gets it without line breaks of ours, and
// waits for Enter or Esc. It is run with [tea.Exec]. The value stands alone on the alternate
// screen, which leaves nothing in the scroll-back.
//
// Bubble Tea does not listen to interrupts meanwhile, so ShowAlone does: Run
// returns [tea.ErrInterrupted], and the program ends as on Ctrl-C.
type ShowAlone struct {
	Title string
	Value string

	ctx context.Context
	in  io.Reader
	out io.Writer
}

var _ tea.ExecCommand = (*ShowAlone)(nil)

// NewShowAlone prepares the showing of a value until ctx ends.
func NewShowAlone(ctx context.Context, title, value string) *ShowAlone {
	return &ShowAlone{Title: title, Value: value, ctx: ctx}
}

// SetStdin is called by Bubble Tea.
func (s *ShowAlone) SetStdin(r io.Reader) { s.in = r }

// SetStdout is called by Bubble Tea.
func (s *ShowAlone) SetStdout(w io.Writer) { s.out = w }

// SetStderr is called by Bubble Tea; nothing is written there.
func (s *ShowAlone) SetStderr(io.Writer) {}

// Format keeps the value out of whatever prints the command.
func (s *ShowAlone) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "ShowAlone(%s)", s.Title) }

const (
	enterAlternate = "\x1b[?1049h\x1b[2J\x1b[H"
	leaveAlternate = "\x1b[2J\x1b[H\x1b[?1049l"
)

// Run shows the value and returns when Enter is pressed or the input ends. The
// errors are [tea.ErrInterrupted], that of the context, and those of the terminal.
func (s *ShowAlone) Run() error {
	if _, err := io.WriteString(s.out, enterAlternate); err != nil {
		return err
	}
	defer io.WriteString(s.out, leaveAlternate)
	if _, err := fmt.Fprintf(s.out, "\n%s\n\n%s\n\nPress Enter to go back. ", s.Title, strings.TrimRight(unixLines(s.Value), "\n")); err != nil {
		return err
	}
	interrupted, stop := signal.NotifyContext(s.ctx, os.Interrupt)
	defer stop()
	reader, err := cancelreader.NewReader(s.in)
	if err != nil {
		return fmt.Errorf("reading the terminal: %w", err)
	}
	defer reader.Close()
	defer context.AfterFunc(interrupted, func() { reader.Cancel() })()
	restore := singly(s.in)
	err = untilLeft(reader)
	restore()
	io.WriteString(s.out, "\n")
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case interrupted.Err() != nil:
		return tea.ErrInterrupted
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// singly lets a terminal give each key at once, without printing it, so that Esc goes
// back too; what it returns undoes that.
func singly(in io.Reader) func() {
	f, ok := in.(*os.File)
	if !ok {
		return func() {}
	}
	before, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return func() {}
	}
	return func() { term.Restore(int(f.Fd()), before) }
}

// untilLeft reads until Enter or Esc. Ctrl-C is no signal while keys come singly. The
// sequence of another key begins with Esc, but comes as a whole.
func untilLeft(r io.Reader) error {
	keys := make([]byte, 256)
	for {
		n, err := r.Read(keys)
		switch got := string(keys[:n]); {
		case strings.Contains(got, "\x03"):
			return tea.ErrInterrupted
		case strings.ContainsAny(got, "\r\n"), got == "\x1b":
			return nil
		case err != nil:
			return err
		}
	}
}
