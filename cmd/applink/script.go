package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui"
)

// script walks through a set-up by flags alone.
type script struct {
	lib           *auth.Library
	checker       tui.Checker // nil: put no question to the server
	prover        tui.Checker // of secrets that are not kept, and of another server
	confirm       string      // the name of the integration that may lose what an answer takes from it
	state         *setup.State
	given         map[core.Field]string // not used yet
	passphrase    seal.Text             // of the private key among them
	say, overrule map[core.StepID]bool  // not used yet
	tell          func(string)          // says what is being done
	created       bool                  // the integration is new
	unnamed       bool                  // and has the usual name, because none was given
	locked        string                // a private key whose passphrase is to be asked for
}

// undo forgets a new integration whose name was refused, or that got none: the mended
// command line could not find it again. With a name it stays, with every answer before
// the wrong one.
func (sc *script) undo(ctx context.Context) error {
	if _, named := sc.state.Answer(core.FieldName); named && !sc.unnamed || !sc.created {
		return nil
	}
	return sc.lib.Remove(ctx, sc.id())
}

// ending is where a script stopped.
type ending struct {
	state   string // complete, waiting, failed or missing, as in the document
	steps   []setup.Step
	missing core.Field
	outcome core.Outcome // of the check that did not pass
}

// run goes on until nothing more can be done without the admin.
func (sc *script) run(ctx context.Context) (ending, error) {
	for {
		moved, err := sc.answerGiven(ctx)
		if err != nil {
			return ending{}, err
		}
		if moved {
			continue
		}
		at := sc.state.Current()
		if at.Step.Last {
			return ending{state: "complete", steps: []setup.Step{at.Step}}, nil
		}
		if q := at.Question; q != nil {
			if q.Transient && sc.overrule[at.Step.ID] {
				delete(sc.overrule, at.Step.ID)
				if err := sc.take(sc.lib.Say(ctx, sc.id(), at.Step.ID)); err != nil {
					return ending{}, err
				}
				continue
			}
			if q.Transient || !q.MayBeEmpty(sc.state) || sc.checker == nil {
				return ending{state: "missing", missing: q.Field, steps: []setup.Step{at.Step}}, nil
			}
			if err := sc.take(sc.lib.Answer(ctx, sc.id(), q.Field, "")); err != nil {
				return ending{}, err
			}
			continue
		}
		end, err := sc.page(ctx, at.Step)
		if end.state != "" || err != nil {
			return end, err
		}
	}
}

func (sc *script) id() int64 { return sc.state.Integration.ID }

func (sc *script) take(s *setup.State, err error) error {
	if err == nil {
		sc.state = s
	}
	return err
}

// answerGiven gives the first answer whose turn has come, and reports whether
// there was one.
func (sc *script) answerGiven(ctx context.Context) (bool, error) {
	for _, st := range sc.reachable() {
		for _, q := range st.Asks {
			text, ok := sc.given[q.Field]
			if !ok || !q.Optional && q.Applies != nil && !q.Applies(sc.state) || q.Transient && !sc.state.Reached() {
				continue
			}
			delete(sc.given, q.Field)
			return true, sc.answer(ctx, q, text)
		}
	}
	return false, nil
}

// answer gives an answer, and tells what is odd about it and how it was understood. An
// encrypted key whose passphrase is not known stays the proposal of whoever can ask for it.
func (sc *script) answer(ctx context.Context, q setup.Question, text string) error {
	if f := auth.Doubt(sc.state, q, text); f != nil {
		sc.tell(guide.ProblemText(f) + "It is taken all the same: nobody is asked here. To mend it, give --" + string(q.Field) + " again.")
	}
	if err := sc.give(ctx, q, text); err != nil {
		return err
	}
	for _, f := range auth.Notes(q, text) {
		sc.tell(guide.ProblemText(f))
	}
	return nil
}

func (sc *script) give(ctx context.Context, q setup.Question, text string) error {
	if q.Transient {
		return sc.prove(ctx, q, text)
	}
	if q.Kind != setup.PrivateKey {
		s, err := sc.lib.AnswerWith(ctx, sc.id(), q.Field, text, auth.Assent{Confirmed: named(sc.state, sc.confirm), Checker: sc.prover})
		return sc.take(s, err)
	}
	err := sc.take(sc.lib.KeepPrivateKey(ctx, sc.id(), seal.NewText(text), sc.passphrase))
	if errors.Is(err, finding.KeyEncrypted) && sc.checker == nil {
		sc.locked = text
		return nil
	}
	return err
}

// prove has a transient answer proved, which is stored nowhere.
func (sc *script) prove(ctx context.Context, q setup.Question, text string) error {
	sc.tell(fmt.Sprintf("Asking %s (%s).", sc.state.Values()["host"], q.Field))
	s, o, err := sc.lib.Prove(ctx, sc.id(), q.Field, seal.NewText(text), sc.prover)
	if ctx.Err() != nil {
		return tui.ErrInterrupted
	}
	if err := sc.take(s, err); err == nil && o.State == core.Passed {
		sc.tell(guide.ProofWords(s, o))
	}
	return err
}

// reachable are the steps whose questions can be answered now: up to the current
// one, and beyond it as long as no check stands between, since an answer to a
// later step tells that an earlier page was done. Of a link that exists everything
// can be answered.
func (sc *script) reachable() []setup.Step {
	current := sc.state.Current()
	path := sc.state.Path()
	if sc.state.Adopted() {
		return path
	}
	i := slices.IndexFunc(path, func(st setup.Step) bool { return st.ID == current.Step.ID })
	if current.Question != nil {
		return path[:i+1]
	}
	for i < len(path)-1 && (path[i].Needs.Check == "" || sc.state.AskedOnce(path[i])) {
		i++
	}
	return path[:i+1]
}

// page proves a page, takes the admin's word for it, or stops there.
func (sc *script) page(ctx context.Context, st setup.Step) (ending, error) {
	if sc.say[st.ID] && st.Needs.Check != "" && !sc.overrule[st.ID] {
		return ending{}, unsaid(st.ID)
	}
	if said := sc.say[st.ID] && st.Needs.Check == "" || sc.overrule[st.ID]; said {
		delete(sc.say, st.ID)
		delete(sc.overrule, st.ID)
		return ending{}, sc.take(sc.lib.Say(ctx, sc.id(), st.ID))
	}
	if sc.checker == nil {
		return ending{state: "waiting", steps: []setup.Step{st}}, nil
	}
	steps, ok := sc.proof(st)
	if !ok {
		return ending{state: "waiting", steps: steps}, nil
	}
	last := steps[len(steps)-1]
	sc.tell(fmt.Sprintf("Asking %s (%s).", sc.state.Values()["host"], last.Needs.Check))
	o := sc.checker.Run(ctx, sc.state, last.Needs.Check)
	if ctx.Err() != nil {
		return ending{}, tui.ErrInterrupted
	}
	heard := last.Ask().Take(o)
	if heard.Store {
		if err := sc.take(sc.lib.Record(ctx, sc.state, o)); err != nil {
			return ending{}, err
		}
	}
	if heard.Passed {
		sc.tell(guide.ProofWords(sc.state, o))
		return ending{}, nil
	}
	end := ending{state: "waiting", steps: steps, outcome: o}
	if o.State == core.Failed {
		end.state = "failed"
	}
	return end, nil
}

// proof finds the check that can complete a step without the admin: its own, or
// that of a later step of the link, with the pages that are to be done until
// then.
func (sc *script) proof(from setup.Step) (steps []setup.Step, ok bool) {
	path := sc.state.Path()
	i := slices.IndexFunc(path, func(st setup.Step) bool { return st.ID == from.ID })
	for _, st := range path[i:] {
		if st.ID != from.ID && (!st.OfLink || len(sc.state.Questions(st)) > 0 && sc.state.Status(st) == setup.Open) {
			break
		}
		if sc.state.Status(st) != setup.Open {
			continue
		}
		steps = append(steps, st)
		if st.Needs.Dance {
			return steps[:max(1, len(steps)-1)], false
		}
		if st.Needs.Check != "" {
			return steps, true
		}
	}
	return steps[:1], false
}
