package carry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	osc52 "github.com/aymanbagabas/go-osc52/v2"
)

// Why a value could not be copied.
var (
	ErrEmpty      = errors.New("the value is empty")
	ErrTooLarge   = errors.New("the value is too large for OSC 52")
	ErrNoTerminal = errors.New("there is no terminal to write to")
	ErrCut        = errors.New("the clipboard does not hold the whole value")
)

// MaxOSC52 is the largest value, in bytes, that is sent by OSC 52. Terminals
// that follow hterm take sequences of 100,000 bytes, 8 of them frame and the
// others base64.
const MaxOSC52 = 74_994

const fallback = "; the value is shown below, alone and whole"

// Copy puts a value on the clipboard that is nearest to the user and reads it
// back where that is possible. It blocks for a few seconds at most.
func (c *Carrier) Copy(ctx context.Context, value string) Result {
	if value == "" {
		return failed("", ErrEmpty)
	}
	var why string
	if c.insideTmux() {
		r, ok := c.copyTmux(ctx, value)
		if tool := c.tool(); ok && tool != "" && !c.Remote() && c.display() {
			return besideTmux(c.copySystem(ctx, tool, value), r)
		}
		if ok {
			return r
		}
		why = "tmux did not answer"
	}
	if c.Remote() || !c.display() {
		return c.copyOSC52(value, why)
	}
	tool := c.tool()
	if tool == "" {
		return c.copyOSC52(value, c.missing())
	}
	return c.copySystem(ctx, tool, value)
}

// besideTmux tells of a copy for the browser, which pastes the system clipboard, that tmux
// pastes it too.
func besideTmux(system, tmux Result) Result {
	switch {
	case system.Err != nil:
		tmux.Sentence = "Copied (" + tmux.Method + ", prefix ]), not for the browser: " + system.Err.Error()
		return tmux
	case tmux.Err == nil:
		system.Sentence = strings.Replace(system.Sentence, ")", "; in tmux: prefix ])", 1)
	}
	return system
}

const methodOSC52 = "OSC 52"

// copyOSC52 asks the terminal to fill its clipboard, in one write, so that
// nothing else on the screen gets between. GNU screen needs the sequence wrapped.
func (c *Carrier) copyOSC52(value, why string) Result {
	if len(value) > MaxOSC52 {
		return failed(methodOSC52, fmt.Errorf("%w: %d bytes of at most %d", ErrTooLarge, len(value), MaxOSC52))
	}
	if c.Out == nil {
		if why != "" {
			return failed(methodOSC52, fmt.Errorf("%s, and %w", why, ErrNoTerminal))
		}
		return failed(methodOSC52, ErrNoTerminal)
	}
	sequence := osc52.New(value)
	if c.Env("STY") != "" {
		sequence = sequence.Screen()
	}
	if _, err := c.Out.Write([]byte(sequence.String())); err != nil {
		return failed(methodOSC52, fmt.Errorf("writing to the terminal: %w", err))
	}
	if why != "" {
		why = "; " + why
	}
	return Result{Method: methodOSC52,
		Sentence: "Sent to your terminal (OSC 52" + why + "): paste to check"}
}

func failed(method string, err error) Result {
	return Result{Method: method, Err: err, Sentence: "Could not copy: " + err.Error() + fallback}
}

// judge compares what was read back with what was copied.
func judge(method, value, back string, err error) Result {
	switch {
	case err != nil:
		return Result{Method: method,
			Sentence: "Copied (" + method + "), but it could not be read back: paste to check"}
	case !same(value, back):
		err := fmt.Errorf("%w: %s holds %d of %d bytes", ErrCut, method, len(back), len(value))
		if len(back) >= len(value) {
			err = fmt.Errorf("%w: %s holds something else", ErrCut, method)
		}
		return failed(method, err)
	}
	return Result{Method: method, Certain: true,
		Sentence: "Copied (" + method + "), read back and equal"}
}

// same compares leaving out what clipboards of Windows do to line ends.
func same(a, b string) bool {
	return strings.ReplaceAll(a, "\r\n", "\n") == strings.ReplaceAll(b, "\r\n", "\n")
}

// Clear takes a value back from the clipboard, as far as that still holds it: a secret
// stays no longer than it is needed. A clipboard that cannot be read is emptied.
func (c *Carrier) Clear(ctx context.Context, value string) {
	if c.insideTmux() {
		if back, err := c.Exec(ctx, "", "tmux", "save-buffer", "-"); err == nil && same(value, back) {
			c.Exec(ctx, "", "tmux", "delete-buffer")
		}
	}
	if c.Remote() || !c.display() || c.tool() == "" {
		if c.Out != nil {
			sequence := osc52.Clear()
			if c.Env("STY") != "" {
				sequence = sequence.Screen()
			}
			c.Out.Write([]byte(sequence.String()))
		}
		return
	}
	back, err := within(ctx, c.Read)
	if err == nil && same(value, back) {
		within(ctx, func() (struct{}, error) { return struct{}{}, c.Write("") })
	}
}
