package widget

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"applink/core"
)

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		value string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"short\n", 10, "short"},
		{"a longer value", 8, "a longe…"},
		{publicKey, 40, "-----BEGIN PUBLIC KEY----- … 9 lines"},
		{publicKey, 20, "-----BEGIN … 9 lines"[:11] + "… 9 lines"},
		{"a\r\nb", 20, "a … 2 lines"},
		{"日本語", 5, "日本…"},
		{"", 5, ""},
	} {
		if got := Shorten(test.value, test.width); got != test.want {
			t.Errorf("%q in %d: %q, want %q", test.value, test.width, got, test.want)
		}
	}
}

func FuzzProse(f *testing.F) {
	f.Add("In Bitbucket, click ", "\"Private Packagist\"", ", then save.", 20)
	f.Add("a", "b", "  c\n\nd", 1)
	f.Add("日本語の文字", "é", strings.Repeat("x", 200), 7)
	f.Fuzz(func(t *testing.T, a, b, c string, width int) {
		if width < 2 || width > 200 {
			t.Skip("no such terminal")
		}
		a, b, c = core.Printable(a), core.Printable(b), core.Printable(c)
		blocks := []Block{{Kind: Paragraph, Spans: []Span{{Text: a}, {Strong, b}, {Text: c}}}}
		got := ansi.Strip(Prose(plainTheme, blocks, width))
		if w := lipgloss.Width(got); w > width {
			t.Errorf("%d columns of %d:\n%s", w, width, got)
		}
		bare := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		if bare(got) != bare(a)+bare(b)+bare(c) {
			t.Errorf("%q became %q", a+b+c, got)
		}
	})
}

// Brackets and full stops stay beside what they belong to, however long that is.
func TestNoLineOfPunctuationOnly(t *testing.T) {
	for length := range 130 {
		address := "https://g.example.com/" + strings.Repeat("ab/", length/3) + "abc"[:length%3]
		for _, kind := range []SpanKind{Plain, Link} {
			b := Block{Kind: Item, Spans: []Span{{Text: "Look under \"Application Links\" ("}, {kind, address}, {Text: "). \"Next\"."}}}
			for _, width := range []int{30, 56, 76, 92} {
				text := ansi.Strip(Prose(plainTheme, []Block{b}, width))
				for line := range strings.SplitSeq(text, "\n") {
					if !strings.ContainsFunc(line, letterOrDigit) || lipgloss.Width(line) > width {
						t.Errorf("%q at %d columns of\n%s", line, width, text)
					}
				}
			}
		}
	}
}

func TestPartsNeverExceedTheirWidth(t *testing.T) {
	for width := 1; width <= 130; width++ {
		for name, got := range map[string]string{
			"steps":  Progress(plainTheme, steps, width),
			"keys":   KeyHelp(plainTheme, keys, width),
			"spread": Spread("left side", "right side", width),
			"values": Values(plainTheme, []Value{{1, "Consumer Key", publicKey, false}}, width),
			"list":   StepList(plainTheme, steps, width, 5),
		} {
			if w := lipgloss.Width(got); w > width {
				t.Errorf("%s: %d columns of %d: %q", name, w, width, got)
			}
		}
		if width < 30 {
			continue
		}
		for name, got := range map[string]string{"mock": Mock(plainTheme, form, width), "fields": FieldList(plainTheme, form, width)} {
			if w := lipgloss.Width(got); w > width || name == "mock" && w > MockWidth {
				t.Errorf("%s: %d columns of %d", name, w, width)
			}
		}
	}
}

func TestStepOnTheScreenIsAlwaysVisible(t *testing.T) {
	for here := range steps {
		all := append([]Step(nil), steps...)
		for i := range all {
			all[i].Here = i == here
		}
		for height := 1; height < 12; height++ {
			got := StepList(plainTheme, all, 30, height)
			if !strings.Contains(got, all[here].Name) || lipgloss.Height(got) > height {
				t.Errorf("%d lines hide %q:\n%s", height, all[here].Name, got)
			}
		}
	}
}

func TestKeyHelpKeepsTheWayOut(t *testing.T) {
	for width := 26; width < 120; width++ {
		got := KeyHelp(plainTheme, keys, width)
		if !strings.HasSuffix(got, "enter next · esc back · ?") {
			t.Errorf("%d columns: %q", width, got)
		}
	}
}
