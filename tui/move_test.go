package tui

import (
	"context"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// inUse stores a set-up that is complete, on a server that knows both protocols, with
// further words about its link.
func (s *stage) inUse(words ...core.StepID) int64 {
	s.t.Helper()
	f := finished(s.t, nil)
	f.words = append(f.words, words...)
	f.checks[core.CheckReach] = reached("8.19.0")
	id := s.put(s.t, f)
	if _, err := s.lib.Say(context.Background(), id, setup.LoginLink); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// A link that is set up beside the one in use does not hide that this one fails.
func TestHomeChecksTheLinkInUse(t *testing.T) {
	for _, tt := range []struct {
		begin, text, step string
	}{{"m", "It is being moved to OAuth 2", "moving"}, {"r", "Its key or secret is being changed", "rotating"}} {
		s := newStage(t)
		id := s.inUse()
		begin := s.lib.Migrate
		if tt.begin == "r" {
			begin = s.lib.Rotate
		}
		draft, err := begin(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		d := s.start(t, RunOptions{})
		if view := unwrapped(d); !strings.Contains(view, tt.text) || !strings.Contains(view, "OAuth 1 ● "+tt.step) {
			t.Errorf("the list says\n%s", view)
		}
		s.checker.set(core.CheckReach, reached("8.19.0"))
		s.checker.set(core.CheckConsumer, failing(finding.PublicKeyMismatch.With("applink-3f9c2e71", "")))
		d.press("c")
		if view := unwrapped(d); !strings.Contains(view, "✗ AL-OAUTH-002") || !strings.Contains(view, "Check failed: ") || !strings.Contains(view, tt.text) {
			t.Errorf("the list says\n%s", view)
		}
		after, err := s.lib.State(context.Background(), id)
		if err != nil || len(after.Link.Checks) != 0 || !after.Path().Current().Same(draft.Path().Current()) {
			t.Errorf("the draft has %v (%v)", after.Link.Checks, err)
		}
		if words := guide.StateWords(after); !strings.HasPrefix(words, "proved ") || !strings.HasSuffix(words, " ago; now: AL-OAUTH-002") {
			t.Errorf("in words: %s", words)
		}
	}
}

// unwrapped is what the screen says, its lines joined.
func unwrapped(d *driver) string { return strings.Join(strings.Fields(bare(d.view(80, 24))), " ") }

// TestStandingIsToldAlike: the list of the full screen, list and the step's own page
// agree, and only what proves the link counts as its proof.
func TestStandingIsToldAlike(t *testing.T) {
	words := []core.StepID{setup.Form, setup.Keys, setup.CreateLink, setup.ConfirmURL, setup.Describe, setup.Incoming, setup.TwoFactor, setup.Finish, setup.LoginLink}
	reach := map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}
	said := finished(t, nil)
	said.app, said.words, said.checks = "packagist-cloud", words, reach
	said.answers[core.FieldLoginLink] = "https://packagist.com/login"
	weak := said
	weak.checks = map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6"), core.CheckConsumer: passed(core.Weak)}
	unsigned := finished(t, nil)
	unsigned.checks = map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6"), core.CheckConsumer: passed(core.Strong)}
	unsigned.words = append(words, setup.Authorize)
	for _, tt := range []struct {
		f          facts
		mark, text string
	}{
		{unsigned, "✓ proved in part", "set up, proved in part: the Client ID and its key"},
		{said, "~ said, not proved", "set up, said"},
		{weak, "✓ proved in part", "set up, proved in part: the Client ID"},
		{finished(t, nil), "✓ proved", "set up, proved"},
		{atAuthorize(), "● Authorize", "step 8 of 10"},
	} {
		s := newStage(t)
		id := s.put(t, tt.f)
		if view := unwrapped(s.start(t, RunOptions{})); !strings.Contains(view, tt.mark) {
			t.Errorf("no %q in the list\n%s", tt.mark, view)
		}
		state, err := s.lib.State(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := guide.StateWords(state); got != tt.text {
			t.Errorf("in words: %q, want %q", got, tt.text)
		}
	}
}

// TestTypingReplacesAProposal: as if it were selected; an arrow key edits it.
func TestTypingReplacesAProposal(t *testing.T) {
	f := atAddress()
	delete(f.answers, core.FieldName)
	for keys, want := range map[string]string{"x": "▸ Name x", "left": "▸ Name My applicatio"} {
		d := stageWith(t, f)
		d.press(keys)
		if view := unwrapped(d); !strings.Contains(view, want) || keys == "x" && strings.Contains(view, "> x My") {
			t.Errorf("%s leaves\n%s", keys, view)
		}
	}
}

func stageWith(t *testing.T, f facts) *driver {
	s := newStage(t)
	return s.start(t, RunOptions{Integration: s.put(t, f)})
}

// moved stores an integration that was moved to OAuth 2, so that its OAuth 1 link is
// superseded.
func (s *stage) moved(purpose core.Purpose, words ...core.StepID) int64 {
	s.t.Helper()
	ctx, id := context.Background(), s.inUse(words...)
	state, err := s.lib.Answer(ctx, id, core.FieldPurpose, string(purpose))
	if err == nil {
		state, err = s.lib.Migrate(ctx, id)
	}
	answers := map[core.Field]string{core.FieldCallback: appURL + "/callback," + setup.LocalCallback, core.FieldClientID: "5f3c9e2a7b1d4c6e8f0a2b4c6d8e0f1a",
		core.FieldSecret: "secret", core.FieldTwoFactor: "no", core.FieldLoginLink: appURL + "/login"}
	for err == nil && !state.Path().Current().Step.Last {
		at := state.Path().Current()
		if at.Question != nil {
			state, err = s.lib.Answer(ctx, id, at.Question.Field, answers[at.Question.Field])
		} else {
			state, err = s.lib.Say(ctx, id, at.Step.ID)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// The old link is retired from the list or from the summary, when it is gone.
func TestRetireScreens(t *testing.T) {
	tw := newTwins(t, RunOptions{}, func(s *stage) RunOptions { s.moved(core.PurposeSync); return RunOptions{} })
	tw.golden("home-superseded")
	tw.press("enter")
	tw.golden("done-superseded")
	tw.press("x")
	tw.golden("retire-asked")
	tw.press("enter") // that alone chooses the "no"
	tw.golden("retire-refused")
	tw.press("down", "enter")
	w := &walker{twins: tw, name: "retire"}
	tw.golden("retire")
	tw.press("l")
	tw.golden("retire-other-look")
	tw.press("l")
	w.check(core.CheckRetired, core.Outcome{State: core.Waiting, Finding: finding.OldLinkStillAccepted.With(name60, "applink-3f9c2e71")})
	tw.golden("retire-waiting")
	tw.do(func(d *driver) {
		d.checker.set(core.CheckRetired, core.Outcome{State: core.Unknown, Finding: finding.OldLinkUnverifiable.With(name60, "The Client secret is not held here.")})
	})
	tw.press("r")
	tw.golden("retire-untold")
	tw.do(func(d *driver) { d.checker.set(core.CheckRetired, passed(core.Strong)) })
	tw.press("r")
	tw.golden("retire-passed")
	tw.do(func(d *driver) {
		s, err := d.lib.State(context.Background(), d.w.last.Integration.ID)
		if err != nil || s.Integration.Superseded() != nil {
			t.Errorf("the old link is not retired: %v", err)
		}
	})
	tw.press("e", "enter")
	if at := place(tw[0]); at.Step.ID != setup.Done {
		t.Errorf("after the proof at %s", at.Step.ID)
	}
}

// The Client ID of an old link that was set up by hand is not corrected while it is
// retired.
func TestRetireOfAnAdoptedLinkWaits(t *testing.T) {
	s := newStage(t)
	id := s.moved(core.PurposeSignIn, setup.Adopted)
	s.checker.set(core.CheckRetired, core.Outcome{State: core.Waiting, Finding: finding.OldLinkStillAccepted.With(name60, "ci")})
	d := s.start(t, RunOptions{Integration: id, Step: setup.Retire})
	d.press("r")
	if !d.w.last.Links().For(setup.Retire).Adopted() {
		t.Fatal("the old link was not set up by hand")
	}
	d.shows("When that is done, this page goes on by itself.")
}

// What cannot be proved is the admin's word.
func TestRetireWithoutProof(t *testing.T) {
	s := newStage(t)
	id := s.moved(core.PurposeSignIn)
	s.checker.set(core.CheckRetired, core.Outcome{State: core.Unknown, Finding: finding.OldLinkUnverifiable.With(name60, "x")})
	d := s.start(t, RunOptions{Integration: id, Step: setup.Retire})
	d.press("enter", "y")
	if at := place(d); at.Step.ID != setup.Done {
		t.Errorf("at %s", at.Step.ID)
	}
	if state, err := s.lib.State(context.Background(), id); err != nil || state.Integration.Superseded() != nil {
		t.Errorf("not retired: %v", err)
	}
}

// A key of the list that can do nothing says why.
func TestHomeKeysSayWhyNot(t *testing.T) {
	for _, tt := range []struct {
		key, says string
		prepare   func(*stage)
	}{
		{"m", "There is no integration yet", func(*stage) {}},
		{"m", "Its set-up is not complete", func(s *stage) { s.put(s.t, atIncoming()) }},
		{"m", "It uses OAuth 2 already", func(s *stage) { s.moved(core.PurposeSignIn) }},
		{"m", "Its key or secret is being changed. Enter goes on with it.", func(s *stage) { s.rotating() }},
		{"r", "There is no integration yet", func(*stage) {}},
		{"r", "Its set-up is not complete", func(s *stage) { s.put(s.t, atIncoming()) }},
		{"x", "Nothing was switched yet", func(s *stage) { s.inUse() }},
		{"x", "There is no integration yet", func(*stage) {}},
		{"b", "Nothing was switched yet", func(s *stage) { s.inUse() }},
	} {
		s := newStage(t)
		tt.prepare(s)
		d := s.start(t, RunOptions{})
		d.press(tt.key)
		if view := unwrapped(d); !strings.Contains(view, tt.says) {
			t.Errorf("%s does not say %q:\n%s", tt.key, tt.says, d.view(80, 24))
		}
	}
}

func (s *stage) rotating() {
	if _, err := s.lib.Rotate(context.Background(), s.inUse()); err != nil {
		s.t.Fatal(err)
	}
}

func TestHomeRotatesAndGoesOn(t *testing.T) {
	s := newStage(t)
	s.inUse()
	for range 2 { // begins, then goes on
		d := s.start(t, RunOptions{})
		d.press("r")
		if at := place(d); at.Step.ID != setup.Incoming || !d.w.last.Moves().Rotating() {
			t.Fatalf("at %s", at.Step.ID)
		}
	}
}

func TestHomeGoesBackAfterAYes(t *testing.T) {
	s := newStage(t)
	id := s.moved(core.PurposeSignIn)
	d := s.start(t, RunOptions{})
	active := func() core.OAuth {
		state, err := s.lib.State(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return state.OAuth()
	}
	s.checker.set(core.CheckReach, reached("8.19.0"))
	s.checker.set(core.CheckConsumer, passed(core.Strong))
	s.checker.set(core.CheckClient, failing(finding.InvalidClient.With("5f3c")))
	asked := func(oauth string) {
		t.Helper()
		if view := unwrapped(d); !strings.Contains(view, "Make the "+oauth+" link active again?") {
			t.Fatalf("not asked:\n%s", d.view(80, 24))
		}
	}
	d.press("b")
	asked("OAuth 1")
	d.press("n")
	if active() != core.OAuth2 {
		t.Fatal("went back without a yes")
	}
	d.press("b", "y")
	if active() != core.OAuth1 {
		t.Fatal("did not go back")
	}
	d.shows("The OAuth 1 link is the active one again")
	d.press("b")
	d.shows("The older link is the active one already; migrate leads to the other one.")
	d.press("m")
	asked("OAuth 2")
	if view := unwrapped(d); !strings.Contains(view, "(AL-OAUTH2-001)") || active() != core.OAuth1 {
		t.Fatalf("forward to a link that is gone, unasked:\n%s", d.view(80, 24))
	}
	d.press("enter")
	if active() != core.OAuth1 {
		t.Fatal("went forward without a yes")
	}
	d.press("m", "y")
	if active() != core.OAuth2 {
		t.Fatal("did not go forward again")
	}
}

// What is being set up beside the link in use is dropped after a yes.
func TestHomeUndoesAMove(t *testing.T) {
	s := newStage(t)
	id := s.inUse()
	if _, err := s.lib.Migrate(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	d := s.start(t, RunOptions{})
	underWay := func() setup.Move {
		state, err := s.lib.State(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return state.Moves().UnderWay()
	}
	d.press("u", "n")
	if underWay() != setup.Migration {
		t.Error("a no drops it")
	}
	d.press("u")
	d.shows("Drop the OAuth 2 link that is being set up?")
	d.press("y")
	if underWay() != "" {
		t.Error("it is not dropped")
	}
	d.shows("Dropped: the link in use is as it was.")
}

// The practice is one key from the list, but not within a practice.
func TestHomeOffersThePractice(t *testing.T) {
	d := newStage(t).start(t, RunOptions{})
	d.shows("p practice")
	d.press("p")
	if !d.quit || !d.w.practise {
		t.Error("it does not begin")
	}
	d = newStage(t).start(t, RunOptions{})
	d.w.session.Fleeting = true
	d.press("p")
	if strings.Contains(d.w.View(), "p practice") || d.quit {
		t.Error("a practice begins another")
	}
}

// F2 is home from everywhere, with everything that was answered.
func TestF2IsHome(t *testing.T) {
	for name, f := range map[string]facts{"question": {app: "own"}, "page": atIncoming(), "sign-in": atAuthorize()} {
		d := at(t, f)
		d.send(tea.KeyMsg{Type: tea.KeyF2})
		if _, ok := d.w.screen.(*home); !ok {
			t.Errorf("%s: it leads to\n%s", name, d.w.View())
		}
	}
}
