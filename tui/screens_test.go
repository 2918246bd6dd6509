package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// The screens that the walks do not pass.

func TestHomeScreens(t *testing.T) {
	newTwins(t, RunOptions{}, nil).golden("home-empty")
	tw := newTwins(t, RunOptions{}, fourIntegrations)
	tw.golden("home")
	tw.press("down")
	tw.golden("home-other")
	tw.press("d")
	tw.golden("home-removal")
	tw.do(func(d *driver) { d.answer("Labs") })
	tw.golden("home-not-removed")
	tw.press("?")
	tw.golden("home-help")
}

// fourIntegrations stores one in each state.
func fourIntegrations(s *stage) RunOptions {
	own := func(name string, more map[core.Field]string) map[core.Field]string {
		more[core.FieldName] = name
		return with(more)
	}
	s.put(s.t, finished(s.t, own(name60, map[core.Field]string{})))
	s.put(s.t, finished(s.t, own("Build farm", map[core.Field]string{core.FieldBaseURL: "https://git.acme.com"})))
	s.put(s.t, facts{app: "own", answers: own("Labs", map[core.Field]string{core.FieldBaseURL: "https://bb.labs.lan/bitbucket"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}})
	s.put(s.t, facts{app: "packagist-cloud", answers: own("Old mirror", map[core.Field]string{core.FieldBaseURL: "https://10.3.0.9:7990"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: failing(finding.UnknownAuthority.With("10.3.0.9", "10.3.0.9:7990", "CN=Acme Root CA"))}})
	return RunOptions{}
}

// keyed are the answers up to the keys of an own application over OAuth 1.
func keyed(more map[core.Field]string) map[core.Field]string {
	all := with(map[core.Field]string{core.FieldOAuth: "1", core.FieldKeyBits: "2048",
		core.FieldClientID: "applink-3f9c2e71", core.FieldPublicKey: publicKey()})
	for f, v := range more {
		all[f] = v
	}
	return all
}

// finished is a set-up that is complete.
func finished(t testing.TB, more map[core.Field]string) facts {
	answers := keyed(map[core.Field]string{core.FieldTwoFactor: "no", core.FieldLoginLink: appURL + "/login"})
	for f, v := range more {
		answers[f] = v
	}
	return facts{app: "own", answers: answers, words: []core.StepID{setup.LoginLink}, checks: map[core.CheckName]core.Outcome{
		core.CheckReach: reached("7.17.6"), core.CheckConsumer: passed(core.Strong), core.CheckIdentity: signedIn()}}
}

// atIncoming is a set-up that waits for the form in Bitbucket.
func atIncoming() facts {
	return facts{app: "own", answers: keyed(nil), checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")},
		words: []core.StepID{setup.Keys, setup.CreateLink, setup.ConfirmURL, setup.Describe}}
}

// atAuthorize is a set-up that waits for the admin in the browser.
func atAuthorize() facts {
	f := atIncoming()
	f.answers[core.FieldTwoFactor] = "no"
	f.checks[core.CheckConsumer] = passed(core.Strong)
	return f
}

// atAddress is a set-up whose server is about to be asked.
func atAddress() facts { return facts{app: "own", answers: basics()} }

// opened prepares a stage with one integration that is opened.
func opened(f facts) func(*stage) RunOptions {
	return func(s *stage) RunOptions { return RunOptions{Integration: s.put(s.t, f)} }
}

func TestProblemScreens(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{}, opened(atAddress())), name: "tls"}
	w.check(core.CheckReach, failing(finding.UnknownAuthority.With("bitbucket.engineering.example-industries.com", "bitbucket.engineering.example-industries.com:8443", "CN=Example Industries Root CA 2019,O=Example Industries")))
	w.golden("problem-tls")
	w.press("e")
	w.golden("problem-tls-evidence")
	w.press("esc", "enter")
	w.golden("go-on-without-proof")
	w.press("y")
	w.golden("version-question")
}

// A finding that knows the better answer offers it on Enter; another key goes on without
// proof. A finding that names a step leads back to it.
func TestRemedies(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{}, opened(atAddress())), name: "remedy"}
	w.check(core.CheckReach, failing(finding.OtherContextPath.With("https://git.example-industries.com", "https://git.example-industries.com/bitbucket")))
	w.golden("problem-remedy")
	w.press("g")
	w.golden("problem-remedy-skip")
	w.press("esc", "enter")
	w.do(func(d *driver) {
		d.stands(setup.BaseURL, "")
		if got, _ := d.page().f.State().Answer(core.FieldBaseURL); got.Value != "https://git.example-industries.com/bitbucket" {
			t.Errorf("the base URL is %q", got.Value)
		}
	})
	d := at(t, atAuthorize())
	d.returns(failing(finding.ConsumerNotPermitted.With("k")))
	d.shows("b back to Incoming")
	d.press("b")
	d.stands(setup.Incoming, "")
}

// The proof of the server tells when support of its version ends, or has ended.
func TestSupportIsTold(t *testing.T) {
	for until, words := range map[string]string{"2020-01-31": "support ended 2020-01-31", "2999-01-31": "supported until 2999-01-31",
		"2020-01": "support ended 2020-01", "2020-01 at the latest": "support ended 2020-01"} {
		w := &walker{twins: newTwins(t, RunOptions{}, opened(atAddress())), name: "support"}
		o := reached("8.19.2")
		o.Learned[core.LearnedSupport] = until
		o.Learned[core.LearnedEnd] = "2029-03-28"
		w.check(core.CheckReach, o)
		w.do(func(d *driver) {
			if !strings.Contains(ansi.Strip(d.w.View()), words) {
				t.Errorf("no %q in:\n%s", words, ansi.Strip(d.w.View()))
			}
			d.press("x") // it goes on by itself no more
			if all := words + " · Data Center until 2029"; !strings.Contains(ansi.Strip(d.w.View()), all) {
				t.Errorf("no %q in:\n%s", all, ansi.Strip(d.w.View()))
			}
		})
	}
}

func TestPageScreens(t *testing.T) {
	tw := newTwins(t, RunOptions{}, opened(atIncoming()))
	tw.press("?")
	tw.golden("page-help")
	tw.press("esc", "3")
	tw.golden("page-copied")
	tw.press("v")
	tw.golden("page-pick")
	tw.press("esc", "s")
	tw.golden("page-stopped")
}

func TestCodeScreens(t *testing.T) {
	tw := newTwins(t, RunOptions{}, opened(atAuthorize()))
	tw.press("c")
	tw.golden("authorize-code")
	tw.press("enter")
	tw.golden("code-field")
	tw.do(func(d *driver) { d.answer("8k3m2x") })
	tw.golden("code-wrong")
}

func TestAddressScreens(t *testing.T) {
	f := atAddress()
	delete(f.answers, core.FieldBaseURL)
	tw := newTwins(t, RunOptions{}, opened(f))
	tw.do(func(d *driver) { d.answer(base + "/plugins/servlet/applinks/listApplicationLinks") })
	tw.golden("address-suggested")
	tw.press("esc")
	tw.do(func(d *driver) { d.answer("git acme") })
	tw.golden("address-refused")
}
