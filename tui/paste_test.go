package tui

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// atPublicKey is a set-up that waits for the application's Public Key.
func atPublicKey(t *testing.T) *driver {
	t.Helper()
	d := at(t, facts{app: "packagist-cloud", answers: with(map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: "k"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}, words: []core.StepID{setup.Form}})
	d.stands(setup.Keys, core.FieldPublicKey)
	return d
}

func bareKey() string {
	lines := strings.Split(strings.TrimSpace(publicKey()), "\n")
	return strings.Join(lines[1:len(lines)-1], "\n")
}

// A pasted key takes the place of what the field holds, with or without its lines, after a
// refusal and after an answer.
func TestPasteReplacesAKey(t *testing.T) {
	for name, second := range map[string]string{"PEM": publicKey(), "bare": bareKey(), "JSON": jsonOf(publicKey())} {
		for first, text := range map[string]string{"cut": publicKey()[:200], "cut, bare": bareKey()[:200], "words": "the key"} {
			d := atPublicKey(t)
			d.paste(text)
			d.paste(second) // at once
			d.press("enter")
			d.stands(setup.CreateLink, "")

			d = atPublicKey(t)
			d.paste(text)
			d.press("enter", "enter")
			d.stands(setup.Keys, core.FieldPublicKey)
			d.paste(second) // when the first was refused
			d.press("enter")
			if d.stands(setup.CreateLink, ""); d.w.last.Value(core.FieldPublicKey) != strings.TrimSpace(publicKey()) {
				t.Errorf("%s after %s: stored\n%s", name, first, d.w.last.Value(core.FieldPublicKey))
			}
		}
	}
}

func jsonOf(s string) string {
	b, _ := json.Marshal(map[string]string{"public_key": s})
	return string(b)
}

// A terminal that does not mark a paste sends it in lumps: the first one replaces.
func TestUnmarkedPasteReplacesWhatWasRefused(t *testing.T) {
	d := atPublicKey(t)
	d.paste(bareKey()[:200])
	d.press("enter")
	d.stands(setup.Keys, core.FieldPublicKey)
	for _, line := range strings.Split(strings.TrimSpace(publicKey()), "\n") {
		d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(line)}, tea.KeyMsg{Type: tea.KeyEnter})
	}
	if d.w.last.Value(core.FieldPublicKey) != strings.TrimSpace(publicKey()) {
		t.Errorf("stored %q", d.w.last.Value(core.FieldPublicKey))
	}
}

// A refused URL is replaced by a paste, and edited by what is typed.
func TestPasteReplacesARefusedURL(t *testing.T) {
	begin := func() *driver {
		d := at(t, facts{app: "own", answers: with(map[core.Field]string{core.FieldOAuth: "2"}),
			checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("8.19.2")}})
		d.stands(setup.Callback, core.FieldCallback)
		d.paste("https://app.example/cb#x")
		d.press("enter")
		d.shows(finding.RedirectWithFragment.String())
		return d
	}
	d := begin()
	d.paste("https://app.example/cb")
	d.press("enter")
	if got := d.w.last.Value(core.FieldCallback); got != "https://app.example/cb" {
		t.Errorf("a paste made it %q", got)
	}
	d = begin()
	d.send(tea.KeyMsg{Type: tea.KeyBackspace}, tea.KeyMsg{Type: tea.KeyBackspace})
	d.press("2", "enter")
	if got := d.w.last.Value(core.FieldCallback); got != "https://app.example/cb2" {
		t.Errorf("typing made it %q", got)
	}
	d = begin()
	d.press("home")
	d.send(tea.KeyMsg{Type: tea.KeyCtrlK})
	d.press("h")
	d.paste("ttps://app.example/typed") // into what is being typed
	d.press("enter")
	if got := d.w.last.Value(core.FieldCallback); got != "https://app.example/typed" {
		t.Errorf("typing and pasting made it %q", got)
	}
}

// How an answer was understood is told on the page that follows it.
func TestNoteOfAnAnswer(t *testing.T) {
	d := atPublicKey(t)
	d.paste(jsonOf(publicKey()))
	d.press("enter")
	d.stands(setup.CreateLink, "")
	d.shows("The key was read from JSON.")
	d.press("enter")
	if strings.Contains(d.view(80, 24), "read from JSON") {
		t.Error("the note stays")
	}
	d = at(t, facts{app: "packagist-cloud", answers: with(map[core.Field]string{core.FieldOAuth: "1"}),
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("7.17.6")}, words: []core.StepID{setup.Form}})
	d.paste("\"Wm7PzT9cQk2fYx4L\"")
	d.press("enter")
	d.stands(setup.Keys, core.FieldPublicKey)
	d.shows("Client ID: read without the quotes around it.")
}

// A private key is hidden in every form that is known for one.
func TestEncodedPrivateKeyIsNotShown(t *testing.T) {
	for _, text := range []string{jsonOf(privateKey()), strings.ReplaceAll(strings.ReplaceAll(privateKey(), " ", "+"), "\n", "%0A"),
		strings.Join(strings.Split(privateKey(), "\n")[1:20], "\n")} {
		d := atPublicKey(t)
		d.paste(text)
		if seen := d.view(120, 40); strings.Contains(seen, text[60:80]) {
			t.Errorf("the key is shown:\n%s", seen)
		}
		d.press("enter")
		d.shows(finding.KeyIsPrivate.String())
	}
}

// In plain mode a key of several lines is one answer, whatever its form, and the lines
// behind it belong to the questions that follow.
func TestPlainReadsPastesWhole(t *testing.T) {
	list, _ := json.MarshalIndent(strings.Split(strings.TrimSpace(publicKey()), "\n"), "", "  ")
	for name, text := range map[string]string{
		"PEM":          strings.TrimSpace(publicKey()),
		"bare":         bareKey(),
		"JSON":         jsonOf(publicKey()),
		"JSON lines":   string(list),
		"YAML":         "public_key: |\n  " + strings.ReplaceAll(strings.TrimSpace(publicKey()), "\n", "\n  "),
		"twice":        publicKey() + "\n" + strings.TrimSpace(publicKey()),
		"bare and cut": bareKey()[:129] + "\n",
		"PEM, cut":     publicKey()[:200] + "\n\n",
		"words":        "the key",
	} {
		in := newLines(io.MultiReader(strings.NewReader(text+"\nnext\n"), never{}))
		p := &plain{in: in, out: &bytes.Buffer{}}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		got, err := p.readKey(ctx)
		if err != nil || strings.TrimSpace(got) != strings.TrimSpace(text) {
			t.Errorf("%s: %v, read %q", name, err, got)
		}
		if line, err := in.line(ctx); err != nil || line != "next" {
			t.Errorf("%s: the next line is %q, %v", name, line, err)
		}
		cancel()
	}
}

// never is an input that stays open and brings nothing.
type never struct{}

func (never) Read([]byte) (int, error) { select {} }

// A small mistake is told in a line below the field; the words that help stay.
func TestSmallMistakeIsALine(t *testing.T) {
	d := at(t, facts{app: "own", answers: map[core.Field]string{core.FieldAppURL: "https://app.acme.com", core.FieldName: "CI", core.FieldPurpose: "sign-in",
		core.FieldPlatform: "data-center", core.FieldBaseURL: "https://git.acme.com", core.FieldOAuth: "2"},
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached("9.4.0")}})
	d.stands(setup.Callback, core.FieldCallback)
	d.erase()
	d.press("enter")
	d.shows("This needs an answer (AL-INPUT-007)")
	d.shows("For example: https://app.example.com/oauth/callback")
}
