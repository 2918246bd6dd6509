package core

import "strings"

// Code is the stable name of a finding, "AL-" with a family and a number. Codes
// are documented and never change their meaning.
type Code string

// Family returns the middle of the code: "KEY" of "AL-KEY-001".
func (c Code) Family() string {
	_, rest, _ := strings.Cut(string(c), "-")
	family, _, _ := strings.Cut(rest, "-")
	return family
}

// Finding is a problem or a warning, told in the user's words. The words live in
// assets/problem/<code>.md, as a template that Params fill; the finding itself
// is only the code and the particulars, so that it can be stored and compared.
//
// A *Finding is an error: code that detects a failure returns one, and every
// face of applink shows it the same way.
type Finding struct {
	Code    Code
	Params  map[string]string // what fills the page's {{.name}} places; never a secret
	Warning bool              // worth telling, but nothing failed
	Raw     string            // the cause as a machine said it, redacted; shown on request
}

// NewFinding makes a finding. Only package core/finding calls it, which knows the
// codes. Values become one printable line each, of a bounded length, and keep nothing
// that [HoldsSecret] finds.
func NewFinding(code Code, params map[string]string) *Finding {
	f := &Finding{Code: code, Params: params}
	f.clean()
	return f
}

// Because sets the raw cause, made [Printable], bounded and without what [HoldsSecret]
// finds, and returns f.
func (f *Finding) Because(raw string) *Finding {
	f.Raw = evident(raw)
	return f
}

// AsWarning makes f a warning and returns it.
func (f *Finding) AsWarning() *Finding {
	f.Warning = true
	return f
}

// Error returns the code, the title of the page and the raw cause, for programs and
// logs. People see the page instead.
func (f *Finding) Error() string {
	parts := []string{string(f.Code)}
	if title != nil {
		parts = append(parts, title(f))
	}
	if f.Raw != "" {
		parts = append(parts, f.Raw)
	}
	return strings.Join(parts, ": ")
}

var title func(*Finding) string

// TitleFindings sets where Error gets the title of a finding's page. Package
// core/guide, which reads the pages, calls it once, before main.
func TitleFindings(by func(*Finding) string) { title = by }

// Is reports whether f is of the kind target, a kind of package core/finding; errors.Is
// calls it. A nil finding is of no kind.
func (f *Finding) Is(target error) bool {
	kind, ok := target.(interface{ Code() Code })
	return ok && f != nil && f.Code == kind.Code()
}

func (f *Finding) clean() {
	f.Code, f.Raw = line(f.Code), evident(f.Raw)
	f.Params = lines(f.Params, longestParam)
}

// Suggestion is the error for input that can be corrected: Value is the probable
// intention, used only with the user's consent, and Finding says what is wrong.
type Suggestion struct {
	Value   string
	Finding *Finding
}

func (s *Suggestion) Error() string { return s.Finding.Error() + ": did you mean " + s.Value }

// Unwrap returns the finding.
func (s *Suggestion) Unwrap() error { return s.Finding }
