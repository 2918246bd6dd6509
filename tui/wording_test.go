package tui

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
	"applink/tui/theme"
	"applink/tui/widget"
)

// What is missing is named as people name it, not as the program does.
func TestEmptyAnswerIsNamedInWords(t *testing.T) {
	for _, step := range setup.Steps() {
		for _, q := range step.Asks {
			if q.Optional || q.Transient {
				continue
			}
			page := guide.Problem(finding.AnswerEmpty.With(string(q.Field)))
			if text := guide.Plain(page.What, plainWidth); strings.Contains(text, ": "+string(q.Field)+".") && strings.Contains(string(q.Field), "-") ||
				strings.Contains(text, "unknown") {
				t.Errorf("%s: %s", q.Field, text)
			}
		}
	}
}

// Wherever Bitbucket stands, no line of a page holds punctuation only.
func TestPagesHaveWordsOnEachLine(t *testing.T) {
	th := theme.New(theme.Profile{})
	apps, err := guide.Applications()
	if err != nil {
		t.Fatal(err)
	}
	for length := range 24 {
		values := map[string]string{"name": "Build farm", "adopted": "yes", "migrating": "yes", "callback-local": "https://localhost:8473/callback",
			"callback-left": "https://app.example.com/" + strings.Repeat("c", length)}
		base := "http://127.0.0.1:43215/" + strings.Repeat("b", length)
		for _, name := range []string{"base-url", "applinks-url", "revoke-url", "app-url"} {
			values[name] = base + "/plugins/servlet/applinks/listApplicationLinks"
		}
		for _, app := range apps {
			for _, step := range setup.Steps() {
				for _, oauth := range []core.OAuth{core.OAuth1, core.OAuth2} {
					p, err := guide.Find(guide.Query{Step: step.ID, OAuth: oauth, Application: app, Values: values})
					if err != nil {
						continue // the step does not apply
					}
					text := blocks(p.Blocks)
					for _, words := range p.Asks {
						text = append(text, widget.Say(widget.Paragraph, words.Help))
					}
					everyLineSpeaks(t, th, text)
				}
			}
		}
	}
}

func everyLineSpeaks(t *testing.T, th *theme.Theme, text []widget.Block) {
	t.Helper()
	for _, screen := range []int{60, 80, 120} {
		frame := widget.NewFrame(th)
		frame.SetSize(screen, 24)
		shown := ansi.Strip(widget.Prose(th, text, frame.ContentWidth(true)))
		for line := range strings.SplitSeq(shown, "\n") {
			if line != "" && !strings.ContainsFunc(line, unicode.IsLetter) && !strings.ContainsFunc(line, unicode.IsDigit) {
				t.Errorf("%q on a screen of %d columns:\n%s", line, screen, shown)
			}
		}
	}
}

// Each warning about the values stands on the page once, also while something else has
// the line of notices.
func TestWarningsAreToldOnce(t *testing.T) {
	f := atSecret()
	f.answers[core.FieldClientID], f.answers[core.FieldTwoFactor] = "odd", "no"
	f.words = append(f.words, setup.Credentials)
	d := at(t, f)
	if d.stands(setup.Finish, ""); t.Failed() {
		return
	}
	for _, press := range []string{"", "1"} {
		if press != "" {
			d.press(press)
		}
		text := d.view(120, 60)
		for _, warning := range []string{"! The Client ID has an unusual shape", "! The redirect URL is another than expected"} {
			if n := strings.Count(text, warning); n != 1 {
				t.Errorf("after %q %q stands there %d times:\n%s", press, warning, n, text)
			}
		}
	}
}

// What Enter does is told by the screen and by plain mode, each in its own words.
func TestHelpLeavesKeysToTheScreen(t *testing.T) {
	d := at(t, atSecret())
	if text := d.view(80, 24); strings.Count(text, "Enter alone") != 1 {
		t.Errorf("\n%s", text)
	}
}
