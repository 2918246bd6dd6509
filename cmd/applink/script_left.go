package main

import (
	"maps"
	"slices"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// unused lists the flags whose answer was not needed so far.
func (sc *script) unused() []core.Field {
	return slices.Sorted(maps.Keys(sc.given))
}

// missing lists the questions that stand between here and the next page, none of
// which has an answer. The choices of a later one can depend on an earlier one.
func (sc *script) missing() []core.Field {
	var fields []core.Field
	for _, st := range sc.State().Path().Steps() {
		if sc.State().Path().Status(st) != setup.Open {
			continue
		}
		for _, q := range sc.State().Path().Questions(st) {
			if a, _ := sc.State().AnswerTo(q); a.Value == "" && (q.Transient || !q.MayBeEmpty(sc.State())) && !has(sc.given, q.Field) {
				fields = append(fields, q.Field)
			}
		}
		if st.Needs.Check == "" && (st.Shows == nil || st.Shows(sc.State())) {
			break
		}
	}
	return fields
}

func has(given map[core.Field]string, f core.Field) bool {
	_, ok := given[f]
	return ok
}

// flagList names flags in a sentence.
func flagList(fields []core.Field) string {
	var flags []string
	for _, f := range fields {
		flags = append(flags, "--"+string(f))
	}
	return strings.Join(flags, ", ")
}

// foreign refuses a word for a step that the set-up does not have. Before the protocol is
// chosen, be it by a flag that is not used yet, not all its steps are known.
func (sc *script) foreign() error {
	s := sc.State()
	if o := sc.given[core.FieldOAuth]; s.OAuth() == "" && o != "" {
		s = s.With(core.FieldOAuth, o)
	}
	for _, id := range sc.waiting() {
		if _, known := s.Path().Step(id); !known && s.OAuth() != "" {
			return finding.UnknownStep.With(string(id), sc.State().Integration.Slug)
		}
	}
	return nil
}

// waiting are the steps that were said or overruled, but had no turn yet.
func (sc *script) waiting() []core.StepID {
	var ids []core.StepID
	for _, given := range []map[core.StepID]bool{sc.say, sc.overrule} {
		for id := range given {
			if st, known := sc.State().Path().Step(id); !known || sc.State().Path().Status(st) == setup.Open {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// unsaid refuses a word for a step that only a check can complete.
func unsaid(id core.StepID) error {
	return finding.StepNeedsCheck.With(string(id))
}
