package main

import (
	"bufio"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"

	"applink/tui"
)

// face is how the program talks with the user.
type face string

const (
	fullScreen face = "full screen"
	plain      face = "plain"
	nobody     face = "nobody" // no question may be asked
)

// face decides by flags, terminal and environment. Piped input counts as answers
// only when plain mode was asked for.
func (a *app) face() face {
	v := a.env("ACCESSIBLE")
	switch {
	case a.flags.noInput:
		return nobody
	case a.flags.plain:
		return plain
	case !isTerminal(a.in):
		return nobody
	case v != "" && v != "0" && v != "false", a.dumb(), !isTerminal(a.out):
		return plain
	}
	return fullScreen
}

func (a *app) dumb() bool {
	t := a.env("TERM")
	return t == "dumb" || t == "" && runtime.GOOS != "windows"
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// hide returns what stops the terminal from echoing, nil without one.
func (a *app) hide() func() func() {
	if !isTerminal(a.in) {
		return nil
	}
	return func() func() { return echoOff(a.in.(*os.File).Fd()) }
}

// line reads one line of the user's.
func (a *app) line() (string, error) {
	text, err := bufio.NewReader(a.in).ReadString('\n')
	if text == "" && err != nil {
		return "", tui.ErrEndOfInput
	}
	return strings.TrimSpace(text), nil
}

func (a *app) reducedMotion() bool {
	v := a.env("REDUCED_MOTION")
	return a.flags.reducedMotion || v != "" && v != "0" && v != "false"
}
