package tui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/auth"
	"applink/core/carry"
	"applink/core/finding"
	"applink/core/setup"
)

// at opens a wizard on an integration with these facts.
func at(t *testing.T, f facts) *driver {
	t.Helper()
	s := newStage(t)
	return s.start(t, RunOptions{Integration: s.put(t, f)})
}

func (d *driver) page() *show {
	d.t.Helper()
	s, ok := d.w.screen.(*show)
	if !ok {
		d.t.Fatalf("no page on the screen:\n%s", d.w.View())
	}
	return s
}

// due is the latest timer of a page, gone off.
func (s *show) due() againMsg { return againMsg{s.run, s.timer} }

func (d *driver) shows(text string) {
	d.t.Helper()
	if !strings.Contains(d.w.View(), text) {
		d.t.Errorf("%q is not on the screen:\n%s", text, d.w.View())
	}
}

func (d *driver) stands(step core.StepID, field core.Field) {
	d.t.Helper()
	if p := place(d); p.Step.ID != step || fieldOf(p) != field {
		d.t.Fatalf("at %s %s, want %s %s", p.Step.ID, fieldOf(p), step, field)
	}
}

// passes lets the blocked consumer check pass.
func (d *driver) passes() { d.t.Helper(); d.check(core.CheckConsumer, passed(core.Strong)) }

// counts lets the seconds of the countdown go by.
func (d *driver) counts(seconds int) {
	for range seconds {
		if s, ok := d.w.screen.(*show); ok {
			d.send(countMsg{s.run})
		}
	}
}

func TestResizingLosesNoInput(t *testing.T) {
	address := atAddress()
	delete(address.answers, core.FieldBaseURL)
	key := facts{app: "packagist-cloud", answers: with(map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: "k"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}, words: []core.StepID{setup.Form}}
	for name, d := range map[string]*driver{"question": at(t, address), "key": at(t, key), "code": at(t, atAuthorize()), "removal": home4(t)} {
		switch name {
		case "code":
			d.press("t", "enter")
		case "removal":
			d.press("d")
		}
		d.paste("half of it")
		before := d.view(80, 24)
		if !strings.Contains(before, "half of it") {
			t.Errorf("%s does not show what is typed:\n%s", name, before)
		}
		for _, s := range [][2]int{{40, 12}, {20, 5}, {0, 0}, {1, 1}, {120, 40}} {
			d.resize(s[0], s[1])
			d.w.View()
		}
		if after := d.view(80, 24); after != before {
			t.Errorf("%s after resizing:\n%s\nbefore:\n%s", name, after, before)
		}
	}
}

func home4(t *testing.T) *driver {
	s := newStage(t)
	return s.start(t, fourIntegrations(s))
}

func TestTinyWindowsAskForRoom(t *testing.T) {
	for _, d := range []*driver{at(t, atIncoming()), at(t, atAddress()), home4(t)} {
		for _, keys := range [][]string{nil, {"?"}} {
			d.press(keys...)
			for w := range 61 {
				d.view(w, 17)
				d.view(w, 5)
			}
		}
		if d.view(40, 12); !strings.Contains(strings.Join(strings.Fields(d.w.View()), " "), "needs a window of 60 x 16") {
			t.Errorf("no room is asked for:\n%s", d.w.View())
		}
		before := d.w.screen
		if d.press("esc", "n", "q", "v"); d.w.screen != before || d.quit {
			t.Error("a key does what cannot be seen")
		}
	}
}

func TestDigitsCopyOnPagesAndAreTextInQuestions(t *testing.T) {
	d := at(t, atIncoming())
	d.press("1", "9", "3")
	if got := d.carrier.copied; len(got) != 2 || got[0] != "applink-3f9c2e71" || got[1] != publicKey() {
		t.Errorf("copied %q", got)
	}
	d.shows("Public Key: Copied (wl-copy), read back and equal")
	d.carrier.result = carry.Result{Sentence: "Could not copy: no display", Err: context.DeadlineExceeded}
	if d.press("1"); d.alone != 1 {
		t.Error("a value that could not be copied is not shown alone")
	}
	address := atAddress()
	delete(address.answers, core.FieldBaseURL)
	q := at(t, address)
	q.press("1", "3", "q", "?")
	q.shows("▸ Base URL         13q?")
	if len(q.carrier.copied) != 0 || q.quit || q.w.help != nil {
		t.Error("a letter in a field was taken for a key")
	}
}

func TestBackKeepsAnswersAndPlace(t *testing.T) {
	d := at(t, atIncoming())
	before := answers(d.w.last)
	for range 30 {
		d.press("esc")
		if _, home := d.w.screen.(*home); home {
			break
		}
	}
	if _, home := d.w.screen.(*home); !home {
		t.Fatal("esc does not lead home")
	}
	s, err := d.lib.State(context.Background(), d.w.last.Integration.ID)
	if err != nil || answers(s) != before {
		t.Errorf("looking back changed %s to %s, %v", before, answers(s), err)
	}
	if p := s.Path().Current(); p.Step.ID != setup.Incoming {
		t.Errorf("looking back moved the set-up to %s", p.Step.ID)
	}
	d.press("enter")
	d.stands(setup.Incoming, "")
	d.press("esc", "esc")
	d.stands(setup.BaseURL, "")
	d.press("enter", "enter")
	d.stands(setup.Incoming, "")
}

func TestLateResultsAreDropped(t *testing.T) {
	d := at(t, atIncoming())
	old := d.page()
	d.press("esc", "enter")
	now := d.page()
	d.send(copiedMsg{run: old.run, what: "late"}, old.due(), countMsg{old.run}, resultMsg{})
	if now.f.Passed() || now.f.Problem() != nil || now.message != "" || d.checker.ran[core.CheckConsumer] != 2 {
		t.Errorf("a late result was taken:\n%s", d.w.View())
	}
	d.stands(setup.Incoming, "")
}

func TestAskingAgainKeepsOneRhythm(t *testing.T) {
	d := at(t, atIncoming())
	d.check(core.CheckConsumer, waiting())
	first := d.page().due()
	d.press("r", "r", "r")
	ran := d.checker.ran[core.CheckConsumer]
	if d.send(first); d.checker.ran[core.CheckConsumer] != ran {
		t.Error("the timer of an earlier question asks too")
	}
	if d.send(d.page().due()); d.checker.ran[core.CheckConsumer] != ran+1 {
		t.Error("the latest timer does not ask")
	}
	d.press("s")
	if d.send(d.page().due()); d.checker.ran[core.CheckConsumer] != ran+1 {
		t.Error("asks though it was stopped")
	}
}

// idleStore counts its uses.
type idleStore struct {
	auth.Store
	used int
}

func (s *idleStore) Read(context.Context, func(auth.Tx) error) error {
	s.used++
	return finding.DatabaseBusy.With("")
}
func (s *idleStore) Write(context.Context, func(auth.Tx) error) error {
	s.used++
	return finding.DatabaseBusy.With("")
}

func TestUpdateAndViewDoNoWork(t *testing.T) {
	for _, d := range []*driver{at(t, atIncoming()), at(t, atAuthorize()), at(t, atAddress()), home4(t)} {
		store := &idleStore{}
		d.w.session.Library = auth.New(store, nil, d.lib.Applications())
		ran, dances := len(d.checker.ran), len(d.checker.dances)
		for _, k := range []string{"1", "v", "o", "e", "esc", "l", "s", "s", "r", "c", "enter", "y", "d", "esc", "n", "down", "enter", "esc"} {
			msg := tea.Msg(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)})
			if kt, ok := keyTypes[k]; ok {
				msg = tea.KeyMsg{Type: kt}
			}
			d.w.Update(msg) // its commands are not run
			d.w.View()
		}
		if store.used > 0 || len(d.checker.ran) != ran || len(d.checker.dances) != dances || len(d.carrier.copied)+len(d.carrier.opened) > 0 {
			t.Errorf("Update works itself: store %d, carried %v %v", store.used, d.carrier.copied, d.carrier.opened)
		}
	}
}

func TestFirstFrameNeedsNoStore(t *testing.T) {
	for _, o := range []RunOptions{{}, {Integration: 7}, {New: true}} {
		s := newStage(t)
		store := &idleStore{}
		s.lib = auth.New(store, nil, applications(t))
		d := s.open(t, o)
		if d.view(80, 24); store.used > 0 || !strings.Contains(d.w.View(), "applink") {
			t.Errorf("first frame used the store %d times:\n%s", store.used, d.w.View())
		}
	}
}

func TestCtrlCLeavesEverywhere(t *testing.T) {
	key := facts{app: "packagist-cloud", answers: with(map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: "k"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}, words: []core.StepID{setup.Form}}
	for _, f := range []facts{{app: "own"}, atAddress(), atIncoming(), atAuthorize(), key, finished(t, nil)} {
		for _, over := range [][]string{nil, {"f1"}, {"e"}, {"enter"}} {
			d := at(t, f)
			d.press(over...)
			d.press("ctrl+c")
			if !d.quit || !d.w.interrupted {
				t.Fatalf("ctrl+c does not quit after %v:\n%s", over, d.w.View())
			}
			s, err := d.lib.State(context.Background(), d.w.last.Integration.ID)
			if err != nil || answers(s) != answers(d.w.last) {
				t.Errorf("not everything is saved: %v %v", answers(s), err)
			}
			if !strings.Contains(d.w.farewell(), "applink ") {
				t.Errorf("the farewell names no command: %q", d.w.farewell())
			}
			d.w.Close()
			d.free()
		}
	}
}

func TestNothingMovesUnderWhatLiesOnTop(t *testing.T) {
	for over, keys := range map[string][]string{"help": {"?"}, "evidence": {"e"}, "pick": {"v"}} {
		d := at(t, atIncoming())
		d.press(keys...)
		d.passes()
		d.counts(10)
		d.stands(setup.Incoming, "")
		d.press("esc", "enter")
		if d.stands(setup.Authorize, ""); t.Failed() {
			t.Fatal("under", over)
		}
	}
	d := at(t, atAuthorize())
	d.press("t", "enter")
	d.paste("8k3")
	d.returns(signedIn())
	d.counts(10)
	d.stands(setup.Authorize, "")
	d.shows("8k3")
}

func TestCountdown(t *testing.T) {
	d := at(t, atIncoming())
	timers := d.timers
	d.passes()
	d.shows("Going on in 3 s")
	if d.timers != timers+1 {
		t.Errorf("%d timers for a countdown", d.timers-timers)
	}
	d.counts(1)
	d.shows("Going on in 2 s")
	d.press("x")
	d.counts(5)
	d.stands(setup.Incoming, "")
	d.press("enter")
	d.stands(setup.Authorize, "")
}

func TestKeysRightAfterAMoveAreDropped(t *testing.T) {
	d := at(t, atIncoming())
	now := noon
	d.w.now = func() time.Time { return now }
	d.passes()
	d.counts(3)
	d.stands(setup.Authorize, "")
	now = now.Add(299 * time.Millisecond)
	d.press("enter")
	d.stands(setup.Authorize, "")
	now = now.Add(time.Millisecond)
	d.press("esc")
	d.stands(setup.Incoming, "")
	d.press("enter")
	d.stands(setup.Authorize, "")
}

func TestReducedMotionStartsNoTimer(t *testing.T) {
	s := newStage(t)
	s.still = true
	d := s.start(t, RunOptions{Integration: s.put(t, atIncoming())})
	d.passes()
	if d.shows("▸ enter  go on"); d.timers != 0 {
		t.Errorf("%d timers", d.timers)
	}
	if d.counts(9); t.Failed() {
		t.Fatal("went on")
	}
	d.stands(setup.Incoming, "")
	if h := home4(t); h.timers != 0 {
		t.Errorf("the idle home screen started %d timers", h.timers)
	}
}

func TestPrivateKeyIsNeitherShownNorStored(t *testing.T) {
	for _, field := range []core.Field{core.FieldPublicKey, core.FieldClientID} {
		f := facts{app: "packagist-cloud", answers: with(map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: "k"}),
			checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}, words: []core.StepID{setup.Form}}
		if field == core.FieldClientID {
			delete(f.answers, core.FieldClientID)
		}
		d := at(t, f)
		d.stands(setup.Keys, field)
		secret := strings.Split(privateKey(), "\n")[9][:20]
		silent := func(when string) {
			if strings.Contains(d.view(120, 40), secret) || strings.Contains(d.w.View(), "MII") {
				t.Errorf("%s shows the key %s:\n%s", field, when, d.w.View())
			}
		}
		d.paste(privateKey())
		silent("when pasted")
		d.press("enter")
		silent("when refused")
		d.shows(finding.KeyIsPrivate.String())
		d.press("esc", "esc", "enter", "enter")
		silent("later")
		for _, suffix := range []string{"", "-wal"} {
			if file, _ := os.ReadFile(d.db.Path() + suffix); strings.Contains(string(file), secret) {
				t.Errorf("the key stands in the database%s", suffix)
			}
		}
		if got := fmt.Sprintf("%v %+v %#v", d.w.last, d.w.last.Link, d.w.last.Integration); strings.Contains(got, secret) {
			t.Error("the key stands in the facts")
		}
	}
}

func TestDancesAreClosed(t *testing.T) {
	d := at(t, atAuthorize())
	first := d.checker.dance()
	d.press("r")
	d.press("t")
	d.press("t")
	last := d.checker.dance()
	d.press("esc")
	d.free()
	for i, dance := range d.checker.dances {
		<-dance.closed // by its context, in a moment
		if i == 0 && dance != first || len(d.checker.dances) != 4 {
			t.Errorf("%d dances", len(d.checker.dances))
		}
	}
	if last.code {
		t.Error("t does not go back to the browser's return")
	}
}

func TestRemovalNeedsTheName(t *testing.T) {
	d := home4(t)
	d.press("d")
	d.answer("build farm")
	d.shows("Not removed: the name differs.")
	d.press("d")
	d.answer("Build farm")
	d.shows("Removed Build farm.")
	d.shows("3 integrations")
	if n, _ := d.lib.Count(context.Background()); n != 3 {
		t.Errorf("%d are left", n)
	}
}

func TestHomeTellsAProblemAndGoesOn(t *testing.T) {
	d := home4(t)
	d.send(laddersMsg{run: d.w.screen.(*home).run, id: 1, err: finding.DatabaseBusy.With("applink.db")})
	d.shows(finding.DatabaseBusy.String())
	d.press("x")
	d.shows("Build farm")
}

func TestHomeChecksWithoutTheAdmin(t *testing.T) {
	d := home4(t)
	d.checker.set(core.CheckReach, reached("8.19.2"))
	d.press("c")
	d.shows("◌ checking")
	d.check(core.CheckConsumer, failing(finding.UnknownConsumerKey.With("applink-3f9c2e71")))
	d.shows("✗ AL-OAUTH-001")
}
