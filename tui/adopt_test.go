package tui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// encryptedKey is a private key with the passphrase x.
func encryptedKey(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../core/seal/testdata/encrypted-pkcs8.pem")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// adopted is an adoption that waits for a key.
func adopted(app string) facts {
	return facts{app: app, answers: with(map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: "ci"}),
		words: []core.StepID{setup.Adopted}, checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("8.19.2")}}
}

func TestWalkAdoptOwnApplication(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{Adopt: true}, nil), name: "adopt-own"}
	w.basics("own")
	w.server("8.19.2")
	w.at(setup.OAuth, core.FieldOAuth)
	w.press("enter")
	w.at(setup.Keys, core.FieldClientID)
	w.answer("ci")
	w.at(setup.Keys, core.FieldPrivateKey)
	w.do(func(d *driver) { d.paste(encryptedKey(t)[:400]) })
	w.press("enter")
	w.look("private-key-cut")
	w.do(func(d *driver) { d.paste(encryptedKey(t)) })
	w.look("private-key-pasted")
	w.press("enter")
	w.look("passphrase")
	w.do(func(d *driver) { d.paste("y") })
	w.press("enter")
	w.look("passphrase-wrong")
	w.do(func(d *driver) { d.paste("x") })
	w.press("enter")
	w.at(setup.Incoming, "")
	w.check(core.CheckConsumer, waiting())
	w.look("incoming-waiting")
	w.again(passed(core.Strong))
	w.press("x", "enter")
	w.at(setup.Done, "")
	w.press("m")
	w.do(func(d *driver) {
		if d.stands(setup.Callback, core.FieldCallback); d.w.last.Adopted() || !d.w.last.Moves().Migrating() {
			t.Error("the link beside it is no new one")
		}
	})
}

func TestWalkAdoptPackagistCloud(t *testing.T) {
	w := &walker{twins: newTwins(t, RunOptions{}, opened(adopted("packagist-cloud"))), name: "adopt-cloud"}
	w.at(setup.Keys, core.FieldPublicKey)
	w.press("enter") // it is not at hand
	w.at(setup.Incoming, "")
	w.check(core.CheckConsumer, passed(core.Weak))
	w.look("incoming-weak")
}

func TestHomeBeginsAnAdoption(t *testing.T) {
	for name, d := range map[string]*driver{"empty": newStage(t).start(t, RunOptions{}), "list": home4(t)} {
		before, _ := d.lib.Count(context.Background())
		d.press("a")
		d.stands(setup.Application, core.FieldApplication)
		if n, _ := d.lib.Count(context.Background()); n != before {
			t.Errorf("%s: something was stored before anything was answered", name)
		}
		d.press("enter")
		if d.stands(setup.BaseURL, core.FieldBaseURL); !d.w.last.Adopted() {
			t.Errorf("%s: a new link was begun", name)
		}
	}
}

// atPrivateKey is an adoption that waits for the private key.
func atPrivateKey(t *testing.T) *driver {
	t.Helper()
	d := at(t, adopted("own"))
	d.stands(setup.Keys, core.FieldPrivateKey)
	return d
}

func TestPrivateKeyFromAFile(t *testing.T) {
	d := atPrivateKey(t)
	file := t.TempDir() + "/ci.pem"
	if err := os.WriteFile(file, []byte(privateKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	d.press("~", "/", "n", "o", "n", "e", "enter")
	d.shows(finding.KeyFileUnreadable.String())
	d.shows("│ ~/none")
	d.answer(file)
	d.stands(setup.Incoming, "")
	d.press("esc", "enter") // kept as it is
	d.stands(setup.Incoming, "")
}

// Of a private key and its passphrase nothing is shown, and nothing stored unsealed.
func TestPastedPrivateKeyLeavesNoTrace(t *testing.T) {
	const passphrase = "x"
	for _, text := range []string{privateKey(), encryptedKey(t), strings.ReplaceAll(privateKey(), "\n", "\r\n"),
		strings.Join(strings.Split(privateKey(), "\n")[1:20], "\n"), strings.Split(privateKey(), "\n")[5]} {
		d := atPrivateKey(t)
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(text, "\r", "")), "\n")
		if len(lines) > 2 {
			lines = lines[1 : len(lines)-1]
		}
		silent := func(when string) {
			t.Helper()
			seen := d.view(120, 40) + d.view(80, 24) + d.w.farewell() + fmt.Sprintf("%v %+v %#v", d.w.last, d.w.last.Link, d.w.screen)
			for _, suffix := range []string{"", "-wal"} {
				file, _ := os.ReadFile(d.db.Path() + suffix)
				seen += string(file)
			}
			for _, line := range lines {
				if strings.Contains(seen, line[:min(len(line), 20)]) {
					t.Fatalf("%s a part of the key is seen", when)
				}
			}
		}
		d.paste(text)
		silent("pasted")
		d.press("enter")
		silent("entered")
		d.press("f1")
		silent("under the help")
		d.press("esc")
		if a, ok := d.w.screen.(*ask); ok && a.q.Passphrase {
			d.press("esc")
			silent("back at the key")
			d.press("enter")
			d.paste(passphrase)
			d.shows("> *")
			d.press("enter")
		}
		silent("at the end")
	}
}

func TestAfterAnAdoptionTheMoveGoesOn(t *testing.T) {
	s := newStage(t)
	f := finished(t, nil)
	f.words = append(f.words, setup.Adopted)
	f.checks[core.CheckReach] = reached("8.19.2")
	id := s.put(t, f)
	state, err := s.lib.State(t.Context(), id)
	if err == nil { // which makes the link the active one
		_, err = s.lib.Record(t.Context(), state, core.Outcome{Check: core.CheckConsumer, State: core.Passed})
	}
	if err != nil {
		t.Fatal(err)
	}
	d := s.start(t, RunOptions{Integration: id})
	d.w.session.ThenMigrate = true
	d.stands(setup.Done, "")
	d.shows("▸ enter  set up OAuth 2 beside it")
	d.press("enter")
	d.stands(setup.Callback, core.FieldCallback)
}

// Every question that an adoption asks has words, whatever its page.
func TestQuestionsOfAnAdoptionHaveWords(t *testing.T) {
	for _, app := range applications(t) {
		for _, o := range []string{"1", "2"} {
			f := facts{app: app.ID, words: []core.StepID{setup.Adopted}, answers: with(map[core.Field]string{core.FieldOAuth: o})}
			d := at(t, f)
			s := d.w.last
			for _, st := range s.Path().Steps() {
				page := guide.Of(s, st.ID, 0, nil)
				for _, q := range s.Path().Questions(st) {
					if page.Asks[q.Field].Title == "" {
						t.Errorf("%s over OAuth %s: %s of step %s has no words", app.ID, o, q.Field, st.ID)
					}
				}
			}
		}
	}
}

// The dance is no step of an adopted link, and its proof has words all the same.
func TestProofOffThePathHasWords(t *testing.T) {
	d := at(t, adopted("own"))
	o := signedIn()
	o.Check = core.CheckIdentity
	if got := guide.ProofWords(d.w.last, o); !strings.Contains(got, "signed in, says Bitbucket") {
		t.Error(got)
	}
}
