package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/setup"
	"applink/tui/widget"
)

// codeFirst reports whether a dance begins with a code: over SSH, where the browser
// is elsewhere, and over OAuth 1, whose port is known too late to forward it.
func codeFirst(session *Session, s *setup.State) bool {
	return session.Remote && s.OAuth() == core.OAuth1
}

func (s *show) way() core.WayBack { return s.f.state.WayBack(s.byCode) }

// typed reports whether enter opens the field for what the browser ends with.
func (s *show) typed() bool {
	return s.proof.dance != nil && (s.way() != core.BackHere || s.f.w.session.Remote)
}

func (s *show) typedDoes() string {
	if s.way() == core.BackByCode {
		return "type the code"
	}
	return "paste address"
}

// otherWay begins the dance anew with a code or without; over OAuth 2, where none
// is shown, the address is pasted while the listener waits on.
func (s *show) otherWay() tea.Cmd {
	switch {
	case s.otherWayDoes() == "":
		return nil
	case s.f.state.OAuth() == core.OAuth2:
		return s.enterCode()
	}
	s.byCode = !s.byCode
	return s.proof.begin(s.byCode)
}

// otherWayDoes is the word for it, "" where there is no other way.
func (s *show) otherWayDoes() string {
	switch {
	case !s.f.at.Step.Needs.Dance, s.proof.dance == nil && !s.f.current():
		return ""
	case s.f.state.OAuth() == core.OAuth1:
		return "code"
	case s.proof.dance != nil && !s.typed():
		return "paste address"
	}
	return ""
}

// nextInDance says what to do in the browser.
func (s *show) nextInDance() string {
	switch way := s.way(); {
	case way == core.BackByCode:
		return "Sign in, allow, press enter and type the code it shows."
	case way == core.BackByAddress:
		return "o opens Bitbucket. Allow, enter, paste the whole address."
	case !s.proof.warm:
		return "o opens the local page: accept its certificate there."
	case s.f.w.session.Remote:
		return "It comes back by the forwarded port, or enter pastes it."
	}
	return "o opens Bitbucket; the browser comes back here by itself."
}

// errorPage ends the dance, whose browser shows an error, and asks for the cause.
func (s *show) errorPage() tea.Cmd {
	d, ctx := s.proof.dance, s.ctx
	if d == nil {
		return nil
	}
	s.proof.leave()
	s.proof.asking, s.proof.turn = true, nextRun()
	turn := s.proof.turn
	return func() tea.Msg { return checkedMsg{turn: turn, outcome: d.ErrorPage(ctx)} }
}

func (s *show) nextAfterDance() string {
	switch {
	case s.f.state.OAuth() == core.OAuth2:
		return "r begins again."
	case s.byCode:
		return "r begins again, c lets the browser come back here."
	}
	return "r begins again, c uses a code instead of coming back here."
}

func (s *show) enterCode() tea.Cmd {
	s.over = overCode
	words := s.page.Asks["code"]
	s.code = widget.NewForm(s.f.w.theme, widget.Question{Kind: widget.AskText, Title: words.Title,
		Help: words.Help + " Left empty, it is skipped."})
	s.Resize(s.f.w.width, s.f.w.height)
	return s.code.Init()
}

func (s *show) keyCode(msg tea.KeyMsg) tea.Cmd {
	if msg.String() == "esc" {
		s.over, s.code = overNothing, nil
		return nil
	}
	return s.typeCode(msg)
}

// typeCode gives a message to the code's field, which tells by one of its own
// that it is done. Nothing typed asks whether to go on without proof. The dance
// may have ended meanwhile, where the browser came back by itself.
func (s *show) typeCode(msg tea.Msg) tea.Cmd {
	cmd := s.code.Update(msg)
	if !s.code.Done() {
		return cmd
	}
	d, ctx, turn, text := s.proof.dance, s.ctx, s.proof.turn, s.code.Value()
	s.over, s.code = overNothing, nil
	switch {
	case d == nil:
		return nil
	case text == "" && !s.f.current():
		return nil
	case text == "":
		s.over = overGoOn
		return nil
	}
	s.proof.asking = true
	return func() tea.Msg { return checkedMsg{turn, d.Submit(ctx, text), true} }
}
