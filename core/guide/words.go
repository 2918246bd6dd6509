package guide

import (
	"fmt"
	"strings"
	"text/template"

	"applink/core"
)

// A place is where a value goes: its name between two characters of the private
// use area, which mean nothing to Markdown.
const (
	placeOpen  = "\uE000"
	placeClose = "\uE001"
)

// words fills templates.
type words struct {
	values  map[string]string
	version core.Version
	label   func(name string) string
}

func (w words) funcs() template.FuncMap {
	return template.FuncMap{
		"v":     func(name string) string { return placeOpen + name + placeClose },
		"has":   func(name string) bool { return w.values[name] != "" },
		"is":    func(name, value string) bool { return w.values[name] == value },
		"label": func(name string) string { return labelOf(w.values[name]) },
		"below": func(v string) bool { return w.version.Below(core.Version(v)) },
	}
}

// parse compiles a template with stub functions; expand binds the real ones.
func parse(name, text string) (*template.Template, error) {
	t, err := template.New(name).Funcs(words{}.funcs()).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading the template: %w", err)
	}
	return t, nil
}

// expand runs a template and leaves places for its values. In a problem page
// {{.host}} is a place too, and {{if .host}} asks whether it is known.
func (w words) expand(t *template.Template) (string, error) {
	t, err := t.Clone()
	if err != nil {
		return "", fmt.Errorf("copying the template: %w", err)
	}
	places := make(map[string]string, len(w.values))
	for name, value := range w.values {
		if value != "" {
			places[name] = placeOpen + name + placeClose
		}
	}
	var b strings.Builder
	if err := t.Funcs(w.funcs()).Execute(&b, places); err != nil {
		return "", fmt.Errorf("filling the template: %w", err)
	}
	return strings.ReplaceAll(b.String(), "<no value>", "(unknown)"), nil
}

// line fills a template of one line of plain text; text without a template
// costs nothing.
func (w words) line(text string) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	t, err := parse("line", text)
	if err != nil {
		return "", err
	}
	out, err := w.expand(t)
	return w.fill(out), err
}

// blocks fills a template of Markdown.
func (w words) blocks(t *template.Template) ([]Block, error) {
	out, err := w.expand(t)
	if err != nil {
		return nil, err
	}
	bs := parseBlocks(out)
	for _, b := range bs {
		for i := range b.Spans {
			b.Spans[i].Text = w.fill(b.Spans[i].Text)
			b.Spans[i].URL = w.fill(b.Spans[i].URL)
		}
	}
	return bs, nil
}

// fill puts the values into their places, each once: what looks like a place
// inside a value stays as it is.
func (w words) fill(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, placeOpen)
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, placeClose)
		if !ok || !closed {
			b.WriteString(rest)
			return b.String()
		}
		b.WriteString(w.value(name))
		text = after
	}
}

// value returns a value, or its label in parentheses while it is not known.
func (w words) value(name string) string {
	if s := w.values[name]; s != "" {
		return s
	}
	return "(" + w.label(name) + ")"
}
