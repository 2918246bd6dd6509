package auth

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// A Client ID, a Client secret or a URL is one word. What copying or a program put around
// it is taken off before it is read, and told by [Notes].

// labels are what stands before a value, in forms, JSON, files of settings and queries.
var labels = map[setup.Kind]func() *regexp.Regexp{
	setup.ClientID:         label(`client[ _-]?id(?: */ *key)?|consumer[ _-]?key|app(?:lication)?[ _-]?id`),
	setup.Secret:           label(`(?:client|app(?:lication)?)[ _-]?secret|consumer[ _-]?secret|secret`),
	setup.CallbackURL:      label(`(?:redirect|callback)[ _-]?ur[il]s?(?: */ *redirect ur[il])?`),
	setup.ConsumerCallback: label(`(?:consumer[ _-]?)?callback[ _-]?ur[il]`),
	setup.Base:             label(`base[ _-]?url|url`),
	setup.AppURL:           label(`(?:application|app)[ _-]?url|url`),
	setup.LoginURL:         label(`login[ _-]?(?:link|url)|url`),
}

// label matches a label with the value behind it: on its line after a sign, or on the next.
func label(names string) func() *regexp.Regexp {
	return core.Pattern(`(?im)^[\s"'{&,-]*(?:export +|set +|\$)?(?:[a-z0-9.]+[_-])*(?:` + names + `)["']?(?:\s*(?::=|=>|[:=])\s*|[ \t]*\r?\n\s*|\s+)(\S[^\r\n]*?)\s*$`)
}

// clean returns what is meant by a text, and the note that tells what was taken off it;
// nil when that is nothing.
func clean(q setup.Question, text string) (string, *core.Finding) {
	if labels[q.Kind] == nil {
		return strings.TrimSpace(text), nil
	}
	var left []string
	take := func(what, rest string) {
		if rest != text {
			text, left = rest, append(left, what)
		}
	}
	take("its encoding, UTF-16", seal.InUTF8(text))
	text = strings.TrimSpace(text)
	take("an unseen character", strings.TrimSpace(strings.Map(visible, text)))
	take("the JSON around it", fromJSON(q.Kind, text))
	take("its label", fromLabel(q.Kind, text))
	take("the quotes around it", unquoted(text))
	if q.Kind == setup.Secret && clientSecret().MatchString(strings.Join(strings.Fields(text), "")) {
		take("a line end", strings.Join(strings.Fields(text), ""))
	}
	take("what stood around it", alone(q.Kind, text))
	if len(left) == 0 {
		return text, nil
	}
	return text, finding.InputCleaned.With(string(q.Field), strings.Join(left, " and ")).AsWarning()
}

// shapes are those that a value is reported to have, where no other character of a word
// stands beside it.
var shapes = map[setup.Kind]func() *regexp.Regexp{
	setup.ClientID: core.Pattern(`(?:^|[^0-9A-Za-z_.~+/=-])([0-9a-f]{32})(?:$|[^0-9A-Za-z_.~+/=-])`),
	setup.Secret:   core.Pattern(`(?:^|[^0-9A-Za-z_.~+/=-])([0-9a-f]{64})(?:$|[^0-9A-Za-z_.~+/=-])`),
}

// alone takes the one value out of a text that has its shape, if it stands in one with
// other things, be it several times.
func alone(kind setup.Kind, text string) string {
	if shapes[kind] == nil {
		return text
	}
	plain := html.UnescapeString(text)
	found := shapes[kind]().FindAllStringSubmatch(strings.Join(strings.Fields(plain), "  "), -1)
	if len(found) == 0 || slices.ContainsFunc(found, func(m []string) bool { return m[1] != found[0][1] }) {
		return text
	}
	return found[0][1]
}

// visible drops characters that cannot be seen and makes blanks of those that look so.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\t' || r == ' ':
		return r
	case unicode.Is(unicode.Cf, r), r == '\u115f', r == '\u1160', r == '\u3164', r == '\ufe0f':
		return -1
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// fromJSON takes the value of the member that is asked for.
func fromJSON(kind setup.Kind, text string) string {
	if text == "" || text[0] != '{' && text[0] != '[' {
		return text
	}
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	found := members(kind, v, 0)
	if len(found) != 1 {
		return text
	}
	return found[0]
}

// deepest bounds how far a JSON document is looked into.
const deepest = 8

func members(kind setup.Kind, v any, depth int) (found []string) {
	if depth > deepest {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			found = append(found, members(kind, e, depth+1)...)
		}
	case map[string]any:
		for name, e := range v {
			value, ok := e.(string)
			if !ok {
				found = append(found, members(kind, e, depth+1)...)
				continue
			}
			if labels[kind]().MatchString(name+"=x") && !slices.Contains(found, value) {
				found = append(found, value)
			}
		}
	}
	return found
}

// fromLabel takes the value behind its label. In a query it ends at &.
func fromLabel(kind setup.Kind, text string) string {
	found := labels[kind]().FindAllStringSubmatch(text, -1)
	if len(found) == 0 && strings.Contains(text, "&") && !strings.Contains(text, "://") {
		found = labels[kind]().FindAllStringSubmatch(strings.ReplaceAll(text, "&", "\n"), -1)
		for _, m := range found {
			if value, err := url.QueryUnescape(m[1]); err == nil {
				m[1] = value
			}
		}
	}
	if len(found) != 1 {
		return text
	}
	return strings.TrimRight(found[0][1], ",;")
}

// pairs are the quotes and brackets that are put around values.
var pairs = []string{`""`, `''`, "``", "“”", "„“", "‘’", "«»", "»«", "<>", "()", "[]"}

// unquoted takes off the quotes on both sides, and the comma that a list put behind them.
func unquoted(text string) string {
	for range 3 {
		trimmed := strings.TrimRight(text, ",;")
		again := false
		for _, p := range pairs {
			r := []rune(p)
			inner, opened := strings.CutPrefix(trimmed, string(r[0]))
			inner, closed := strings.CutSuffix(inner, string(r[1]))
			if opened && closed && (r[0] == r[1] || !strings.ContainsAny(inner, p)) { // <a>x</a> is none
				text, again = strings.TrimSpace(inner), true
				break
			}
		}
		if !again {
			break
		}
	}
	return text
}

// Notes tells how a text was understood that was given as an answer and taken: how a key
// was read, what was taken off a value. It holds nothing of a secret.
func Notes(q setup.Question, text string) []*core.Finding {
	if q.Kind == setup.PublicKey {
		k, _ := seal.ParsePublicKey(text)
		return k.Notes()
	}
	if _, note := clean(q, text); note != nil {
		return []*core.Finding{note}
	}
	return nil
}
