package tui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/carry"
	"applink/core/guide"
	"applink/core/setup"
	"applink/tui/widget"
)

// key gives a key to what lies on top, then to the page.
func (s *show) key(msg tea.KeyMsg) tea.Cmd {
	switch s.over {
	case overCode:
		return s.keyCode(msg)
	case overGoOn:
		return s.keyGoOn(msg)
	case overPick:
		return s.keyPick(msg)
	case overEvidence:
		if k := msg.String(); k == "esc" || k == "e" || k == "enter" {
			s.over = overNothing
			return nil
		}
		return s.frame.Update(msg)
	}
	if s.proof.goingOn > 0 && msg.String() != "enter" {
		s.proof.goingOn = 0 // any key stays
		return nil
	}
	return s.keyPage(msg)
}

func (s *show) keyPage(msg tea.KeyMsg) tea.Cmd {
	switch k := msg.String(); k {
	case "enter":
		return s.enter()
	case "esc", "left":
		return s.f.back()
	case "q":
		return s.quit()
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return s.copy(int(k[0] - '0'))
	case "v":
		return s.alone()
	case "o":
		return s.open()
	case "l":
		return s.otherLook()
	case "x":
		return s.oldLink()
	case "f":
		if p, ok := s.offered(); ok {
			s.f.again = s.f.at.Step.Last
			return s.f.to(p)
		}
	case "e":
		s.over = overEvidence
	case "r":
		return s.again()
	case "s":
		s.proof.stopped = !s.proof.stopped
		if !s.proof.stopped {
			return s.proof.ask()
		}
	case "m":
		if s.f.at.Step.Last && movable(s.f.state) {
			return s.f.migrate(s.ctx, s.run)
		}
	case "c":
		return s.otherWay()
	case "b":
		return s.errorPage()
	default:
		return s.frame.Update(msg)
	}
	return nil
}

// offered is the question whose answer can mend what is in the way; on the last page the
// step that stands refused.
func (s *show) offered() (setup.Position, bool) {
	if s.f.at.Step.Last {
		return s.f.state.WayBackTo()
	}
	return s.f.state.Offered(s.f.at.Step, code(s.proof.outcome.Finding))
}

// oldLink goes from the summary to the link that was superseded.
func (s *show) oldLink() tea.Cmd {
	if !s.f.at.Step.Last {
		return nil
	}
	cmd, why := s.f.w.retire(s.f.state)
	s.message = why
	return cmd
}

func (s *show) quit() tea.Cmd { return tea.Quit }

// enter goes on: to the next place when this one is behind, with the admin's word
// when nothing is to be proved, and after one question without proof.
func (s *show) enter() tea.Cmd {
	switch {
	case s.moves():
		return s.f.migrate(s.ctx, s.run)
	case s.f.at.Step.Last:
		return goTo(newHome(s.f.w))
	case s.typed():
		return s.enterCode()
	case !s.f.current():
		return s.f.forward()
	case s.proof.needed() && s.proof.passed():
		return s.f.to(s.f.state.Current())
	case s.proof.needed():
		s.over = overGoOn
		return nil
	}
	return s.f.say(s.ctx, s.run)
}

// moves reports whether a link that was taken over is to be moved next.
func (s *show) moves() bool {
	return s.f.at.Step.Last && s.f.w.session.ThenMigrate && movable(s.f.state)
}

// again asks at once, or starts the dance anew.
func (s *show) again() tea.Cmd {
	s.message = ""
	switch {
	case s.f.at.Step.Needs.Dance:
		return s.proof.begin(s.byCode)
	case s.proof.needed():
		s.proof.rule.Hurry()
		return s.proof.ask()
	}
	return nil
}

// keyGoOn answers whether to go on without proof: what gives something up takes its own
// key, so that no key struck twice does it.
func (s *show) keyGoOn(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "y":
		s.over = overNothing
		return s.f.say(s.ctx, s.run)
	case "n", "esc":
		s.over = overNothing
	}
	return nil
}

func (s *show) keyPick(msg tea.KeyMsg) tea.Cmd {
	s.over = overNothing
	if k := msg.String(); len(k) == 1 && k >= "1" && k <= "9" {
		return s.pick(int(k[0] - '0'))
	}
	return nil
}

func (s *show) value(n int) (guide.Value, bool) {
	for _, v := range s.page.Values {
		if v.Number == n && v.Text != "" {
			return v, true
		}
	}
	return guide.Value{}, false
}

func (s *show) copy(n int) tea.Cmd {
	v, ok := s.value(n)
	if !ok {
		return nil
	}
	return s.carry(v.Label+":", v, func() carry.Result { return s.f.w.session.Carrier.Copy(s.ctx, v.Text) })
}

func (s *show) open() tea.Cmd {
	if s.page.OpenURL == "" {
		return nil
	}
	url := s.page.OpenURL
	return s.carry("", guide.Value{Text: url}, func() carry.Result { return s.f.w.session.Carrier.OpenAsked(s.ctx, url) })
}

func (s *show) carry(what string, v guide.Value, do func() carry.Result) tea.Cmd {
	run := s.run
	return func() tea.Msg { return copiedMsg{run, what, v, do()} }
}

// alone shows a value by itself; with several values a number picks one.
func (s *show) alone() tea.Cmd {
	switch len(s.page.Values) {
	case 0:
		return nil
	case 1:
		return s.pick(s.page.Values[0].Number)
	}
	s.over = overPick
	return nil
}

func (s *show) pick(n int) tea.Cmd {
	v, ok := s.value(n)
	if !ok {
		return nil
	}
	return s.showAlone(v.Label, v)
}

func (s *show) showAlone(title string, v guide.Value) tea.Cmd {
	run := s.run
	return tea.Exec(widget.NewShowAlone(s.ctx, title, core.Printable(v.Text), v.Secret), func(err error) tea.Msg {
		if errors.Is(err, tea.ErrInterrupted) {
			return tea.InterruptMsg{}
		}
		return copiedMsg{run: run}
	})
}

func (s *show) otherLook() tea.Cmd {
	if s.page.Looks < 2 {
		return nil
	}
	s.f.look = (s.f.look + 1) % s.page.Looks
	s.page = s.f.page()
	if s.proof.dance != nil {
		s.page = s.f.pageWith(s.proof.urls())
	}
	return nil
}
