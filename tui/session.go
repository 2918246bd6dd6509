// Package tui draws the set-up in a terminal and decides nothing: what the
// current step is, what it asks and what must be checked are questions to
// core/setup, through core/auth.
//
// The full screen is a Bubble Tea program whose root, [Wizard], routes messages
// to one screen at a time. There are three kinds of screen (home, ask and show), each in
// the files of its name, and not one per step. [Plain] walks the same steps line by line, without
// a redraw, for screen readers and scripts.
package tui

import (
	"context"

	"applink/core"
	"applink/core/auth"
	"applink/core/carry"
	"applink/core/seal"
	"applink/core/setup"
)

// Session is what every face of the wizard works with.
type Session struct {
	Library *auth.Library
	Checker Checker
	Carrier Carrier
	// Proposals are answers to start with, by field: the practice server's URL, or
	// what came as a flag. They fill questions and are not stored unseen.
	Proposals map[core.Field]string
	// Notes are lines to show on the home screen and before plain mode's first
	// question, such as how to log in to the practice server.
	Notes []string
	// ReducedMotion stops every frame that a timer drives.
	ReducedMotion bool
	// ThenMigrate goes on with the move to OAuth 2 once a link is taken over.
	ThenMigrate bool
	// Fleeting says that the database is thrown away at the end, as after a practice.
	Fleeting bool
}

// Checker puts questions to the server; core/check implements it.
type Checker interface {
	// Run runs one check. It records nothing and returns within its time limit.
	Run(ctx context.Context, s *setup.State, name core.CheckName) core.Outcome
	// RunWith is Run with a secret that is not kept.
	RunWith(ctx context.Context, s *setup.State, name core.CheckName, secret seal.Text) core.Outcome
	// Authorize starts the OAuth dance of the identity check. With code the
	// browser shows a verification code to be typed; otherwise it comes back to
	// a listener on this machine.
	Authorize(ctx context.Context, s *setup.State, code bool) (core.Dance, error)
}

// Carrier brings values to the user; core/carry implements it.
type Carrier interface {
	Copy(ctx context.Context, value string) carry.Result
	// OpenAsked opens a page because the admin pressed the key for it.
	OpenAsked(ctx context.Context, url string) carry.Result
	Remote() bool
}
