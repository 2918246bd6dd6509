package tui

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

func unknownKey() core.Outcome {
	o := failing(finding.UnknownConsumerKey.With("applink-3f9c2e71"))
	o.State = core.Waiting
	return o
}

func otherKey() core.Outcome { return failing(finding.PublicKeyMismatch.With("applink-3f9c2e71", "")) }

// stored is the latest outcome of a check on the link that is set up.
func (s *stage) stored(t *testing.T, id int64, name core.CheckName) core.Outcome {
	t.Helper()
	state, err := s.lib.State(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := state.Check(name)
	return o
}

// A refusal on a page that was gone back to is shown there, and moves nothing on; a pass
// does.
func TestRefusalStaysOnAPageBehind(t *testing.T) {
	d := at(t, atIncoming())
	d.check(core.CheckConsumer, unknownKey())
	d.press("enter", "y")
	d.stands(setup.Authorize, "")
	d.press("esc")
	d.stands(setup.Incoming, "")
	d.checker.set(core.CheckConsumer, otherKey())
	d.press("r")
	d.counts(5)
	d.stands(setup.Incoming, "")
	d.shows(finding.PublicKeyMismatch.String())
	if o := d.stored(t, d.w.last.Integration.ID, core.CheckConsumer); o.State != core.Failed {
		t.Errorf("stored is %+v", o)
	}
	d.press("enter")
	d.stands(setup.Authorize, "")
	d.press("esc")
	d.shows(finding.PublicKeyMismatch.String()) // the stored one
	d.checker.set(core.CheckConsumer, passed(core.Strong))
	d.press("r")
	d.shows("Going on in 3 s")
	d.counts(3)
	d.stands(setup.Authorize, "")
}

// A sign-in on a page behind can be tried again, and its failure stays there.
func TestSignInAgainOnAPageBehind(t *testing.T) {
	d := at(t, atAuthorize())
	d.returns(denied())
	d.press("enter", "y")
	d.stands(setup.Done, "")
	d.press("left")
	d.stands(setup.Authorize, "")
	dances := len(d.checker.dances)
	d.press("r")
	if len(d.checker.dances) != dances+1 {
		t.Fatal("r begins no sign-in")
	}
	d.returns(denied())
	d.counts(5)
	d.stands(setup.Authorize, "")
	d.shows(finding.AccessDenied.String())
}

// What gives a proof up takes y alone: however often Enter is struck, it stays.
func TestEnterGivesNoProofUp(t *testing.T) {
	for name, f := range map[string]facts{"check": atIncoming(), "sign-in": atAuthorize()} {
		d := at(t, f)
		if name == "check" {
			d.check(core.CheckConsumer, otherKey())
		}
		before := place(d)
		d.press("enter", "enter", "enter", "enter")
		if p := place(d); !p.Same(before) {
			t.Errorf("%s: enter went on to %s", name, p.Step.ID)
		}
		d.shows("y go on without proof")
		d.press("y")
		if p := place(d); p.Same(before) {
			t.Errorf("%s: y does not go on", name)
		}
	}
}

// A proof that arrives while that is asked closes the question, and moves on as ever. The
// key that was to answer it does nothing.
func TestProofClosesTheQuestion(t *testing.T) {
	d := at(t, atIncoming())
	d.press("enter")
	d.shows("Go on without proof?")
	d.passes()
	d.press("y")
	d.shows("Going on in 3 s")
	if strings.Contains(d.w.View(), "Go on without proof?") {
		t.Errorf("it is still asked:\n%s", d.w.View())
	}
	d.counts(3)
	d.stands(setup.Authorize, "")
	if _, said := d.w.last.Link.Words[setup.Incoming]; said {
		t.Error("the proof counts as said")
	}
}

// Skipped after a refusal, an integration is not set up: the last page, the list and the
// farewell tell the refusal, and lead back to its step until that is proved.
func TestNotFinishedIsTold(t *testing.T) {
	d := at(t, atIncoming())
	d.check(core.CheckConsumer, unknownKey())
	d.press("enter", "y")
	d.stands(setup.Authorize, "")
	d.press("enter", "y")
	d.stands(setup.Done, "")
	title := "Not finished: " + problemText(finding.UnknownConsumerKey.With(""))
	if view := unwrapped(d); !strings.Contains(view, title) || strings.Contains(view, "is set up") || strings.Contains(view, "are linked") {
		t.Errorf("the last page says\n%s", view)
	}
	if d.view(120, 40); !strings.Contains(d.w.View(), "Refused       Incoming: ") || !strings.Contains(d.w.View(), "(AL-OAUTH-001)") {
		t.Errorf("the steps are\n%s", d.w.View())
	}
	if bye := d.w.farewell(); strings.Contains(bye, "is set up") || !strings.Contains(bye, title) {
		t.Errorf("the farewell is %q", bye)
	}
	if words := guide.StateWords(d.w.last); words != "not finished: AL-OAUTH-001" {
		t.Errorf("in the list: %q", words)
	}
	d.press("enter")
	if view := unwrapped(d); !strings.Contains(view, "✗ AL-OAUTH-001") || !strings.Contains(view, title) {
		t.Errorf("home says\n%s", view)
	}
	d.press("enter")
	d.stands(setup.Done, "")
	d.press("b")
	d.stands(setup.Incoming, "")
	d.checker.set(core.CheckConsumer, passed(core.Strong))
	d.press("r")
	d.counts(3)
	d.stands(setup.Done, "")
	if view := unwrapped(d); !strings.Contains(view, "is set up") || strings.Contains(view, "Not finished") {
		t.Errorf("mended, the last page says\n%s", view)
	}
}

// An outage of a finished link leaves it finished, and is told on its last page.
func TestOutageOfAFinishedLink(t *testing.T) {
	s := newStage(t)
	id := s.put(t, finished(t, nil))
	state, err := s.lib.State(context.Background(), id)
	if err == nil {
		down := failing(finding.ConnectionRefused.With(""))
		down.Check, down.At = core.CheckReach, noon
		_, err = s.lib.Record(context.Background(), state, down)
	}
	if err != nil {
		t.Fatal(err)
	}
	d := s.start(t, RunOptions{Integration: id})
	d.stands(setup.Done, "")
	view := unwrapped(d)
	if !strings.Contains(view, "Proved before; now: ") || !strings.Contains(view, "what is set up stays") || strings.Contains(view, "Not finished") {
		t.Errorf("the last page says\n%s", view)
	}
	if d.view(120, 40); !strings.Contains(d.w.View(), "Refused       Server: ") || !strings.Contains(d.w.View(), "(AL-NET-002)") {
		t.Errorf("the steps are\n%s", d.w.View())
	}
}

// talk is a walk in plain mode.
type talk struct {
	*stage
	t    *testing.T
	id   int64
	in   *io.PipeWriter
	mu   sync.Mutex
	text strings.Builder
	seen int
	done chan error
}

func (c *talk) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func startPlain(t *testing.T, s *stage, f facts) *talk {
	t.Helper()
	return startPlainOn(t, s, s.put(t, f))
}

func startPlainOn(t *testing.T, s *stage, id int64) *talk {
	t.Helper()
	in, out := io.Pipe()
	c := &talk{stage: s, t: t, id: id, in: out, done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // fake checks and dances tell that they block
		for {
			select {
			case <-s.checker.parked:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		_, err := Plain(ctx, &Session{Session: walk.Session{Library: s.lib, Checker: s.checker, Remote: s.carrier.remote}, Carrier: s.carrier}, PlainOptions{Integration: c.id, In: in, Out: c})
		c.done <- err
	}()
	t.Cleanup(func() { out.Close(); cancel(); <-c.done })
	return c
}

// see waits for a text behind what was seen before.
func (c *talk) see(text string) string {
	c.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		all := c.text.String()
		c.mu.Unlock()
		if i := strings.Index(all[c.seen:], text); i >= 0 {
			before := all[c.seen : c.seen+i]
			c.seen += i + len(text)
			return before
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t.Fatalf("waited for %q; so far:\n%s", text, c.text.String()[c.seen:])
	return ""
}

func (c *talk) type_(lines ...string) {
	for _, line := range lines {
		io.WriteString(c.in, line+"\n")
	}
}

// Plain mode treats an outcome as the full screen does: a refusal on a page behind is
// told and stays, an empty line gives nothing up, and a pass moves on.
func TestPlainRefusalStays(t *testing.T) {
	s := newStage(t)
	s.checker.set(core.CheckConsumer, unknownKey())
	c := startPlain(t, s, atIncoming())
	c.see("Not yet: ")
	c.type_("go on")
	c.see("Type yes: ")
	c.type_("")
	c.see("Not gone on.")
	c.type_("go on")
	c.see("Type yes: ")
	c.type_("yes")
	c.see("Press Enter to begin: ")
	if o := s.stored(t, c.id, core.CheckConsumer); o.State != core.Waiting || o.Finding == nil {
		t.Errorf("stored is %+v", o)
	}
	c.type_("back")
	c.see("said, not proved; now: AL-OAUTH-001")
	s.checker.set(core.CheckConsumer, otherKey())
	c.type_("retry")
	c.see("Problem AL-OAUTH-002")
	c.see("Nothing moves on by that.")
	if o := s.stored(t, c.id, core.CheckConsumer); o.State != core.Failed {
		t.Errorf("stored is %+v", o)
	}
	c.type_("")
	c.see("Press Enter to begin: ")
	c.type_("back")
	s.checker.set(core.CheckConsumer, passed(core.Strong))
	c.see("type retry")
	c.type_("retry")
	c.see("Proved (consumer)")
	c.see("Press Enter to go on: ")
	c.type_("help")
	c.see("Enter goes on to the next place")
	c.type_("")
	c.see("Press Enter to begin: ")
}

// A proof that arrives while plain mode asks whether to go on without one answers it.
func TestPlainProofClosesTheQuestion(t *testing.T) {
	s := newStage(t)
	s.checker.set(core.CheckConsumer, unknownKey())
	c := startPlain(t, s, atIncoming())
	c.see("Not yet: ")
	c.type_("go on")
	c.see("Type yes: ")
	s.checker.set(core.CheckConsumer, passed(core.Strong))
	c.see("Proved (consumer)") // at the next question that applink asks by itself
	c.see("Press Enter to go on: ")
	c.type_("yes", "")
	c.see("Press Enter to begin: ")
	if state, _ := s.lib.State(context.Background(), c.id); state.Link.Words[setup.Incoming] != (core.Word{}) {
		t.Error("the proof counts as said")
	}
}

// A sign-in that fails in plain mode is stored, whether the browser brought it or a code
// that was typed, and the end says what is not finished.
func TestPlainNotFinished(t *testing.T) {
	s := newStage(t)
	s.checker.set(core.CheckConsumer, passed(core.Strong))
	c := startPlain(t, s, atAuthorize())
	c.see("Press Enter to begin: ")
	c.type_("copy 1")
	if before := c.see("There is no value here."); strings.Contains(before, "from 1 to 0") {
		t.Error(before)
	}
	c.see("Press Enter to begin: ")
	c.type_("code")
	c.see("Which code does Bitbucket show?")
	c.type_("wrong")
	c.see("Problem AL-OAUTH-013")
	c.see("Try again, or type back: ")
	if o := s.stored(t, c.id, core.CheckIdentity); o.State != core.Failed {
		t.Errorf("stored is %+v", o)
	}
	c.type_("go on")
	c.see("Type yes: ")
	c.type_("y")
	c.see("Not finished: ")
	c.see("Press Enter to end: ")
	c.type_("mend")
	c.see("said, not proved; now: AL-OAUTH-013")
	c.type_("retry")
	c.see("applink goes on when the browser comes back here")
	c.type_("8k3m2q")
	c.see("Proved (identity)")
	c.type_("")
	c.see("is set up")
}

// The secret that is not kept is not left out by an empty line alone.
func TestPlainEmptySecretAsks(t *testing.T) {
	c := startPlain(t, newStage(t), atSecret())
	c.see("go on without): ")
	c.type_("")
	c.see("Type yes: ")
	c.type_("")
	c.see("Not gone on.")
	c.see("go on without): ")
	c.type_("")
	c.see("Type yes: ")
	c.type_("yes")
	c.see("U2F")
}

// Where a finding stands the footer keeps what mends it, however narrow the window.
func TestFooterKeepsRetryWhereAFindingStands(t *testing.T) {
	d := at(t, atIncoming())
	d.check(core.CheckConsumer, otherKey())
	for _, width := range []int{60, 80} {
		view := d.view(width, 24)
		footer := view[strings.LastIndex(strings.TrimRight(view, "\n "), "\n")+1:]
		if !strings.Contains(footer, "r ask again") || !strings.Contains(footer, "e evidence") || width == 80 && !strings.Contains(view, "o open") {
			t.Errorf("at %d columns: %s", width, footer)
		}
	}
}
