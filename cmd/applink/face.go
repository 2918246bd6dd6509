package main

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
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
	var text []byte
	for b := make([]byte, 1); ; { // what follows is for whoever reads next
		n, err := a.in.Read(b)
		switch {
		case n == 1 && b[0] != '\n':
			text = append(text, b[0])
		case n == 0 && err == nil:
		case n == 0 && len(text) == 0:
			return "", io.EOF
		default:
			return strings.TrimSpace(string(text)), nil
		}
	}
}

func (a *app) reducedMotion() bool {
	v := a.env("REDUCED_MOTION")
	return a.flags.reducedMotion || v != "" && v != "0" && v != "false"
}
