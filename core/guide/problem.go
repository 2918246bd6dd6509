package guide

import (
	"io/fs"
	"text/template"

	"applink/assets"
	"applink/core"
)

// ProblemPage explains a finding in the user's words.
type ProblemPage struct {
	Code    core.Code
	Title   string
	What    []Block // what happened
	Why     []Block // the causes, most likely first
	Do      []Block
	Confirm []Block // how to find out which cause it is, or that it is mended
	Remedy  Remedy  // what applink can do about it
	Brief   bool    // its title says enough, beside what it is about
}

// Remedy is what applink can do about a finding: take another answer, or go back to a step.
type Remedy struct {
	Field  core.Field  // whose answer mends it
	Answer string      // that answer; "" when it has to be given
	Step   core.StepID // or this step is to be done again
}

// The headings of a problem page; what stands before them is What.
const (
	headWhy     = "Why"
	headDo      = "Do this"
	headConfirm = "Confirm"
)

func init() {
	core.TitleFindings(func(f *core.Finding) string { return Problem(f).Title })
}

// Problem returns the page of a finding. It always returns a page: a finding
// without one of its own, nil included, gets a general page.
func Problem(f *core.Finding) ProblemPage {
	if f == nil {
		f = &core.Finding{}
	}
	page, err := problem(f)
	if err != nil {
		return unknownProblem(f)
	}
	return page
}

func problem(f *core.Finding) (ProblemPage, error) {
	head, body, err := readProblem(f.Code)
	if err != nil {
		return ProblemPage{}, err
	}
	w := words{values: f.Params, label: func(string) string { return "unknown" }}
	page := ProblemPage{Code: f.Code, Brief: head.Brief}
	if page.Title, err = w.line(head.Title); err != nil {
		return ProblemPage{}, err
	}
	page.Remedy = Remedy{head.Remedy.Field, f.Params[head.Remedy.Answer], head.Remedy.Step}
	blocks, err := w.blocks(body)
	if err != nil {
		return ProblemPage{}, err
	}
	page.sort(blocks)
	return page, nil
}

// problemFront is the front matter of a problem page.
type problemFront struct {
	Title  string `toml:"title"`
	Brief  bool   `toml:"brief"`
	Remedy struct {
		Field  core.Field  `toml:"field"`
		Answer string      `toml:"answer"` // the particular of the finding that holds it
		Step   core.StepID `toml:"step"`
	} `toml:"remedy"`
}

func readProblem(code core.Code) (head problemFront, body *template.Template, err error) {
	source, err := fs.ReadFile(assets.FS, "problem/"+string(code)+".md")
	if err != nil {
		return head, nil, err
	}
	text, err := splitFront(string(source), &head)
	if err != nil {
		return head, nil, err
	}
	body, err = parse("body", text)
	return head, body, err
}

// sort assigns the blocks to the page's sections.
func (p *ProblemPage) sort(blocks []Block) {
	section := &p.What
	sections := map[string]*[]Block{headWhy: &p.Why, headDo: &p.Do, headConfirm: &p.Confirm}
	for _, b := range blocks {
		if b.Kind != Heading {
			*section = append(*section, b)
		} else if s := sections[b.String()]; s != nil {
			section = s
		}
	}
}

func unknownProblem(f *core.Finding) ProblemPage {
	say := func(s string) []Block {
		return []Block{{Kind: Paragraph, Spans: []Span{{Kind: Text, Text: s}}}}
	}
	what := "There is no page for this problem."
	if f.Raw != "" {
		what += " The cause was reported as: " + f.Raw
	}
	return ProblemPage{
		Code:  f.Code,
		Title: "Something went wrong",
		What:  say(what),
		Do:    say("Try again. When it happens again, report it with its code and the evidence."),
	}
}
