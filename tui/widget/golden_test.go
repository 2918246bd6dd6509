package widget

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"applink/tui/theme"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	plainTheme  = theme.New(theme.Profile{})
	colourTheme = theme.New(theme.Profile{Depth: theme.Colours256})
)

// sizes are the windows that every screen is drawn in.
var sizes = []struct{ width, height int }{{60, 16}, {80, 24}, {120, 40}}

// golden draws at each size, with colour and without, and compares with
// testdata. What is drawn must fit.
func golden(t *testing.T, name string, draw func(th *theme.Theme, width, height int) string) {
	t.Helper()
	for _, size := range sizes {
		for suffix, th := range map[string]*theme.Theme{"": plainTheme, "-colour": colourTheme} {
			th.Install()
			got := draw(th, size.width, size.height)
			if w, h := lipgloss.Width(got), lipgloss.Height(got); w > size.width || h > size.height {
				t.Errorf("%s is %dx%d in %dx%d", name, w, h, size.width, size.height)
			}
			if suffix == "" && strings.Contains(got, "\x1b") {
				t.Errorf("%s writes escapes without colour", name)
			}
			compare(t, fmt.Sprintf("%s-%dx%d%s.golden", name, size.width, size.height, suffix), got)
		}
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	got += "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", file, got)
	}
}

const publicKey = "-----BEGIN PUBLIC KEY-----\nMIIB\nMIIB\nMIIB\nMIIB\nMIIB\nMIIB\nMIIB\n-----END PUBLIC KEY-----\n"

var form = []Row{
	{Kind: RowTitle, Label: "Configure Private Packagist ─ Incoming Authentication"},
	{Kind: RowTabs, Label: "Incoming Authentication", Value: "Application Details|Outgoing Authentication|Incoming Authentication"},
	{Kind: RowField, Label: "Consumer Key", Value: "applink-3f9c2e71", Number: 1},
	{Kind: RowField, Label: "Consumer Name", Value: "Private Packagist", Number: 2},
	{Kind: RowField, Label: "Description", Note: "leave empty"},
	{Kind: RowField, Label: "Public Key", Value: publicKey, Number: 3},
	{Kind: RowField, Label: "Consumer Callback URL", Note: "leave empty (a value here breaks sign-in)"},
	{Kind: RowField, Label: "Redirect URL", Value: "https://packagist.example/" + strings.Repeat("very/long/", 20), Note: "whole", Number: 4},
	{Kind: RowSelect, Label: "Application Type", Value: "Generic Application"},
	{Kind: RowField, Label: "A label that is much too long for its column here", Value: "value"},
	{Kind: RowCheck, Label: "Create incoming link"},
	{Kind: RowCheck, Label: "Repositories: Read", Value: "on", Note: "nothing more is needed"},
	{Kind: RowRadio, Label: "External application", Value: "on"},
	{Kind: RowWarn, Label: "The no-response warning is harmless: Bitbucket has tried to reach the application and that is not needed."},
	{Kind: RowNote, Note: "Below the form."},
	{Kind: RowButton, Label: "Save", Value: "press"},
	{Kind: RowButton, Label: "Cancel"},
}

var steps = []Step{
	{Name: "Application", State: StepDone}, {Name: "Platform", State: StepDone},
	{Name: "Base URL", State: StepDone}, {Name: "OAuth version", State: StepDone},
	{Name: "Keys", State: StepDone}, {Name: "Create link", State: StepDone},
	{Name: "Incoming", State: StepCurrent, Here: true}, {Name: "Two-factor", State: StepTodo},
	{Name: "Sign in", State: StepTodo}, {Name: "Login link", State: StepTodo},
}

var page = []Block{
	{Kind: Paragraph, Spans: []Span{
		{Text: "In Bitbucket, click the pencil to the right of "}, {Strong, `"Private Packagist"`},
		{Text: ", then "}, {Strong, `"Incoming Authentication"`}, {Text: ". Fill the form exactly like this and save it."}}},
	Say(Heading, "Why"),
	Say(Item, "Bitbucket checks each call with the public half of the key, so it needs all of it, first and last line included."),
	{Kind: Item, Spans: []Span{{Text: "Press "}, {Press, "3"}, {Text: " to copy."}}},
	Say(Numbered, "One."), Say(Numbered, "Two."),
	Say(Warning, "Leave the callback empty."),
	Say(Note, "日本語の文字は二桁を占めます and "+strings.Repeat("unbroken", 20)),
	Say(Verbatim, "date -u\ncurl -sI https://git.acme.com"),
}

var keys = []Key{
	{Key: "1-3", Does: "copy"}, {Key: "v", Does: "show alone"}, {Key: "o", Does: "open page"},
	{Key: "h", Does: "hand over"}, {Key: "l", Does: "other look"}, {Key: "enter", Does: "next", Keep: true},
	{Key: "esc", Does: "back", Keep: true}, {Key: "?", Keep: true},
}

func TestGoldenParts(t *testing.T) {
	golden(t, "mock", func(th *theme.Theme, w, h int) string { return firstLines(Mock(th, form, w), h) })
	golden(t, "fields", func(th *theme.Theme, w, h int) string { return firstLines(FieldList(th, form, w), h) })
	golden(t, "prose", func(th *theme.Theme, w, h int) string { return firstLines(Prose(th, page, w), h) })
	golden(t, "strips", func(th *theme.Theme, w, h int) string {
		looking := append([]Step(nil), steps...)
		looking[6].Here, looking[0].Here = false, true
		return strings.Join([]string{Progress(th, steps, w), Progress(th, looking, w), KeyHelp(th, keys, w),
			StepList(th, steps, 20, 6),
			Values(th, []Value{{1, "Consumer Key", "applink-3f9c2e71", false}, {2, "Public Key", publicKey, false}, {3, "Client secret", "hush", true}}, w),
		}, "\n")
	})
}

func firstLines(s string, n int) string {
	all := strings.Split(s, "\n")
	return strings.Join(all[:min(n, len(all))], "\n")
}

func guided(f *Frame, th *theme.Theme) string {
	width := f.ContentWidth(true)
	side, height := f.SideSize()
	p := Parts{
		Header: Spread("applink  On-premise Bitbucket", "Bitbucket 7.17.6 · OAuth 1", f.Width()),
		Side:   StepList(th, steps, side, height),
		Title:  Spread(th.Title.Render("Incoming Authentication"), "next: Two-factor", width),
		Body:   Prose(th, page[:1], width) + "\n\n" + Mock(th, form, width),
		Action: "▸ enter  the form is saved",
		Notice: "Copied Public Key (OSC 52: sent to your terminal, paste to check)",
		Status: "◌ Asking Bitbucket every few seconds", StatusLines: 2,
		Footer: KeyHelp(th, keys, f.Width()),
	}
	if !f.Wide() {
		p.Header += "\n" + Progress(th, steps, f.Width())
	}
	if f.Narrow() {
		p.Body = FieldList(th, form, width)
		p.Fixed = Values(th, []Value{{1, "Consumer Key", "applink-3f9c2e71", false}, {3, "Public Key", publicKey, false}}, width)
	}
	return f.View(p)
}

func TestGoldenScreen(t *testing.T) {
	golden(t, "screen", func(th *theme.Theme, w, h int) string {
		f := NewFrame(th)
		f.SetSize(w, h)
		return guided(f, th)
	})
}

func TestGoldenList(t *testing.T) {
	golden(t, "list", func(th *theme.Theme, w, h int) string {
		l := home(th, 5000)
		l.SetSize(w, h)
		l.Select(2500)
		return l.View()
	})
}

func home(th *theme.Theme, n int) *List {
	return NewList(th,
		[]Column{{"NAME", 14, 1}, {"SERVER", 14, 2}, {"LINK", 7, 0}, {"STATE", 13, 1}},
		func() int { return n },
		func(i int) []string {
			return []string{fmt.Sprintf("Integration number %d", i), "git.acme.com/bitbucket 8.19.2", "OAuth 1", th.Good.Render("✓ proved 2 h ago")}
		})
}

func TestGoldenForms(t *testing.T) {
	for name, fields := range questions {
		golden(t, "form-"+name, func(th *theme.Theme, w, h int) string {
			f := NewForm(th, fields...)
			f.SetSize(w, h)
			run(f.Update, f.Init())
			return f.View()
		})
	}
}
