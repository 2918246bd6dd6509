package widget

import "testing"

func TestColumns(t *testing.T) {
	grid := []Row{
		{Kind: RowText, Label: "Application permissions"},
		{Kind: RowColumn, Label: "Projects", Value: "[ ] Admin"},
		{Kind: RowColumn, Label: "Repositories", Value: "[x] Read | [ ] Write"},
		{Kind: RowButton, Label: "Save"},
	}
	side := `
╭─────────────────────────╮
│ Application permissions │
│ Projects   Repositories │
│ [ ] Admin  [x] Read     │
│            [ ] Write    │
│                [ Save ] │
╰─────────────────────────╯`
	narrow := `
╭─────────────────────╮
│ Projects:  [ ] Adm… │
│ Repositories:  [x]… │
╰─────────────────────╯`
	if got := "\n" + Mock(plainTheme, grid, 27); got != side {
		t.Errorf("side by side:\n%s", got)
	}
	if got := FieldList(plainTheme, grid, 60); got != "Application permissions\nProjects:  [ ] Admin\nRepositories:  [x] Read  [ ] Write\n[ Save ]" {
		t.Errorf("as a list:\n%s", got)
	}
	if got := "\n" + Mock(plainTheme, grid[1:3], 23); got != narrow {
		t.Errorf("without room:\n%s", got)
	}
}
