package tui

import (
	"context"
	"reflect"
	"regexp"
	"runtime"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core/carry"
	"applink/core/walk"
	"applink/tui/theme"
)

// driver is the program loop of a test: it hands messages to the root one by
// one, runs each command to its end and hands on what it brings, so that after
// each call everything that was to happen has happened. Commands that only sleep
// are counted and not run; those that block in a fake are kept for [driver.free].
type driver struct {
	*stage
	w      *Wizard
	kept   []<-chan tea.Msg // the results of the blocked commands
	timers int              // commands that only sleep
	quit   bool
	alone  int // values shown outside the renderer
}

// sleeping names the commands that do nothing but wait for a timer.
var (
	sleeping = regexp.MustCompile(`\.Tick\.func\d+$`)
	blinking = regexp.MustCompile(`\.BlinkCmd\.func\d+$`)
)

func (d *driver) send(msgs ...tea.Msg) {
	d.t.Helper()
	d.w.theme.Install()
	for _, msg := range msgs {
		_, cmd := d.w.Update(msg)
		d.run(cmd)
	}
}

func (d *driver) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	switch name := runtime.FuncForPC(reflect.ValueOf(cmd).Pointer()).Name(); {
	case blinking.MatchString(name): // the cursor's, which the forms do not heed
		return
	case sleeping.MatchString(name):
		d.timers++
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		d.take(msg)
	case <-d.checker.parked:
		d.kept = append(d.kept, done)
	case <-time.After(20 * time.Second):
		d.t.Fatal("a command does not end")
	}
}

// take does what the program does with the result of a command.
func (d *driver) take(msg tea.Msg) {
	d.t.Helper()
	switch v := reflect.ValueOf(msg); {
	case msg == nil:
	case v.Type() == reflect.TypeFor[tea.QuitMsg]():
		d.quit = true
	case v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd](): // a batch or a sequence
		for i := range v.Len() {
			d.run(v.Index(i).Interface().(tea.Cmd))
		}
	case v.Type().PkgPath() == reflect.TypeFor[tea.QuitMsg]().PkgPath() && v.Type().Name() == "execMsg":
		d.alone++
	default:
		d.send(msg)
	}
}

// free waits for the commands that were blocked, after the test let them go.
func (d *driver) free() {
	d.t.Helper()
	kept := d.kept
	d.kept = nil
	for _, done := range kept {
		d.take(<-done)
	}
}

func (d *driver) resize(width, height int) { d.send(tea.WindowSizeMsg{Width: width, Height: height}) }

// press strikes keys by their names; a name of one letter is that letter.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		if t, ok := keyTypes[k]; ok {
			d.send(tea.KeyMsg{Type: t})
		} else {
			d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)})
		}
	}
}

func (d *driver) paste(text string) {
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
}

// erase empties a field.
func (d *driver) erase() { d.send(tea.KeyMsg{Type: tea.KeyEnd}, tea.KeyMsg{Type: tea.KeyCtrlU}) }

var keyTypes = map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown,
	"f1": tea.KeyF1, "ctrl+c": tea.KeyCtrlC, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "left": tea.KeyLeft, "home": tea.KeyHome, "right": tea.KeyRight, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab}

// stage is a database with a fake server and a recorder, on which wizards open.
type stage struct {
	t testing.TB
	table
	checker *fakeChecker
	carrier *recorder
	still   bool // reduced motion
}

func newStage(t testing.TB) *stage {
	return &stage{t: t, table: newTable(t), checker: newChecker(), carrier: &recorder{result: carry.Result{Method: "wl-copy", Certain: true,
		Sentence: "Copied (wl-copy), read back and equal"}}}
}

// open opens a wizard whose first command has not run yet.
func (s *stage) open(t testing.TB, o RunOptions) *driver {
	ctx, cancel := context.WithCancel(context.Background())
	session := &Session{Session: walk.Session{Library: s.lib, Checker: s.checker, Remote: s.carrier.remote}, Carrier: s.carrier, ReducedMotion: s.still}
	d := &driver{stage: s, w: newWizard(ctx, session, theme.New(o.Profile))}
	d.w.now = func() time.Time { return noon }
	d.w.theme.Install()
	d.w.open(o)
	d.w.screen.Resize(d.w.width, d.w.height)
	t.Cleanup(func() { cancel(); d.w.Close() })
	return d
}

// start opens a wizard and runs what it begins with.
func (s *stage) start(t testing.TB, o RunOptions) *driver {
	t.Helper()
	d := s.open(t, o)
	d.run(d.w.Init())
	return d
}
