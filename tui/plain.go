package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// PlainOptions say where plain mode starts, and what it reads and writes.
type PlainOptions struct {
	Integration int64 // the integration to open; 0 lists all
	New         bool  // begin a new integration instead
	Adopt       bool  // begin to take over a link that was set up by hand instead
	// Step opens a step that stands aside of the walk, see [setup.State.For].
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
// The error is nil when the set-up is complete or the user quits, [ErrEndOfInput]
// when the answers end before, and [ErrInterrupted] when ctx is cancelled. In all
// cases everything that was answered is saved, and the last line names the
// command that goes on.
func Plain(ctx context.Context, s *Session, o PlainOptions) (*setup.State, error) {
	p := &plain{session: s, in: newLines(o.In), out: plainWriter{o.Out}, hide: o.Hide}
	for _, note := range s.Notes {
		p.say("%s", note)
	}
	err := p.start(ctx, o)
	p.end()
	if errors.Is(err, errQuit) {
		err = nil
	}
	return p.state, err
}

// plain is one walk. It looks at the place where the set-up stands, or at an
// earlier one after "back".
type plain struct {
	session *Session
	in      *lines
	out     io.Writer
	hide    func() (show func())

	state   *setup.State
	earlier *setup.Position // nil: at the current place
	look    int
	step    string // whose heading was printed last
	told    bool   // the words that can be typed at a page were listed
}

func (p *plain) say(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

func (p *plain) start(ctx context.Context, o PlainOptions) error {
	var err error
	switch {
	case o.New:
		p.state = p.session.Library.Begin()
	case o.Adopt:
		p.state = p.session.Library.BeginAdoption()
	case o.Integration != 0:
		p.state, err = p.session.Library.State(ctx, o.Integration)
	default:
		return p.home(ctx)
	}
	if err != nil {
		return err
	}
	p.state = p.state.For(o.Step)
	return p.walk(ctx)
}

// walk asks, shows and checks until the summary was read.
func (p *plain) walk(ctx context.Context) error {
	for {
		at := p.place()
		var err error
		switch {
		case at.Question != nil:
			err = p.ask(ctx, at)
		case at.Step.Needs.Dance:
			err = p.dance(ctx, at)
		case at.Step.Needs.Check != "":
			err = p.prove(ctx, at)
		default:
			err = p.show(ctx, at)
		}
		if err != nil {
			return err
		}
	}
}

func (p *plain) place() setup.Position {
	if p.earlier != nil {
		return *p.earlier
	}
	return p.state.Current()
}

// take makes a changed state the walk's, which goes on at its current place.
func (p *plain) take(s *setup.State, err error) error {
	if err == nil {
		p.state, p.earlier, p.look = s, nil, 0
	}
	return err
}

// back moves to the place before the one looked at.
func (p *plain) back() {
	places, i := p.index()
	switch {
	case i < 0: // a question that is asked on request only
		p.earlier = nil
	case i == 0:
		p.say("This is the first question.")
	default:
		p.earlier, p.look = &places[i-1], 0
	}
}

// forward moves to the next place, at most to the current one.
func (p *plain) forward() {
	places, i := p.index()
	p.earlier, p.look = nil, 0
	if i < 0 || i+1 >= len(places) || places[i+1].Same(p.state.Current()) {
		return
	}
	p.earlier = &places[i+1]
}

func (p *plain) index() ([]setup.Position, int) {
	places, at := p.state.Places(), p.place()
	for i, q := range places {
		if q.Same(at) {
			return places, i
		}
	}
	return places, -1
}

// page fetches the words for a place.
func (p *plain) page(at setup.Position, more map[string]string) guide.Page {
	return guide.Of(p.state, at.Step.ID, p.look, more)
}

// host is who is asked.
func (p *plain) host() string {
	if h := p.state.Values()["host"]; h != "" {
		return h
	}
	return "Bitbucket"
}

// end says what is saved and which commands go on from here.
func (p *plain) end() {
	if p.state == nil || p.state.Integration.ID == 0 {
		return
	}
	p.state = p.state.SetUp()
	in := p.state.Integration
	p.say("")
	if p.session.Fleeting {
		p.say(practiceOver)
		return
	}
	if p.state.Complete() {
		p.say("%s.", guide.Headline(p.state))
		p.say("%s", guide.Recipe(p.state))
		p.say("Look whether it still works: applink check %s", in.Slug)
		return
	}
	p.say("Everything so far is saved. Go on with: applink setup %s", in.Slug)
}
