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
	"applink/tui/theme"
	"applink/tui/widget"

	"github.com/charmbracelet/x/ansi"
)

// View draws the page, or what lies over its text.
func (s *show) View() string {
	t, width := s.f.w.theme, s.frame.ContentWidth(true)
	p := widget.Parts{
		Header: s.f.header(s.frame),
		Side:   s.f.side(s.frame),
		Title:  s.title(),
		Notice: s.notice(),
		Status: s.status(width),
		Action: s.action(),
		Footer: widget.KeyHelp(t, s.keys(), s.frame.Width()),
	}
	switch {
	case s.f.Blocking() != nil:
		p.StatusLines = 1
	case s.f.Needed():
		p.StatusLines = 2
	case s.over == overPick, s.over == overGoOn:
		p.Notice = p.Status // no line is kept for a status here
	}
	switch s.over {
	case overCode:
		words := s.page.Asks["code"]
		p.Fixed = s.code.View()
		p.Title = s.f.title(s.frame, words.Title)
		p.Body = widget.Prose(t, []widget.Block{widget.Say(widget.Paragraph, words.Help+" Left empty, it is skipped.")}, width)
	case overEvidence:
		p.Body = widget.Prose(t, s.evidence(), width)
	case overHand:
		p.Title, p.Body = s.f.title(s.frame, "Hand out the secret half"), widget.Prose(t, s.handBlocks(), width)
	default:
		p.Body, p.InBody, p.Spare = s.body(width)
		if !s.f.At().Step.Last { // whose facts are the values
			p.Values = widget.Values(t, s.values(), width)
		}
	}
	return s.frame.View(p)
}

// title is the page's; at the end a mark tells, too, that something is proved and nothing
// refused.
func (s *show) title() string {
	if st := s.f.State().Standing(); s.f.At().Step.Last && !st.Unfinished() && st.Proof != setup.Said {
		return s.f.title(s.frame, "✓ "+s.page.Title)
	}
	return s.f.title(s.frame, s.page.Title)
}

// body is the instruction with the address to open, the windows of the other program, and
// what is good to know beside them, which spare holds where it may be left out. A finding
// takes the place of the instruction: it is what matters now. Shown is how many lines show
// all the values, 0 for none.
func (s *show) body(width int) (text string, shown int, spare string) {
	t := s.f.w.theme
	words := blocks(s.page.Blocks)
	var parts []string
	if f := s.f.Blocking(); f != nil {
		words = nil
		if s.f.Problem() != nil || !s.f.At().Step.Needs.Repeats {
			return problemTitle(t, f, width) + "\n\n" + problemAdvice(t, f, width), 0, problemCauses(t, f, width)
		}
		parts = append(parts, problemTitle(t, f, width)+"\n"+widget.Prose(t, blocks(guide.Problem(f).Do), width))
	}
	lead := slices.IndexFunc(words, func(b widget.Block) bool { return b.Kind == widget.Note })
	if lead < 0 {
		lead = len(words)
	}
	if lead > 0 {
		parts = append(parts, widget.Prose(t, words[:lead], width))
	}
	if a := s.address(width); a != "" {
		if n := len(parts) - 1; n >= 0 && s.f.Blocking() == nil {
			parts[n] += "\n" + a
		} else {
			parts = append(parts, a)
		}
	}
	if s.f.At().Step.Last {
		parts = append([]string{s.facts(width)}, parts...)
	}
	if m := s.drawing(width); m != "" {
		parts = append(parts, m)
	}
	if s.drawsAll() {
		shown = strings.Count(strings.Join(parts, "\n\n"), "\n") + 1
	}
	more := append(s.untold(), words[lead:]...)
	if login := s.f.w.session.Login; login != "" && s.page.OpenURL != "" {
		spare = widget.Prose(t, []widget.Block{widget.Say(widget.Note, login)}, width)
	}
	if len(more) > 0 {
		parts = append(parts, widget.Prose(t, more, width))
	}
	return strings.Join(parts, "\n\n"), shown, spare
}

// rows are the windows of the other program. A key is told in a line.
func (s *show) rows() []widget.Row {
	out := rows(s.page.Mock, s.whole)
	for i := range out {
		if words := s.short[out[i].Value]; words != "" {
			out[i].Value = words
		}
	}
	return out
}

// values are the page's numbered values. A key is told in a line.
func (s *show) values() []widget.Value {
	out := make([]widget.Value, len(s.page.Values))
	for i, v := range s.page.Values {
		out[i] = widget.Value{Number: v.Number, Name: v.Label, Text: cmp.Or(s.short[v.Text], v.Text), Secret: v.Secret}
	}
	return out
}

// address is the page to open, which is value 0.
func (s *show) address(width int) string {
	t := s.f.w.theme
	if s.page.OpenURL == "" || s.over == overCode {
		return ""
	}
	keys := t.Key.Render("0") + t.Muted.Render(" copy")
	if !s.f.w.session.Remote { // where the browser runs elsewhere
		keys += t.Muted.Render(" · ") + t.Key.Render("o") + t.Muted.Render(" open")
	}
	shown := ansi.Truncate(s.page.OpenURL, max(10, width-ansi.StringWidth(keys)-2), "…")
	return widget.Spread(t.Link(s.page.OpenURL, t.Accent.Render(shown)), keys, width)
}

// drawing is the other program's windows, or their fields as a list where a drawing has no
// room.
func (s *show) drawing(width int) string {
	t, m := s.f.w.theme, s.rows()
	switch {
	case len(m) == 0:
		return ""
	case s.frame.Narrow():
		return widget.FieldList(t, m, width)
	}
	return widget.Mock(t, m, width)
}

// drawsAll reports whether the drawing shows every value, so that the list of
// values need not repeat them.
func (s *show) drawsAll() bool {
	hidden := func(v guide.Value) bool { return !s.page.Mock.Draws(v.Number) }
	return s.page.Mock != nil && len(s.page.Values) > 0 && !slices.ContainsFunc(s.page.Values, hidden)
}

// facts tell what is set up and what that rests on.
func (s *show) facts(width int) string {
	t := s.f.w.theme
	facts, widest := guide.Facts(s.f.State()), 0
	for _, f := range facts {
		widest = max(widest, ansi.StringWidth(f.Label))
	}
	var lines []string
	for _, f := range facts {
		label := t.Muted.Render(f.Label + strings.Repeat(" ", widest-ansi.StringWidth(f.Label)+2))
		for line := range strings.SplitSeq(widget.Prose(t, []widget.Block{widget.Say(widget.Paragraph, f.Text)}, max(1, width-widest-2)), "\n") {
			lines = append(lines, label+line)
			label = strings.Repeat(" ", widest+2)
		}
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
	case overHand:
		return []widget.Key{{Key: "↑↓", Does: "kind", Keep: true}, {Key: "c", Does: "copy", Keep: true}, {Key: "w", Does: "write a file", Keep: true}, {Key: "esc", Does: "back", Keep: true}}
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
	refused, remedy := s.f.Blocking() != nil, s.f.Remedy()
	if !refused {
		carry()
	}
	if remedy.Question != nil && remedy.Answer == "" {
		out = append(out, widget.Key{Key: "f", Does: "give " + s.label(remedy.Question.Question.Field), Keep: true})
	}
	if remedy.Step != nil {
		out = append(out, widget.Key{Key: "b", Does: "back to " + guide.Short(remedy.Step.Step.ID), Keep: true})
	}
	if s.f.Needed() {
		out = append(out, widget.Key{Key: "r", Does: "ask again", Keep: refused && remedy == (walk.Remedy{})}, widget.Key{Key: "e", Does: "evidence"})
	}
	add(s.more(), "f", "more fields")
	if refused {
		carry() // what mends it comes first
	}
	add(s.otherWayDoes() != "", "t", s.otherWayDoes())
	add(s.f.Dance() != nil, "x", "error page")
	add(s.f.At().Step.Signs && !refused, "x", "it fails")
	add(s.f.HandsOut(), "k", "hand out")
	add(s.f.At().Step.Last, "y", "copy a summary")
	add(s.f.At().Step.Last && s.f.State().Moves().MayRetire() == nil, "x", "old link")
	add(s.page.Looks > 1, "l", "other look")
	add(!s.whole && hasMore(s.page.Mock), "w", "whole windows")
	add(s.whole, "w", "less")
	add(s.f.At().Step.Last && s.f.Movable() && s.f.Enter() != walk.Migrate && s.f.State().Moves().MoveReason() != "", "m", "migrate")
	switch s.f.Enter() {
	case walk.Overrule:
		out = append(out, widget.Key{Key: "enter", Does: "skip proof", Keep: true})
	case walk.Remedied:
		out = append(out, widget.Key{Key: "g", Does: "skip proof"})
	}
	if s.f.At().Step.Last {
		add(true, "←", "steps before")
		out = append(out, widget.Key{Key: "esc", Does: "home", Keep: true})
	} else {
		out = append(out, widget.Key{Key: "esc", Does: "back", Keep: true})
	}
	out = append(out, widget.Key{Key: "q", Does: "quit"}, widget.Key{Key: "?", Keep: true})
	return out
}

// label is what the field of an answer is called.
func (s *show) label(field core.Field) string {
	st, _, _ := setup.Find(field)
	return guide.Of(s.f.State(), st.ID, 0, nil).Asks[field].Label
}

// more reports whether answers that have a default can be changed here.
func (s *show) more() bool {
	return len(s.f.State().Path().More()) > 0 && !s.f.Behind() && !s.f.Needed()
}

// action is what comes next, in one line; "" while the page goes on by itself.
func (s *show) action() string {
	if s.over != overNothing {
		return ""
	}
	does := ""
	switch s.f.Enter() {
	case walk.Migrate:
		does = "set up OAuth 2 beside it"
	case walk.GoHome:
		does = "all integrations"
	case walk.TypeCode:
		does = "paste the address that the browser ends at"
		if s.f.Way() == core.BackByCode {
			does = "type the code that Bitbucket shows"
		}
	case walk.GoForward:
		does = "go on"
	case walk.TakeWord:
		does = cmp.Or(s.page.Enter, "this is done")
	case walk.Remedied:
		does = "take " + s.f.Remedy().Answer
	case walk.Overrule:
		return ""
	}
	return nextAction(s.f.w.theme, "enter", does)
}

// nextAction is the strong line that tells the next key and what it means.
func nextAction(t *theme.Theme, key, does string) string {
	return t.Accent.Render("▸ ") + t.Key.Render(key) + "  " + t.Strong.Render(does)
}

// The marks of the steps, for the help.
const (
	marks     = "✓ ~ ● ○"
	marksMean = "a step that is done, only said, current, open"
)

// Help names every key of a page.
func (s *show) Help() []binding {
	return []binding{
		{"0-9", "copy that value; 0 is the address of the page"},
		{"c", "copy the next value"},
		{"v", "show a value whole, to select by mouse"},
		{"o", "open the page in the browser"},
		{"enter", "this step is done: go on"},
		{"esc", "go back; answers stay"},
		{"f2", "all integrations"},
		{"r", "ask Bitbucket again now"},
		{"s", "stop asking, or go on asking"},
		{"e", "evidence: what was asked and answered"},
		{"t", "the other way back: a code, or its address"},
		{"x", "the browser shows an error, a sign-in fails; on the last page: the old link"},
		{"k", "hand out the private key or the Client secret"},
		{"f", "give what mends a problem, or what has a default"},
		{"b", "back to the step that mends a problem"},
		{"w", "whole windows, with what is left as it is"},
		{"y", "on the last page: copy a summary to be filed"},
		{"l", "another look, if Bitbucket's differs"},
		{"m", "move a complete OAuth 1 link to OAuth 2"},
		{"↑ ↓ pgup pgdn", "scroll"},
		{marks, marksMean},
		{"q", "quit; everything is saved"},
	}
}
