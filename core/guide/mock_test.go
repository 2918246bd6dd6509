package guide

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"applink/assets"
)

// screenLabels are the fields, boxes, choices and buttons as the screens show
// them. A drawing must not invent one.
const screenLabels = `
Name | Platform | Base URL | OAuth 2 | OAuth 1 (Bitbucket Data Center / Server v7.20 or older)
Trust validity of email addresses without verification
API request timeout in seconds (leave empty for default, 0 for no limit)
Client ID / Key | Client Secret | Callback URL / Redirect URL | Save Integration | Edit Integration
Application URL for Link | Consumer Name | Public Key | Login link | Edit | Delete
Enter the URL of the application you want to link | Create new link | Create link
Atlassian product | Atlassian product via OAuth 1.0 | Atlassian product via OAuth 2.0 | External application
Incoming | Outgoing | Continue | Cancel | Application URL | Entered URL | New URL* | Use this URL
Application Name* | Application Type* | Service Provider Name | Consumer key | Shared secret
Request Token URL | Access token URL | Authorize URL | Create incoming link
Consumer Key* | Consumer Name* | Description | Public Key* | Consumer Callback URL
Allow 2-Legged OAuth | Execute as | Allow user impersonation through 2-Legged OAuth
Name* | Redirect URL* | Save | Client ID | Client secret | Allow | Deny
System admin | Admin | Projects | Repositories | Account | [ ] Read | [x] Read | [ ] Write | [ ] Admin
Reset to defaults | Enable U2F devices | Enable Duo Security Support | Enable OAuth whitelist
`

func TestDrawingsUseTheScreensLabels(t *testing.T) {
	var allowed []string
	for line := range strings.SplitSeq(strings.TrimSpace(screenLabels), "\n") {
		allowed = append(allowed, strings.Split(line, " | ")...)
	}
	used := map[string]bool{}
	for _, name := range drawings(t) {
		rows := drawing(t, name)
		if rows[0].Kind != RowTitle {
			t.Errorf("%s does not start with its title", name)
		}
		for _, r := range rows {
			switch r.Kind {
			case RowField, RowSelect, RowCheck, RowRadio, RowButton, RowColumn:
				if !slices.Contains(allowed, r.Label) {
					t.Errorf("%s: no screen has %q", name, r.Label)
				}
				used[r.Label] = true
			}
			for other := range strings.SplitSeq(r.Value, " | ") {
				if (r.Kind == RowButton || r.Kind == RowColumn) && other != "" && !slices.Contains(allowed, other) {
					t.Errorf("%s: no screen has the button or box %q", name, other)
				}
			}
		}
	}
	for _, label := range []string{"Consumer Key*", "Public Key*", "Consumer Callback URL", "Client ID / Key"} {
		if !used[label] {
			t.Errorf("%q is drawn nowhere", label)
		}
	}
}

func TestDrawingsNumberTheirValues(t *testing.T) {
	everyQuery(t, func(t *testing.T, q Query) {
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		if p.Mock == nil {
			return
		}
		numbered := map[int]bool{}
		for _, r := range p.Mock.Rows {
			if r.Number < 0 || r.Number > len(p.Values) {
				t.Fatalf("%q bears number %d of %d", r.Label, r.Number, len(p.Values))
			}
			if r.Number > 0 && r.Kind == RowField && r.Value != p.Values[r.Number-1].Text {
				t.Errorf("%q has number %d, but not its value: %q", r.Label, r.Number, r.Value)
			}
			numbered[r.Number] = true
		}
		for _, v := range p.Values {
			if !numbered[v.Number] && v.Name != "authorize-url" && v.Name != "warmup-url" && v.Name != "forward-command" && v.Name != "login-link" {
				t.Errorf("%s has no place in the drawing %s", v.Name, p.Mock.Name)
			}
		}
	})
}

// What a drawing says to type has to be at hand for copying.
func TestDrawnFieldsAreAmongTheValues(t *testing.T) {
	everyQuery(t, func(t *testing.T, q Query) {
		all, err := variantsOf(q.Step)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range looksFor(q, all) {
			for _, name := range drawingsOf(t, v) {
				for _, r := range drawing(t, name) {
					m := valuePlace().FindStringSubmatch(r.Value)
					if m == nil || r.Kind != RowField || shownOnly(name) || r.Label == "Execute as" {
						continue
					}
					if !slices.Contains(valuesOf(v), m[1]) {
						t.Errorf("%s: %q shows %s, which cannot be copied", v.name, r.Label, m[1])
					}
				}
			}
		}
	})
}

// valuesOf are the names of all values that a page may have.
func valuesOf(v *variant) (names []string) {
	for _, t := range v.front.Values {
		for name := range strings.FieldsSeq(regexp.MustCompile(`{{[^}]*}}`).ReplaceAllString(t, " ")) {
			names = append(names, name)
		}
	}
	return names
}

// shownOnly tells the fields that the screen fills by itself.
func shownOnly(name string) bool { return name == "packagist-edit-oauth1" }

func TestEveryDrawingIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, step := range steps {
		all, err := variantsOf(step)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			for _, name := range drawingsOf(t, v) {
				used[name] = true
			}
		}
	}
	for _, name := range drawings(t) {
		if !used[name] {
			t.Errorf("no page shows %s", name)
		}
	}
}

func TestParseMock(t *testing.T) {
	rows, err := parseMock(`
title: Configure {link-name} > Incoming Authentication
field: Consumer Key* | {client-id} | a remark
field: Description | (leave empty)
select: Application Type* | Generic Application
check: [ ] Create incoming link | (leave unticked)
check: [x] Read
radio: (x) Incoming | "It can access."
radio: ( ) Outgoing
button: Login link | Edit | Delete
row: A | B | C
column: Repositories | [x] Read | [ ] Write
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{
		{Kind: RowTitle, Label: "Configure {link-name} > Incoming Authentication"},
		{Kind: RowField, Label: "Consumer Key*", Value: "{client-id}", Note: "a remark"},
		{Kind: RowField, Label: "Description", Note: "leave empty"},
		{Kind: RowSelect, Label: "Application Type*", Value: "Generic Application"},
		{Kind: RowCheck, Label: "Create incoming link", Note: "leave unticked"},
		{Kind: RowCheck, Label: "Read", Value: "x"},
		{Kind: RowRadio, Label: "Incoming", Value: "x", Note: `"It can access."`},
		{Kind: RowRadio, Label: "Outgoing"},
		{Kind: RowButton, Label: "Login link", Value: "Edit | Delete"},
		{Kind: RowTable, Label: "A", Value: "B", Note: "C"},
		{Kind: RowColumn, Label: "Repositories", Value: "[x] Read | [ ] Write"},
	}
	if !slices.Equal(rows, want) {
		t.Errorf("got %+v\nwant %+v", rows, want)
	}
	for _, bad := range []string{"hello", "field:", "box: Name", "check: Read", "radio: [ Read"} {
		if _, err := parseMock(bad); err == nil {
			t.Errorf("%q was taken for an element", bad)
		}
	}
}

func drawings(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(assets.FS, "mock/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no drawings", err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".txt")
	}
	return files
}

// drawingsOf lists every drawing that a page may show.
func drawingsOf(t *testing.T, v *variant) []string {
	t.Helper()
	var names []string
	for _, values := range []map[string]string{{}, {"migrating": "yes"}, {"consumer-name": "CI"}, {"permissions": "Repositories: Read"}, {"incoming-link": "yes"}} {
		some, err := words{values: values}.line(v.front.Mock)
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		names = append(names, strings.Fields(some)...)
	}
	return names
}

func drawing(t *testing.T, name string) []Row {
	t.Helper()
	source, err := fs.ReadFile(assets.FS, "mock/"+name+".txt")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parseMock(string(source))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rows
}
