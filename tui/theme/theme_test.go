package theme

import (
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	const xterm = "TERM=xterm-256color"
	for _, test := range []struct {
		env  string
		flag bool
		pipe bool
		want Depth
	}{
		{env: xterm, want: Colours256},
		{env: "TERM=xterm", want: Colours16},
		{env: "TERM=xterm COLORTERM=truecolor", want: Colours256},
		{env: "TERM=xterm-kitty", want: Colours256},
		{env: "TERM=dumb", want: NoColour},
		{env: "", want: NoColour},
		{env: xterm, pipe: true, want: NoColour},
		{env: xterm + " CI=1", want: Colours256},
		{env: xterm, flag: true, want: NoColour},
		{env: xterm + " FORCE_COLOR=3", flag: true, want: NoColour},
		{env: xterm + " NO_COLOR=1", want: NoColour},
		{env: xterm + " NO_COLOR=yes", want: NoColour},
		{env: xterm + " NO_COLOR=0", want: NoColour},
		{env: xterm + " NO_COLOR=false", want: NoColour},
		{env: xterm + " NO_COLOR=", want: Colours256},
		{env: xterm + " APPLINK_NO_COLOR=0", want: NoColour},
		{env: xterm + " NO_COLOR=1 FORCE_COLOR=1 CLICOLOR_FORCE=1", want: NoColour},
		{env: "FORCE_COLOR=1", pipe: true, want: Colours16},
		{env: "FORCE_COLOR=true " + xterm, pipe: true, want: Colours256},
		{env: "FORCE_COLOR=2", pipe: true, want: Colours256},
		{env: "FORCE_COLOR=0 CLICOLOR_FORCE=1 " + xterm, want: NoColour},
		{env: "CLICOLOR_FORCE=1 " + xterm, pipe: true, want: Colours256},
		{env: "CLICOLOR_FORCE=0 " + xterm, pipe: true, want: NoColour},
		{env: "CLICOLOR=0 " + xterm, want: NoColour},
		{env: "APPLINK_PALETTE=16 " + xterm, want: Colours16},
		{env: "APPLINK_PALETTE=16 NO_COLOR=1 " + xterm, want: NoColour},
	} {
		got := Detect(Options{NoColor: test.flag}, environment(test.env), !test.pipe)
		if got.Depth != test.want {
			t.Errorf("%q flag %v pipe %v: got %q, want %q", test.env, test.flag, test.pipe, got.Depth, test.want)
		}
	}
}

func TestBackground(t *testing.T) {
	for env, want := range map[string]Background{
		"":                      Unknown,
		"COLORFGBG=15;0":        Dark,
		"COLORFGBG=0;15":        Light,
		"COLORFGBG=0;default;7": Light,
		"COLORFGBG=x":           Unknown,
		"APPLINK_BACKGROUND=light COLORFGBG=15;0": Light,
		"APPLINK_BACKGROUND=auto COLORFGBG=15;0":  Dark,
	} {
		if got := Detect(Options{}, environment(env), true).Background; got != want {
			t.Errorf("%q: got %q, want %q", env, got, want)
		}
	}
}

func environment(pairs string) func(string) string {
	env := map[string]string{}
	for _, pair := range strings.Fields(pairs) {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return func(name string) string { return env[name] }
}

func TestProfileDecidesWhatIsWritten(t *testing.T) {
	for _, test := range []struct {
		profile Profile
		want    string
	}{
		{Profile{}, "x"},
		{Profile{Depth: NoColour}, "x"},
		{Profile{Depth: Colours16}, "\x1b[31mx\x1b[0m"},
		{Profile{Depth: Colours256}, "\x1b[38;5;161mx\x1b[0m"},
		{Profile{Depth: Colours256, Background: Dark}, "\x1b[38;5;210mx\x1b[0m"},
		{Profile{Depth: Colours256, Background: Light}, "\x1b[38;5;124mx\x1b[0m"},
	} {
		if got := New(test.profile).Bad.Render("x"); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.profile, got, test.want)
		}
	}
}

func TestCursorIsVisibleWithoutColour(t *testing.T) {
	th := New(Profile{})
	for _, char := range []string{" ", "a"} {
		if got := th.Cursor.Inline(true).Reverse(true).Render(char); got == char {
			t.Errorf("the cursor on %q is %q", char, got)
		}
	}
}
