package widget

import "testing"

func TestColumns(t *testing.T) {
	grid := []Row{
		{Kind: RowText, Label: "Application permissions"},
		{Kind: RowColumn, Label: "Projects", Value: "[ ] Admin"},
		{Kind: RowColumn, Label: "Repositories", Value: "[x] Read | [ ] Write"},
		{Kind: RowButton, Label: "Save"},
	}
	side := "Application permissions\nProjects   Repositories\n[ ] Admin  [x] Read\n           [ ] Write\n[ Save ]"
	list := "Application permissions\nProjects:  [ ] Admin\nRepositories:  [x] R…\n[ Save ]"
	if got := Mock(plainTheme, grid, 23); got != side {
		t.Errorf("side by side:\n%s", got)
	}
	if got := FieldList(plainTheme, grid, 60); got != "Application permissions\nProjects:  [ ] Admin\nRepositories:  [x] Read  [ ] Write\n[ Save ]" {
		t.Errorf("as a list:\n%s", got)
	}
	if got := Mock(plainTheme, grid[1:3], 21); got != list[len("Application permissions\n"):len(list)-len("\n[ Save ]")] {
		t.Errorf("without room:\n%s", got)
	}
}
