package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui"
)

// script walks through a set-up by flags alone.
type script struct {
	lib           *auth.Library
	checker       tui.Checker // nil: put no question to the server
	prover        auth.Prover // of secrets that are not kept
	state         *setup.State
	given         map[core.Field]string // not used yet
	passphrase    seal.Text             // of the private key among them
	say, overrule map[core.StepID]bool  // not used yet
	tell          func(string)          // says what is being done
	created       bool                  // the integration is new
	locked        string                // a private key whose passphrase is to be asked for
	unnamed       bool                  // and has the usual name, because none was given
}

// undo forgets a new integration whose name was refused: the mended command line
// could not find it again; so it is with one that got no name. With a name it stays, with every answer before the wrong
// one.
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
			if !q.MayBeEmpty(sc.state) || sc.checker == nil {
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
			if !ok || !q.Optional && q.Applies != nil && !q.Applies(sc.state) {
				continue
			}
			delete(sc.given, q.Field)
			return true, sc.answer(ctx, q, text)
		}
	}
	return false, nil
}

// answer gives an answer. An encrypted key whose passphrase is not known stays the
// proposal of whoever can ask for it.
func (sc *script) answer(ctx context.Context, q setup.Question, text string) error {
	if f := auth.Doubt(sc.state, q, strings.TrimSpace(text)); f != nil {
		sc.tell(tui.PlainProblem(f))
	}
	if q.Transient {
		return sc.prove(ctx, q, text)
	}
	if q.Kind != setup.PrivateKey {
		return sc.take(sc.lib.Answer(ctx, sc.id(), q.Field, text))
	}
	err := sc.take(sc.lib.KeepPrivateKey(ctx, sc.id(), seal.NewText(text), sc.passphrase))
	if isFinding(err, "AL-KEY-010") && sc.checker == nil {
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
		sc.tell(tui.ProofWords(s, o))
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
	if o.State != core.Waiting {
		if err := sc.take(sc.lib.Record(ctx, sc.state, o)); err != nil {
			return ending{}, err
		}
	}
	if o.State == core.Passed {
		sc.tell(tui.ProofWords(sc.state, o))
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

// unused lists the flags whose answer was not needed so far.
func (sc *script) unused() []core.Field {
	return slices.Sorted(maps.Keys(sc.given))
}

// missing lists the questions that stand between here and the next page, none of
// which has an answer. The choices of a later one can depend on an earlier one.
func (sc *script) missing() []core.Field {
	var fields []core.Field
	for _, st := range sc.state.Path() {
		if sc.state.Status(st) != setup.Open {
			continue
		}
		for _, q := range sc.state.Questions(st) {
			if a, _ := sc.state.AnswerTo(q); a.Value == "" && !q.MayBeEmpty(sc.state) && !has(sc.given, q.Field) {
				fields = append(fields, q.Field)
			}
		}
		if st.Needs.Check == "" && (st.Shows == nil || st.Shows(sc.state)) {
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
// chosen, not all its steps are known.
func (sc *script) foreign() error {
	for _, id := range sc.waiting() {
		if _, known := sc.state.Step(id); !known && sc.state.OAuth() != "" {
			return core.Find("AL-INPUT-004", "", "value", string(id), "why", "It is no step of this set-up: applink show "+
				sc.state.Integration.Slug+" --json lists them.")
		}
	}
	return nil
}

// waiting are the steps that were said or overruled, but had no turn yet.
func (sc *script) waiting() []core.StepID {
	var ids []core.StepID
	for _, given := range []map[core.StepID]bool{sc.say, sc.overrule} {
		for id := range given {
			if st, known := sc.state.Step(id); !known || sc.state.Status(st) == setup.Open {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// unsaid refuses a word for a step that only a check can complete.
func unsaid(id core.StepID) error {
	return core.Find("AL-INPUT-004", "", "value", "--say "+string(id), "why",
		"This step has a check, so that a word does not complete it. To go on without the proof: --overrule "+string(id))
}

func isFinding(err error, code core.Code) bool {
	var f *core.Finding
	return errors.As(err, &f) && f.Code == code
}
