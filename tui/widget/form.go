package widget

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// FieldKind is how a field is filled in.
type FieldKind string

// The kinds of fields.
const (
	AskText   FieldKind = "text"
	AskSecret FieldKind = "secret" // shown as dots
	AskChoice FieldKind = "choice" // a list in a form of its own, one line among other fields
	AskLines  FieldKind = "lines"  // a key or a certificate, with its lines
)

// Option is one answer to choose.
type Option struct {
	Value string
	Label string
	Note  string // a line beside it, in a list with headings
	Group string // the heading before it in a list; "" for none
}

// Field is one thing that a form asks.
type Field struct {
	Kind        FieldKind
	Label       string // before the field, where there are several
	Placeholder string
	Options     []Option // of AskChoice
	Value       string   // draft to start from
	// Describe tells in a line of a text with many lines what it is, in its place; "" and nil
	// show the lines.
	Describe func(text string) string
	// Conceal tells of a text that must not be seen that it is there, in its place; "" and
	// nil show the text.
	Conceal func(text string) string
	// Whole tells of a text with no end of its own that Enter ends its entry; nil: of none.
	Whole func(text string) bool
}

// Form asks one or several things at once: one group of huh's fields. The drafts live in the
// Form and outlast the huh form, which is rebuilt for each size: one that shrank never
// grows again. Enter ends an entry and goes nowhere: whoever asks takes the answer then and
// moves on by [Form.Focus], because only a stored answer is one.
type Form struct {
	t             *theme.Theme
	fields        []*formField
	at            int
	form          *huh.Form
	entered       bool
	wrong         string
	width, height int
}

type formField struct {
	Field
	draft  string
	pasted bool // the last that came was a paste, which is whole by itself

	finding bool   // what is typed looks for an option of a list
	find    string // what is looked for
	input   huh.Field
}

// NewForm returns a form that waits for its size and for Init.
func NewForm(t *theme.Theme, fields ...Field) *Form {
	f := &Form{t: t, width: MinWidth, height: MinHeight}
	for _, field := range fields {
		f.fields = append(f.fields, &formField{Field: field, draft: field.Value})
	}
	return f
}

// SetSize sets columns and the most lines. What was typed stays.
func (f *Form) SetSize(width, height int) {
	if f.form != nil && width == f.width && height == f.height {
		return
	}
	f.width, f.height = width, height
	if f.form != nil {
		f.Init()
	}
}

// Init builds the form and gives the focus to the field that has it. The command that it
// returns may be dropped.
func (f *Form) Init() tea.Cmd {
	inputs := make([]huh.Field, len(f.fields))
	for i, field := range f.fields {
		field.input = f.input(field)
		inputs[i] = field.input
	}
	f.form = huh.NewForm(huh.NewGroup(inputs...)).
		WithTheme(huhTheme(f.t)).WithKeyMap(huhKeys()).WithShowHelp(false).WithShowErrors(false).
		WithWidth(max(1, f.fieldWidth())).WithHeight(max(1, f.height))
	cmd := f.form.Init()
	at, wrong := f.at, f.wrong
	f.at = 0
	f.Focus(at)
	f.wrong = wrong
	return cmd
}

func (f *Form) input(field *formField) huh.Field {
	switch field.Kind {
	case AskLines:
		return newLines(f.t, field)
	case AskChoice:
		if f.list() {
			return newChoices(f.t, field, f.fieldWidth(), f.height)
		}
		options := make([]huh.Option[string], len(field.Options))
		for i, o := range field.Options {
			options[i] = huh.NewOption(ansi.Truncate(o.Label, max(1, f.fieldWidth()-4), "…"), o.Value)
		}
		return huh.NewSelect[string]().Options(options...).Inline(true).Value(&field.draft)
	}
	prompt := ""
	if len(f.fields) == 1 {
		prompt = "> "
	}
	input := huh.NewInput().Placeholder(field.Placeholder).Inline(true).Prompt(prompt).Value(&field.draft)
	if field.Kind == AskSecret {
		input.EchoMode(huh.EchoModePassword)
	}
	return input
}

// list reports whether the form is one choice, drawn as a list.
func (f *Form) list() bool { return len(f.fields) == 1 && f.fields[0].Kind == AskChoice }

// Find begins to look for an option of a list by what is typed, or ends that.
func (f *Form) Find(on bool) {
	if field := f.fields[f.at]; f.list() {
		field.finding, field.find = on, ""
		f.Init()
	}
}

// Finding reports whether an option is looked for.
func (f *Form) Finding() bool { return f.fields[f.at].finding }

// Grouped reports whether the form is a list with headings.
func (f *Form) Grouped() bool { return f.list() && f.fields[0].grouped() }

func (f *formField) grouped() bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Group != "" })
}

// At is the place of the field with the focus.
func (f *Form) At() int { return f.at }

// Len is how many fields there are.
func (f *Form) Len() int { return len(f.fields) }

// Focus gives the focus to another field.
func (f *Form) Focus(i int) {
	f.wrong, f.entered = "", false
	if f.form == nil {
		f.at = i
	}
	for f.at != i && i >= 0 && i < len(f.fields) {
		if f.at < i {
			f.forward(huh.NextField())
			f.at++
		} else {
			f.forward(huh.PrevField())
			f.at--
		}
	}
}

// Wrong says in a line under the field with the focus what is wrong with it; "" takes that
// away.
func (f *Form) Wrong(text string) { f.wrong = text }

// Update forwards what the field may see: no window sizes, which it would count wrongly, no
// ctrl+v, which reads the clipboard of the wrong machine over SSH, and no blinking, which
// costs wake-ups. Enter ends the entry, see [Form.Entered].
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	if f.form == nil {
		return nil
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg, cursor.BlinkMsg:
		return nil
	case tea.KeyMsg:
		f.entered = false
		byPaste := msg.Paste && len(msg.Runes) > 1 // by the terminal's word; lines that are only fast go on
		msg = asText(msg)
		switch field := f.fields[f.at]; {
		case msg.Type == tea.KeyCtrlV:
			return nil
		case msg.Type == tea.KeyEnter:
			if l, ok := field.input.(*lines); !ok || l.ended() {
				f.entered = true
				return nil
			}
		case f.list() && !field.finding && f.digit(msg):
			f.entered = true
			return nil
		}
		f.wrong = ""
		cmd := f.forward(msg)
		f.fields[f.at].pasted = byPaste
		return cmd
	}
	return f.forward(msg)
}

// digit chooses in a list by number.
func (f *Form) digit(msg tea.KeyMsg) bool {
	n := 0
	if _, err := fmt.Sscan(msg.String(), &n); err != nil || n < 1 || n > len(f.fields[0].Options) || msg.Paste {
		return false
	}
	f.Set(f.fields[0].Options[n-1].Value)
	return true
}

func (f *Form) forward(msg tea.Msg) tea.Cmd {
	model, cmd := f.form.Update(msg)
	f.form = model.(*huh.Form)
	return cmd
}

// Entered reports whether the last key ended the entry of the field with the focus.
func (f *Form) Entered() bool { return f.entered }

// Value is the text of the field with the focus, without blanks around it.
func (f *Form) Value() string { return f.ValueOf(f.at) }

// ValueOf is the text of a field, without blanks around it.
func (f *Form) ValueOf(i int) string { return strings.TrimSpace(f.fields[i].draft) }

// Set puts a text in place of what the field with the focus holds.
func (f *Form) Set(text string) { f.SetOf(f.at, text) }

// SetOf puts a text in place of what a field holds.
func (f *Form) SetOf(i int, text string) {
	f.fields[i].draft = text
	if f.form != nil {
		f.Init()
	}
}

// Complete reports whether the field with the focus holds a text that needs nothing more:
// of a key all its lines.
func (f *Form) Complete() bool {
	l, ok := f.fields[f.at].input.(*lines)
	return f.Value() != "" && (!ok || strings.Contains(l.Value(), "-----END "))
}

const gap = "  " // between a label and its field

// labels is how wide the column of the labels is, with what marks the focus; 0 for a single
// field.
func (f *Form) labels() int {
	if len(f.fields) == 1 {
		return 0
	}
	widest := 0
	for _, field := range f.fields {
		widest = max(widest, ansi.StringWidth(field.Label))
	}
	return min(widest, f.width*labelShare/100) + ansi.StringWidth(here+gap)
}

func (f *Form) fieldWidth() int { return max(8, f.width-f.labels()-1) }

// View draws the fields one below the other, and what is wrong under the one with the focus.
func (f *Form) View() string {
	if f.form == nil {
		return ""
	}
	var out []string
	for i, field := range f.fields {
		out = append(out, f.draw(i, field)...)
		if i == f.at && f.wrong != "" {
			indent := f.labels()
			for n, line := range wrapSpans(f.t, []Span{{Text: f.wrong}}, f.t.Bad, max(1, f.width-indent-2)) {
				mark := "  "
				if n == 0 {
					mark = f.t.Bad.Render("✗ ")
				}
				out = append(out, strings.Repeat(" ", indent)+mark+line)
			}
		}
	}
	return strings.Join(out, "\n")
}

func (f *Form) draw(i int, field *formField) []string {
	var lines []string
	switch text := strings.TrimSpace(field.draft); {
	case field.Conceal != nil && field.Conceal(text) != "":
		lines = wrapSpans(f.t, []Span{{Text: field.Conceal(text)}}, f.t.Warn, f.fieldWidth())
	case field.Describe != nil && text != "" && field.Describe(text) != "":
		lines = []string{f.t.Value.Render(ansi.Truncate(field.Describe(text), f.fieldWidth(), "…"))}
	case i != f.at && text != "":
		lines = []string{f.t.Value.Render(Shorten(field.shown(text), f.fieldWidth()))}
	default:
		lines = strings.Split(strings.TrimRight(field.input.View(), "\n "), "\n")
	}
	if len(f.fields) == 1 {
		return lines
	}
	style, mark := f.t.Muted, strings.Repeat(" ", ansi.StringWidth(here))
	if i == f.at {
		style, mark = f.t.Accent, f.t.Accent.Render(here)
	}
	width := f.labels() - ansi.StringWidth(here+gap)
	label := mark + style.Render(pad(ansi.Truncate(field.Label, width, "…"), width)) + gap
	for n := range lines {
		lines[n] = strings.TrimRight(label+lines[n], " ")
		label = strings.Repeat(" ", f.labels())
	}
	return lines
}

// shown is what is seen of a text while the focus is elsewhere.
func (f *formField) shown(text string) string {
	switch i := slices.IndexFunc(f.Options, func(o Option) bool { return o.Value == text }); {
	case f.Kind == AskSecret:
		return dots
	case i >= 0:
		return f.Options[i].Label
	}
	return text
}

// Format keeps answers out of whatever prints the form.
func (f *Form) Format(s fmt.State, _ rune) {
	labels := make([]string, len(f.fields))
	for i, field := range f.fields {
		labels[i] = field.Label
	}
	fmt.Fprintf(s, "Form%v", slices.Clip(labels))
}
