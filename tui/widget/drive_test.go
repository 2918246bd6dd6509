package widget

import (
	"reflect"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

var questions = map[string][]Field{
	"text":   {{Kind: AskText, Placeholder: "https://git.acme.com/bitbucket", Value: "https://git.acme.com"}},
	"empty":  {{Kind: AskText, Placeholder: "https://git.acme.com"}},
	"secret": {{Kind: AskSecret, Value: "hush"}},
	"choice": {{Kind: AskChoice, Value: "1", Options: versions}},
	"lines":  {{Kind: AskLines, Value: "-----BEGIN PUBLIC KEY-----\nMIIB\nMIIB"}},
	"several": {{Kind: AskText, Label: "Application URL", Placeholder: "https://"}, {Kind: AskText, Label: "Name", Value: "Build farm"},
		{Kind: AskChoice, Label: "OAuth version", Value: "2", Options: versions}, {Kind: AskSecret, Label: "Client secret", Value: "hush"},
		{Kind: AskLines, Label: "Public Key", Value: publicKey, Describe: func(string) string { return "BEGIN PUBLIC KEY … 9 lines, END present" }},
		{Kind: AskText, Label: "Client ID", Value: "concealed", Conceal: func(s string) string {
			if s == "" {
				return ""
			}
			return "•••• a Client secret, not shown"
		}}},
}

var versions = []Option{{Value: "2", Label: "OAuth 2  recommended: Bitbucket 8.19.2 offers it and synchronization needs it from 8.0 on, says Private Packagist"}, {Value: "1", Label: "OAuth 1"}}

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
