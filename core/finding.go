package core

import (
	"errors"
	"fmt"
)

// Code is the stable name of a finding, "AL-" with a family and a number. Codes
// are documented and never change their meaning.
type Code string

// Finding is what went wrong, in the user's words. The words live in
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

// Error returns the code and the raw cause. People see the page instead.
func (f *Finding) Error() string {
	if f.Raw == "" {
		return string(f.Code)
	}
	return fmt.Sprintf("%s: %s", f.Code, f.Raw)
}

// Find makes a finding; pairs are names and values of Params in turn. Values become
// one printable line each, of a bounded length, and raw becomes [Printable]. Neither
// keeps what [HoldsSecret] finds.
func Find(code Code, raw string, pairs ...string) *Finding {
	f := &Finding{Code: code, Raw: raw, Params: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Params[pairs[i]] = pairs[i+1]
	}
	f.clean()
	return f
}

func (f *Finding) clean() {
	f.Code, f.Raw = line(f.Code), evident(f.Raw)
	f.Params = lines(f.Params, longestParam)
}

// IsFinding reports whether an error is, or wraps, the finding of that code.
func IsFinding(err error, code Code) bool {
	var f *Finding
	return errors.As(err, &f) && f.Code == code
}

// Suggestion is the error for input that can be mended: Value is what was
// probably meant, to be taken with the user's consent, and Finding says what was
// wrong.
type Suggestion struct {
	Value   string
	Finding *Finding
}

func (s *Suggestion) Error() string { return s.Finding.Error() + ": did you mean " + s.Value }

// Unwrap returns the finding.
func (s *Suggestion) Unwrap() error { return s.Finding }
