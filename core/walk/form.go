package walk

import (
	"context"

	"applink/core/auth"
	"applink/core/guide"
	"applink/core/setup"
)

// Form returns the questions that are asked together with that of the place, in order, and
// the place of that among them; none at a page.
func (w *Walk) Form() (form []Question, at int) {
	if w.at.Question == nil {
		return nil, 0
	}
	for i, p := range w.state.Path().Form(w.at) {
		if w.at.Same(p) {
			at = i
			form = append(form, w.Question())
			continue
		}
		form = append(form, w.question(p, giving{}, guide.Of(w.state, p.Step.ID, 0, nil)))
	}
	return form, at
}

// FormTitle is what the form is about: the title of its first page.
func (w *Walk) FormTitle() string {
	return guide.Of(w.state, w.state.Path().Form(w.at)[0].Step.ID, 0, nil).Title
}

// Turn looks at another question of the form.
func (w *Walk) Turn(to int) { w.Visit(w.state.Path().Form(w.at)[to]) }

// Lacks is the first question of the form that has no answer and nothing to start from;
// false where every one has.
func (w *Walk) Lacks() (to int, ok bool) {
	form, _ := w.Form()
	for i, q := range form {
		if !q.Stored && q.Draft == "" && !w.state.Path().Answered(q.Question) {
			return i, true
		}
	}
	return 0, false
}

// Fill answers the questions of the form that have no answer yet with what they start
// from. It stops at the first that is refused, which is asked then.
func (w *Walk) Fill() Job {
	session, s := w.session, w.state
	lib, id := session.Library, s.Integration.ID
	form, _ := w.Form()
	w.renew()
	w.giving.busy = true
	return w.job(aFilling, func(ctx context.Context, r *Result) {
		for _, q := range form {
			if s.Path().Answered(q.Question) {
				continue
			}
			r.state, r.err = lib.AnswerWith(ctx, id, q.Field, q.Draft, auth.Assent{Checker: session.Checker})
			if r.err != nil {
				return
			}
		}
	})
}

// filled takes what came of filling a form in.
func (w *Walk) filled(r Result) Taken {
	w.ToCurrent()
	if w.problem = w.refused(r.err); w.problem != nil {
		return Stayed
	}
	return Moved
}

// Back looks at the place before the form of the place, and reports false at the first one.
// What is not on the path, as a question that is asked on request only, was come to from the
// current place.
func (w *Walk) Back() bool {
	form := w.state.Path().Form(w.at)
	places, i := w.state.Path().Places(), w.index(form[0])
	switch {
	case i < 0:
		w.ToCurrent()
		return true
	case i == 0:
		return false
	}
	w.again = true
	w.Visit(places[i-1])
	return true
}

// More looks at the next question that was answered by itself, and reports whether there is
// one. After the last the walk goes on where it stands.
func (w *Walk) More() bool {
	more := w.state.Path().More()
	for i, p := range more {
		if w.at.Same(p) {
			if i+1 == len(more) {
				return false
			}
			w.Visit(more[i+1])
			return true
		}
	}
	if len(more) == 0 {
		return false
	}
	w.Visit(more[0])
	return true
}

// Carried reports whether the answer is copied whole from elsewhere, so that a paste of it
// is complete by itself.
func (q Question) Carried() bool {
	switch q.Kind {
	case setup.AppURL, setup.Base, setup.ClientID, setup.PublicKey, setup.Secret, setup.CallbackURL, setup.LoginURL, setup.ConsumerCallback:
		return !q.Passphrase
	}
	return false
}
