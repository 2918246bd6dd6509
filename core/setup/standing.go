package setup

import (
	"slices"

	"applink/core"
	"applink/core/finding"
)

// Standing is how an integration stands, as every list tells it.
type Standing struct {
	// Problem is the refusal that stands: the latest check that did not pass, unless one
	// that covers its step passed since; nil when there is none. A word on the step does
	// not take it away. Refused is its outcome, Back the step to go back to.
	Problem *core.Finding
	// Damaged: the problem is the stored record itself, of which nothing else counts.
	Damaged bool
	Refused core.Outcome
	Back    core.StepID
	// Before is how the refused check passed before; zero when it never did. Then the
	// link is set up and has a problem now, else it was never finished.
	Before core.Outcome
	// Step is where the set-up stands, of Steps, counted from 1; 0 when it is complete.
	Step, Steps int
	UnderWay    Move         // the move that the step is of; "" of a first set-up
	MustMove    string       // why it has to be moved to OAuth 2 now; "" when it need not be
	Proof       Status       // what the link in use rests on: Said, Weak or Proved
	What        []string     // what of it is proved, in words
	Latest      core.Outcome // of the link's checks that passed; zero when none did
}

// Unfinished reports whether every step is complete, and yet the link is not set up: a
// check was refused, and nothing proved the contrary before or since.
func (st Standing) Unfinished() bool {
	return st.Step == 0 && st.Problem != nil && st.Before.State == "" && !st.Damaged
}

// Standing derives how the integration stands. A link that is set up beside the one
// in use counts for Step alone.
func (s *State) Standing() Standing {
	if d := s.Integration.Damage; d != nil {
		return Standing{Problem: d, Damaged: true}
	}
	st := Standing{UnderWay: s.Moves().UnderWay(), MustMove: s.Moves().mustMove()}
	if current := s.Path().Current().Step; !current.Last {
		st.Step, st.Steps = s.Path().Number(current.ID)
	}
	of, refused, back := s, core.Outcome{}, core.StepID("")
	if s.Moves().Beside() {
		of = s.Links().InUse()
		refused, back = of.refusal()
	}
	if refused.Finding == nil {
		of = s
		refused, back = of.refusal()
	}
	if refused.Finding != nil {
		st.Problem, st.Refused, st.Back = refused.Finding, refused, back
		st.Before, _ = of.Proof(refused.Check)
	}
	st.Proof, st.What, st.Latest = s.Links().InUse().rest()
	return st
}

// Number is the place of a step on the path, counted from 1, and how many there are; 0
// for one that is not on it. Steps on one page count once.
func (p Path) Number(id core.StepID) (n, steps int) {
	for st := range p.walk() {
		if st.On == "" {
			steps++
		}
		if st.ID == id {
			n = steps
		}
	}
	return n, steps
}

// refusal is the latest outcome by which a step of the link stands refused.
func (s *State) refusal() (refused core.Outcome, back core.StepID) {
	for _, st := range steps {
		if o, ok := s.RefusedBy(st); ok && (refused.Finding == nil || !o.At.Before(refused.At)) {
			refused, back = o, st.ID
		}
	}
	return refused, back
}

// RefusedBy returns the outcome by which a step stands refused: the latest of its check did
// not pass, and nothing passed since that covers the step or contradicts the refusal. Of the
// server every later proof tells that it was reached. What is waited for is a refusal once the step is
// complete all the same.
func (s *State) RefusedBy(st Step) (core.Outcome, bool) {
	o, ok := s.Check(st.Needs.Check)
	if own, asks := s.Path().Asks(st.Needs.Check); !ok || o.Finding == nil || !asks || own.ID != st.ID || own.OAuth != st.OAuth {
		return core.Outcome{}, false
	}
	refuses := o.State == core.Failed || o.State == core.Waiting && s.Path().completion(&st) != Open
	return o, refuses && !s.madeGood(st, o)
}

func (s *State) madeGood(st Step, o core.Outcome) bool {
	for c, proof := range s.proofs {
		if c.Check == o.Check || proof.At.Before(o.At) {
			continue
		}
		contradicted := proof.Strength != core.Weak && finding.IsAny(o.Finding, c.Contradicts...)
		if !st.OfLink || slices.Contains(c.Steps, st.ID) || contradicted || finding.Unreached(o.Finding) {
			return true
		}
	}
	return false
}

// mustMove tells why an integration has to be moved to OAuth 2 now: a rule refuses
// OAuth 1 for new links on this server, for this application and purpose.
func (mv Moves) mustMove() string {
	if active := mv.s.Integration.Active(); active == nil || active.OAuth != core.OAuth1 {
		return ""
	}
	return mv.s.Refusal(core.OAuth1)
}
