package guide

import (
	"maps"
	"strings"
	"time"

	"applink/core"
	"applink/core/setup"
)

// Of returns the page of a step for an integration, filled with its values and those in
// more. If the page cannot be made, which only a damaged build causes, the page has the
// step's name as its title and nothing else.
func Of(s *setup.State, step core.StepID, look int, more map[string]string) Page {
	values := s.Values()
	maps.Copy(values, standingValues(s))
	maps.Copy(values, more)
	page, err := Find(Query{Step: step, Version: s.Server().Version, OAuth: s.OAuth(),
		Application: s.App, Values: values, Look: look})
	if err != nil {
		return Page{Step: step, Title: string(step)}
	}
	return page
}

// standingValues returns the values that tell the last page the state of the link.
func standingValues(s *setup.State) map[string]string {
	st := s.Standing()
	v := map[string]string{"rests-on": string(st.Proof)}
	if st.Step == 0 && st.Problem != nil {
		v["refusal"], v["refusal-code"] = Problem(st.Problem).Title, string(st.Problem.Code)
		v["refused-step"] = Short(st.Back)
		if !st.Unfinished() {
			v["proved-before"] = "yes"
		}
	}
	return v
}

// Headline says in one line how a complete integration stands: the title of its last page.
func Headline(s *setup.State) string { return Of(s, setup.Done, 0, nil).Title }

// statusWords are the states of a step, as people read them.
var statusWords = map[setup.Status]string{
	setup.Open: "open", setup.Added: "new", setup.Answered: "answered", setup.Said: "said, not proved", setup.Implied: "done, not proved",
	setup.Weak: "proved in part", setup.Proved: "proved",
}

// StatusWords tells how far a step is; where it stands refused, since when it is what it
// is, and by what it was refused.
func StatusWords(s *setup.State, st setup.Step, now time.Time) string {
	words := statusWords[s.Path().Status(st)]
	o, refused := s.RefusedBy(st)
	if !refused {
		return words
	}
	if proof, ok := s.Proof(st.Needs.Check); ok {
		words += " " + Ago(now.Sub(proof.At))
	}
	return words + "; now: " + string(o.Finding.Code)
}

// proofStanding tells what a complete link rests on: "set up, proved", or in part, and
// then what of it is.
func proofStanding(st setup.Standing) string {
	switch st.Proof {
	case setup.Proved:
		return "set up, proved"
	case setup.Weak:
		return "set up, proved in part: " + strings.Join(st.What, ", ")
	}
	return "set up, said"
}
