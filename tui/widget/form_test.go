package widget

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

func start(q Question) *Form {
	plainTheme.Install()
	f := NewForm(plainTheme, q)
	f.SetSize(60, 10)
	run(f.Update, f.Init())
	return f
}

func TestFormTakesTypingAndPastes(t *testing.T) {
	f := start(Question{Kind: AskText, Title: "URL"})
	press(f.Update, typed("  https:"), paste("//git.acme.com\n"), strike(tea.KeySpace))
	if got := f.Value(); got != "https://git.acme.com" {
		t.Errorf("value %q", got)
	}
	press(f.Update, strike(tea.KeyEnter))
	if !f.Done() {
		t.Error("not done after Enter")
	}
}

func TestWordsThatNameKeysAreText(t *testing.T) {
	f := start(Question{Kind: AskText, Title: "Name"})
	p := NewPEM(plainTheme, "")
	p.SetSize(40, 5)
	run(p.Update, p.Init())
	for _, word := range []string{"right", "home", "enter", "ctrl+u"} {
		press(f.Update, typed(word))
		press(p.Update, typed(word))
	}
	if want := "righthomeenterctrl+u"; f.Value() != want || p.Value() != want {
		t.Errorf("form %q, PEM %q", f.Value(), p.Value())
	}
}

func TestFormDoesNotReadTheClipboard(t *testing.T) {
	for _, q := range questions {
		f := start(q)
		if cmd := f.Update(strike(tea.KeyCtrlV)); cmd != nil {
			t.Errorf("%s: ctrl+v runs a command", q.Kind)
		}
	}
	p := NewPEM(plainTheme, "")
	run(p.Update, p.Init())
	if cmd := p.Update(strike(tea.KeyCtrlV)); cmd != nil {
		t.Error("PEM: ctrl+v runs a command")
	}
}

func TestFormKeysStayWithTheScreen(t *testing.T) {
	for _, k := range []tea.KeyType{tea.KeyEsc, tea.KeyCtrlC, tea.KeyCtrlE, tea.KeyShiftTab} {
		for name, q := range questions {
			f := start(q)
			before := f.Value()
			press(f.Update, strike(k))
			if f.Done() || f.Value() != before || f.View() == "" {
				t.Errorf("%s reacts to %v", name, tea.KeyMsg{Type: k})
			}
		}
	}
	f := start(questions["choice"])
	press(f.Update, typed("/"), typed("x"))
	if !strings.Contains(f.View(), "▸ OAuth 1") {
		t.Errorf("the list is filtered:\n%s", f.View())
	}
}

func TestFormSaysWhatIsWrong(t *testing.T) {
	f := start(Question{Kind: AskText, Title: "URL", Validate: func(s string) error {
		if s != "valid" {
			return errors.New("this is not valid")
		}
		return nil
	}})
	press(f.Update, typed("wrong"), strike(tea.KeyEnter))
	if f.Done() || !strings.Contains(f.View(), "✗ this is not valid") || f.Value() != "wrong" {
		t.Errorf("done %v, value %q, view:\n%s", f.Done(), f.Value(), f.View())
	}
	if h := lipgloss.Height(f.View()); h > 10 {
		t.Errorf("%d lines of 10", h)
	}
	press(f.Update, strike(tea.KeyCtrlU), typed("valid"), strike(tea.KeyEnter))
	if !f.Done() {
		t.Errorf("still refused: %q\n%s", f.Value(), f.View())
	}
}

func TestFormOutlivesResizeAndCompletion(t *testing.T) {
	f := start(questions["choice"])
	full := f.View()
	f.SetSize(20, 3)
	f.SetSize(60, 10)
	if got := f.View(); got != full {
		t.Errorf("after shrinking and growing:\n%s\nbefore:\n%s", got, full)
	}
	press(f.Update, strike(tea.KeyUp))
	f.SetSize(40, 8)
	press(f.Update, strike(tea.KeyEnter))
	if f.Value() != "2" || !f.Done() {
		t.Errorf("value %q, done %v", f.Value(), f.Done())
	}
	run(f.Update, f.Init())
	if f.Done() || !strings.Contains(f.View(), "▸ OAuth 2") {
		t.Errorf("not alive again:\n%s", f.View())
	}
	text := start(questions["text"])
	press(text.Update, typed("/bitbucket"))
	for _, size := range [][2]int{{40, 12}, {20, 5}, {1, 1}, {60, 10}} {
		text.SetSize(size[0], size[1])
		_ = text.View()
	}
	if got := text.Value(); got != "https://git.acme.com/bitbucket" {
		t.Errorf("resizing lost input: %q", got)
	}
}

func TestConfirmIsNoByDefault(t *testing.T) {
	f := start(questions["confirm"])
	if f.Value() != No {
		t.Errorf("default %q", f.Value())
	}
	press(f.Update, typed("y"))
	if f.Value() != Yes || !f.Done() {
		t.Errorf("after y: %q, done %v", f.Value(), f.Done())
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	f := start(questions["secret"])
	s := NewShowAlone(t.Context(), "Client secret", "hush", true)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb+verb, f, s); strings.Contains(got, "hush") {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if strings.Contains(f.View(), "hush") {
		t.Error("the view shows the secret")
	}
}

func TestPEMKeepsLinesAndEndsAtItsEnd(t *testing.T) {
	p := NewPEM(plainTheme, "")
	p.SetSize(60, 6)
	run(p.Update, p.Init())
	press(p.Update, paste("-----BEGIN PUBLIC KEY-----\r\nMIIB\rMIIC\n"), strike(tea.KeyEnter))
	if !p.Done() {
		t.Error("Enter on an empty line does not end the entry")
	}
	p.Reset()
	press(p.Update, typed("MIID"), strike(tea.KeyEnter))
	if p.Done() {
		t.Error("Enter after a line of the key ends the entry")
	}
	press(p.Update, paste("-----END PUBLIC KEY-----"), strike(tea.KeyEnter))
	want := "-----BEGIN PUBLIC KEY-----\nMIIB\nMIIC\nMIID\n-----END PUBLIC KEY-----"
	if !p.Done() || p.Value() != want {
		t.Errorf("done %v, value %q", p.Done(), p.Value())
	}
	p.SetSize(20, 3)
	p.SetSize(76, 12)
	if p.Value() != want {
		t.Errorf("resizing changed the value to %q", p.Value())
	}
	p = NewPEM(plainTheme, "")
	run(p.Update, p.Init())
	press(p.Update, paste("-----BEGIN PUBLIC KEY-----\nMIIB"), strike(tea.KeyEnter))
	if !p.Done() {
		t.Error("Enter does not end a paste that was cut")
	}
	long := strings.Repeat(strings.Repeat("A", 64)+"\n", 200)
	p = NewPEM(plainTheme, "")
	run(p.Update, p.Init())
	press(p.Update, paste(long))
	if got := p.Value(); got != strings.TrimSpace(long) {
		t.Errorf("a long paste arrives with %d of %d bytes", len(got), len(long))
	}
}
