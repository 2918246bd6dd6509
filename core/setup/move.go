package setup

import (
	"slices"

	"applink/core"
	"applink/core/finding"
)

// Move is what a link is put beside the active one for.
type Move string

// The moves, by the commands that begin them.
const (
	Migration Move = "migrate" // to OAuth 2
	Rotation  Move = "rotate"  // to another key or secret
)

// between is the move from one link to the other.
func between(a, b core.OAuth) Move {
	if a == b {
		return Rotation
	}
	return Migration
}

// UnderWay is the move whose link is being set up; "" when none is.
func (s *State) UnderWay() Move {
	if s = s.SetUp(); s.Beside() {
		return between(s.Integration.Active().OAuth, s.OAuth())
	}
	return ""
}

// MayMove tells why a move can neither begin nor go on, nil when it can:
// [finding.NothingToMigrate] and [finding.NothingToRotate] when there is no link that
// it is for, [finding.OtherMoveInProgress] when the other move is under way,
// [finding.SwitchUnconfirmed] when it was gone back from and can only be gone forward
// to, [finding.ProtocolRefused] when the rules refuse the protocol for new links.
func (s *State) MayMove(m Move) *core.Finding {
	old, to := s.Integration.Active(), core.OAuth2
	switch {
	case old == nil && m == Rotation:
		return finding.NothingToRotate.With(s.Integration.Name, "Its set-up is not complete.")
	case old == nil:
		return finding.NothingToMigrate.With(s.Integration.Name, "Its set-up is not complete.")
	case m == Rotation:
		to = old.OAuth
	case old.OAuth == core.OAuth2:
		return finding.NothingToMigrate.With(s.Integration.Name, "It uses OAuth 2 already.")
	}
	if now := s.UnderWay(); now != "" {
		return s.other(now, m)
	}
	if s.MayGoForward(m) == nil {
		return s.Unconfirmed(*s.Ahead(), "It was gone back from.")
	}
	return s.SetUp().Refused(to)
}

// Refused is [State.Refusal] as a finding, [finding.ProtocolRefused]; nil when the rules
// allow the protocol for new links.
func (s *State) Refused(o core.OAuth) *core.Finding {
	if why := s.Refusal(o); why != "" {
		return finding.ProtocolRefused.With(o.String(), why)
	}
	return nil
}

// MayAbandon tells why the move that is under way cannot be taken back, nil when it
// can: [finding.NoMoveInProgress] when there is none, [finding.OtherMoveInProgress]
// when it is the other one; "" means either.
func (s *State) MayAbandon(m Move) *core.Finding {
	now := s.UnderWay()
	if now == "" {
		return finding.NoMoveInProgress.With(s.Integration.Name)
	}
	return s.other(now, m)
}

// MayGoBack tells why the link before the active one cannot be made active again, nil
// when it can: [finding.RollbackInApplication] when the application decides it,
// [finding.NoOldLink] when there is no such link or the other move left it,
// [finding.OtherMoveInProgress] when a move is under way; "" means either.
func (s *State) MayGoBack(m Move) *core.Finding {
	old := s.Before()
	switch {
	case s.App.Holder == core.HeldByApplication:
		return finding.RollbackInApplication.With(s.App.Vendor, s.Integration.Name)
	case s.UnderWay() != "":
		return s.underWay(s.UnderWay())
	case old == nil:
		return s.noOld()
	case m != "" && m != between(old.OAuth, s.Integration.Active().OAuth):
		return finding.NoOldLink.With(s.Integration.Name, "The link before the one in use was left by another move: applink "+string(between(old.OAuth, s.Integration.Active().OAuth))+" "+s.Integration.Slug+" --back")
	}
	return nil
}

// MayGoForward tells why the link that was gone back from cannot be made active again, nil
// when it can: [finding.NoOldLink] when there is none that the move led to,
// [finding.OtherMoveInProgress] when one is under way; "" means either.
func (s *State) MayGoForward(m Move) *core.Finding {
	next := s.Ahead()
	switch {
	case s.UnderWay() != "":
		return s.underWay(s.UnderWay())
	case next == nil:
		return finding.NoOldLink.With(s.Integration.Name, "Nothing was gone back from.")
	case m != "" && m != between(s.Integration.Active().OAuth, next.OAuth):
		return finding.NoOldLink.With(s.Integration.Name, "The link that was gone back from was made by another move.")
	}
	return nil
}

// Unconfirmed refuses to switch to a link as long as the admin has not confirmed it.
func (s *State) Unconfirmed(to core.Link, why string) *core.Finding {
	return finding.SwitchUnconfirmed.With(s.Integration.Name, s.Integration.Slug, to.OAuth.String(), why)
}

// As looks at the same integration as if a link of it were the one in use, so that its
// checks can be made before it is.
func (s *State) As(l core.Link) *State {
	l.State = core.LinkActive
	return s.through(&l)
}

// Retired reports whether nothing is left to retire, and something was.
func (s *State) Retired() bool {
	return s.UnderWay() == "" && s.Integration.Superseded() == nil && slices.ContainsFunc(s.Integration.Links, func(l core.Link) bool { return l.State == core.LinkRetired })
}

// noOld tells why there is no link to go back to.
func (s *State) noOld() *core.Finding {
	why := "Nothing was switched yet."
	if next := s.Ahead(); next != nil {
		why = "The older link is the active one already; " + string(between(s.Integration.Active().OAuth, next.OAuth)) + " leads to the other one."
	} else if s.Retired() {
		why = "The old link is retired, and its key is deleted."
	}
	return finding.NoOldLink.With(s.Integration.Name, why)
}

// other refuses a move while another one is under way.
func (s *State) other(now, m Move) *core.Finding {
	if m == "" || m == now {
		return nil
	}
	return s.underWay(now)
}

func (s *State) underWay(now Move) *core.Finding {
	why := map[Move]string{Migration: "It is being moved to OAuth 2.", Rotation: "Its key or secret is being changed."}[now]
	return finding.OtherMoveInProgress.With(s.Integration.Name, s.Integration.Slug, string(now), why)
}
