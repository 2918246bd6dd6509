package main

import "golang.org/x/sys/windows"

// echoOff stops a console from echoing what is typed, and returns what undoes it.
func echoOff(fd uintptr) (on func()) {
	console := windows.Handle(fd)
	var before uint32
	if err := windows.GetConsoleMode(console, &before); err != nil {
		return func() {}
	}
	if err := windows.SetConsoleMode(console, before&^windows.ENABLE_ECHO_INPUT); err != nil {
		return func() {}
	}
	return func() { windows.SetConsoleMode(console, before) }
}
