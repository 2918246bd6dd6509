package setup

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"applink/core"
)

// Loss is what a changed answer takes from the links in use, and from what is known of
// the server and the application that they rest on.
type Loss struct {
	Made   bool             // a key or secret that a link works with: nothing brings it back
	Proofs []core.CheckName // that passed, each once
	Words  []core.StepID    // of other steps than the one that asks for the answer
	Tokens bool             // that programs use
}

// Nothing reports whether the answer takes nothing from a link in use.
func (l Loss) Nothing() bool {
	return !l.Made && !l.Tokens && len(l.Proofs) == 0 && len(l.Words) == 0
}

// Without is the loss but for a proof that is made anew at once.
func (l Loss) Without(n core.CheckName) Loss {
	l.Proofs = slices.DeleteFunc(slices.Clone(l.Proofs), func(p core.CheckName) bool { return p == n })
	return l
}

// String names it for people: "the proof of the server and a sign-in; the kept tokens".
func (l Loss) String() string {
	var all, proved []string
	for _, c := range covers {
		if slices.Contains(l.Proofs, c.Check) && !slices.Contains(proved, c.What) && (c.OAuth != core.OAuth2 || c.Check != core.CheckIdentity) {
			proved = append(proved, c.What)
		}
	}
	if len(proved) > 0 {
		all = append(all, "the proof of "+strings.Join(proved, ", "))
	}
	switch n := len(l.Words); {
	case n == 1:
		all = append(all, "what was said of the step "+string(l.Words[0]))
	case n > 1:
		all = append(all, fmt.Sprintf("what was said of %d steps", n))
	}
	if l.Tokens {
		all = append(all, "the kept tokens, which programs use")
	}
	return strings.Join(all, "; ")
}

// InUse reports whether users may be signing in over a link, or it is the one to go
// back to.
func InUse(l core.Link) bool {
	return l.State == core.LinkActive || l.State == core.LinkSuperseded
}

// Loses tells what another answer to a field takes from the links in use. It is the one
// place that knows; whoever takes answers asks here first. The same answer again, and
// one that only a draft rests on, takes nothing.
func (mv Moves) Loses(f core.Field, value string) (l Loss) {
	if old, had := mv.s.Answer(f); had && old.Value == value || !slices.ContainsFunc(mv.s.Links().restOn(f), InUse) {
		return l
	}
	l.Made = len(Dropped(f)) > 0
	asks, _, _ := Find(f)
	if !OfLink(f) {
		l.take(mv.s.Integration.Facts, f, "", asks.ID)
	}
	for _, link := range mv.s.Links().restOn(f) {
		if InUse(link) {
			l.take(link.Facts, f, link.OAuth, asks.ID)
			l.Tokens = l.Tokens || mv.s.Links().TokensOf(link).Tokens && DropsTokens(f)
		}
	}
	return l
}

// restOn are the links that rest on an answer: that of the field's own, or all of them.
func (ls Links) restOn(f core.Field) []core.Link {
	if OfLink(f) {
		return []core.Link{ls.s.Link}
	}
	return ls.s.Integration.Links
}

func (l *Loss) take(facts core.Facts, f core.Field, o core.OAuth, asks core.StepID) {
	checks, words := Stale(f, o)
	for _, n := range checks {
		if _, proved := facts.Proof(n); proved && !slices.Contains(l.Proofs, n) {
			l.Proofs = append(l.Proofs, n)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(facts.Words)) {
		if id != asks && slices.Contains(words, id) && !slices.Contains(l.Words, id) {
			l.Words = append(l.Words, id)
		}
	}
}

// JudgedBy is the check that tells of a new answer, before it is taken, whether it is
// right: of the base URL and the authorities whether Bitbucket is there; "" where only
// the admin can tell.
func JudgedBy(f core.Field) core.CheckName {
	st, _, ok := Find(f)
	if !ok || st.OfLink || st.Needs.Repeats || st.Needs.Dance || !slices.Contains(st.DependsOn, f) {
		return ""
	}
	return st.Needs.Check
}

// With looks at the same integration as if an answer of its own were another one.
func (s *State) With(f core.Field, value string) *State {
	view := *s
	view.Integration.Answers = maps.Clone(s.Integration.Answers)
	view.Integration.Answers[f] = core.Answer{Value: value}
	return &view
}

// Reached reports whether the server at the base URL was proved to be Bitbucket, or the
// admin said to go on without that proof. Before that nothing is signed for it, and no
// secret sent to it.
func (s *State) Reached() bool {
	_, said := s.word(BaseURL)
	return said || s.Path().passed(core.CheckReach)
}
