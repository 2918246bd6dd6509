package guide

import (
	"cmp"
	"strings"

	"applink/core"
)

// Value is something to carry from the page to a form.
type Value struct {
	Number int    // 1 for the page's first; the key that copies it
	Name   string // as in the front matter: "client-id"
	Label  string // the field's own label where it goes: "Consumer Key"
	Text   string // whole and exact
	Lines  int    // of Text
	Secret bool   // shown only on request
}

// labels are the values that a caller may give, and the answers that are no values,
// with the words that name them where a page states no others.
var labels = map[string]string{
	"application":       "application",
	"the-application":   "application",
	"vendor":            "vendor",
	"app-url":           "Application URL",
	"name":              "Name",
	"slug":              "short name",
	"link-name":         "Application Name",
	"purpose":           "purpose",
	"platform":          "kind of Bitbucket",
	"base-url":          "Base URL",
	"host":              "host",
	"applinks-url":      "Application Links page",
	"revoke-url":        "page with your access tokens",
	"bitbucket-version": "Bitbucket version",
	"oauth":             "OAuth Version",
	"client-id":         "Client ID",
	"client-secret":     "Client secret",
	"consumer-name":     "Consumer Name",
	"public-key":        "Public Key",
	"private-key":       "private key",
	"key-bits":          "key size",
	"callback":          "Redirect URL",
	"callback-local":    "Redirect URL of this machine",
	"callback-left":     "other Redirect URLs",
	"ca-file":           "file of the certificate authority",
	"two-factor":        "whether the two-factor app is installed",
	"synchronized":      "whether a synchronization has run",
	"permissions":       "tick nothing",
	"key-origin":        "where the key comes from",
	"consumer-callback": "Consumer Callback URL",
	"base-url-root":     "Bitbucket's URL without its path",
	"hostname":          "host name",
	"sign-in-url":       "sign-in page",
	"unsure":            "what is not certain",
	"delivers":          "it is given its credentials",
	"dialog-filled":     "more fields are to be filled",
	"incoming-link":     "Create incoming link",
	"two-legged":        "Allow 2-Legged OAuth",
	"impersonation":     "Allow user impersonation",
	"execute-as":        "Execute as",

	"outgoing-service-provider-name": "Service Provider Name",
	"outgoing-consumer-key":          "Consumer key",
	"outgoing-shared-secret":         "Shared secret",
	"outgoing-request-token-url":     "Request Token URL",
	"outgoing-access-token-url":      "Access token URL",
	"outgoing-authorize-url":         "Authorize URL",
	"login-link":                     "login link",
	"keep-tokens":                    "whether to keep the tokens",
	"form-url":                       "settings page",
	"only-reason":                    "why nothing else is possible",
	"migrating":                      "moving from OAuth 1",
	"rotating":                       "changing the credentials",
	"superseded":                     "the link before",
	"adopted":                        "set up by hand",
	"move-reason":                    "why to move to OAuth 2",
	"pasted":                         "the browser ends elsewhere",
	"rests-on":                       "what the link rests on",
	"refusal":                        "what the last check found",
	"refusal-code":                   "its code",
	"refused-step":                   "the step that was refused",
	"proved-before":                  "proved before",
	"in-use":                         "the link in use",
	"deletable":                      "the old link may go",
	"user":                           "user",
	"user-name":                      "display name",
	"authorize-url":                  "authorize URL",
	"warmup-url":                     "local page",
	"forward-command":                "run where the browser is",
}

// names fills the templates among the names of values, which give none, one or several.
func (w words) names(templates []string) (names []string, err error) {
	for _, t := range templates {
		name, err := w.line(t)
		if err != nil {
			return nil, err
		}
		names = append(names, strings.Fields(name)...)
	}
	return names, nil
}

// number lists the values that are known, numbered in order.
func number(names []string, own map[string]string, w words) []Value {
	var vs []Value
	for _, name := range names {
		text := w.values[name]
		if text == "" {
			continue
		}
		label := own[name]
		if label == "" {
			label = labelOf(name)
		}
		vs = append(vs, Value{
			Number: len(vs) + 1, Name: name, Label: label, Text: text,
			Lines:  strings.Count(strings.TrimRight(text, "\n"), "\n") + 1,
			Secret: name == "client-secret",
		})
	}
	return vs
}

func labelOf(name string) string {
	if l := labels[name]; l != "" {
		return l
	}
	return name
}

// Ask is the wording of one question.
type Ask struct {
	Title       string            `toml:"title"`
	Label       string            `toml:"label"` // in a form with others; the words of the value where it is empty
	Help        string            `toml:"help"`
	Example     string            `toml:"example"`
	Placeholder string            `toml:"placeholder"`
	Settled     string            `toml:"settled"` // what is told where the answer was taken by itself
	Options     map[string]Option `toml:"options"` // by the value that is stored
}

// Option is the wording of one choice.
type Option struct {
	Label string `toml:"label"`
	Note  string `toml:"note"`
}

func asks(front map[string]Ask, w words) (map[core.Field]Ask, error) {
	out := make(map[core.Field]Ask, len(front))
	for field, a := range front {
		filled := Ask{Options: make(map[string]Option, len(a.Options))}
		f := filler{words: w}
		f.set(&filled.Title, a.Title)
		f.set(&filled.Help, a.Help)
		f.set(&filled.Example, a.Example)
		f.set(&filled.Placeholder, a.Placeholder)
		f.set(&filled.Settled, a.Settled)
		filled.Label = cmp.Or(a.Label, labelOf(field))
		for value, o := range a.Options {
			f.set(&o.Label, o.Label)
			f.set(&o.Note, o.Note)
			filled.Options[value] = o
		}
		if f.err != nil {
			return nil, f.err
		}
		out[core.Field(field)] = filled
	}
	return out, nil
}

// filler fills one line after the other and keeps the first error.
type filler struct {
	words words
	err   error
}

func (f *filler) set(into *string, template string) {
	if f.err == nil {
		*into, f.err = f.words.line(template)
	}
}
