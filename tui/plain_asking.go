package tui

import (
	"slices"
	"strconv"
	"strings"

	"applink/core/guide"
	"applink/core/setup"
)

// asking is one question as plain mode puts it.
type asking struct {
	question setup.Question
	words    guide.Ask
	options  []setup.Option
	proposal string // taken by an empty line
	proposed bool
	optional bool
}

// label is the wording of a choice: the page's, with what the rules add.
func (q asking) label(o setup.Option) (label, note string) {
	label, note = o.Label, o.Note
	if w, ok := q.words.Options[o.Value]; ok {
		if label == "" || !strings.Contains(label, "(") {
			label = w.Label
		}
		if note == "" {
			note = w.Note
		}
	}
	return label, note
}

// name is a choice's label without the rules' verdict.
func (q asking) name(o setup.Option) string {
	label, _ := q.label(o)
	label, _, _ = strings.Cut(label, " (")
	return label
}

func (q asking) prompt() string {
	ask := "Answer"
	switch {
	case len(q.options) > 0:
		ask = "Number"
	case q.question.Kind == setup.PublicKey:
		ask = "Paste it, up to its END line"
	}
	switch {
	case q.proposed && q.proposal != "":
		return ask + " (default: " + q.inWords(q.proposal) + "): "
	case q.optional:
		return ask + " (default: leave empty): "
	}
	return ask + ": "
}

func (q asking) inWords(value string) string {
	for _, o := range q.options {
		if o.Value == value {
			return q.name(o)
		}
	}
	return guide.Shorten(value)
}

// choice turns the number, value or label of an option into its value; other
// questions take the text as it is.
func (q asking) choice(line string) (string, bool) {
	if len(q.options) == 0 {
		return line, true
	}
	line = strings.TrimSpace(line)
	byName := slices.IndexFunc(q.options, func(o setup.Option) bool {
		return strings.EqualFold(o.Value, line) || strings.EqualFold(q.name(o), line)
	})
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(q.options) {
		return q.options[n-1].Value, true
	}
	if byName >= 0 {
		return q.options[byName].Value, true
	}
	return "", false
}
