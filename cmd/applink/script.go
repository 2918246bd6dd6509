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
	"applink/core/walk"
)

// script walks through a set-up by flags alone.
type script struct {
	*walk.Walk
	session       *walk.Session
	lib           *auth.Library
	alone         bool                  // nobody opens a wizard afterwards: questions are put to the server
	confirm       string                // the name of the integration that may lose what an answer takes from it
	given         map[core.Field]string // not used yet
	passphrase    seal.Text             // of the private key among them
	say, overrule map[core.StepID]bool  // not used yet
	tell          func(string)          // says what is being done
	created       bool                  // the integration is new
	unnamed       bool                  // and has the usual name, because none was given
	locked        string                // a private key whose passphrase is to be asked for
}

// open begins the walk over an integration.
func (sc *script) open(s *setup.State) { sc.Walk = walk.New(sc.session, s) }

// undo forgets a new integration whose name was refused, or that got none: the mended
// command line could not find it again. With a name it stays, with every answer before
// the wrong one.
func (sc *script) undo(ctx context.Context) error {
	if _, named := sc.State().Answer(core.FieldName); named && !sc.unnamed || !sc.created {
		return nil
	}
	return sc.lib.Remove(ctx, sc.State().Integration.ID)
}

// ending is where a script stopped.
type ending struct {
	state   string // complete, waiting, failed or missing, as in the document
	steps   []setup.Step
	missing core.Field
	outcome core.Outcome // of the check that did not pass
}

// run goes on until nothing more can be done without the admin.
func (sc *script) run(ctx context.Context) (end ending, err error) {
	if err := sc.foreign(); err != nil {
		return end, err
	}
	for end.state == "" && err == nil {
		var moved bool
		if moved, err = sc.answerGiven(ctx); moved || err != nil {
			continue
		}
		sc.ToCurrent()
		switch at := sc.At(); {
		case at.Step.Last:
			end = ending{state: "complete", steps: []setup.Step{at.Step}}
		case at.Question == nil:
			end, err = sc.page(ctx, at.Step)
		case at.Question.Transient && sc.overrule[at.Step.ID]:
			delete(sc.overrule, at.Step.ID)
			err = sc.do(ctx, sc.Say())
		case at.Question.Transient || !at.Question.MayBeEmpty(sc.State()) || !sc.alone:
			end = ending{state: "missing", missing: at.Question.Field, steps: []setup.Step{at.Step}}
		default:
			err = sc.answer(ctx, "")
		}
	}
	return end, err
}

// do does a job of the walk, or tells why it was not done.
func (sc *script) do(ctx context.Context, job walk.Job) error {
	sc.Run(ctx, job)
	switch f := sc.Problem(); {
	case ctx.Err() != nil:
		return walk.ErrInterrupted
	case f != nil && !f.Warning:
		return f
	}
	return nil
}

// answerGiven gives the first answer whose turn has come, and reports whether
// there was one.
func (sc *script) answerGiven(ctx context.Context) (bool, error) {
	for _, st := range sc.reachable() {
		for _, q := range st.Asks {
			sc.impliesOrigin(q)
			text, ok := sc.given[q.Field]
			if !ok || !q.Optional && q.Applies != nil && !q.Applies(sc.State()) || q.Transient && !sc.State().Reached() {
				continue
			}
			delete(sc.given, q.Field)
			sc.Visit(setup.Position{Step: st, Question: &q})
			return true, sc.answer(ctx, text)
		}
	}
	return false, nil
}

// impliesOrigin answers where the key comes from by which half of it was given.
func (sc *script) impliesOrigin(q setup.Question) {
	_, said := sc.given[core.FieldKeyOrigin]
	if q.Field != core.FieldKeyOrigin || said || !q.Applies(sc.State()) {
		return
	}
	for half, origin := range map[core.Field]core.KeyOrigin{core.FieldPrivateKey: core.KeyBrought, core.FieldPublicKey: core.KeyThere} {
		if _, given := sc.given[half]; given && sc.State().Value(core.FieldKeyOrigin) != string(origin) {
			sc.given[core.FieldKeyOrigin] = string(origin)
		}
	}
}

// answer gives an answer, and tells what is odd about it and how it was understood. An
// encrypted key whose passphrase is not known stays the proposal of whoever can ask for it.
func (sc *script) answer(ctx context.Context, text string) error {
	q := sc.Question()
	job, _ := sc.Give(text)
	if !sc.Doubted().Empty() {
		sc.tell(guide.ProblemText(sc.Problem()) + "It is taken all the same: nobody is asked here. To mend it, give --" + string(q.Field) + " again.")
		job, _ = sc.Give(text)
	}
	if job == nil {
		return nil
	}
	if q.Transient {
		sc.tell(fmt.Sprintf("Asking %s (%s).", guide.Host(sc.State()), q.Field))
	}
	err := sc.do(ctx, job)
	if at := sc.At().Question; at != nil && at.Field == q.Field {
		switch now := sc.Question(); {
		case now.Costly && named(sc.State(), sc.confirm):
			err = sc.do(ctx, sc.Confirm())
		case q.Passphrase: // it does not open the key
		case now.Passphrase && !sc.passphrase.Empty():
			return sc.answer(ctx, sc.passphrase.Reveal())
		case now.Passphrase && sc.alone:
			err = finding.KeyEncrypted.With()
		case now.Passphrase:
			sc.locked = text
		case q.Transient && err == nil && sc.Passed():
			sc.tell(guide.ProofWords(sc.State(), sc.Outcome()))
		}
	}
	for _, f := range sc.Told() {
		if !errors.Is(f, finding.ClientIDShared) { // which the report tells
			sc.tell(guide.ProblemText(f))
		}
	}
	return err
}

// reachable are the steps whose questions can be answered now: up to the current
// one, and beyond it as long as no check stands between, since an answer to a
// later step tells that an earlier page was done. Of a link that exists everything
// can be answered.
func (sc *script) reachable() []setup.Step {
	current := sc.State().Path().Current()
	path := sc.State().Path().Steps()
	if sc.State().Adopted() {
		return path
	}
	i := slices.IndexFunc(path, func(st setup.Step) bool { return st.ID == current.Step.ID })
	if current.Question != nil {
		return path[:i+1]
	}
	for i < len(path)-1 && (path[i].Needs.Check == "" || sc.State().Path().AskedOnce(path[i])) {
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
		return ending{}, sc.do(ctx, sc.Say())
	}
	steps, ok := []setup.Step{st}, false
	if sc.alone {
		steps, ok = sc.proof(st)
	}
	if !ok {
		return ending{state: "waiting", steps: steps}, nil
	}
	last := steps[len(steps)-1]
	sc.Visit(setup.Position{Step: last})
	sc.tell(fmt.Sprintf("Asking %s (%s).", guide.Host(sc.State()), last.Needs.Check))
	if err := sc.do(ctx, sc.Ask()); err != nil {
		return ending{}, err
	}
	o := sc.Outcome()
	switch o.State {
	case core.Passed:
		sc.tell(guide.ProofWords(sc.State(), o))
		return ending{}, nil
	case core.Failed:
		return ending{state: "failed", steps: steps, outcome: o}, nil
	}
	return ending{state: "waiting", steps: steps, outcome: o}, nil
}

// proof finds the check that can complete a step without the admin: its own, or
// that of a later step of the link, with the pages that are to be done until
// then.
func (sc *script) proof(from setup.Step) (steps []setup.Step, ok bool) {
	path := sc.State().Path().Steps()
	i := slices.IndexFunc(path, func(st setup.Step) bool { return st.ID == from.ID })
	for _, st := range path[i:] {
		if st.ID != from.ID && (!st.OfLink || len(sc.State().Path().Questions(st)) > 0 && sc.State().Path().Status(st) == setup.Open) {
			break
		}
		if sc.State().Path().Status(st) != setup.Open {
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
