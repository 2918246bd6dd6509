package widget

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

func TestFrameHasTheSizeOfTheWindow(t *testing.T) {
	f := NewFrame(plainTheme)
	for _, w := range []int{0, 1, 20, 40, 59, 60, 61, 79, 80, 99, 100, 101, 200} {
		for _, h := range []int{0, 1, 5, 12, 15, 16, 19, 20, 24, 30, 60} {
			f.SetSize(w, h)
			got := guided(f, plainTheme)
			if lipgloss.Width(got) > w || (h > 0 && lipgloss.Height(got) > h) {
				t.Errorf("%dx%d in %dx%d", lipgloss.Width(got), lipgloss.Height(got), w, h)
			}
			if f.TooSmall() {
				continue
			}
			if lipgloss.Height(got) != h {
				t.Errorf("%d lines in a window of %d", lipgloss.Height(got), h)
			}
			if last := got[strings.LastIndex(got, "\n"):]; !strings.Contains(last, "esc back") {
				t.Errorf("%dx%d hides the way out: %q", w, h, last)
			}
		}
	}
}

func TestFrameAsksForRoom(t *testing.T) {
	f := NewFrame(plainTheme)
	f.SetSize(59, 15)
	if got := f.View(Parts{Body: "x"}); !strings.Contains(got, "60 x 16; this one has 59 x 15") {
		t.Errorf("got %q", got)
	}
}

func TestNothingJumpsWhenStatusAndNoticeChange(t *testing.T) {
	for _, size := range append(sizes, struct{ width, height int }{100, 30}) {
		f := NewFrame(plainTheme)
		f.SetSize(size.width, size.height)
		p := Parts{Header: "header", Title: "title", Side: "side", Body: "body", StatusLines: 3, Footer: "keys"}
		places := func() (all [4]int) {
			for i, line := range strings.Split(f.View(p), "\n") {
				for n, word := range []string{"header", "title", "body", "keys"} {
					if strings.Contains(line, word) {
						all[n] = i
					}
				}
			}
			return all
		}
		before := places()
		p.Notice, p.Status = "copied", "1\n2\n3\n4\n5"
		if after := places(); after != before {
			t.Errorf("%v: %v became %v", size, before, after)
		}
	}
}

func TestFixedPartsScrollOnlyWhereTheyWouldCoverTheBody(t *testing.T) {
	f := NewFrame(plainTheme)
	f.SetSize(60, 16)
	long := strings.TrimSuffix(strings.Repeat("fixed\n", 30), "\n")
	got := f.View(Parts{Title: "title", Fixed: long, Body: "body", Footer: "keys"})
	if !strings.Contains(got, "lines 1-") || !strings.Contains(got, "keys") {
		t.Errorf("got:\n%s", got)
	}
	f.View(Parts{Title: "title", Fixed: "fixed", Body: strings.Repeat("body\n", 50), Footer: "keys"})
	f.Update(strike(tea.KeyEnd))
	if got = f.View(Parts{Title: "title", Fixed: "fixed", Body: strings.Repeat("body\n", 50), Footer: "keys"}); !strings.Contains(got, "fixed") {
		t.Errorf("the fixed part scrolled away:\n%s", got)
	}
}

func TestPagerReachesEveryLine(t *testing.T) {
	p := NewPager(plainTheme)
	p.SetSize(40, 5)
	p.SetContent("first\n2\n3\n4\n5\n6\n7\n8\nlast")
	for range 3 {
		p.Update(strike(tea.KeyPgDown))
	}
	if got := p.View(); !strings.Contains(got, "last") || !strings.Contains(got, "lines 6-9 of 9") {
		t.Errorf("at the end:\n%s", got)
	}
	p.Update(strike(tea.KeyHome))
	if got := p.View(); !strings.HasPrefix(got, "first\n") {
		t.Errorf("at the start:\n%s", got)
	}
	p.Update(typed("j"))
	if got := p.View(); !strings.HasPrefix(got, "first\n") {
		t.Error("letters scroll")
	}
	p.Update(strike(tea.KeyEnd))
	p.SetSize(40, 20)
	if got := p.View(); !strings.HasPrefix(got, "first\n") || strings.Contains(got, "lines") {
		t.Errorf("with room for all:\n%s", got)
	}
}
