package theme

import (
	"runtime"
	"strings"
)

// Depth is how many colours may be used.
type Depth string

// The depths. Nothing here needs more than 256 colours.
const (
	NoColour   Depth = ""
	Colours16  Depth = "16"
	Colours256 Depth = "256"
)

// Background is the kind of the terminal's background.
type Background string

// The backgrounds. It is never asked for, see the package's initialisation.
const (
	Unknown Background = ""
	Dark    Background = "dark"
	Light   Background = "light"
)

// Profile is what a terminal can show. The zero value is one without colour.
type Profile struct {
	Depth      Depth
	Background Background
	Title      bool // the window's title can be set
	Links      bool // addresses can be links (OSC 8)
}

// Options are the flags that affect what is sent to a terminal.
type Options struct {
	NoColor bool
	NoLinks bool
}

// Detect works out the profile of one output. The first of these that speaks
// decides: the flag; APPLINK_NO_COLOR and NO_COLOR, with any value at all
// (no-color.org); FORCE_COLOR and CLICOLOR_FORCE (bixense.com/clicolors); what
// TERM and COLORTERM say. APPLINK_PALETTE=16 stays within the 16 colours that
// the user's own palette defines, APPLINK_BACKGROUND=light or dark names the
// background. Addresses are links unless the flag or APPLINK_NO_LINKS says no.
func Detect(flags Options, env func(string) string, isTerminal bool) Profile {
	p := Profile{Depth: depth(flags, env, isTerminal), Background: background(env)}
	// The console of Linux and GNU screen draw a part of such a sequence.
	p.Title = isTerminal && env("TERM") != "" && env("TERM") != "dumb" && env("TERM") != "linux" && env("STY") == ""
	p.Links = p.Title && !flags.NoLinks && env("APPLINK_NO_LINKS") == ""
	if p.Depth == Colours256 && env("APPLINK_PALETTE") == "16" {
		p.Depth = Colours16
	}
	return p
}

func depth(flags Options, env func(string) string, isTerminal bool) Depth {
	if flags.NoColor || env("APPLINK_NO_COLOR") != "" || env("NO_COLOR") != "" {
		return NoColour
	}
	able := ability(env("TERM"), env("COLORTERM"))
	switch force := env("FORCE_COLOR"); force {
	case "":
	case "0", "false":
		return NoColour
	case "2", "3":
		return Colours256
	default:
		return atLeast16(able)
	}
	if force := env("CLICOLOR_FORCE"); force != "" && force != "0" {
		return atLeast16(able)
	}
	if !isTerminal || env("CLICOLOR") == "0" {
		return NoColour
	}
	return able
}

func atLeast16(d Depth) Depth {
	if d == NoColour {
		return Colours16
	}
	return d
}

// modern are terminals whose TERM does not tell that they have 256 colours.
var modern = []string{"kitty", "ghostty", "alacritty", "wezterm", "foot", "direct"}

func ability(term, colorterm string) Depth {
	switch {
	case term == "dumb":
		return NoColour
	case term == "" && runtime.GOOS == "windows":
		return Colours256
	case term == "":
		return NoColour
	case strings.Contains(term, "256color"), colorterm == "truecolor", colorterm == "24bit":
		return Colours256
	}
	for _, name := range modern {
		if strings.Contains(term, name) {
			return Colours256
		}
	}
	return Colours16
}

// background reads the setting, then COLORFGBG ("15;0", the last number being
// the background), which rxvt, Konsole and others set.
func background(env func(string) string) Background {
	switch b := Background(env("APPLINK_BACKGROUND")); b {
	case Light, Dark:
		return b
	}
	fgbg := env("COLORFGBG")
	switch fgbg[strings.LastIndex(fgbg, ";")+1:] {
	case "0", "1", "2", "3", "4", "5", "6", "8":
		return Dark
	case "7", "9", "10", "11", "12", "13", "14", "15":
		return Light
	}
	return Unknown
}
