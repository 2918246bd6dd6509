package setup

import (
	"slices"

	"applink/core"
)

// OfLink reports whether an answer to the field belongs to the link.
func OfLink(f core.Field) bool {
	for _, st := range steps {
		for _, q := range st.Asks {
			if q.Field == f {
				return st.OfLink
			}
		}
	}
	return false
}

// Find returns the question for a field as the table has it.
func Find(f core.Field) (Step, Question, bool) {
	for _, st := range steps {
		for _, q := range st.Asks {
			if q.Field == f {
				return st, q, true
			}
		}
	}
	return Step{}, Question{}, false
}

// of reports whether a step belongs to a protocol.
func (st Step) of(o core.OAuth) bool { return st.OAuth == "" || st.OAuth == o }

// Stale names what an answer's change takes back on a link of a protocol: the
// checks and words of the steps that depended on it, or on an answer that it
// drops. The protocol of the integration's own facts is "".
func Stale(f core.Field, o core.OAuth) (checks []core.CheckName, words []core.StepID) {
	changed := append(Dropped(f), f)
	for _, st := range steps {
		granted := st.Granted && o == core.OAuth2 && f == core.FieldPurpose
		if !st.of(o) || !granted && !slices.ContainsFunc(st.DependsOn, func(d core.Field) bool { return slices.Contains(changed, d) }) {
			continue
		}
		words = append(words, st.ID)
		if st.Needs.Check != "" {
			checks = append(checks, st.Needs.Check)
		}
	}
	return checks, words
}

// tokensRestOn are the answers with which tokens are worth nothing any more, or
// would be sent to another server.
var tokensRestOn = []core.Field{core.FieldApplication, core.FieldBaseURL, core.FieldOAuth, core.FieldClientID}

// DropsTokens reports whether another answer ends the kept tokens of a link.
func DropsTokens(f core.Field) bool { return slices.Contains(tokensRestOn, f) }

// Dropped names the answers that make no sense after another one changed: a
// Client ID, its key or secret and the redirect URL belong to the application and to
// the protocol that they were made for.
func Dropped(f core.Field) []core.Field {
	made := []core.Field{core.FieldKeyBits, core.FieldClientID, core.FieldPublicKey, core.FieldSecret, core.FieldCallback}
	switch f {
	case core.FieldKeyOrigin:
		return []core.Field{core.FieldKeyBits, core.FieldClientID, core.FieldPublicKey}
	case core.FieldOAuth:
		return append(made, core.FieldKeyOrigin, core.FieldPermissions, core.FieldConsumerCallback)
	case core.FieldApplication:
		return append(made, core.FieldKeyOrigin, core.FieldPermissions, core.FieldConsumerCallback, core.FieldAppURL, core.FieldLoginLink)
	}
	return nil
}
