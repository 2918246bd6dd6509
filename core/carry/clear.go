package carry

import (
	"context"
	"fmt"
	"time"
)

// ClearAfter is how long a secret stays on the clipboard.
const ClearAfter = 60 * time.Second

// ClearLater waits for [ClearAfter] and then does what [Carrier.Clear] does. A
// cancelled context ends the wait and clears nothing: the caller decides.
func (c *Carrier) ClearLater(ctx context.Context, value string) Result {
	timer := time.NewTimer(ClearAfter)
	defer timer.Stop()
	select {
	case <-timer.C:
		return c.Clear(ctx, value)
	case <-ctx.Done():
		return Result{Err: ctx.Err(), Sentence: "The clipboard was not cleared: it may still hold the secret"}
	}
}

// Clear empties the clipboard when it still holds the value. A clipboard that
// cannot be read back is left alone, for it may hold something else by now, and
// the sentence says so.
func (c *Carrier) Clear(ctx context.Context, value string) Result {
	method, held, err := c.readBack(ctx)
	switch {
	case err != nil:
		return Result{Method: method, Err: err,
			Sentence: "The clipboard was not cleared (" + err.Error() + "): copy something else over the secret"}
	case method == methodTmux:
		return c.clearedTmux(ctx, value)
	case !same(value, held):
		return Result{Method: method, Certain: true, Sentence: "The clipboard holds something else by now: left as it is"}
	}
	if _, err := within(ctx, func() (struct{}, error) { return struct{}{}, c.Write("") }); err != nil {
		return Result{Method: method, Err: fmt.Errorf("clearing the clipboard: %w", err),
			Sentence: "The clipboard was not cleared (" + method + " failed): copy something else over the secret"}
	}
	return Result{Method: method, Certain: true, Sentence: "The secret was cleared from the clipboard (" + method + ")"}
}

// clearedTmux cannot see the clipboard of the terminal around tmux, to which
// the value was passed on as well.
func (c *Carrier) clearedTmux(ctx context.Context, value string) Result {
	n, err := c.clearTmux(ctx, value)
	switch {
	case err != nil:
		return Result{Method: methodTmux, Err: fmt.Errorf("clearing the tmux buffer: %w", err),
			Sentence: "The tmux buffer was not cleared: it may still hold the secret"}
	case n == 0:
		return Result{Method: methodTmux, Certain: true, Sentence: "The tmux buffers do not hold the secret any more"}
	}
	return Result{Method: methodTmux, Certain: true,
		Sentence: "The secret was cleared from tmux; your terminal's own clipboard may still hold it"}
}
