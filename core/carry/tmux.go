package carry

import "context"

const methodTmux = "tmux buffer"

// copyTmux loads tmux's newest buffer; -w (tmux 3.2) also passes it to the
// clipboard of the terminal outside, where tmux is allowed to. ok is false when
// tmux could not be asked.
func (c *Carrier) copyTmux(ctx context.Context, value string) (r Result, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if _, err := c.Exec(ctx, value, "tmux", "load-buffer", "-w", "-"); err != nil {
		if _, err = c.Exec(ctx, value, "tmux", "load-buffer", "-"); err != nil {
			return Result{}, false
		}
	}
	back, err := c.Exec(ctx, "", "tmux", "save-buffer", "-")
	r = judge(methodTmux, value, back, err)
	if r.Certain {
		r.Sentence = "Copied (" + methodTmux + ", prefix ]); for the browser only with set-clipboard on"
	}
	return r, true
}
