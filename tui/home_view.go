package tui

import (
	"fmt"
	"strings"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui/widget"
)

// View draws the list, or the welcome where there is nothing yet.
func (h *home) View() string {
	t, width := h.w.theme, h.frame.Width()
	count := ""
	switch {
	case h.count == 1:
		count = "1 integration"
	case h.count > 1:
		count = fmt.Sprintf("%d integrations", h.count)
	}
	p := widget.Parts{
		Header: widget.Spread(t.Title.Render("applink"), t.Muted.Render(count), width) + "\n" + t.Rule.Render(strings.Repeat("─", width)),
		Notice: h.message,
		Footer: widget.KeyHelp(t, h.keys(), width),
	}
	switch {
	case h.problem != nil:
		p.Body = problemPage(t, h.problem, width)
	case h.removal != nil:
		p.Fixed = h.removalView()
	case len(h.states) > 0:
		p.Fixed, p.Body = h.list.View(), widget.Prose(t, h.about(), width)
	case h.loaded:
		p.Body = widget.Prose(t, h.welcome(), width)
	default:
		p.Body = t.Muted.Render("Reading …")
	}
	return h.frame.View(p)
}

// notes are what the session has to say.
func notes(s *Session) []widget.Block {
	var out []widget.Block
	for _, n := range s.Notes {
		out = append(out, widget.Say(widget.Item, n))
	}
	return out
}

func (h *home) welcome() []widget.Block {
	return append([]widget.Block{
		widget.Say(widget.Heading, "Connect an application to Bitbucket Data Center or Server"),
		widget.Say(widget.Paragraph, "What to enter where, for the very version of your server; each step is proved against Bitbucket. Everything is remembered: leave at any time and go on there."),
		widget.Say(widget.Paragraph, "Press enter to begin. If the link was set up by hand already, press a: applink takes it over."+h.offer()),
	}, notes(h.w.session)...)
}

// offer is the practice, for whoever wants to look first.
func (h *home) offer() string {
	if h.w.session.Fleeting {
		return ""
	}
	return " To try it on a practice Bitbucket first, press p: nothing leaves this machine."
}

// about tells what to do about the chosen integration.
func (h *home) about() []widget.Block {
	s := h.selected()
	if s == nil {
		return notes(h.w.session)
	}
	text := fmt.Sprintf("%s: %s", s.Integration.Name, s.App.InSentence())
	if u := s.Value(core.FieldBaseURL); u != "" {
		text += " with " + strings.TrimSpace("Bitbucket "+string(s.Server().Version)) + " at " + u
	}
	text += ". "
	if h.turn != nil {
		said := ""
		if h.turn.tried {
			said = h.turn.Words()
		}
		return []widget.Block{widget.Say(widget.Paragraph, text), widget.Say(widget.Note, said)}
	}
	text += h.stand(s)
	return append([]widget.Block{widget.Say(widget.Paragraph, text)}, notes(h.w.session)...)
}

// stand tells how the chosen integration stands, and which key goes on.
func (h *home) stand(s *setup.State) string {
	st, moving := s.Standing(), beside(s)
	problem := st.Problem
	switch {
	case st.Unfinished():
		return "Not finished: " + problemText(problem) + ". Press enter, then b, to go back to the step, c to check again."
	case problem != nil && moving != "":
		return "Check failed: " + problemText(problem) + ". " + moving + " Press enter to go on, c to check again."
	case problem != nil:
		if before := guide.StoodBefore(st, h.w.now()); before != "" {
			return strings.ToUpper(before[:1]) + before[1:] + "; now: " + problemText(problem) + ". Press enter to look at it, c to check again."
		}
		return problemText(problem) + ". Press enter to look at it, c to check again."
	case moving != "":
		return moving + " Press enter to go on."
	case st.Step > 0:
		return "The next step is " + guide.Short(s.Path().Current().Step.ID) + ". Press enter to go on."
	case st.MustMove != "":
		return st.MustMove + " Press m to set up OAuth 2 beside it; nothing is switched before it is complete."
	}
	if s.Moves().MayRetire() == nil {
		text := "Set up. The " + s.Integration.Superseded().OAuth.String() + " link before is superseded, not deleted: press x when it is not needed any more"
		if s.Moves().MayGoBack("") == nil {
			text += ", b to use it again"
		}
		return text + "."
	}
	switch st.Proof {
	case setup.Weak:
		return "Set up, proved in part: " + strings.Join(st.What, ", ") + ". Press enter for its values and what is proved."
	case setup.Said:
		return "Set up by your word; nothing of the link is proved. Press enter for its values and steps."
	}
	return "Set up. Press enter for its values and what is proved."
}

// beside tells of a link that is set up beside the active one, "" when none is.
func beside(s *setup.State) string {
	switch s.Moves().UnderWay() {
	case setup.Migration:
		return "It is being moved to OAuth 2; the " + s.Links().InUse().OAuth().String() + " link stays active until that is complete."
	case setup.Rotation:
		return "Its key or secret is being changed; the one before stays active until that is complete."
	}
	return ""
}

func (h *home) keys() []widget.Key {
	switch {
	case h.turn != nil:
		return []widget.Key{{Key: "y", Does: h.turn.does, Keep: true}, {Key: "any other key", Does: "do not", Keep: true}}
	case h.removal != nil:
		return []widget.Key{{Key: "enter", Does: "remove", Keep: true}, {Key: "esc", Does: "keep it", Keep: true}}
	}
	if len(h.states) == 0 {
		keys := []widget.Key{{Key: "enter", Does: "begin", Keep: true}, {Key: "a", Does: "I already have a link", Keep: true}}
		if !h.w.session.Fleeting {
			keys = append(keys, widget.Key{Key: "p", Does: "practice", Keep: true})
		}
		return append(keys, widget.Key{Key: "q", Does: "quit", Keep: true}, widget.Key{Key: "?", Keep: true})
	}
	keys := []widget.Key{{Key: "enter", Does: "open", Keep: true}, {Key: "n", Does: "new", Keep: true}, {Key: "c", Does: "check"}}
	s := h.selected()
	if walk.Leads(s, setup.Migration) {
		keys = append(keys, widget.Key{Key: "m", Does: "migrate"})
	}
	if walk.Leads(s, setup.Rotation) {
		keys = append(keys, widget.Key{Key: "r", Does: "rotate"})
	}
	if s.Moves().MayRetire() == nil {
		keys = append(keys, widget.Key{Key: "x", Does: "old link"})
	}
	if s.Moves().MayGoBack("") == nil {
		keys = append(keys, widget.Key{Key: "b", Does: "go back"})
	}
	if s.Moves().MayAbandon("") == nil {
		keys = append(keys, widget.Key{Key: "u", Does: "undo the move"})
	}
	return append(keys, widget.Key{Key: "a", Does: "adopt"}, widget.Key{Key: "d", Does: "remove"}, widget.Key{Key: "q", Does: "quit", Keep: true}, widget.Key{Key: "?", Keep: true})
}
