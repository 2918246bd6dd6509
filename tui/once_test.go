package tui

import (
	"os"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

const canary = "canary-3f9c2e71a0b4-client-secret"

// atSecret is a set-up that waits for a secret which is not kept.
func atSecret() facts {
	return facts{app: "packagist-cloud", answers: with(map[core.Field]string{core.FieldOAuth: "2", core.FieldCallback: "https://packagist.com/x",
		core.FieldClientID: "5f1c0e8a7b2d4963a1e0c7d5b8f24690"}), checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("8.19.2")},
		words: []core.StepID{setup.Form, setup.CreateLink, setup.Incoming}}
}

func TestSecretScreens(t *testing.T) {
	tw := newTwins(t, RunOptions{}, opened(atSecret()))
	tw.golden("secret")
	tw.do(func(d *driver) { d.paste(canary); d.press("enter") })
	tw.golden("secret-doubted")
	tw.press("enter")
	tw.golden("secret-asking")
	tw.do(func(d *driver) {
		d.check(core.CheckClient, failing(finding.InvalidClient.With("5f1c0e8a7b2d4963a1e0c7d5b8f24690")))
	})
	tw.golden("secret-wrong")
	weak := passed(core.Weak)
	weak.Finding = finding.SecretUntested.With("")
	weak.Finding.Warning = true
	tw.do(func(d *driver) {
		d.checker.set(core.CheckClient, weak)
		d.paste(strings.Repeat("0a", 32))
		d.press("enter")
	})
	tw.golden("secret-weak")
	tw.do(func(d *driver) {
		d.checker.set(core.CheckClient, passed(core.Strong))
		d.paste(strings.Repeat("0a", 32))
		d.press("enter")
	})
	tw.golden("secret-proved")
	tw.do(func(d *driver) {
		for range patience {
			d.send(countMsg{d.w.screen.(*ask).goingOn.run})
		}
	})
	tw.do(func(d *driver) { d.stands(setup.Finish, "") })
}

// A secret that is being asked about can be given up, a late answer is dropped, and it
// is neither shown nor stored at any time.
func TestSecretIsForgotten(t *testing.T) {
	d := at(t, atSecret())
	silent := func(when string) {
		t.Helper()
		if strings.Contains(d.view(120, 40), canary) {
			t.Errorf("%s it is shown:\n%s", when, d.w.View())
		}
	}
	d.paste(canary)
	silent("pasted")
	d.press("enter", "enter")
	silent("asked about")
	d.press("esc")
	d.check(core.CheckClient, passed(core.Strong))
	d.stands(setup.Credentials, core.FieldSecret)
	if d.shows("Enter alone asks whether to go on without proof."); d.w.last.Link.Checks[core.CheckClient].State != "" {
		t.Error("what was given up counts as proved")
	}
	d.paste(canary)
	d.press("enter", "enter")
	d.shows("accepts the Client secret")
	silent("proved")
	d.press("enter")
	for _, suffix := range []string{"", "-wal"} {
		if file, _ := os.ReadFile(d.db.Path() + suffix); strings.Contains(string(file), canary) {
			t.Errorf("it stands in the database%s", suffix)
		}
	}
}

func TestSecretIsLeftOut(t *testing.T) {
	d := at(t, atSecret())
	d.press("enter", "enter", "enter", "esc", "enter", "n", "enter")
	d.stands(setup.Credentials, core.FieldSecret)
	d.press("y")
	d.stands(setup.Finish, "")
	if st, _ := d.w.last.Path().Step(setup.Credentials); d.w.last.Path().Status(st) != setup.Said || d.checker.ran[core.CheckClient] != 0 {
		t.Errorf("it is %s", d.w.last.Path().Status(st))
	}
}

// A secret that is pasted on the page of the Client ID takes the place of the answer
// there, is refused and neither shown nor stored.
func TestSecretOnTheClientID(t *testing.T) {
	d := at(t, atSecret())
	d.press("esc")
	d.stands(setup.Credentials, core.FieldClientID)
	d.paste(strings.Repeat("0a", 32))
	d.press("enter")
	d.stands(setup.Credentials, core.FieldClientID)
	d.shows(finding.NotAClientID.String())
	if strings.Contains(d.view(120, 40), "0a0a") {
		t.Errorf("it is shown:\n%s", d.w.View())
	}
	d.press("enter") // insisting does not help
	if id := d.w.last.Value(core.FieldClientID); id != "5f1c0e8a7b2d4963a1e0c7d5b8f24690" {
		t.Errorf("stored as %q", id)
	}
	d.paste("5f1c0e8a7b2d4963a1e0c7d5b8f24690")
	d.press("enter")
	d.stands(setup.Credentials, core.FieldSecret)
}

// What lies before the current place is seen place by place only by those who went back.
func TestEnterGoesOnWhereTheSetUpStands(t *testing.T) {
	d := at(t, facts{app: "own", answers: with(map[core.Field]string{core.FieldOAuth: "1"})})
	d.check(core.CheckReach, reached("8.19.2"))
	d.press("enter")
	d.stands(setup.CreateLink, "")
	d.press("esc", "esc")
	d.stands(setup.BaseURL, "")
	d.press("enter")
	d.stands(setup.OAuth, core.FieldOAuth)
	d.press("enter")
	d.stands(setup.CreateLink, "")
}
