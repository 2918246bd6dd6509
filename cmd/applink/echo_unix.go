//go:build unix

package main

import "golang.org/x/sys/unix"

// echoOff stops a terminal from echoing what is typed, and returns what undoes it.
// Lines are read as before, so that one reader serves the whole program.
func echoOff(fd uintptr) (on func()) {
	before, err := unix.IoctlGetTermios(int(fd), getTermios)
	if err != nil {
		return func() {}
	}
	quiet := *before
	quiet.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(fd), setTermios, &quiet); err != nil {
		return func() {}
	}
	return func() { unix.IoctlSetTermios(int(fd), setTermios, before) }
}
