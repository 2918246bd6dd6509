package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/walk"
	"applink/tui/widget"
)

// loading stands in until an integration is read or begun; then its current step
// opens.
type loading struct {
	w       *Wizard
	open    RunOptions
	run     int
	ctx     context.Context
	cancel  context.CancelFunc
	frame   *widget.Frame
	problem *core.Finding
}

func newLoading(w *Wizard, o RunOptions) *loading {
	ctx, cancel := context.WithCancel(w.ctx)
	return &loading{w: w, open: o, run: nextRun(), ctx: ctx, cancel: cancel, frame: widget.NewFrame(w.theme)}
}

// Init reads the integration.
func (l *loading) Init() tea.Cmd {
	ctx, o, run, lib := l.ctx, l.open, l.run, l.w.session.Library
	return func() tea.Msg {
		switch {
		case o.New:
			return openedMsg{run: run, state: lib.Begin()}
		case o.Adopt:
			return openedMsg{run: run, state: lib.BeginAdoption()}
		}
		s, err := lib.State(ctx, o.Integration)
		return openedMsg{run: run, state: s, err: err}
	}
}

// Update opens the current step.
func (l *loading) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case openedMsg:
		if msg.run != l.run {
			return nil
		}
		if msg.err != nil {
			l.problem = walk.FindingOf(msg.err)
			return nil
		}
		return newFlow(l.w, msg.state.Links().For(l.open.Step)).open()
	case tea.KeyMsg:
		if k := msg.String(); k == "esc" || k == "q" {
			return l.w.show(newHome(l.w))
		}
	}
	return nil
}

func (l *loading) Close()                   { l.cancel() }
func (l *loading) Typing() bool             { return false }
func (l *loading) Help() []binding          { return []binding{{"esc", "the list of integrations"}} }
func (l *loading) Resize(width, height int) { l.frame.SetSize(width, height) }

// View says that something is being read, or why it could not be.
func (l *loading) View() string {
	t := l.w.theme
	p := widget.Parts{Header: t.Title.Render("applink"), Body: t.Muted.Render("Reading …"),
		Footer: widget.KeyHelp(t, []widget.Key{{Key: "esc", Does: "back", Keep: true}}, l.frame.Width())}
	if l.problem != nil {
		p.Body = problemPage(t, l.problem, l.frame.Width())
	}
	return l.frame.View(p)
}
