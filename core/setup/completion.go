package setup

import (
	"maps"
	"slices"

	"applink/core"
)

// Completion returns the steps that the link is to be held to from now on, and whether
// they are others than before the change that led here: at the end of the set-up all of
// the path, and of a completed link also what an answer has put on the path since.
func (p Path) Completion(before *State) (core.Completion, bool) {
	had := p.s.Link.Completed
	switch {
	case had == nil && p.Complete():
		return p.asked(), true
	case had == nil || before.Link.ID != p.s.Link.ID:
		return nil, false
	}
	held, was := maps.Clone(had), before.Path().asked()
	for id, fields := range p.asked() {
		if _, known := was[id]; !known {
			held[id] = fields
			continue
		}
		for _, f := range fields {
			if !slices.Contains(was[id], f) && !slices.Contains(held[id], f) {
				held[id] = append(slices.Clone(held[id]), f)
			}
		}
	}
	return held, !maps.EqualFunc(held, had, slices.Equal[[]core.Field])
}

// asked is the whole path, with the fields that it asks.
func (p Path) asked() core.Completion {
	c := core.Completion{}
	for st := range p.walk() {
		if st.Last || st.Superseded {
			continue
		}
		fields := []core.Field{}
		for _, q := range p.Questions(*st) {
			fields = append(fields, q.Field)
		}
		c[st.ID] = fields
	}
	return c
}

// due reports whether the link is held to a step: one that is being set up to all of
// its path, a completed one to what it was completed with.
func (p Path) due(st *Step) bool {
	if p.s.Link.Completed == nil || st.Superseded || st.Last {
		return true
	}
	_, held := p.s.Link.Completed[st.ID]
	return held
}

// asks reports whether a question was there when the link was completed with its step.
func (p Path) asks(st *Step, q *Question) bool {
	fields, held := p.s.Link.Completed[st.ID]
	return !held || slices.Contains(fields, q.Field)
}
