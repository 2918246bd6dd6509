package carry

import (
	"context"
	"errors"
	"fmt"
)

// tool names the program (or the part of the system) through which
// atotto/clipboard will reach the clipboard, or "" when it would fail. That
// library chooses by what is installed and not by what can work: without a
// display xclip says "write |1: broken pipe" or nothing at all.
func (c *Carrier) tool() string {
	switch c.OS {
	case "darwin":
		return c.installed("pbcopy", "pbpaste")
	case "windows":
		return "Windows clipboard"
	}
	if c.Env("WAYLAND_DISPLAY") != "" {
		if tool := c.installed("wl-copy", "wl-paste"); tool != "" {
			return tool
		}
	}
	for _, x := range []string{"xclip", "xsel"} {
		if c.Look(x) {
			if c.Env("DISPLAY") == "" {
				return ""
			}
			return x
		}
	}
	if tool := c.installed("termux-clipboard-set", "termux-clipboard-get"); tool != "" {
		return tool
	}
	return c.installed("clip.exe", "powershell.exe")
}

// installed returns the first program when both are there.
func (c *Carrier) installed(program, partner string) string {
	if c.Look(program) && c.Look(partner) {
		return program
	}
	return ""
}

// missing says what tool would be needed.
func (c *Carrier) missing() string {
	switch {
	case c.OS == "darwin":
		return "pbcopy is missing here"
	case c.Env("WAYLAND_DISPLAY") != "":
		return "wl-copy is missing here"
	}
	return "xclip and xsel are missing here"
}

func (c *Carrier) copySystem(ctx context.Context, tool, value string) Result {
	_, err := within(ctx, func() (struct{}, error) { return struct{}{}, c.Write(value) })
	if errors.Is(err, context.DeadlineExceeded) {
		return failed(tool, fmt.Errorf("%s did not answer within %s: %w", tool, limit, err))
	}
	if err != nil {
		return failed(tool, fmt.Errorf("%s failed: %w", tool, err))
	}
	back, err := within(ctx, c.Read)
	return judge(tool, value, back, err)
}
