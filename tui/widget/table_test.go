package widget

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
)

func TestTableColumnsLineUp(t *testing.T) {
	for _, name := range []string{"CI", "Example Industries Engineering Bitbucket in the data centres", "日本語の文字"} {
		rows := []Row{
			{Kind: RowTitle, Label: "Application links"},
			{Kind: RowRow, Label: "Application", Value: "Direction", Note: "Status | Actions"},
			{Kind: RowRow, Label: name, Value: "Incoming", Note: `Non-Atlassian | "..."`},
			{Kind: RowButton, Label: "Delete"},
		}
		for _, width := range []int{56, 66, 76} {
			drawn := Mock(plainTheme, rows, width)
			lines := strings.Split(drawn, "\n")
			at := func(line, cell string) int {
				before, _, _ := strings.Cut(line, cell)
				return lipgloss.Width(before)
			}
			head, row := lines[2], lines[3]
			for heading, cell := range map[string]string{"Direction": "Incoming", "Status": "Non-Atlassian", "Actions": `"..."`} {
				if at(head, heading) != at(row, cell) {
					t.Errorf("%s at %d, %s at %d:\n%s", heading, at(head, heading), cell, at(row, cell), drawn)
				}
			}
			if w := lipgloss.Width(drawn); w > width {
				t.Errorf("%d columns of %d:\n%s", w, width, drawn)
			}
			if words := strings.Fields(name); !strings.Contains(drawn, words[len(words)-1]) {
				t.Errorf("%q is cut off:\n%s", name, drawn)
			}
		}
	}
}

// A window that is narrower than the columns cuts them off.
func TestTableWithoutRoom(t *testing.T) {
	rows := []Row{{Kind: RowRow, Label: "Name", Value: "Platform", Note: "Base URL"}}
	for width := frameWidth + 1; width < 12; width++ {
		if w := lipgloss.Width(Mock(plainTheme, rows, width)); w > max(1, width) {
			t.Errorf("%d columns of %d", w, width)
		}
	}
}
