package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"applink/core"
	"applink/core/setup"
	"applink/tui/theme"
	"applink/tui/widget"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// sizes are the windows in which every screen must fit; the first is kept of each.
var sizes = []struct{ width, height int }{{80, 24}, {60, 16}, {120, 40}, {100, 30}}

// whole are the screens that are kept at each size, and in colour.
var whole = map[string]bool{"home": true, "home-empty": true, "home-removal": true, "own-application-app-url": true, "own-create-link": true,
	"own-incoming-waiting": true, "own-incoming-failed": true, "own-incoming-passed": true, "own-done": true, "page-help": true, "problem-tls": true}

// Where a page stands among the others is no part of its golden file, so that a step
// that is added changes no file but its own.
var (
	next   = regexp.MustCompile(` *next: [^│]*$`)
	bar    = regexp.MustCompile(`^ [━─]+$`)
	column = regexp.MustCompile(`^ {1,3}([✓~●○] .*|\[.*\] *|) *│`)
)

// alone takes away what a screen says of the other pages.
func alone(view string, width int) string {
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		text := ansi.Strip(line)
		if i == 1 && bar.MatchString(text) {
			lines[i] = " (how far)"
		}
		if width >= widget.WideWidth && column.MatchString(text) {
			_, lines[i], _ = strings.Cut(line, "│")
			lines[i] = "│" + lines[i]
		}
		if next.MatchString(text) {
			lines[i] = next.ReplaceAllString(strings.TrimRight(ansi.Strip(lines[i]), " "), "  next")
		}
	}
	return strings.Join(lines, "\n")
}

var colours = theme.Profile{Depth: theme.Colours256}

// twins are two wizards in the same place, the first without colour, the second
// with.
type twins [2]*driver

func newTwins(t *testing.T, o RunOptions, prepare func(*stage) RunOptions) twins {
	t.Helper()
	var tw twins
	for i := range tw {
		s := newStage(t)
		open := o
		if prepare != nil {
			open = prepare(s)
		}
		if i == 1 {
			open.Profile = colours
		}
		tw[i] = s.start(t, open)
	}
	return tw
}

// do does the same to both.
func (tw twins) do(f func(d *driver)) {
	for _, d := range tw {
		f(d)
	}
}

func (tw twins) press(keys ...string) { tw.do(func(d *driver) { d.press(keys...) }) }

// random is what differs from run to run.
var (
	random = regexp.MustCompile(`applink-[0-9a-f]{8}`)
	prints = regexp.MustCompile(`SHA256:[A-Za-z0-9+/]{43}`)
)

func (d *driver) view(width, height int) string {
	d.t.Helper()
	d.resize(width, height)
	view := d.w.View()
	if w, h := lipgloss.Width(view), lipgloss.Height(view); w > width || h > height {
		d.t.Errorf("the screen is %dx%d in %dx%d:\n%s", w, h, width, height, view)
	}
	view = prints.ReplaceAllString(view, "SHA256:Yx3fYx3fYx3fYx3fYx3fYx3fYx3fYx3fYx3fYx3fYx3")
	return random.ReplaceAllString(view, "applink-3f9c2e71")
}

// bare takes away the colours, and the cursor, which without colour is a
// character.
func bare(view string) string {
	lines := strings.Split(strings.NewReplacer("█", " ", "\u0332", "").Replace(ansi.Strip(view)), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// golden compares the screen with the file of that name, where escape bytes stand as
// "␛". It must fit at each size, and say the same with its colours.
func (tw twins) golden(name string) {
	t := tw[0].t
	t.Helper()
	var b strings.Builder
	for i, size := range sizes {
		plain, colour := tw[0].view(size.width, size.height), tw[1].view(size.width, size.height)
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s writes escapes without colour", name)
		}
		if bare(plain) != bare(colour) {
			t.Errorf("%s says something by colour alone at %dx%d:\n%s\n%s", name, size.width, size.height, bare(plain), bare(colour))
		}
		if i == 0 || whole[name] {
			fmt.Fprintf(&b, "-- %dx%d --\n%s\n", size.width, size.height, alone(plain, size.width))
		}
	}
	if whole[name] {
		fmt.Fprintf(&b, "-- 80x24 in colour --\n%s\n", strings.ReplaceAll(alone(tw[1].view(80, 24), 80), "\x1b", "␛"))
	}
	tw[0].resize(80, 24)
	compare(t, name+".txt", b.String())
}

func compare(t testing.TB, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", file, got)
	}
}

// walker goes through a set-up as an admin does, and looks at each place: the
// golden screen, and whether a wizard that is opened anew comes to the same place
// with the same answers.
type walker struct {
	twins
	name string
	seen map[string]int
}

// look compares the place with its golden file.
func (w *walker) look(what string) {
	w.t().Helper()
	if w.seen == nil {
		w.seen = map[string]int{}
	}
	name := w.name + "-" + what
	if w.seen[what]++; w.seen[what] > 1 {
		name += fmt.Sprint("-", w.seen[what])
	}
	w.golden(name)
}

func (w *walker) t() testing.TB { return w.twins[0].t }

// at checks where the wizard stands, looks, and opens it anew there.
func (w *walker) at(step core.StepID, field core.Field) {
	w.t().Helper()
	d := w.twins[0]
	where := place(d)
	if got := fmt.Sprint(where.Step.ID, " ", fieldOf(where)); got != fmt.Sprint(step, " ", field) {
		w.t().Fatalf("at %s, want %s %s:\n%s", got, step, field, d.w.View())
	}
	what := string(step)
	if field != "" {
		what += "-" + string(field)
	}
	w.look(what)
	w.reopen()
}

// reopen opens a second wizard on the database and compares.
func (w *walker) reopen() {
	w.t().Helper()
	d := w.twins[0]
	s := d.w.last
	if s == nil || s.Integration.ID == 0 {
		return
	}
	elsewhere := *d.stage
	elsewhere.checker = newChecker()
	elsewhere.checker.outcomes = d.checker.outcomes
	again := elsewhere.start(d.t, RunOptions{Integration: s.Integration.ID})
	if page, ok := d.w.screen.(*show); ok {
		page.message = "" // what was told on the way here is not told once more
	}
	if form := s.Path().Form(place(d)); len(form) > 1 {
		d.resize(80, 24) // where the focus was is not kept
	} else if was, is := bare(d.view(80, 24)), bare(again.view(80, 24)); was != is {
		w.t().Errorf("opened anew it shows\n%s\ninstead of\n%s", is, was)
	}
	if was, is := answers(s), answers(again.w.last); was != is {
		w.t().Errorf("opened anew it knows %s instead of %s", is, was)
	}
	again.w.Close()
	again.free()
}

func answers(s *setup.State) string {
	return fmt.Sprint(s.Integration.Name, s.Integration.Answers, s.Link.Answers, s.Link.State)
}

// place is what the wizard looks at.
func place(d *driver) setup.Position {
	d.t.Helper()
	switch s := d.w.screen.(type) {
	case *ask:
		return s.f.At()
	case *show:
		return s.f.At()
	}
	d.t.Fatalf("no step on the screen:\n%s", d.w.View())
	return setup.Position{}
}

func fieldOf(p setup.Position) core.Field {
	if p.Question == nil {
		return ""
	}
	return p.Question.Field
}

// answer types an answer in place of what is proposed.
func (w *walker) answer(text string) {
	w.do(func(d *driver) { d.answer(text) })
}

func (d *driver) answer(text string) {
	d.t.Helper()
	d.erase()
	d.paste(text)
	d.press("enter")
}

// check lets a check that is blocked end so.
func (w *walker) check(name core.CheckName, o core.Outcome) {
	w.do(func(d *driver) { d.check(name, o) })
}

func (d *driver) check(name core.CheckName, o core.Outcome) {
	d.t.Helper()
	d.checker.set(name, o)
	d.checker.release()
	d.free()
}
