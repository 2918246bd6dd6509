package guide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

// Fact is one thing that is known of an integration, for people.
type Fact struct{ Label, Text string }

// Facts tell what is set up and what that rests on, in the order of telling. None of them
// is a secret. Times are in UTC.
func Facts(s *setup.State) []Fact {
	var facts []Fact
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, Fact{label, text})
		}
	}
	proved, said := Proved(s), Said(s)
	add("Proved", cmp.Or(proved, "nothing"))
	add("Said", cmp.Or(said, "nothing"))
	for _, st := range s.Path().Steps() {
		if o, refused := s.RefusedBy(st); refused {
			add("Refused", Short(st.ID)+": "+Problem(o.Finding).Title+" ("+string(o.Finding.Code)+")")
		}
	}
	add("Application", s.App.Name)
	add("Bitbucket", strings.TrimSpace(s.Value(core.FieldBaseURL)+" "+string(s.Server().Version)))
	add("Link", strings.TrimSpace(s.OAuth().String()+" "+s.Links().LinkName()))
	id := "Client ID"
	if s.OAuth() == core.OAuth1 {
		id = "Consumer Key"
	}
	add(id, s.Value(core.FieldClientID))
	if key, err := seal.ParsePublicKey(s.Value(core.FieldPublicKey)); err == nil {
		add("Key", fmt.Sprintf("RSA %d, %s", key.Bits, key.Fingerprint))
	}
	if s.OAuth() == core.OAuth2 {
		add("Redirect URL", s.Value(core.FieldCallback))
		add("Permissions", cmp.Or(strings.Join(s.Permissions(), ", "), "none"))
	}
	add("Login link", s.Value(core.FieldLoginLink))
	if old := s.Integration.Superseded(); old != nil {
		add("Left to do", "the "+old.OAuth.String()+" link before is superseded, not deleted")
	}
	return facts
}

// Proved tells what is proved, by whom and when; "" where nothing is.
func Proved(s *setup.State) string {
	var out []string
	for _, p := range s.Proofs() {
		text := p.What
		if user := p.Outcome.Learned[core.LearnedUser]; user != "" {
			text += " by " + user
		}
		out = append(out, text+" "+p.Outcome.At.UTC().Format("2006-01-02 15:04"))
	}
	return strings.Join(out, "; ")
}

// Said names the pages that are done by the admin's word alone; "" where none is.
func Said(s *setup.State) string {
	var out []string
	for _, st := range s.Path().Steps() {
		if st.On == "" && s.Path().Status(st) == setup.Said {
			out = append(out, Short(st.ID))
		}
	}
	return strings.Join(out, ", ")
}

// Summary is a text to be filed: what is set up, how it was proved, and nothing that is
// secret.
func Summary(s *setup.State, now time.Time) string {
	facts := Facts(s)
	widest := 0
	for _, f := range facts {
		widest = max(widest, utf8.RuneCountInString(f.Label))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", Headline(s))
	for _, f := range slices.Concat(facts, []Fact{{"As of", now.UTC().Format("2006-01-02 15:04 MST")}}) {
		fmt.Fprintf(&b, "%-*s  %s\n", widest, f.Label, f.Text)
	}
	return b.String()
}
