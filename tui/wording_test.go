package tui

import (
	"strings"
	"testing"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// What is missing is named as people name it, not as the program does.
func TestEmptyAnswerIsNamedInWords(t *testing.T) {
	for _, step := range setup.Steps() {
		for _, q := range step.Asks {
			if q.Optional || q.Transient {
				continue
			}
			page := guide.Problem(core.Find("AL-INPUT-007", "", "what", string(q.Field)))
			if text := guide.Plain(page.What, plainWidth); strings.Contains(text, ": "+string(q.Field)+".") && strings.Contains(string(q.Field), "-") ||
				strings.Contains(text, "unknown") {
				t.Errorf("%s: %s", q.Field, text)
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
