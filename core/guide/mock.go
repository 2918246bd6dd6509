package guide

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"applink/assets"

	"applink/core"
)

// Mock is a drawing of a screen of Bitbucket or of the application. The files
// under assets/mock hold no ASCII art but the screen's elements, one a line, so
// that a face can draw them at any width or read them out:
//
//	title: Configure {link-name} > Incoming Authentication
//	tabs: OAuth                          the tab that is open
//	text: Select the type of application.
//	warn: No response was received.      a warning that the screen shows
//	field: Consumer Key* | {client-id}   a text field and what goes into it
//	field: Description | (leave empty)   in parentheses: what to do, not what to type
//	field: Name* | {name} | any name     a third part is a remark
//	select: Application Type* | Generic Application
//	check: [x] Read                      a box, ticked or not
//	check: [ ] Create incoming link | (leave unticked)
//	check: [two-legged] Allow 2-Legged OAuth | (leave unticked)    ticked where the value is known
//	radio: (x) Incoming | "The application can access data from Bitbucket."
//	button: Login link | Edit | Delete   the one to press, then those beside it
//	row: Private Packagist | Incoming | Non-Atlassian | pencil    a row of a table, its headings first
//	column: Repositories | [x] Read | [ ] Write    a heading with its boxes below, beside other columns
//	note: What stands beside the screen, in our words.
//	+ field: Request Token URL | (leave empty)    what is left as it is, and may be left out
//
// A {name} is the place of a value, and {name|words} has words for one that is not
// known; in parentheses they are a remark. What such a place or box is filled with is
// never left out. An element whose value is one of the page's
// numbered values bears that number. Labels are the screen's own, an asterisk
// included. Empty lines are for the reader of the file.
type Mock struct {
	Name string // of the files, as in the page's front matter
	Rows []Row  // a RowTitle starts each screen
}

// RowKind is the kind of a screen's element.
type RowKind string

// The kinds of elements.
const (
	RowTitle  RowKind = "title"
	RowTabs   RowKind = "tabs"
	RowText   RowKind = "text"
	RowWarn   RowKind = "warn"
	RowField  RowKind = "field"
	RowSelect RowKind = "select"
	RowCheck  RowKind = "check"
	RowRadio  RowKind = "radio"
	RowButton RowKind = "button"
	RowTable  RowKind = "row"
	RowColumn RowKind = "column"
	RowNote   RowKind = "note"
)

// Row is one element. What the parts hold depends on the kind:
//
//	title, tabs, text, warn, note   Label is all of the text
//	field, select                   Label, Value to enter, Note what to do or to know
//	check, radio                    Label, Value "x" when it is chosen, Note
//	button                          Label to press, Value the others with " | " between
//	row                             Label and Value are cells, Note the others with " | " between
//	column                          Label, Value the boxes with " | " between, each "[x] Read" or "[ ] Read"
type Row struct {
	Kind   RowKind
	Label  string
	Value  string
	Note   string
	Number int  // of the page's value that goes here; 0 for none
	More   bool // it is left as it is, and drawn with the whole window only
}

var (
	elementLine = core.Pattern(`^([a-z]+): (.+)$`)
	choice      = core.Pattern(`^(?:\[([ x]|[a-z-]{2,})\]|\(([ x])\)) (.+)$`)
	valuePlace  = core.Pattern(`\{([a-z-]+)(?:\|([^}]*))?\}`)
)

// draw joins the drawings that names lists, parted by spaces, and puts the
// values into them. No names give no drawing.
func draw(names string, values []Value, w words) (*Mock, error) {
	if names == "" {
		return nil, nil
	}
	m := &Mock{Name: names}
	for name := range strings.FieldsSeq(names) {
		source, err := fs.ReadFile(assets.FS, "mock/"+name+".txt")
		if err != nil {
			return nil, fmt.Errorf("reading a drawing: %w", err)
		}
		rows, err := parseMock(string(source))
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", name, err)
		}
		m.Rows = append(m.Rows, rows...)
	}
	for i := range m.Rows {
		m.Rows[i].fill(values, w)
		m.Rows[i].tick(w.values["permissions"])
	}
	return m, nil
}

// parseMock reads a drawing and leaves its places open.
func parseMock(source string) ([]Row, error) {
	var rows []Row
	for line := range strings.SplitSeq(source, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		line, more := strings.CutPrefix(line, "+ ")
		m := elementLine().FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("reading %q: not an element", line)
		}
		row, err := parseRow(RowKind(m[1]), m[2])
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", line, err)
		}
		row.More = more
		rows = append(rows, row)
	}
	return rows, nil
}

func parseRow(kind RowKind, text string) (Row, error) {
	switch kind {
	case RowTitle, RowTabs, RowText, RowWarn, RowNote:
		return Row{Kind: kind, Label: text}, nil
	}
	most := 3
	if kind == RowButton || kind == RowColumn {
		most = 2
	}
	parts := strings.SplitN(text, " | ", most)
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	row := Row{Kind: kind, Label: parts[0], Value: parts[1], Note: parts[2]}
	switch kind {
	case RowField, RowSelect:
		if strings.HasPrefix(row.Value, "(") {
			row.Value, row.Note = "", strings.Trim(row.Value, "()")
		}
	case RowCheck, RowRadio:
		c := choice().FindStringSubmatch(row.Label)
		if c == nil {
			return Row{}, fmt.Errorf("neither chosen nor not")
		}
		row.Note = strings.TrimSuffix(strings.TrimPrefix(row.Value, "("), ")")
		row.Label, row.Value = c[3], strings.TrimSpace(c[1]+c[2])
	case RowButton, RowTable, RowColumn:
	default:
		return Row{}, fmt.Errorf("unknown kind %q", kind)
	}
	return row, nil
}

// tick ticks the boxes of a column that are among the permissions, "Repositories: Read, …".
// A column with such a box is more than it is left as it is.
func (r *Row) tick(permissions string) {
	if r.Kind != RowColumn {
		return
	}
	wanted := strings.Split(permissions, ", ")
	boxes := strings.Split(r.Value, " | ")
	for i, box := range boxes {
		if name := strings.TrimPrefix(box, "[ ] "); slices.Contains(wanted, r.Label+": "+name) {
			boxes[i], r.More = "[x] "+name, false
		}
	}
	r.Value = strings.Join(boxes, " | ")
}

// fill puts the values into the places of a row and numbers it.
func (r *Row) fill(values []Value, w words) {
	if m := valuePlace().FindStringSubmatch(r.Value); m != nil {
		for _, v := range values {
			if v.Name == m[1] {
				r.Number = v.Number
			}
		}
	}
	remark := strings.Contains(r.Value, "|(")
	if r.Kind == RowCheck && len(r.Value) > 1 {
		known := w.values[r.Value] != ""
		if r.Value = ""; known {
			r.Value, r.Note, r.More = "x", "", false
		}
	}
	defer func() {
		if remark && strings.HasPrefix(r.Value, "(") {
			r.Value, r.Note = "", strings.Trim(r.Value, "()")
		}
	}()
	for _, part := range []*string{&r.Label, &r.Value, &r.Note} {
		*part = valuePlace().ReplaceAllStringFunc(*part, func(place string) string {
			name, unknown, _ := strings.Cut(strings.Trim(place, "{}"), "|")
			switch {
			case unknown != "" && w.values[name] == "":
				return unknown
			case unknown != "":
				r.More = false
			}
			return w.value(name)
		})
	}
}
