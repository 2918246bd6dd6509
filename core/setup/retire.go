package setup

import (
	"applink/core"
	"applink/core/finding"
)

// For looks at the same integration as a step does: through the superseded link, if
// the step is about that and it may be retired; for every other step it changes
// nothing.
func (ls Links) For(id core.StepID) *State {
	if id == Retire && ls.s.Moves().MayRetire() == nil {
		return ls.s.through(ls.s.Integration.Superseded())
	}
	return ls.s
}

// MayRetire tells why the superseded link is not to be deleted in Bitbucket yet, nil
// when it may be: [finding.NoOldLink] when there is none, [finding.OldLinkStillNeeded]
// when it may still be needed, [finding.OtherMoveInProgress] when a move is under way.
func (mv Moves) MayRetire() *core.Finding {
	if now := mv.UnderWay(); now != "" {
		return mv.underWay(now)
	}
	if mv.s.Integration.Superseded() == nil || mv.s.Integration.Active() == nil {
		return mv.noOld()
	}
	if !mv.s.Links().InUse().Moves().signedIn() {
		return needed(mv.s, "Nobody is known to have signed in over the link in use.")
	}
	return nil
}

func needed(s *State, why string) *core.Finding {
	return finding.OldLinkStillNeeded.With(s.Integration.Name, why)
}

// signedIn reports whether a sign-in over the link is proved or said. A link that was
// set up by hand is not asked about it: it was in use before.
func (mv Moves) signedIn() bool {
	for _, st := range mv.s.Path().Steps() {
		if (st.ID == Authorize || st.ID == Finish) && mv.s.Path().Status(st) == Open {
			return false
		}
	}
	return true
}

func synchronizes(s *State) bool { return s.Purpose() == core.PurposeSync }

// synchronized offers a "no" that is no answer: it keeps the page away, and takes an
// earlier "yes" back. It comes first, so that the other is not chosen by a key too many.
func synchronized(s *State) []Option {
	return []Option{{Value: "no", Label: "No", Withdraws: true, Refusal: needed(s, "No synchronization has run over the link in use yet.")},
		{Value: "yes", Label: "Yes"}}
}
