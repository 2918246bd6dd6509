package tui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/carry"
	"applink/core/guide"
	"applink/core/walk"
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
	case overHand:
		return s.keyHand(msg)
	case overEvidence:
		if k := msg.String(); k == "esc" || k == "e" || k == "enter" {
			s.over = overNothing
			return nil
		}
		return s.frame.Update(msg)
	}
	if msg.String() != "enter" && s.goingOn.stop() {
		return nil
	}
	return s.keyPage(msg)
}

func (s *show) keyPage(msg tea.KeyMsg) tea.Cmd {
	s.message = "" // it told of an older key
	switch k := msg.String(); k {
	case "enter":
		return s.enter()
	case "esc":
		if s.f.Dismiss() {
			return nil
		}
		if s.f.At().Step.Last {
			return s.f.w.show(newHome(s.f.w))
		}
		return s.f.back()
	case "left":
		return s.f.back()
	case "q":
		return s.quit()
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return s.copy(int(k[0] - '0'))
	case "c":
		return s.copyNext()
	case "y":
		return s.copySummary()
	case "w":
		s.whole = !s.whole
	case "v":
		return s.alone()
	case "o":
		if !s.f.w.session.Remote {
			return s.open()
		}
	case "l":
		return s.otherLook()
	case "x":
		if s.f.Dance() != nil {
			return s.f.do(s.f.ErrorPage())
		}
		if s.f.Fails() {
			return nil
		}
		return s.oldLink()
	case "f":
		if s.f.Mend(s.f.Remedy().Question) || s.f.More() {
			return s.f.open()
		}
	case "b":
		if s.f.Mend(s.f.Remedy().Step) {
			return s.f.open()
		}
	case "g":
		if s.f.Enter() == walk.Remedied {
			s.over = overGoOn
		}
	case "e":
		s.over = overEvidence
	case "r":
		return s.again()
	case "s":
		if s.f.Quiet(!s.f.Stopped()); !s.f.Stopped() {
			return s.f.do(s.f.Ask())
		}
	case "k":
		s.hand()
	case "m":
		if s.f.At().Step.Last && s.f.Movable() {
			return s.f.do(s.f.Migrate())
		}
	case "t":
		return s.otherWay()
	default:
		return s.frame.Update(msg)
	}
	return nil
}

// oldLink goes from the summary to the link that was superseded.
func (s *show) oldLink() tea.Cmd {
	if !s.f.At().Step.Last {
		return nil
	}
	if problem := s.f.OldLink(); problem != nil {
		s.message = whyNot(s.f.State(), problem)
		return nil
	}
	return s.f.open()
}

func (s *show) quit() tea.Cmd { return tea.Quit }

// enter does what confirming the page means, and asks once before it goes on without proof.
func (s *show) enter() tea.Cmd {
	switch s.f.Enter() {
	case walk.Migrate:
		return s.f.do(s.f.Migrate())
	case walk.GoHome:
		return s.f.w.show(newHome(s.f.w))
	case walk.TypeCode:
		return s.enterCode()
	case walk.GoForward:
		return s.f.forward()
	case walk.Overrule:
		s.over = overGoOn
		return nil
	case walk.Remedied:
		return s.f.takeRemedy()
	}
	return s.f.do(s.f.Say())
}

// again asks at once, or begins the sign-in again.
func (s *show) again() tea.Cmd {
	if s.f.At().Step.Needs.Dance {
		return s.f.do(s.f.SignIn(s.f.ByCode()))
	}
	s.f.Hurry()
	return s.f.do(s.f.Ask())
}

// otherWay begins the sign-in again with a code or without; where none is shown, the
// address is pasted while the listener waits on.
func (s *show) otherWay() tea.Cmd {
	switch {
	case s.otherWayDoes() == "":
		return nil
	case s.showsCode():
		return s.f.do(s.f.SignIn(!s.f.ByCode()))
	}
	return s.enterCode()
}

// otherWayDoes is the word for it, "" where there is no other way.
func (s *show) otherWayDoes() string {
	switch signing := s.f.Dance() != nil; {
	case !s.f.At().Step.Needs.Dance, !signing && s.f.Behind():
		return ""
	case s.showsCode():
		return "code"
	case signing && !s.f.Typed():
		return "paste address"
	}
	return ""
}

// showsCode reports whether Bitbucket can show a code at the end of a sign-in.
func (s *show) showsCode() bool { return s.f.State().WayBack(true) == core.BackByCode }

// enterCode opens the field for what the browser ends with.
func (s *show) enterCode() tea.Cmd {
	s.over = overCode
	s.code = widget.NewForm(s.f.w.theme, widget.Field{Kind: widget.AskText})
	s.Resize(s.f.w.width, s.f.w.height)
	return s.code.Init()
}

// paste takes what is pasted while a sign-in waits: the address that the browser was sent
// to, or its code. The field for it need not be opened before.
func (s *show) paste(text string) tea.Cmd {
	if text = strings.TrimSpace(text); s.over != overNothing || s.f.Dance() == nil || text == "" {
		return nil
	}
	return s.f.do(s.f.Submit(text))
}

func (s *show) keyCode(msg tea.KeyMsg) tea.Cmd {
	if msg.String() == "esc" {
		s.over, s.code = overNothing, nil
		return nil
	}
	return s.typeCode(msg)
}

// typeCode gives a message to the code's field, which tells by one of its own
// that it is done. Nothing typed asks whether to go on without proof. The sign-in
// may have ended meanwhile, where the browser came back by itself.
func (s *show) typeCode(msg tea.Msg) tea.Cmd {
	cmd := s.code.Update(msg)
	if !s.code.Entered() {
		return cmd
	}
	text := s.code.Value()
	s.over, s.code = overNothing, nil
	switch {
	case text != "":
		return s.f.do(s.f.Submit(text))
	case s.f.Dance() != nil && !s.f.Behind():
		s.over = overGoOn
	}
	return nil
}

// keyGoOn answers whether to go on without proof: what gives something up takes its own
// key, so that no key struck twice does it.
func (s *show) keyGoOn(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "y":
		s.over = overNothing
		return s.f.do(s.f.Say())
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

// value finds a value by its number. The address of the page to open is value 0.
func (s *show) value(n int) (guide.Value, bool) {
	if n == 0 && s.page.OpenURL != "" {
		return guide.Value{Label: "Address", Text: s.page.OpenURL}, true
	}
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
	s.copied = n
	return s.carry(v.Label+":", v, func() carry.Result { return s.f.w.session.Carrier.Copy(s.ctx, v.Text) })
}

// copyNext copies the value after the one that was copied last, in the order of the form.
func (s *show) copyNext() tea.Cmd {
	if len(s.page.Values) == 0 {
		s.message = "There is no value to copy here."
		return nil
	}
	s.copied = s.copied%len(s.page.Values) + 1
	return s.copy(s.copied)
}

// copySummary copies what is known of a complete integration as a text.
func (s *show) copySummary() tea.Cmd {
	if !s.f.At().Step.Last {
		return nil
	}
	v := guide.Value{Label: "Summary", Text: guide.Summary(s.f.State(), s.f.w.now())}
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
	return tea.Exec(widget.NewShowAlone(s.ctx, title, core.Printable(v.Text)), func(err error) tea.Msg {
		if errors.Is(err, tea.ErrInterrupted) {
			return tea.InterruptMsg{}
		}
		return copiedMsg{run: run}
	})
}

func (s *show) otherLook() tea.Cmd {
	s.f.OtherLook()
	s.turn(s.f.Page())
	return nil
}
