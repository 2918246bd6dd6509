package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// PlainOptions say where plain mode starts, and what it reads and writes.
type PlainOptions struct {
	Integration int64 // the integration to open; 0 lists all
	New         bool  // begin a new integration instead
	Adopt       bool  // begin to take over a link that was set up by hand instead
	// Step opens a step that stands aside of the walk, see [setup.Links.For].
	Step core.StepID
	In   io.Reader
	Out  io.Writer
	// Hide stops the terminal from echoing what is typed, and returns what undoes
	// it; nil when In is no terminal.
	Hide func() (show func())
}

// Plain walks through the set-up line by line: questions are answered and pages
// confirmed by typing, nothing is ever redrawn, and states are words. It reads
// one line at a time from In, so answers may be piped.
//
// It returns the state in which it was left, nil when no integration was opened.
// The error is nil when the set-up is complete or the user quits, [walk.ErrEndOfInput]
// when the answers end before, and [walk.ErrInterrupted] when ctx is cancelled. In all
// cases everything that was answered is saved, and the last line names the
// command that goes on.
func Plain(ctx context.Context, s *Session, o PlainOptions) (*setup.State, error) {
	p := &plain{session: s, in: newLines(o.In), out: plainWriter{o.Out}, hide: o.Hide}
	for _, note := range s.Notes {
		p.say("%s", note)
	}
	err := p.start(ctx, o)
	if errors.Is(err, errQuit) {
		err = nil
	}
	return p.end(), err
}

// plain is one walk, line by line.
type plain struct {
	*walk.Walk // nil until an integration is opened
	session    *Session
	in         *lines
	out        io.Writer
	hide       func() (show func())
	step       core.StepID // whose heading was printed last
	told       bool        // the words that can be typed at a page were listed
	whole      bool        // whole windows are described, not only what matters in them
}

func (p *plain) say(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// prompt writes what is waited for, without a line end.
func (p *plain) prompt(text string) { fmt.Fprint(p.out, text) }

// problem tells a finding.
func (p *plain) problem(f *core.Finding) { p.say("\n%s", guide.ProblemText(f)) }

func (p *plain) start(ctx context.Context, o PlainOptions) error {
	lib := p.session.Library
	switch {
	case o.New:
		return p.walk(ctx, lib.Begin())
	case o.Adopt:
		return p.walk(ctx, lib.BeginAdoption())
	case o.Integration == 0:
		return p.home(ctx)
	}
	s, err := lib.State(ctx, o.Integration)
	if err != nil {
		return err
	}
	return p.walk(ctx, s.Links().For(o.Step))
}

// walk asks, shows and checks until the summary was read.
func (p *plain) walk(ctx context.Context, s *setup.State) (err error) {
	p.Walk = walk.New(&p.session.Session, s)
	defer p.Close()
	if job := p.Settle(); job != nil {
		_, err = p.do(ctx, job)
	}
	for err == nil {
		for _, told := range p.Settled() {
			p.say("%s", told)
		}
		if p.At().Question != nil {
			err = p.ask(ctx)
		} else {
			err = p.page(ctx)
		}
	}
	return err
}

// do does a job in place.
func (p *plain) do(ctx context.Context, job walk.Job) (walk.Taken, error) {
	taken := p.Run(ctx, job)
	if ctx.Err() != nil {
		return taken, walk.ErrInterrupted
	}
	return taken, nil
}

// move does a job that leads on from a page, or tells why it does not.
func (p *plain) move(ctx context.Context, job walk.Job) error {
	if _, err := p.do(ctx, job); err != nil || p.Problem() == nil {
		return err
	}
	return p.Problem()
}

// back moves to the place before the one looked at.
func (p *plain) back() {
	if !p.Back() {
		p.say("This is the first question.")
	}
}

// end says what is saved and which commands go on from here.
func (p *plain) end() *setup.State {
	if p.Walk == nil {
		return nil
	}
	s := p.State().Links().SetUp()
	switch in := s.Integration; {
	case in.ID == 0:
	case p.session.Fleeting:
		p.say("\n%s", practiceOver)
	case s.Path().Complete():
		p.say("\n%s.", guide.Headline(s))
		p.say("%s", guide.Recipe(s))
		p.say("Look whether it still works: applink check %s", in.Slug)
	default:
		p.say("\n%s", guide.Saved(s))
	}
	return s
}
