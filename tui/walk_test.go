package tui

import (
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

func TestWalkOwnApplication(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{New: true}, nil), name: "own"}
	w.basics("own")
	w.server("7.17.6")
	w.at(setup.CreateLink, "")
	w.press("f")
	w.do(func(d *driver) { d.stands(setup.Keys, core.FieldKeyOrigin) })
	w.look("keys-key-origin")
	w.press("f")
	w.do(func(d *driver) { d.stands(setup.Keys, core.FieldKeyBits) })
	w.look("keys-key-bits")
	w.press("enter")
	w.at(setup.CreateLink, "")
	w.press("w")
	w.look("create-link-whole")
	w.press("w", "enter")
	w.at(setup.Incoming, "")
	w.check(core.CheckConsumer, waiting())
	w.look("incoming-waiting")
	w.again(failing(finding.PublicKeyMismatch.With("applink-3f9c2e71", "")))
	w.look("incoming-failed")
	w.press("e")
	w.look("incoming-evidence")
	w.press("esc")
	w.again(passed(core.Strong))
	w.look("incoming-passed")
	w.press("x", "enter")
	w.end(false)
}

// again has the consumer check asked once more, with another outcome.
func (w *walker) again(o core.Outcome) {
	w.do(func(d *driver) {
		d.checker.set(core.CheckConsumer, o)
		d.send(d.page().due())
	})
}

// basics fills in what every set-up begins with, up to the server.
func (w *walker) basics(app string) {
	w.at(setup.Application, core.FieldApplication)
	w.press(map[string]string{"own": "3", "packagist-cloud": "1"}[app])
	up := []string{"up", "up", "up"}
	if app == "own" {
		w.at(setup.Application, core.FieldAppURL)
		w.answer(appURL)
	}
	w.at(setup.BaseURL, core.FieldBaseURL) // of what has a proposal nothing is asked
	w.press(up...)
	w.at(setup.Application, core.FieldName)
	w.answer(name60)
	w.press("up")
	w.at(setup.Platform, core.FieldPlatform)
	w.press("up")
	w.at(setup.Application, core.FieldPurpose)
	w.press("down", "down")
}

// server gives the address and lets the server answer with its version.
func (w *walker) server(version string) {
	w.at(setup.BaseURL, core.FieldBaseURL)
	w.answer(base)
	w.at(setup.BaseURL, "")
	w.check(core.CheckReach, reached(version))
	w.look("base-url-passed")
	w.press("x", "enter") // any key stays, enter goes on
}

// end goes from the proof of the keys to the summary.
func (w *walker) end(cloud bool) {
	if cloud {
		w.at(setup.Finish, "")
		w.press("enter")
		w.at(setup.LoginLink, core.FieldLoginLink)
		w.answer("https://packagist.com/login/example-industries-engineering/bitbucket/3f9c2e71a0b4")
	} else {
		w.at(setup.Authorize, "")
		w.do(func(d *driver) {
			d.checker.dance().back <- signedIn()
			d.free()
		})
		w.look("authorize-passed")
		w.press("x", "enter")
	}
	w.at(setup.Done, "")
}

func TestWalkPackagistCloud(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{New: true}, nil), name: "cloud"}
	w.basics("packagist-cloud")
	w.server("7.17.6")
	w.at(setup.Form, "")
	w.press("enter")
	w.at(setup.Keys, core.FieldClientID)
	w.answer("Wm7PzT9cQk2fYx4L")
	w.at(setup.Keys, core.FieldPublicKey)
	w.do(func(d *driver) { d.paste(publicKey()[:200]); d.press("enter", "enter") })
	w.look("public-key-cut")
	w.do(func(d *driver) { d.paste(publicKey()); d.press("enter") }) // the Enter of habit is none
	w.at(setup.CreateLink, "")
	w.press("enter")
	w.at(setup.Incoming, "")
	w.check(core.CheckConsumer, waiting())
	w.again(passed(core.Weak))
	w.look("incoming-weak")
	w.press("x", "enter")
	w.end(true)
}

func TestWalk721(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{}, func(s *stage) RunOptions {
		return RunOptions{Integration: s.put(t, facts{app: "own", answers: basics(), checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.21.0")}})}
	}), name: "own-7.21"}
	w.at(setup.OAuth, core.FieldOAuth)
	w.press("down", "enter")
	w.at(setup.CreateLink, "")
	w.press("l")
	w.look("create-link-other")
}

// basics are the answers before the protocol is chosen.
func basics() map[core.Field]string {
	return map[core.Field]string{core.FieldAppURL: appURL, core.FieldName: name60, core.FieldPurpose: "sign-in",
		core.FieldPlatform: "data-center", core.FieldBaseURL: base}
}

// with adds answers to the basic ones.
func with(more map[core.Field]string) map[core.Field]string {
	all := basics()
	for f, v := range more {
		all[f] = v
	}
	return all
}
