//go:build unix

package main

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/hinshun/vt10x"
)

// What a person reads off the screen of the wizard, and types.

// at waits for the page or question with that title, which stands below the steps, and
// for as long as the wizard drops keys after it went on by itself.
func (r *rehearsal) at(title string) {
	r.t.Helper()
	r.wait(title, func(s string) bool {
		return slices.ContainsFunc(strings.SplitN(s, "\n", 6)[:5], func(line string) bool {
			return strings.HasPrefix(strings.TrimPrefix(strings.TrimSpace(line), "✓ "), title)
		})
	})
	time.Sleep(400 * time.Millisecond)
}

// answer replaces what a question proposes.
func (r *rehearsal) answer(title, text string) {
	r.t.Helper()
	r.at(title)
	r.fill(text)
}

// entry is what is typed into a field of a form, by its label.
type entry struct{ label, text string }

// form replaces what the fields of a form hold, and leaves it: what is proposed in the
// others is taken.
func (r *rehearsal) form(entries ...entry) {
	r.t.Helper()
	for _, f := range entries {
		mark, wanted := fields(r.waitFor("▸ ", " "+f.label+" "), f.label)
		for mark != wanted {
			before := mark
			r.send(down)
			r.wait("another field", func(now string) bool { mark, wanted = fields(now, f.label); return mark != before })
		}
		r.send(f.text) // in place of what is proposed
		r.waitFor(lastOf(f.text, 40))
	}
	r.send(enter)
}

// fill does so where a question is.
func (r *rehearsal) fill(text string) {
	r.t.Helper()
	r.send(ctrlU + text)
	r.waitFor(lastOf(text, 60))
	r.send(enter)
}

// choose takes a choice by the number before it.
func (r *rehearsal) choose(label string) {
	r.t.Helper()
	numbered := regexp.MustCompile(`(?m)^[\s▸]*(\d)  ` + regexp.QuoteMeta(label))
	screen := r.wait(label, numbered.MatchString)
	r.send(numbered.FindStringSubmatch(screen)[1])
}

const pageDown = "\x1b[6~"

// fields are the lines of the marked field and of the one with that label.
func fields(screen, label string) (mark, wanted int) {
	mark, wanted = -1, -1
	for i, line := range strings.Split(screen, "\n") {
		text, marked := strings.CutPrefix(strings.TrimSpace(line), "▸ ")
		if strings.HasPrefix(text, "enter") {
			break // what comes next, below the fields
		}
		if marked {
			mark = i
		}
		if wanted < 0 && strings.HasPrefix(text, label) {
			wanted = i
		}
	}
	return mark, wanted
}

// soon gives the program half a second to do something.
func (r *rehearsal) soon(done func() bool) {
	for deadline := time.Now().Add(500 * time.Millisecond); !done() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
}

const goBack = "Press Enter to go back."

// value copies the value with that label.
func (r *rehearsal) value(label string) string {
	r.t.Helper()
	return r.copied(r.number(label))
}

// page copies the address of the page to open.
func (r *rehearsal) page() string {
	r.t.Helper()
	r.waitFor("0 copy")
	return r.copied("0")
}

// copied presses a number and returns what the terminal is told to put on the clipboard.
func (r *rehearsal) copied(number string) string {
	r.t.Helper()
	before := len(osc52.FindAllString(r.stream(), -1))
	r.send(number)
	r.wait("a copy", func(string) bool { return len(osc52.FindAllString(r.stream(), -1)) > before })
	return r.clipboard()
}

// alone shows the value with that label alone, which is to look, and no part of the walk.
func (r *rehearsal) alone(label string) string {
	r.t.Helper()
	number := r.number(label)
	only := strings.Contains(r.screen(), " 1 copy · v") // it is shown without asking which
	r.from = len(r.stream())
	r.terminal.send("v")
	if !only {
		r.waitFor("Press the number of the value to show alone.")
		r.terminal.send(number)
	}
	title, text := r.readAlone()
	if !strings.HasPrefix(title, label) {
		r.t.Errorf("the value of %q is shown under the title %q", label, title)
	}
	return text
}

// readAlone reads what is shown alone from what the terminal got, where lines are not
// broken at the edge of the screen, and goes back.
func (r *rehearsal) readAlone() (title, text string) {
	r.t.Helper()
	r.wait(goBack, func(string) bool { return strings.Contains(r.stream()[r.from:], goBack) })
	shown := r.stream()[r.from:]
	const left = "\x1b[?1049l" // the alternate screen
	shown = shown[strings.LastIndex(shown, left)+len(left):]
	shown = strings.ReplaceAll(ansi.Strip(shown), "\r", "")
	title, rest, _ := strings.Cut(strings.TrimLeft(shown, "\n"), "\n\n")
	text, _, found := strings.Cut(rest, "\n\n"+goBack)
	if !found || text == "" {
		r.t.Fatalf("nothing is shown alone: %q", shown)
	}
	r.terminal.send(enter)
	r.wait("the page", func(s string) bool { return strings.Contains(s, "esc back") || strings.Contains(s, "esc home") })
	return title, text
}

// number is the digit that the screen puts beside a label, in a drawing of a form or
// in the list of values.
func (r *rehearsal) number(label string) string {
	r.t.Helper()
	screen := r.waitFor("show alone")
	if strings.Contains(screen, " 1 copy · v") {
		return "1"
	}
	quoted := regexp.QuoteMeta(label)
	beside := regexp.MustCompile(`(?m)^[\s│]*` + quoted + `\*?\s.*\s(\d) copy[\s│]*$|^\s*(\d) ` + quoted)
	m := beside.FindStringSubmatch(screen)
	if m == nil {
		r.t.Fatalf("no number stands beside %q:\n%s", label, screen)
	}
	return m[1] + m[2]
}

// same checks a value that the test knows already.
func (r *rehearsal) same(label, want string) {
	r.t.Helper()
	if got := r.alone(label); got != want {
		r.t.Errorf("%q is %q, want %q", label, got, want)
	}
}

// pasteLines pastes a value of several lines as terminals do: its line ends arrive as
// carriage returns.
func (r *rehearsal) pasteLines(text string) {
	r.t.Helper()
	r.paste(strings.ReplaceAll(text, "\n", "\r"))
}

// summary checks what the last page says each step rests on.
func (r *rehearsal) summary(want ...string) {
	r.t.Helper()
	seen := ""
	for range 4 {
		seen += strings.Join(strings.Fields(r.screen()), " ")
		if !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(seen, w) }) {
			return
		}
		before := r.screen()
		r.terminal.send(pageDown)
		r.soon(func() bool { return r.screen() != before })
	}
	r.t.Errorf("the summary does not say all of %q:\n%s", want, r.screen())
}

// leave quits, and checks that the terminal is as it was and that the last line tells
// how it ended.
func (r *rehearsal) leave() {
	r.t.Helper()
	r.terminal.send("q")
	if code := r.exit(); code != exitOK {
		r.t.Errorf("exit code %d", code)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.vt.Mode()&vt10x.ModeAltScreen != 0 || !r.vt.CursorVisible() {
		r.t.Error("the alternate screen is left on, or the cursor hidden")
	}
	raw := r.raw.String()
	if strings.LastIndex(raw, "\x1b[?2004l") < strings.LastIndex(raw, "\x1b[?2004h") {
		r.t.Error("bracketed paste is left on")
	}
	if last := raw[strings.LastIndex(raw, "\x1b[?25h"):]; !strings.Contains(last, "The practice is over") {
		r.t.Errorf("the last words are %q", last)
	}
}

func lastOf(text string, n int) string { return text[max(0, len(text)-n):] }
