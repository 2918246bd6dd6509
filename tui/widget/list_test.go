package widget

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

func TestListAsksOnlyForWhatItShows(t *testing.T) {
	asked := 0
	l := NewList(plainTheme, []Column{{"NAME", 10, 1}}, func() int { return 10_000 }, func(i int) []string {
		asked++
		return []string{fmt.Sprint("row ", i)}
	})
	l.SetSize(40, 11)
	l.Update(strike(tea.KeyEnd).(tea.KeyMsg))
	if got := l.View(); !strings.HasSuffix(got, "▸ row 9999") || asked != 10 {
		t.Errorf("%d rows asked for:\n%s", asked, got)
	}
}

func TestListKeepsTheChosenRowInView(t *testing.T) {
	n := 30
	l := NewList(plainTheme, []Column{{"NAME", 10, 1}}, func() int { return n }, func(i int) []string { return []string{fmt.Sprint("row ", i)} })
	if l.Selected() != 0 {
		t.Errorf("chosen at first: %d", l.Selected())
	}
	for _, size := range []int{8, 2, 1, 0, 5, 40} {
		l.SetSize(30, size)
		for _, k := range []tea.KeyType{tea.KeyDown, tea.KeyPgDown, tea.KeyEnd, tea.KeyUp, tea.KeyPgUp, tea.KeyHome, tea.KeyUp, tea.KeyPgDown} {
			l.Update(strike(k).(tea.KeyMsg))
			got := l.View()
			if size > 1 && !strings.Contains(got, fmt.Sprintf("▸ row %d", l.Selected())) {
				t.Errorf("height %d, row %d not shown:\n%s", size, l.Selected(), got)
			}
			if size > 0 && lipgloss.Height(got) > size {
				t.Errorf("%d lines of %d", lipgloss.Height(got), size)
			}
		}
	}
	l.SetSize(30, 8)
	l.Select(29)
	n = 3
	if l.Selected() != 2 || strings.Count(l.View(), "row") != 3 {
		t.Errorf("after rows went, row %d:\n%s", l.Selected(), l.View())
	}
	n = 0
	if l.Selected() != -1 || strings.Contains(l.View(), "▸") {
		t.Errorf("empty: row %d:\n%s", l.Selected(), l.View())
	}
	if l.Update(typed("n").(tea.KeyMsg)) {
		t.Error("took a key of the screen")
	}
}

func BenchmarkListKeyToView(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := home(colourTheme, n)
			l.SetSize(80, 11) // ten rows, however many there are
			l.Select(n / 2)
			keys := []tea.KeyMsg{{Type: tea.KeyDown}, {Type: tea.KeyUp}}
			b.ReportAllocs()
			for i := range b.N {
				l.Update(keys[i%2])
				_ = l.View()
			}
		})
	}
}

func BenchmarkScreen(b *testing.B) {
	f := NewFrame(colourTheme)
	f.SetSize(120, 40)
	b.ReportAllocs()
	for range b.N {
		_ = guided(f, colourTheme)
	}
}
