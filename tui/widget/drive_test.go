package widget

import (
	"reflect"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

var questions = map[string]Question{
	"text": {Kind: AskText, Title: "Base URL of Bitbucket", Help: "As you open it in the browser.",
		Placeholder: "https://git.acme.com/bitbucket", Value: "https://git.acme.com"},
	"empty":  {Kind: AskText, Title: "Base URL of Bitbucket", Placeholder: "https://git.acme.com"},
	"secret": {Kind: AskSecret, Title: "Client secret", Value: "hush"},
	"choice": {Kind: AskChoice, Title: "OAuth version", Help: "OAuth 2 is recommended.", Value: "1",
		Options: []Option{{"2", "OAuth 2  recommended: Bitbucket 8.19.2 offers it and synchronization needs it from 8.0 on, says Private Packagist"}, {"1", "OAuth 1"}}},
	"confirm": {Kind: AskConfirm, Title: "Go on without proof?", Help: "It is stored as said, not as proved."},
}

// press sends a message and then whatever its commands bring, until nothing
// comes any more.
func press(update func(tea.Msg) tea.Cmd, msgs ...tea.Msg) {
	for _, msg := range msgs {
		run(update, update(msg))
	}
}

// run executes a command; those that only sleep are left alone.
func run(update func(tea.Msg) tea.Cmd, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		if msg == nil {
			return
		}
		// tea.BatchMsg, and tea's private message of a sequence.
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
			for i := range v.Len() {
				run(update, v.Index(i).Interface().(tea.Cmd))
			}
			return
		}
		run(update, update(msg))
	case <-time.After(20 * time.Millisecond):
	}
}

func typed(s string) tea.Msg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }
func paste(s string) tea.Msg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true} }
func strike(k tea.KeyType) tea.Msg {
	return tea.KeyMsg{Type: k}
}
