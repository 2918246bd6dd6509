package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui/widget"
)

// View draws the page, or what lies over its text.
func (s *show) View() string {
	t, width := s.f.w.theme, s.frame.ContentWidth(true)
	p := widget.Parts{
		Header: s.f.header(s.frame),
		Side:   s.f.side(s.frame),
		Title:  s.f.title(s.frame, s.page.Title),
		Notice: s.notice(),
		Status: s.status(width),
		Footer: widget.KeyHelp(t, s.keys(), s.frame.Width()),
	}
	switch {
	case s.f.Needed() || s.f.Problem() != nil:
		p.StatusLines = 2
	case s.over == overPick:
		p.Notice = p.Status // no line is kept for a status here
	}
	switch s.over {
	case overCode:
		p.Fixed = s.code.View()
	case overEvidence:
		p.Body = widget.Prose(t, s.evidence(), width)
	default:
		p.Body, p.InBody = s.body(width)
		p.Values = widget.Values(t, values(s.page.Values), width)
	}
	return s.frame.View(p)
}

// body is the instruction, the drawing, and what is good to know beside them. A
// failed check that is not asked again by itself takes the instruction's place:
// it is what matters now. Shown is how many lines show all the values, 0 for none.
func (s *show) body(width int) (text string, shown int) {
	t := s.f.w.theme
	if f := s.blocking(); f != nil {
		return problemPage(t, f, width), 0
	}
	words := blocks(s.page.Blocks)
	lead := slices.IndexFunc(words, func(b widget.Block) bool { return b.Kind == widget.Note })
	if lead < 0 {
		lead = len(words)
	}
	parts := []string{widget.Prose(t, words[:lead], width)}
	if s.f.At().Step.Last {
		parts = append(parts, s.summary())
	}
	if m := s.drawing(width); m != "" {
		parts = append(parts, m)
	}
	if s.drawsAll() {
		shown = strings.Count(strings.Join(parts, "\n\n"), "\n") + 1
	}
	more := append(s.untold(), words[lead:]...)
	if s.page.OpenURL != "" {
		more = append(more, notes(s.f.w.session)...)
	}
	if len(more) > 0 {
		parts = append(parts, widget.Prose(t, more, width))
	}
	return strings.Join(parts, "\n\n"), shown
}

// drawing is the other program's screen, or its fields as a list where a drawing
// has no room.
func (s *show) drawing(width int) string {
	t, m := s.f.w.theme, rows(s.page.Mock)
	switch {
	case len(m) == 0:
		return ""
	case s.frame.Narrow():
		return widget.FieldList(t, m, width)
	}
	return widget.Indent(widget.Mock(t, m, width-2), 2)
}

// blocking is the finding that stands in the way, nil when none does.
func (s *show) blocking() *core.Finding {
	if s.f.Problem() != nil {
		return s.f.Problem()
	}
	need := s.f.At().Step.Needs
	if f := s.f.Outcome().Finding; s.f.Outcome().State == core.Failed && !need.Repeats {
		return f
	}
	return nil
}

// drawsAll reports whether the drawing shows every value, so that the list of
// values need not repeat them.
func (s *show) drawsAll() bool {
	drawn := map[int]bool{}
	for _, r := range rows(s.page.Mock) {
		drawn[r.Number] = true
	}
	for _, v := range s.page.Values {
		if !drawn[v.Number] {
			return false
		}
	}
	return len(s.page.Values) > 0
}

// summary lists the steps with what each rests on.
func (s *show) summary() string {
	t := s.f.w.theme
	var lines []string
	for _, st := range s.f.State().Path() {
		if st.Last {
			continue
		}
		mark, status := t.Good.Render("✓"), s.f.State().Status(st)
		words := guide.StatusWords(s.f.State(), st, s.f.w.now())
		switch {
		case status == setup.Open, status == setup.Added:
			mark = t.Muted.Render("○")
		case strings.Contains(words, "now: "):
			mark = t.Bad.Render("✗")
		case status == setup.Said, status == setup.Implied:
			mark = t.Warn.Render("~")
		case status == setup.Proved:
			words = t.Good.Render(words)
		case status == setup.Answered:
			words = t.Muted.Render(words)
		}
		lines = append(lines, fmt.Sprintf("%s %-18s %s", mark, guide.Short(st.ID), words))
	}
	return strings.Join(lines, "\n")
}

// evidence is everything that was seen, and then the whole finding.
func (s *show) evidence() []widget.Block {
	out := evidenceBlocks(s.f.Outcome())
	if f := s.f.Outcome().Finding; f != nil {
		out = append(out, widget.Say(widget.Heading, problemText(f)))
		out = append(out, problemBlocks(f)...)
	}
	return append(out, widget.Say(widget.Note, "This page holds for Bitbucket "+cmp.Or(s.page.Versions, "of every version")+". Source: "+s.page.Source))
}

// goOnKeys answer [withoutProof].
func goOnKeys() []widget.Key {
	return []widget.Key{{Key: "y", Does: "go on without proof", Keep: true}, {Key: "esc", Does: "stay", Keep: true}}
}

// keys are the page's bindings, those that do something now.
func (s *show) keys() []widget.Key {
	switch s.over {
	case overGoOn:
		return goOnKeys()
	case overPick, overCode:
		return []widget.Key{{Key: "esc", Does: "back", Keep: true}}
	case overEvidence:
		return []widget.Key{{Key: "↑↓", Does: "scroll"}, {Key: "esc", Does: "back", Keep: true}}
	}
	var out []widget.Key
	add := func(when bool, key, does string) {
		if when {
			out = append(out, widget.Key{Key: key, Does: does})
		}
	}
	n := len(s.page.Values)
	carry := func() {
		add(n == 1, "1", "copy")
		add(n > 1, fmt.Sprintf("1-%d", n), "copy")
		add(n > 0, "v", "show alone")
	}
	refused := s.f.Needed() && s.f.Outcome().Finding != nil && (s.f.Outcome().State == core.Failed || s.f.Outcome().State == core.Unknown)
	if !refused {
		carry()
	}
	add(s.page.OpenURL != "", "o", "open page")
	if s.f.Needed() {
		out = append(out, widget.Key{Key: "r", Does: "retry", Keep: refused}, widget.Key{Key: "e", Does: "evidence", Keep: refused})
	}
	_, offered := s.f.Mendable()
	mend := "mend here"
	if s.f.At().Step.Last {
		mend = "go back to it"
	}
	add(offered, "f", mend)
	if refused {
		carry() // what mends it comes first
	}
	add(s.otherWayDoes() != "", "c", s.otherWayDoes())
	add(s.f.Dance() != nil, "b", "error page")
	add(s.f.At().Step.Last && s.f.State().MayRetire() == nil, "x", "old link")
	add(s.page.Looks > 1, "l", "other look")
	add(s.f.At().Step.Last && s.f.Movable() && s.f.Enter() != walk.Migrate && s.f.State().MoveReason() != "", "m", "migrate")
	out = append(out, widget.Key{Key: "enter", Does: s.enterDoes(), Keep: true}, widget.Key{Key: "esc", Does: "back", Keep: true},
		widget.Key{Key: "q", Does: "quit"}, widget.Key{Key: "?", Keep: true})
	return out
}

func (s *show) enterDoes() string {
	switch s.f.Enter() {
	case walk.Migrate:
		return "migrate"
	case walk.GoHome:
		return "home"
	case walk.TypeCode:
		if s.f.Way() == core.BackByCode {
			return "type the code"
		}
		return "paste address"
	case walk.Overrule:
		return "skip proof"
	}
	return "next"
}

// The marks of the steps, for the help.
const (
	marks     = "✓ ~ ● ○"
	marksMean = "a step that is done, only said, current, open"
)

// Help names every key of a page.
func (s *show) Help() []binding {
	return []binding{
		{"1-9", "copy that value to the clipboard"},
		{"v", "show a value whole, to select by mouse"},
		{"o", "open the page in the browser"},
		{"enter", "this step is done: go on"},
		{"esc", "go back; answers stay"},
		{"r", "ask Bitbucket again now"},
		{"s", "stop asking, or go on asking"},
		{"e", "evidence: what was asked and answered"},
		{"c", "the other way back: a code, or its address"},
		{"b", "the browser shows an error of Bitbucket's"},
		{"f", "mend a problem here, where a question can"},
		{"x", "on the last page: retire the old link"},
		{"l", "another look, if Bitbucket's differs"},
		{"m", "move a complete OAuth 1 link to OAuth 2"},
		{"↑ ↓ pgup pgdn", "scroll"},
		{marks, marksMean},
		{"q", "quit; everything is saved"},
	}
}
