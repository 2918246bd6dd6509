package walk

import (
	"context"
	"slices"

	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/setup"
)

// HandsOut reports whether the secret half of the link can be handed out at the place.
func (w *Walk) HandsOut() bool {
	st := w.at.Step
	return w.at.Question == nil && (st.Hands || st.Last) && auth.Exportable(w.handing())
}

// Kinds are the kinds of export of the link, first the one that the application takes.
func (w *Walk) Kinds() []string {
	s := w.handing()
	usual := auth.UsualExport(s)
	return append([]string{usual}, slices.DeleteFunc(auth.ExportKinds(s), func(k string) bool { return k == usual })...)
}

// HandOut returns what exports the credentials of the link as a kind; "" is the one that
// the application takes.
func (w *Walk) HandOut(kind string) func(context.Context) (auth.Exported, error) {
	lib, s := w.session.Library, w.handing()
	if kind == "" {
		kind = auth.UsualExport(s)
	}
	return func(ctx context.Context) (auth.Exported, error) { return lib.Export(ctx, s, kind) }
}

// Fails tells that a sign-in through the application failed, with its causes; false at a
// place where nobody signs in there.
func (w *Walk) Fails() bool {
	if !w.at.Step.Signs || w.at.Question != nil {
		return false
	}
	cause := [4]string{}
	copy(cause[:], guide.Trouble(w.state))
	w.problem = finding.SignInThroughFailed.With(w.state.App.InSentence(), cause[0], cause[1], cause[2], cause[3])
	return true
}

// Dismiss takes back what [Walk.Fails] told, and reports whether there was anything.
func (w *Walk) Dismiss() bool {
	told := w.problem.Is(finding.SignInThroughFailed) && w.at.Step.Signs
	if told {
		w.problem = nil
	}
	return told
}

// handing is the view through the link whose credentials are handed out: at the end the one
// in use.
func (w *Walk) handing() *setup.State {
	if w.at.Step.Last {
		return w.state.Links().InUse()
	}
	return w.state
}
