package carry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"

	"github.com/cli/browser"
)

// ErrNotOpened is the Err of a [Result] if Open deliberately started no browser; its
// Sentence says why.
var ErrNotOpened = errors.New("no browser was started")

// Open shows a page in the browser without having been asked for it. It does
// not do so where the browser would be another machine's or nobody's: over SSH,
// without a display and in WSL, unless $BROWSER names the user's choice.
func (c *Carrier) Open(ctx context.Context, page string) Result {
	why := c.noBrowser()
	switch {
	case c.Env("BROWSER") != "":
		why = ""
	case c.Remote():
		why = "this session came over SSH"
	case why == "" && c.wsl():
		why = "this is WSL"
	}
	return c.open(ctx, page, why)
}

// OpenAsked shows a page in the browser because the user pressed the key for
// it: only what cannot work is refused.
func (c *Carrier) OpenAsked(ctx context.Context, page string) Result {
	return c.open(ctx, page, c.noBrowser())
}

// noBrowser says why no browser can appear before the user's eyes, or "".
func (c *Carrier) noBrowser() string {
	switch {
	case c.Env("BROWSER") != "":
		return ""
	case !c.display():
		return "this machine has no display"
	case c.Remote() && (c.OS == "darwin" || c.OS == "windows"):
		return "it would open at the other end of SSH"
	}
	return ""
}

func (c *Carrier) wsl() bool {
	return c.OS == "linux" && (c.Env("WSL_DISTRO_NAME") != "" || c.Env("WSL_INTEROP") != "")
}

func (c *Carrier) open(ctx context.Context, page, why string) Result {
	u, err := url.Parse(page)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Result{Err: errors.New("only http and https pages are opened"),
			Sentence: "Not opened: this is no http or https URL"}
	}
	if why != "" {
		return Result{Err: ErrNotOpened, Sentence: "Not opened (" + why + "). Open this page yourself: " + page}
	}
	_, err = within(ctx, func() (struct{}, error) { return struct{}{}, c.Browse(c.browserCommand(), page) })
	// A browser that runs on in the foreground is an open browser.
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return Result{Method: "browser", Err: fmt.Errorf("starting a browser: %w", err),
			Sentence: "Could not start a browser. Open this page yourself: " + page}
	}
	return Result{Method: "browser", Sentence: "Sent to your browser. If no page appears, open it yourself: " + page}
}

// browserCommand reads $BROWSER: a list of commands separated by colons, of
// which the first installed one counts; %s stands for the URL.
func (c *Carrier) browserCommand() []string {
	for choice := range strings.SplitSeq(c.Env("BROWSER"), ":") {
		if words := strings.Fields(choice); len(words) > 0 && c.Look(words[0]) {
			return words
		}
	}
	return nil
}

func browse(command []string, page string) error {
	if command == nil {
		browser.Stdout, browser.Stderr = io.Discard, io.Discard
		return browser.OpenURL(page)
	}
	args, placed := command[1:], false
	for i, a := range args {
		if strings.Contains(a, "%s") {
			args[i], placed = strings.ReplaceAll(a, "%s", page), true
		}
	}
	if !placed {
		args = append(args, page)
	}
	return exec.Command(command[0], args...).Run()
}
