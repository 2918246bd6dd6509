package widget

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"applink/tui/theme"
)

// QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of questions. Keys and certificates have a field of their own, [PEM].
const (
	AskText    QuestionKind = "text"
	AskSecret  QuestionKind = "secret" // shown as dots
	AskChoice  QuestionKind = "choice"
	AskConfirm QuestionKind = "confirm" // answered with Yes or No
)

// The answers to a confirmation.
const (
	Yes = "yes"
	No  = "no"
)

// Option is one answer to choose.
type Option struct {
	Value string
	Label string
}

// errorLines are kept below the field for what is wrong with the answer.
const errorLines = 2

// Question is one thing to ask.
type Question struct {
	Kind        QuestionKind
	Title       string
	Help        string
	Placeholder string
	Options     []Option // of AskChoice
	Value       string   // draft to start from
	// Validate looks at the syntax only: it runs at each Enter, twice.
	Validate func(string) error
}

// Form asks one question, with huh's fields. The answer so far lives in the Form and
// outlasts the huh form, which is rebuilt for each entry and each size: a finished huh
// form is dead, and one that shrank never grows again.
type Form struct {
	t             *theme.Theme
	q             Question
	draft         string
	yes           bool
	form          *huh.Form
	width, height int
}

// NewForm returns a form that waits for its size and for Init.
func NewForm(t *theme.Theme, q Question) *Form {
	f := &Form{t: t, q: q, draft: q.Value, yes: q.Value == Yes, width: MinWidth, height: MinHeight}
	if f.q.Validate == nil {
		f.q.Validate = func(string) error { return nil }
	}
	return f
}

// SetSize sets columns and lines. What was typed stays.
func (f *Form) SetSize(width, height int) {
	if f.form != nil && width == f.width && height == f.height {
		return
	}
	f.width, f.height = width, height
	if f.form != nil && !f.Done() {
		f.Init()
	}
}

// Init builds the form and gives it the focus; it also revives one that is done.
// The command that it returns may be dropped.
func (f *Form) Init() tea.Cmd {
	// Errors are drawn here: huh does not count the lines that they take.
	f.form = huh.NewForm(huh.NewGroup(f.field())).
		WithTheme(huhTheme(f.t)).WithKeyMap(huhKeys()).WithShowHelp(false).WithShowErrors(false).
		WithWidth(max(1, f.width)).WithHeight(max(1, f.height-errorLines))
	return f.form.Init()
}

func (f *Form) field() huh.Field {
	validate := func(s string) error { return f.q.Validate(strings.TrimSpace(s)) }
	switch f.q.Kind {
	case AskChoice:
		options := make([]huh.Option[string], len(f.q.Options))
		for i, o := range f.q.Options {
			options[i] = huh.NewOption(ansi.Truncate(o.Label, max(1, f.width-3), "…"), o.Value)
		}
		return huh.NewSelect[string]().Title(f.q.Title).Description(f.q.Help).
			Options(options...).Validate(validate).Value(&f.draft)
	case AskConfirm:
		return huh.NewConfirm().Title(f.q.Title).Description(f.q.Help).
			Affirmative("Yes").Negative("No").
			WithButtonAlignment(lipgloss.Left).Value(&f.yes)
	}
	input := huh.NewInput().Title(f.q.Title).Description(f.q.Help).
		Placeholder(f.q.Placeholder).Validate(validate).Value(&f.draft)
	if f.q.Kind == AskSecret {
		input.EchoMode(huh.EchoModePassword)
	}
	return input
}

// Update forwards what the field may see: no window sizes, which it would count
// wrongly, no ctrl+v, which reads the clipboard of the wrong machine over SSH,
// and no blinking, which costs wake-ups.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	if f.form == nil {
		return nil
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg, cursor.BlinkMsg:
		return nil
	case tea.KeyMsg:
		if msg.Type == tea.KeyCtrlV {
			return nil
		}
		return f.forward(asText(msg))
	}
	return f.forward(msg)
}

func (f *Form) forward(msg tea.Msg) tea.Cmd {
	model, cmd := f.form.Update(msg)
	f.form = model.(*huh.Form)
	return cmd
}

// Done reports whether the question was answered.
func (f *Form) Done() bool { return f.form != nil && f.form.State == huh.StateCompleted }

// Value is the answer, or what there is of it: blanks around it removed.
func (f *Form) Value() string {
	if f.q.Kind == AskConfirm {
		if f.yes {
			return Yes
		}
		return No
	}
	return strings.TrimSpace(f.draft)
}

// View draws the field and, below it, what is wrong with the answer.
func (f *Form) View() string {
	if f.form == nil {
		return ""
	}
	lines := []string{strings.TrimRight(f.form.View(), "\n ")}
	for _, err := range f.form.Errors() {
		wrong := wrapSpans(f.t, []Span{{Text: "✗ " + err.Error()}}, f.t.Bad, max(1, f.width))
		lines = append(lines, wrong[:min(len(wrong), errorLines)]...)
	}
	return strings.Join(lines, "\n")
}

// Format keeps answers out of whatever prints the form.
func (f *Form) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "Form(%s)", f.q.Title) }
