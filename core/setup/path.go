package setup

import (
	"iter"
	"slices"

	"applink/core"
)

// Status is how far a step is.
type Status string

// The states of a step, as the screens name them.
const (
	Open     Status = "open"
	Added    Status = "new"      // open, and unknown when the link was completed: it blocks nothing
	Answered Status = "answered" // complete by its answers: there was nothing to do
	Said     Status = "said"     // complete by the admin's word
	Implied  Status = "implied"  // complete because a later step works, which proves nothing of it
	Weak     Status = "weak"     // complete by a check that leaves something open
	Proved   Status = "proved"   // complete by a check
)

// Path is the way through the steps of the set-up: which there are for the facts, how far
// each is, and what is next.
type Path struct{ s *State }

// Path is the way through the set-up of the link that is looked through.
func (s *State) Path() Path { return Path{s} }

// Steps returns the steps that apply, in order. Steps behind an unanswered choice
// appear when it is answered.
func (p Path) Steps() []Step {
	path := make([]Step, 0, len(steps))
	for st := range p.walk() {
		path = append(path, *st)
	}
	return path
}

// walk is [Path.Steps] without a copy of the table.
func (p Path) walk() iter.Seq[*Step] {
	return func(yield func(*Step) bool) {
		for i := range steps {
			if st := &steps[i]; p.applies(st) && !yield(st) {
				return
			}
		}
	}
}

func (p Path) applies(st *Step) bool {
	superseded := p.s.Link.State == core.LinkSuperseded
	return (st.OAuth == "" || st.OAuth == p.s.OAuth()) && (st.Superseded == superseded || st.Last) && (st.Applies == nil || st.Applies(p.s))
}

// Step finds a step of the path by its name.
func (p Path) Step(id core.StepID) (Step, bool) {
	for st := range p.walk() {
		if st.ID == id {
			return *st, true
		}
	}
	return Step{}, false
}

// Asks finds the step whose check that is, of a link of this protocol and state. It may
// stand off the path: a sign-in over a link that was set up by hand is no step of the
// walk, and yet a proof.
func (p Path) Asks(n core.CheckName) (Step, bool) {
	for i := range steps {
		st := &steps[i]
		danced := st.Needs.Dance && heldHere(p.s) && p.s.Adopted() && p.s.Link.State != core.LinkSuperseded
		if st.Needs.Check == n && n != "" && (p.applies(st) || danced) {
			return *st, true
		}
	}
	return Step{}, false
}

// Position is where the set-up stands: the first step that is not complete and,
// when it asks something that is not answered, the question.
type Position struct {
	Step     Step
	Question *Question // nil: show the page, and run Step.Needs
}

// Current derives the position from the facts.
func (p Path) Current() Position {
	for st := range p.walk() {
		if !p.due(st) {
			continue
		}
		if q := p.openQuestion(st); q != nil {
			return Position{Step: *st, Question: q}
		}
		if p.completion(st) == Open {
			return p.page(st)
		}
	}
	return Position{} // never: the last step is always open
}

// page is the page on which a step is told.
func (p Path) page(st *Step) Position {
	if head, ok := p.Step(st.On); ok {
		return Position{Step: head}
	}
	return Position{Step: *st}
}

// OnPage returns the steps that the page of a step tells of, in order: the step itself and
// those that share it.
func (p Path) OnPage(id core.StepID) []Step {
	var on []Step
	for st := range p.walk() {
		if st.ID == id || st.On == id {
			on = append(on, *st)
		}
	}
	return on
}

// Form returns the places that are asked in one form with a place, in order; that place
// alone where it belongs to none.
func (p Path) Form(at Position) []Position {
	var form []Position
	if at.Question != nil && at.Question.Form != "" {
		for _, place := range p.Places() {
			if place.Question != nil && place.Question.Form == at.Question.Form {
				form = append(form, place)
			}
		}
	}
	if !slices.ContainsFunc(form, at.Same) {
		return []Position{at}
	}
	return form
}

// Settle returns the question that the set-up stands at where its default is taken by
// itself, see [Question.Settled].
func (p Path) Settle() (Question, bool) {
	q := p.Current().Question
	if q == nil || q.Settled == nil || !q.Settled(p.s) {
		return Question{}, false
	}
	return *q, true
}

// More returns the places of questions that were settled and can be answered otherwise.
func (p Path) More() []Position {
	var more []Position
	for _, st := range p.Steps() {
		for _, q := range p.Questions(st) {
			choice := q.Kind != Choice || len(q.Options(p.s)) > 1
			if q.Silent(p.s) && choice && p.answered(&st, q) {
				more = append(more, Position{Step: st, Question: &q})
			}
		}
	}
	return more
}

// Places returns every place of the path in order: each question of a step, then
// the step's page. Going back and forth moves along them. A question that was settled by
// itself is no place of the way, see [Path.More].
func (p Path) Places() []Position {
	var places []Position
	for _, st := range p.Steps() {
		for _, q := range p.Questions(st) {
			if !q.Silent(p.s) {
				places = append(places, Position{Step: st, Question: &q})
			}
		}
		if st.On == "" && (st.Shows == nil || st.Shows(p.s)) {
			places = append(places, Position{Step: st})
		}
	}
	return places
}

// Ask begins to ask for what a step needs.
func (st Step) Ask() *core.Asking { return core.Ask(st.Needs.Repeats) }

// WayBackTo returns the place at which the refusal that stands can be mended, its step's
// last; false when nothing is refused, or the path has no such place.
func (p Path) WayBackTo() (at Position, ok bool) {
	back := p.s.Standing().Back
	for _, place := range p.Places() {
		if place.Step.ID == back {
			at, ok = place, true
		}
	}
	return at, ok
}

// Same reports whether two positions are the same place.
func (p Position) Same(o Position) bool {
	if p.Step.ID != o.Step.ID || (p.Question == nil) != (o.Question == nil) {
		return false
	}
	return p.Question == nil || p.Question.Field == o.Question.Field
}

// Questions returns the questions of a step that apply now.
func (p Path) Questions(st Step) []Question {
	var qs []Question
	for _, q := range st.Asks {
		if q.Applies == nil || q.Applies(p.s) {
			qs = append(qs, q)
		}
	}
	return qs
}

func (p Path) openQuestion(st *Step) *Question {
	for i := range st.Asks {
		if q := &st.Asks[i]; p.asks(st, q) && (q.Applies == nil || q.Applies(p.s)) && !p.answered(st, *q) {
			open := *q
			return &open
		}
	}
	return nil
}

// Answered reports whether a question has an answer that counts.
func (p Path) Answered(q Question) bool {
	st, _, _ := Find(q.Field)
	return p.answered(&st, q)
}

// answered reports whether a question has an answer that counts: a choice must
// still be among the options, since rules can change under it. Of a transient one
// only what came of it is known, and a link in use does without.
func (p Path) answered(st *Step, q Question) bool {
	if q.Transient {
		_, said := p.s.word(st.ID)
		return said || p.passed(st.Needs.Check) || p.s.Link.State != core.LinkDraft
	}
	a, ok := p.s.AnswerTo(q)
	if !ok {
		return q.Assumed != nil && q.Assumed(p.s)
	}
	if q.Kind != Choice {
		return a.Value != "" || q.MayBeEmpty(p.s)
	}
	for _, o := range q.Options(p.s) {
		if o.Value == a.Value {
			return o.Refusal == nil
		}
	}
	return false
}

// Status tells how far a step is. A passed check proves the steps that it covers, see
// [Covers]. It completes every earlier one of the same link, too, but without proof.
func (p Path) Status(st Step) Status {
	status := Open
	if p.openQuestion(&st) == nil {
		status = p.completion(&st)
	}
	if status == Open && !p.due(&st) {
		return Added
	}
	return status
}

// completion is the status of a step whose questions are answered.
func (p Path) completion(st *Step) Status {
	if st.Last {
		return Open
	}
	if proof := p.s.proof(st.ID); proof != Open {
		return proof
	}
	if st.Shows != nil && !st.Shows(p.s) && !p.AskedOnce(*st) {
		return Answered
	}
	if _, said := p.s.word(st.ID); said {
		return Said
	}
	if p.implied(st) {
		return Implied
	}
	if p.AskedOnce(*st) {
		return Said
	}
	return Open
}

func (p Path) passed(n core.CheckName) bool {
	_, ok := p.s.Proof(n)
	return ok && n != ""
}

// implied reports whether a check of a later step of the same link passed, which the
// step's work must have preceded.
func (p Path) implied(st *Step) bool {
	reached := false
	for i := range steps {
		later := &steps[i]
		if reached && st.OfLink && later.OfLink && p.passed(later.Needs.Check) && p.applies(later) {
			return true
		}
		reached = reached || later == st || later.ID == st.ID && later.OAuth == st.OAuth
	}
	return false
}

// Complete reports whether every step but the summary is complete.
func (p Path) Complete() bool { return p.Current().Step.Last }

// Progress counts the complete steps and all steps of the path. The summary is
// complete when all others are. What was added since counts once it is complete.
func (p Path) Progress() (done, total int) {
	for st := range p.walk() {
		status := p.Status(*st)
		if status == Added {
			continue
		}
		if total++; status != Open || st.Last && p.Complete() {
			done++
		}
	}
	return done, total
}
