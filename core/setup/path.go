package setup

import (
	"iter"

	"applink/core"
)

// Status is how far a step is.
type Status string

// The states of a step, as the screens name them.
const (
	Open     Status = "open"
	Answered Status = "answered" // complete by its answers: there was nothing to do
	Said     Status = "said"     // complete by the admin's word
	Weak     Status = "weak"     // complete by a check that leaves something open
	Proved   Status = "proved"   // complete by a check
)

// Path returns the steps that apply, in order. Steps behind an unanswered choice
// appear when it is answered.
func (s *State) Path() []Step {
	path := make([]Step, 0, len(steps))
	for st := range s.walk() {
		path = append(path, *st)
	}
	return path
}

// walk is [State.Path] without a copy of the table.
func (s *State) walk() iter.Seq[*Step] {
	return func(yield func(*Step) bool) {
		for i := range steps {
			if st := &steps[i]; s.applies(st) && !yield(st) {
				return
			}
		}
	}
}

func (s *State) applies(st *Step) bool {
	superseded := s.Link.State == core.LinkSuperseded
	return (st.OAuth == "" || st.OAuth == s.OAuth()) && (st.Superseded == superseded || st.Last) && (st.Applies == nil || st.Applies(s))
}

// Step finds a step of the path by its name.
func (s *State) Step(id core.StepID) (Step, bool) {
	for st := range s.walk() {
		if st.ID == id {
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
func (s *State) Current() Position {
	for st := range s.walk() {
		if q := s.openQuestion(st); q != nil {
			return Position{Step: *st, Question: q}
		}
		if s.completion(st) == Open {
			return Position{Step: *st}
		}
	}
	return Position{} // never: the last step is always open
}

// Places returns every screen of the path in order: each question of a step, then
// the step's page. Going back and forth moves along them.
func (s *State) Places() []Position {
	var places []Position
	for _, st := range s.Path() {
		for _, q := range s.Questions(st) {
			places = append(places, Position{Step: st, Question: &q})
		}
		if st.Shows == nil || st.Shows(s) {
			places = append(places, Position{Step: st})
		}
	}
	return places
}

// Same reports whether two positions are the same place.
func (p Position) Same(o Position) bool {
	if p.Step.ID != o.Step.ID || (p.Question == nil) != (o.Question == nil) {
		return false
	}
	return p.Question == nil || p.Question.Field == o.Question.Field
}

// Questions returns the questions of a step that apply now.
func (s *State) Questions(st Step) []Question {
	var qs []Question
	for _, q := range st.Asks {
		if q.Applies == nil || q.Applies(s) {
			qs = append(qs, q)
		}
	}
	return qs
}

// Offered returns the question of a step whose answer can mend a finding, if it
// has one.
func (s *State) Offered(st Step, code core.Code) (Position, bool) {
	for _, q := range st.Asks {
		if q.Offer != "" && q.Offer == code {
			return Position{Step: st, Question: &q}, true
		}
	}
	return Position{}, false
}

func (s *State) openQuestion(st *Step) *Question {
	for i := range st.Asks {
		if q := &st.Asks[i]; (q.Applies == nil || q.Applies(s)) && !s.answered(st, *q) {
			open := *q
			return &open
		}
	}
	return nil
}

// answered reports whether a question has an answer that counts: a choice must
// still be among the options, since rules can change under it. Of a transient one
// only what came of it is known, and a link in use does without.
func (s *State) answered(st *Step, q Question) bool {
	if q.Transient {
		_, said := s.word(st.ID)
		return said || s.passed(st.Needs.Check) || s.Link.State != core.LinkDraft
	}
	a, ok := s.AnswerTo(q)
	if !ok {
		return false
	}
	if q.Kind != Choice {
		return a.Value != "" || q.MayBeEmpty(s)
	}
	for _, o := range q.Options(s) {
		if o.Value == a.Value {
			return o.Refusal == nil
		}
	}
	return false
}

// Status tells how far a step is. A passed check completes its own step and
// every earlier one of the same link; the admin's word counts less.
func (s *State) Status(st Step) Status {
	if s.openQuestion(&st) != nil {
		return Open
	}
	return s.completion(&st)
}

// completion is the status of a step whose questions are answered.
func (s *State) completion(st *Step) Status {
	if st.Last {
		return Open
	}
	if st.Shows != nil && !st.Shows(s) && !s.AskedOnce(*st) {
		return Answered
	}
	if proof := s.proof(st); proof != Open {
		return proof
	}
	if _, said := s.word(st.ID); said || s.AskedOnce(*st) {
		return Said
	}
	return Open
}

func (s *State) passed(n core.CheckName) bool {
	if n == "" {
		return false
	}
	o, ok := s.Check(n)
	return ok && o.State == core.Passed
}

// proof is what the checks say about a step: its own, or those of later steps of
// the same link, which the step's work must have preceded. The strongest counts.
func (s *State) proof(st *Step) Status {
	best, reached := Open, false
	for i := range steps {
		other := &steps[i]
		own := other.ID == st.ID
		reached = reached || own
		if !reached || !own && !(st.OfLink && other.OfLink) || !s.passed(other.Needs.Check) || !s.applies(other) {
			continue
		}
		if o, _ := s.Check(other.Needs.Check); o.Strength != core.Weak {
			return Proved
		}
		best = Weak
	}
	return best
}

// Complete reports whether every step but the summary is complete.
func (s *State) Complete() bool { return s.Current().Step.Last }

// Progress counts the complete steps and all steps of the path.
func (s *State) Progress() (done, total int) {
	for st := range s.walk() {
		if total++; s.Status(*st) != Open {
			done++
		}
	}
	return done, total
}
