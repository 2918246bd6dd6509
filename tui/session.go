// Package tui draws the set-up in a terminal and decides nothing: what is asked, shown and
// offered, and what follows from an entry or an outcome, is the conversation of core/walk.
// No step, check or finding has a name here.
//
// The full screen is a Bubble Tea program whose root, [Wizard], routes messages
// to one screen at a time. There are three kinds of screen (home, ask and show), each in
// the files of its name, and not one per step. What can block is a job of the walk, run as a
// command; what came of it is handed back to the walk, which drops what is late. [Plain]
// renders the same walk line by line, without a redraw, for screen readers and scripts.
package tui

import (
	"context"

	"applink/core/carry"
	"applink/core/walk"
)

// Session is what every face of the wizard works with.
type Session struct {
	walk.Session
	Carrier Carrier
	// Notes are lines to show on the home screen and before plain mode's first
	// question, such as how to log in to the practice server.
	Notes []string
	// Login tells, on each page that is opened in the browser, how to log in to the practice
	// server; "" at a real one.
	Login string
	// ReducedMotion stops every frame that a timer drives.
	ReducedMotion bool
	// Fleeting says that the database is thrown away at the end, as after a practice.
	Fleeting bool
}

// Carrier brings values to the user; core/carry implements it.
type Carrier interface {
	Copy(ctx context.Context, value string) carry.Result
	// Clear takes a value back from the clipboard.
	Clear(ctx context.Context, value string)
	// OpenAsked opens a page because the admin pressed the key for it.
	OpenAsked(ctx context.Context, url string) carry.Result
}
