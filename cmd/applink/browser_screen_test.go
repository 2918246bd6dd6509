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

// at waits for the page or question with that title, which stands below the steps.
func (r *rehearsal) at(title string) {
	r.t.Helper()
	r.wait(title, func(s string) bool {
		return slices.ContainsFunc(strings.SplitN(s, "\n", 6)[:5], func(line string) bool {
			return strings.HasPrefix(strings.TrimSpace(line), title)
		})
	})
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
func (r *rehearsal) form(fields ...entry) {
	r.t.Helper()
	for _, f := range fields {
		mark, wanted := choices(r.waitFor("▸ ", " "+f.label+" "), f.label)
		for mark != wanted {
			before := mark
			r.send(down)
			r.wait("another field", func(now string) bool { mark, wanted = choices(now, f.label); return mark != before })
		}
		r.send(ctrlU + f.text)
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

// settled waits for as long as the wizard drops keys after it went on by itself.
func (r *rehearsal) settled() { time.Sleep(400 * time.Millisecond) }

// choose moves to a choice and takes it. Each key waits until the mark moved, as a key
// that is pressed once more goes round the list.
func (r *rehearsal) choose(label string) {
	r.t.Helper()
	r.waitFor("▸ ", " "+label)
	r.settled()
	for range 20 {
		screen := r.screen()
		mark, wanted := choices(screen, label)
		if mark == wanted {
			r.send(enter)
			return
		}
		key := down
		if mark > wanted {
			key = up
		}
		r.send(key)
		r.wait("another mark", func(now string) bool { moved, _ := choices(now, label); return moved >= 0 && moved != mark })
	}
	r.t.Fatalf("%q cannot be chosen:\n%s", label, r.screen())
}

const (
	up       = "\x1b[A"
	pageDown = "\x1b[6~"
)

// choices are the lines of the marked choice and of the one that starts with label.
func choices(screen, label string) (mark, wanted int) {
	mark, wanted = -1, -1
	for i, line := range strings.Split(screen, "\n") {
		text, marked := strings.CutPrefix(strings.TrimSpace(line), "▸ ")
		text = strings.TrimLeft(text, "0123456789 ")
		if strings.HasPrefix(text, "enter") {
			break // what comes next, below the choices
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

// value shows the value with that label alone and returns it.
func (r *rehearsal) value(label string) string {
	r.t.Helper()
	return r.valueAt(r.number(label), label)
}

// valueAt does so with a value's number, "" for the only one.
func (r *rehearsal) valueAt(number, label string) string {
	r.t.Helper()
	r.alone = len(r.stream())
	r.send("v")
	if number != "" {
		r.waitFor("Press the number of the value to show alone.")
		r.send(number)
	}
	title, text := r.readAlone()
	if !strings.HasPrefix(title, label) {
		r.t.Errorf("the value of %q is shown under the title %q", label, title)
	}
	return text
}

// page presses o and reads the address that is shown, as there is no display.
func (r *rehearsal) page() string {
	r.t.Helper()
	r.alone = len(r.stream())
	r.send("o")
	title, url := r.readAlone()
	if !strings.HasSuffix(strings.TrimSpace(title), "Open this page yourself:") {
		r.t.Errorf("the address stands under %q", title)
	}
	return url
}

// readAlone reads what is shown alone from what the terminal got, where lines are not
// broken at the edge of the screen, and goes back.
func (r *rehearsal) readAlone() (title, text string) {
	r.t.Helper()
	r.wait(goBack, func(string) bool { return strings.Contains(r.stream()[r.alone:], goBack) })
	shown := r.stream()[r.alone:]
	const left = "\x1b[?1049l" // the alternate screen
	shown = shown[strings.LastIndex(shown, left)+len(left):]
	shown = strings.ReplaceAll(ansi.Strip(shown), "\r", "")
	title, rest, _ := strings.Cut(strings.TrimLeft(shown, "\n"), "\n\n")
	text, _, found := strings.Cut(rest, "\n\n"+goBack)
	if !found || text == "" {
		r.t.Fatalf("nothing is shown alone: %q", shown)
	}
	r.send(enter)
	r.waitFor("esc back")
	return title, text
}

// number is the digit that the screen puts beside a label, in a drawing of a form or
// in the list of values; "" for the only value.
func (r *rehearsal) number(label string) string {
	r.t.Helper()
	screen := r.waitFor("show alone")
	if strings.Contains(screen, " 1 copy · v") {
		return ""
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
	if got := r.value(label); got != want {
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
		r.send(pageDown)
		r.soon(func() bool { return r.screen() != before })
	}
	r.t.Errorf("the summary does not say all of %q:\n%s", want, r.screen())
}

// leave quits, and checks that the terminal is as it was and that the last line tells
// how it ended.
func (r *rehearsal) leave() {
	r.t.Helper()
	r.send("q")
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
