package guide

import (
	"fmt"
	"strings"
	"text/template"

	"applink/core"
	"applink/core/setup"
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
	app     core.Profile // whose texts a page may hold
	version core.Version
	label   func(name string) string
}

func (w words) funcs() template.FuncMap {
	return template.FuncMap{
		"v":     func(name string) string { return placeOpen + name + placeClose },
		"has":   func(name string) bool { return w.values[name] != "" },
		"is":    func(name, value string) bool { return w.values[name] == value },
		"label": func(name string) string { return labelOf(w.values[name]) },
		"text":  w.text,
		"copy":  func() string { return strings.Join(w.app.Copy, " ") },
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

// text is one of the texts of the application, with places for its values.
func (w words) text(key string) (string, error) {
	text := profile(w.app).texts()[key]
	t, err := parse(key, text)
	if err != nil {
		return "", err
	}
	return w.expand(t)
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

// exportWords tell what a kind of export is.
var exportWords = map[string]string{
	"pkcs1": `the private key as PEM, "BEGIN RSA PRIVATE KEY"`, "pkcs8": `the private key as PEM, "BEGIN PRIVATE KEY"`,
	"pkcs8-line": "the same in one line, without BEGIN and END", "pem-base64": "pkcs1 in base64 once more, in one line",
	"spki": "the public half", "certificate": "the public half in a certificate",
	core.ExportSnippet: "its own configuration", core.ExportEnv: "all values, as NAME=VALUE lines",
	core.ExportKubernetes: "all values, as a Secret in YAML", core.ExportJSON: "all values, as a JSON object",
}

// ExportWords tell what a kind of export is.
func ExportWords(kind string) string { return exportWords[kind] }

// Trouble are the causes that are known of the application for a sign-in through it that
// fails, a line each.
func Trouble(s *setup.State) (causes []string) {
	w := words{values: s.Values(), version: s.Server().Version, label: labelOf}
	for _, text := range s.Profile().Trouble {
		if line, err := w.line(text); err == nil {
			causes = append(causes, line)
		}
	}
	return causes
}
