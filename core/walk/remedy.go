package walk

import (
	"slices"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
)

// Remedy is what can be done here about the finding that stands in the way. Its zero value
// is nothing.
type Remedy struct {
	Question *setup.Position // whose answer mends it
	Answer   string          // that answer, where the finding knows it
	Step     *setup.Position // the step to be done again
}

// Blocking is the finding that stands in the way of the place, nil when none does. What is
// only waited for is none.
func (w *Walk) Blocking() *core.Finding {
	if w.problem != nil {
		return w.problem
	}
	if o := w.proof.outcome; w.Needed() && (o.State == core.Failed || o.State == core.Unknown) {
		return o.Finding
	}
	return nil
}

// Remedy is what mends the finding that stands in the way, as its page says; on the last
// page, the refused step.
func (w *Walk) Remedy() (r Remedy) {
	if w.at.Step.Last {
		if p, ok := w.state.Path().WayBackTo(); ok {
			r.Step = &p
		}
		return r
	}
	f := w.Blocking()
	if f == nil {
		return r
	}
	page := guide.Problem(f).Remedy
	if r.Question = w.mendable(page.Field); r.Question != nil {
		r.Answer = page.Answer
	}
	r.Step = w.stepBefore(page.Step)
	return r
}

// mendable is the question of a field, where its answer can mend what stands in the way
// here: one of this step, asked by itself or not, or an earlier one that no check has proved.
func (w *Walk) mendable(field core.Field) *setup.Position {
	for _, q := range w.at.Step.Asks {
		if q.Field == field {
			return &setup.Position{Step: w.at.Step, Question: &q}
		}
	}
	places := w.state.Path().Places()
	for _, p := range places[:max(0, w.index(w.at))] {
		if p.Question != nil && p.Question.Field == field && p.Step.Needs.Check == "" {
			return &p
		}
	}
	return nil
}

// stepBefore is the page, else the first question, of a step before this one; nil where
// there is none.
func (w *Walk) stepBefore(id core.StepID) *setup.Position {
	places := w.state.Path().Places()
	before := places[:max(0, w.index(w.at))]
	of := func(p setup.Position) bool { return p.Step.ID == id && p.Step.ID != w.at.Step.ID }
	i := slices.IndexFunc(before, func(p setup.Position) bool { return of(p) && p.Question == nil })
	if i < 0 {
		i = slices.IndexFunc(before, of)
	}
	if i < 0 {
		return nil
	}
	return &before[i]
}

// Mend looks at the question whose answer mends the finding, or at the step that is to be
// done again, and reports whether the place has it.
func (w *Walk) Mend(p *setup.Position) bool {
	if p == nil {
		return false
	}
	w.again = p.Question == nil
	w.Visit(*p)
	return true
}
