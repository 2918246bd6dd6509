package tui

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/setup"
	"applink/core/walk"
)

// BenchmarkHomeKey is a key and the frame that follows it.
func BenchmarkHomeKey(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := newStage(b).open(b, RunOptions{}).w
			h := w.screen.(*home)
			for i := range n {
				in := core.Integration{ID: int64(i + 1), Name: fmt.Sprintf("Integration %d", i), Facts: core.Facts{
					Answers: map[core.Field]core.Answer{core.FieldApplication: {Value: "own"}, core.FieldBaseURL: {Value: base}}}}
				h.states = append(h.states, setup.New(in, w.session.Library.Applications()))
			}
			h.count, h.loaded, h.ended = n, true, true
			keys := []tea.Msg{tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyUp}}
			b.ResetTimer()
			for i := range b.N {
				w.Update(keys[i%2])
				_ = w.View()
			}
		})
	}
}

// BenchmarkFirstView is the first frame, from nothing.
func BenchmarkFirstView(b *testing.B) {
	s := newStage(b)
	for b.Loop() {
		w := newWizard(b.Context(), &Session{Session: walk.Session{Library: s.lib, Checker: s.checker, Remote: s.carrier.remote}, Carrier: s.carrier}, s.open(b, RunOptions{}).w.theme)
		w.open(RunOptions{})
		w.resize(80, 24)
		_ = w.View()
	}
}
