package tui

import (
	"cmp"
	"strings"
	"time"

	"applink/core"
	"applink/core/guide"
	"applink/tui/theme"
	"applink/tui/widget"
)

// notice is what the last key did; before that, the first warning about the
// values, which may stand below the fold.
func (s *show) notice() string {
	t := s.f.w.theme
	if w := s.warnings(); s.warns() && len(w) > 0 {
		return t.Warn.Render("! " + w[0].Spans[0].Text)
	}
	return t.Accent.Render(s.message)
}

// warns reports whether the notice is free to tell the first warning.
func (s *show) warns() bool { return s.message == "" && s.over == overNothing }

// untold are the warnings that the notice does not tell.
func (s *show) untold() []widget.Block {
	w := s.warnings()
	if s.warns() && len(w) > 0 {
		return w[1:]
	}
	return w
}

// warnings tell what is odd about the values that the page carries.
func (s *show) warnings() []widget.Block {
	var out []widget.Block
	for _, f := range s.f.Warnings(s.f.w.now()) {
		out = append(out, widget.Say(widget.Warning, problemText(f)))
	}
	return out
}

// withoutProof asks for the word that takes the place of a proof.
const withoutProof = "Go on without proof? It will be kept as said, never shown as proved."

// status says how the check stands, in words.
func (s *show) status(width int) string {
	t, o := s.f.w.theme, s.f.Outcome()
	switch {
	case s.over == overGoOn:
		return t.Warn.Render(withoutProof)
	case s.over == overPick:
		return t.Accent.Render("Press the number of the value to show alone.")
	case s.f.Problem() != nil, !s.f.Needed():
		return ""
	case s.f.Blocking() != nil && !s.f.Asking():
		return t.Muted.Render(s.next())
	case o.State == core.Passed:
		return s.proved(width)
	case o.State == core.Failed && o.Finding != nil:
		line := problemTitle(t, o.Finding, width)
		return line + "\n" + t.Muted.Render(s.next())
	case o.State == core.Unknown && o.Finding != nil:
		return problemTitle(t, o.Finding, width) + "\n" + t.Muted.Render("e tells why, r asks again.")
	case s.f.Stopped():
	case s.f.Asking(), s.f.Dance() != nil, o.State == core.Waiting:
		return t.Accent.Render("◌ ") + s.asking() + "\n" + t.Muted.Render(s.next())
	}
	return t.Muted.Render(s.next())
}

// asking says what is waited for, and what to do where the browser brings nothing.
func (s *show) asking() string {
	if s.f.Dance() == nil {
		return s.page.Asking
	}
	return s.page.Asking + " (x: it shows an error)"
}

// provedLine says in the words of a page that its check passed, and when.
func provedLine(t *theme.Theme, page guide.Page, o core.Outcome, width int) string {
	text := page.Proved
	if o.Strength == core.Weak {
		text = cmp.Or(page.Weak, text)
	}
	return widget.Spread(t.Good.Render("✓ ")+text, t.Muted.Render(o.At.Local().Format("15:04:05")), width)
}

func (s *show) proved(width int) string {
	t := s.f.w.theme
	line := provedLine(t, s.page, s.f.Outcome(), width)
	switch {
	case s.goingOn.left > 0:
		return line + "\n" + t.Good.Render("Proved. "+s.goingOn.words()) + s.support(" · ")
	}
	return line + s.support("\n")
}

// support tells, after what stands before it, until when the server's version is
// supported, and Data Center as announced; "" where neither is known. The status has
// room for two lines: what goes on by itself leaves the second out.
func (s *show) support(before string) string {
	var known []string
	until, _, _ := strings.Cut(s.f.Outcome().Learned[core.LearnedSupport], " ")
	switch today := s.f.w.now().UTC().Format(time.DateOnly); {
	case until == "":
	case today[:min(len(today), len(until))] > until:
		known = append(known, "support ended "+until)
	default:
		known = append(known, "supported until "+until)
	}
	if end := s.f.Outcome().Learned[core.LearnedEnd]; end != "" && s.goingOn.left == 0 {
		known = append(known, "Data Center until "+end[:min(len(end), len("2006"))])
	}
	if len(known) == 0 {
		return ""
	}
	return before + s.f.w.theme.Muted.Render(strings.Join(known, " · "))
}

// next says what applink does about a check that has not passed.
func (s *show) next() string {
	need := s.f.At().Step.Needs
	switch {
	case s.f.Behind():
		return "This step lies behind; enter goes on."
	case s.f.Stopped():
		return "Stopped asking: s asks again every few seconds, r once."
	case need.Dance && s.f.Dance() != nil:
		return s.nextInDance()
	case need.Repeats && s.f.Outcome().State == core.Waiting && s.f.State().Adopted() && !s.f.At().Step.Superseded:
		return "We keep asking; esc goes back to correct the Client ID."
	case need.Repeats && s.f.Outcome().State == core.Waiting:
		return "When that is done, this page goes on by itself."
	case s.f.Asking() && (!need.Repeats || s.f.Outcome().State == ""):
		return ""
	case need.Repeats:
		return "We keep asking: e tells what to mend in Bitbucket."
	case need.Dance:
		return s.nextAfterDance()
	}
	return "r asks again, esc goes back to change the answer."
}

// nextInDance says what to do in the browser.
func (s *show) nextInDance() string {
	remote := s.f.w.session.Remote
	refused := s.f.Blocking() != nil // what was typed
	switch way := s.f.Way(); {
	case refused && way == core.BackByCode:
		return "Try again: enter, and the code that Bitbucket shows."
	case refused:
		return "Try again: paste the whole address that the browser ends at."
	case way == core.BackByCode:
		return "Sign in, allow, and type the code that it shows: enter."
	case way == core.BackByAddress && remote:
		return "Open the address (0 copies it). Allow, and paste where it ends."
	case way == core.BackByAddress:
		return "o opens Bitbucket. Allow, enter, paste the whole address."
	case !s.f.Warm() && remote:
		return "Open the local page in your browser: accept its certificate."
	case !s.f.Warm():
		return "o opens the local page: accept its certificate there."
	case remote:
		return "It comes back by the forwarded port, or enter pastes it."
	}
	return "o opens Bitbucket; the browser comes back here by itself."
}

func (s *show) nextAfterDance() string {
	switch {
	case !s.showsCode():
		return "r begins again."
	case s.f.ByCode():
		return "r begins again, t lets the browser come back here."
	}
	return "r begins again, t uses a code instead of coming back here."
}
