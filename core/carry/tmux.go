package carry

import (
	"context"
	"strings"
)

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
		r.Sentence += ": paste with prefix ]"
	}
	return r, true
}

// clearTmux deletes every tmux buffer that holds the value, for an older one
// can still be chosen from the list. It reports how many it deleted.
func (c *Carrier) clearTmux(ctx context.Context, value string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	names, err := c.Exec(ctx, "", "tmux", "list-buffers", "-F", "#{buffer_name}")
	if err != nil {
		return 0, err
	}
	deleted := 0
	for _, name := range strings.Fields(names) {
		held, err := c.Exec(ctx, "", "tmux", "save-buffer", "-b", name, "-")
		if err != nil || held != value {
			continue
		}
		if _, err := c.Exec(ctx, "", "tmux", "delete-buffer", "-b", name); err != nil {
			return deleted, err
		}
		deleted++
	}
	return deleted, nil
}
