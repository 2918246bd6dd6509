package setup

import (
	"cmp"
	"slices"

	"applink/core"
)

// Ladder names the checks that can be run without the admin, in the order in
// which a failure makes the later ones pointless. It ends at the first answer
// that is missing, since later checks rest on it. A choice that the rules have
// taken back since counts as an answer: the link is still there to be checked.
func (p Path) Ladder() []core.CheckName {
	var names []core.CheckName
	for _, st := range p.Steps() {
		for _, q := range p.Questions(st) {
			if a, _ := p.s.AnswerTo(q); cmp.Or(a.Value, q.Before(p.s)) == "" && !q.MayBeEmpty(p.s) {
				return names
			}
		}
		if p.Repeatable(st) {
			names = append(names, st.Needs.Check)
		}
	}
	return names
}

// AskedOnce reports whether the check of a step rests on an answer that is not kept, so
// that it is made when that is given and at no other time.
func (p Path) AskedOnce(st Step) bool {
	return slices.ContainsFunc(st.Asks, func(q Question) bool { return q.Transient && (q.Applies == nil || q.Applies(p.s)) })
}

// Repeatable reports whether a step has a check that can be made at any time, without
// the admin.
func (p Path) Repeatable(st Step) bool {
	return st.Needs.Check != "" && !st.Needs.Dance && !p.AskedOnce(st)
}
