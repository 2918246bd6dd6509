package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// atAuthorize2 is an OAuth 2 set-up that waits for the admin in the browser.
func atAuthorize2(redirect string) facts {
	return facts{app: "own", answers: with(map[core.Field]string{core.FieldOAuth: "2", core.FieldCallback: redirect,
		core.FieldClientID: "5f1c0a7e2b9d4c6f8a1e3d5b7c9f0a2e", core.FieldSecret: "kept", core.FieldTwoFactor: "no"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("8.19.2"), core.CheckClient: passed(core.Strong)},
		words:  []core.StepID{setup.CreateLink, setup.Incoming}}
}

// An address that leads to no listener is pasted; nothing says that the browser
// comes back.
func TestOwnRedirectIsPasted(t *testing.T) {
	tw := newTwins(t, RunOptions{}, opened(atAuthorize2("https://app.example.com/oauth/callback")))
	tw.do(func(d *driver) {
		d.stands(setup.Authorize, "")
		d.shows("paste the address that the browser ends at")
	})
	tw.golden("authorize-own-redirect")
	tw.press("t") // does nothing: enter does it
	tw.press("enter")
	tw.golden("address-field")
	tw.press("enter") // nothing was pasted
	tw.do(func(d *driver) { d.shows("Go on without proof?") })
	tw.press("esc", "enter")
	tw.do(func(d *driver) {
		d.answer("8k3m2q")
		d.shows("signed in")
	})
}

// While the browser is expected the address can be pasted too, and a field that is
// still open when the browser has come back does no harm.
func TestLocalRedirect(t *testing.T) {
	s := newStage(t)
	s.checker.warmup = "https://localhost:8473/"
	d := s.open(t, RunOptions{Integration: s.put(t, atAuthorize2(setup.LocalCallback))})
	_, cmd := d.w.Update(d.w.Init()())
	_, cmd = d.w.Update(cmd()) // the sign-in is under way
	d.shows("o opens the local page")
	close(d.checker.dance().visited)
	d.run(cmd)
	d.shows("o opens Bitbucket; the browser comes back here by itself.")
	d.press("t")
	d.shows("Paste the whole address")
	d.returns(signedIn())
	d.answer("https://localhost:8473/callback?code=x")
	d.shows("signed in")
	if len(d.checker.dances) != 1 {
		t.Errorf("%d dances", len(d.checker.dances))
	}
}

// Over SSH the listener is reached by a forwarded port, and enter pastes.
func TestLocalRedirectOverSSH(t *testing.T) {
	s := newStage(t)
	s.carrier.remote = true
	s.checker.forward = "ssh -N -L 8473:localhost:8473 jane@10.0.0.5"
	d := s.start(t, RunOptions{Integration: s.put(t, atAuthorize2("http://localhost:8473/callback"))})
	d.shows(s.checker.forward)
	d.shows("by the forwarded port")
	d.shows("paste the address that the browser ends at")
	if d.checker.dance().code {
		t.Error("nothing waits for the forwarded port")
	}
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("typed")}) // no paste
	d.paste("http://localhost:8473/callback?code=wrong")
	d.shows(finding.WrongVerifier.String())
	d.shows("Try again: ")
	d.shows("paste the address") // it is tried again
	d.paste("8k3m2q\n")
	d.shows("signed in")
}

// An error page in the browser brings nothing: its key ends the try and tells the causes,
// and what the browser brings afterwards is not heard.
func TestErrorPage(t *testing.T) {
	for name, f := range map[string]facts{"OAuth 1": atAuthorize(), "OAuth 2": atAuthorize2(setup.LocalCallback)} {
		d := at(t, f)
		for _, width := range []int{60, 80, 120} {
			if view := d.view(width, 24); !strings.Contains(view, "(x: it shows an error)") {
				t.Errorf("%s: how to say it is not told at %d columns:\n%s", name, width, view)
			}
		}
		dance := d.checker.dance()
		d.press("x")
		d.shows(finding.OAuth2ErrorPage.String())
		<-dance.closed
		dance.back <- signedIn()
		d.free()
		d.stands(setup.Authorize, "")
		d.shows(finding.OAuth2ErrorPage.String())
		if o := d.stored(t, d.page().f.State().Integration.ID, core.CheckIdentity); o.State != core.Failed {
			t.Errorf("%s: stored is %+v", name, o)
		}
		d.press("x") // there is no dance any more
		d.shows("r begins again")
		d.press("r")
		d.shows("(x: it shows an error)")
	}
}

func TestPlainErrorPage(t *testing.T) {
	s := newStage(t)
	c := startPlain(t, s, atAuthorize2(setup.LocalCallback))
	c.see("Press Enter to begin: ")
	c.type_("")
	c.see("type error to be told the causes")
	c.type_("error")
	c.see("Problem AL-OAUTH2-020")
	c.see("Press Enter to begin: ")
	if o := s.stored(t, c.id, core.CheckIdentity); o.State != core.Failed {
		t.Errorf("stored is %+v", o)
	}
}
