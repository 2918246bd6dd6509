package widget

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func start(fields ...Field) *Form {
	plainTheme.Install()
	f := NewForm(plainTheme, fields...)
	f.SetSize(60, 10)
	run(f.Update, f.Init())
	return f
}

func TestFormTakesTypingAndPastes(t *testing.T) {
	f := start(Field{Kind: AskText})
	press(f.Update, typed("  https:"), paste("//git.acme.com\n"), strike(tea.KeySpace))
	if got := f.Value(); got != "https://git.acme.com" || f.Entered() {
		t.Errorf("value %q, entered %v", got, f.Entered())
	}
	press(f.Update, strike(tea.KeyEnter))
	if !f.Entered() {
		t.Error("Enter does not end the entry")
	}
	press(f.Update, typed("/x"))
	if f.Entered() || f.Value() != "https://git.acme.com /x" {
		t.Errorf("the entry does not go on: %q", f.Value())
	}
}

func TestWordsThatNameKeysAreText(t *testing.T) {
	for _, kind := range []FieldKind{AskText, AskLines} {
		f := start(Field{Kind: kind})
		for _, word := range []string{"right", "home", "enter", "ctrl+u"} {
			press(f.Update, typed(word))
		}
		if want := "righthomeenterctrl+u"; f.Value() != want {
			t.Errorf("%s: %q", kind, f.Value())
		}
	}
}

func TestFormDoesNotReadTheClipboard(t *testing.T) {
	for name, fields := range questions {
		f := start(fields...)
		for i := range fields {
			f.Focus(i)
			if cmd := f.Update(strike(tea.KeyCtrlV)); cmd != nil {
				t.Errorf("%s, field %d: ctrl+v runs a command", name, i)
			}
		}
	}
}

func TestFormKeysStayWithTheScreen(t *testing.T) {
	for _, k := range []tea.KeyType{tea.KeyEsc, tea.KeyCtrlC, tea.KeyCtrlE, tea.KeyShiftTab, tea.KeyTab} {
		for name, fields := range questions {
			f := start(fields...)
			before := f.Value()
			press(f.Update, strike(k))
			if f.Entered() || f.Value() != before || f.At() != 0 || f.View() == "" {
				t.Errorf("%s reacts to %v", name, tea.KeyMsg{Type: k})
			}
		}
	}
	f := start(questions["choice"]...)
	press(f.Update, typed("/"), typed("x"))
	if !strings.Contains(f.View(), "▸ 2  OAuth 1") {
		t.Errorf("the list is filtered:\n%s", f.View())
	}
}

// The focus goes where it is sent, and takes every draft along.
func TestFormOfSeveralFields(t *testing.T) {
	fields := questions["several"]
	f := start(fields...)
	if lines := strings.Split(f.View(), "\n"); len(lines) != len(fields) || !strings.HasPrefix(lines[0], "▸ Application URL  ") {
		t.Fatalf("it begins with\n%s", f.View())
	}
	press(f.Update, typed("https://a.example"))
	f.Focus(2)
	press(f.Update, strike(tea.KeyRight), typed("/"))
	if f.Value() != "1" || !strings.Contains(f.View(), "▸ OAuth version    ‹ OAuth 1 ›") {
		t.Errorf("the choice is %q:\n%s", f.Value(), f.View())
	}
	f.Focus(1)
	f.Wrong("that name is taken by another integration")
	lines := strings.Split(f.View(), "\n")
	if !strings.HasPrefix(lines[1], "▸ Name") || !strings.Contains(lines[2], "✗ that name is taken") || len(lines) != len(fields)+2 {
		t.Errorf("what is wrong stands at\n%s", f.View())
	}
	f.SetSize(30, 10)
	f.SetSize(60, 10)
	f.Focus(5)
	f.Focus(0)
	for i, want := range []string{"https://a.example", "Build farm", "1", "hush", strings.TrimSpace(publicKey), "concealed"} {
		if f.ValueOf(i) != want {
			t.Errorf("field %d holds %q", i, f.ValueOf(i))
		}
	}
	for _, hidden := range []string{"hush", "MIIB", " concealed"} {
		if strings.Contains(f.View(), hidden) {
			t.Errorf("it shows %q:\n%s", hidden, f.View())
		}
	}
}

func TestListTakesNumbers(t *testing.T) {
	f := start(questions["choice"]...)
	press(f.Update, typed("3"))
	if f.Entered() {
		t.Error("a number that is none of the list is taken")
	}
	press(f.Update, typed("1"))
	if !f.Entered() || f.Value() != "2" {
		t.Errorf("1 takes %q, entered %v", f.Value(), f.Entered())
	}
}

func TestFormOutlivesResize(t *testing.T) {
	f := start(questions["choice"]...)
	full := f.View()
	f.SetSize(20, 3)
	f.SetSize(60, 10)
	if got := f.View(); got != full {
		t.Errorf("after shrinking and growing:\n%s\nbefore:\n%s", got, full)
	}
	press(f.Update, strike(tea.KeyUp))
	f.SetSize(40, 8)
	press(f.Update, strike(tea.KeyEnter))
	if f.Value() != "2" || !f.Entered() {
		t.Errorf("value %q, entered %v", f.Value(), f.Entered())
	}
	text := start(questions["text"]...)
	press(text.Update, typed("/bitbucket"))
	for _, size := range [][2]int{{40, 12}, {20, 5}, {1, 1}, {60, 10}} {
		text.SetSize(size[0], size[1])
		_ = text.View()
	}
	if got := text.Value(); got != "https://git.acme.com/bitbucket" {
		t.Errorf("resizing lost input: %q", got)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	f := start(questions["secret"]...)
	s := NewShowAlone(t.Context(), "Client secret", "hush")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb+verb, f, s); strings.Contains(got, "hush") {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if strings.Contains(f.View(), "hush") {
		t.Error("the view shows the secret")
	}
}

func TestLinesAreKeptAndEndAtTheirEnd(t *testing.T) {
	f := start(Field{Kind: AskLines})
	press(f.Update, paste("-----BEGIN PUBLIC KEY-----\r\nMIIB\rMIIC\n"), strike(tea.KeyEnter))
	if !f.Entered() || f.Complete() {
		t.Error("Enter does not end what was pasted, or it counts as complete")
	}
	press(f.Update, typed("MIID"), strike(tea.KeyEnter))
	if f.Entered() {
		t.Error("Enter after a line of the key ends the entry")
	}
	press(f.Update, paste("-----END PUBLIC KEY-----"), strike(tea.KeyEnter))
	want := "-----BEGIN PUBLIC KEY-----\nMIIB\nMIIC\nMIID\n-----END PUBLIC KEY-----"
	if !f.Entered() || !f.Complete() || f.Value() != want {
		t.Errorf("entered %v, value %q", f.Entered(), f.Value())
	}
	f.SetSize(20, 3)
	f.SetSize(76, 12)
	if f.Value() != want {
		t.Errorf("resizing changed the value to %q", f.Value())
	}
	long := strings.Repeat(strings.Repeat("A", 64)+"\n", 200)
	f = start(Field{Kind: AskLines})
	press(f.Update, paste(long))
	if got := f.Value(); got != strings.TrimSpace(long) {
		t.Errorf("a long paste arrives with %d of %d bytes", len(got), len(long))
	}
}
