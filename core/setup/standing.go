package setup

import "applink/core"

// Standing is how an integration stands, as every list tells it.
type Standing struct {
	Problem *core.Finding // what the latest check found; nil when it did not fail
	// Step is where the set-up stands, of Steps, counted from 1; 0 when it is complete.
	Step, Steps int
	UnderWay    Move         // the move that the step is of; "" of a first set-up
	MustMove    string       // why it has to be moved to OAuth 2 now; "" when it need not be
	Proof       Status       // what the link in use rests on: Said, Weak or Proved
	Latest      core.Outcome // of the link's checks that passed; zero when none did
}

// Standing derives how the integration stands. A link that is set up beside the one
// in use counts for Step alone.
func (s *State) Standing() Standing {
	st := Standing{Problem: s.failure(), UnderWay: s.UnderWay(), MustMove: s.mustMove()}
	if current := s.Current().Step; !current.Last {
		st.Step, st.Steps = s.Number(current.ID)
	}
	st.Proof, st.Latest = s.InUse().rest()
	return st
}

// Number is the place of a step on the path, counted from 1, and how many steps there
// are; 0 for one that is not on it.
func (s *State) Number(id core.StepID) (n, steps int) {
	for st := range s.walk() {
		steps++
		if st.ID == id {
			n = steps
		}
	}
	return n, steps
}

// rest is the best that the link rests on, and the latest check of it that passed. Where
// one of its checks was gone on without, it is proved in part at best.
func (s *State) rest() (best Status, latest core.Outcome) {
	best = Said
	without := false
	for st := range s.walk() {
		if !st.OfLink {
			continue
		}
		status := s.Status(*st)
		without = without || status == Said && st.Needs.Check != ""
		if status == Proved || status == Weak && best == Said {
			best = status
		}
		if o, ok := s.Check(st.Needs.Check); ok && o.State == core.Passed && o.At.After(latest.At) {
			latest = o
		}
	}
	if without && best == Proved {
		best = Weak
	}
	return best, latest
}

// failure is what the latest check found: of the link in use, while another is set up
// beside it, else of the one that is set up; nil when it did not fail.
func (s *State) failure() *core.Finding {
	var last core.Outcome
	for st := range s.walk() {
		if o, ok := s.Check(st.Needs.Check); ok && !o.At.Before(last.At) {
			last = o
		}
	}
	if s.Beside() {
		var inUse core.Outcome
		for _, o := range s.InUse().Link.Checks {
			if o.At.After(inUse.At) {
				inUse = o
			}
		}
		if inUse.State == core.Failed {
			last = inUse
		}
	}
	if last.State != core.Failed {
		return nil
	}
	return last.Finding
}

// mustMove tells why an integration has to be moved to OAuth 2 now: a rule refuses
// OAuth 1 for new links on this server, for this application and purpose.
func (s *State) mustMove() string {
	if active := s.Integration.Active(); active == nil || active.OAuth != core.OAuth1 {
		return ""
	}
	return s.Refusal(core.OAuth1)
}
