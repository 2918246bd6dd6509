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

// Moves tell which change from one link to another is under way, which ones may begin or be
// taken back, and what they cost.
type Moves struct{ s *State }

// Moves are those of the integration.
func (s *State) Moves() Moves { return Moves{s} }

// between is the move from one link to the other.
func between(a, b core.OAuth) Move {
	if a == b {
		return Rotation
	}
	return Migration
}

// UnderWay is the move whose link is being set up; "" when none is.
func (mv Moves) UnderWay() Move {
	if now := mv.s.Links().SetUp(); now.Moves().Beside() {
		return between(now.Integration.Active().OAuth, now.OAuth())
	}
	return ""
}

// MayMove tells why a move can neither begin nor go on, nil when it can:
// [finding.NothingToMigrate] and [finding.NothingToRotate] when there is no link that
// it is for, [finding.OtherMoveInProgress] when the other move is under way,
// [finding.SwitchUnconfirmed] when it was gone back from and can only be gone forward
// to, [finding.ProtocolRefused] when the rules refuse the protocol for new links.
func (mv Moves) MayMove(m Move) *core.Finding {
	old, to := mv.s.Integration.Active(), core.OAuth2
	switch {
	case old == nil && m == Rotation:
		return finding.NothingToRotate.With(mv.s.Integration.Name, "Its set-up is not complete.")
	case old == nil:
		return finding.NothingToMigrate.With(mv.s.Integration.Name, "Its set-up is not complete.")
	case m == Rotation:
		to = old.OAuth
	case old.OAuth == core.OAuth2:
		return finding.NothingToMigrate.With(mv.s.Integration.Name, "It uses OAuth 2 already.")
	}
	if now := mv.UnderWay(); now != "" {
		return mv.other(now, m)
	}
	if mv.MayGoForward(m) == nil {
		return mv.Unconfirmed(*mv.s.Links().Ahead(), "It was gone back from.")
	}
	return mv.s.Links().SetUp().Moves().Refused(to)
}

// Refused is [State.Refusal] as a finding, [finding.ProtocolRefused]; nil when the rules
// allow the protocol for new links.
func (mv Moves) Refused(o core.OAuth) *core.Finding {
	if why := mv.s.Refusal(o); why != "" {
		return finding.ProtocolRefused.With(o.String(), why)
	}
	return nil
}

// MayAbandon tells why the move that is under way cannot be taken back, nil when it
// can: [finding.NoMoveInProgress] when there is none, [finding.OtherMoveInProgress]
// when it is the other one; "" means either.
func (mv Moves) MayAbandon(m Move) *core.Finding {
	now := mv.UnderWay()
	if now == "" {
		return finding.NoMoveInProgress.With(mv.s.Integration.Name)
	}
	return mv.other(now, m)
}

// MayGoBack tells why the link before the active one cannot be made active again, nil
// when it can: [finding.RollbackInApplication] when the application decides it,
// [finding.NoOldLink] when there is no such link or the other move left it,
// [finding.OtherMoveInProgress] when a move is under way; "" means either.
func (mv Moves) MayGoBack(m Move) *core.Finding {
	old := mv.s.Links().Before()
	switch {
	case mv.s.App.Holder == core.HeldByApplication:
		return finding.RollbackInApplication.With(mv.s.App.Vendor, mv.s.Integration.Name)
	case mv.UnderWay() != "":
		return mv.underWay(mv.UnderWay())
	case old == nil:
		return mv.noOld()
	case m != "" && m != between(old.OAuth, mv.s.Integration.Active().OAuth):
		return finding.NoOldLink.With(mv.s.Integration.Name, "The link before the one in use was left by another move: applink "+string(between(old.OAuth, mv.s.Integration.Active().OAuth))+" "+mv.s.Integration.Slug+" --back")
	}
	return nil
}

// MayGoForward tells why the link that was gone back from cannot be made active again, nil
// when it can: [finding.NoOldLink] when there is none that the move led to,
// [finding.OtherMoveInProgress] when one is under way; "" means either.
func (mv Moves) MayGoForward(m Move) *core.Finding {
	next := mv.s.Links().Ahead()
	switch {
	case mv.UnderWay() != "":
		return mv.underWay(mv.UnderWay())
	case next == nil:
		return finding.NoOldLink.With(mv.s.Integration.Name, "Nothing was gone back from.")
	case m != "" && m != between(mv.s.Integration.Active().OAuth, next.OAuth):
		return finding.NoOldLink.With(mv.s.Integration.Name, "The link that was gone back from was made by another move.")
	}
	return nil
}

// Unconfirmed refuses to switch to a link as long as the admin has not confirmed it.
func (mv Moves) Unconfirmed(to core.Link, why string) *core.Finding {
	return finding.SwitchUnconfirmed.With(mv.s.Integration.Name, mv.s.Integration.Slug, to.OAuth.String(), why)
}

// As looks at the same integration as if a link of it were the one in use, so that its
// checks can be made before it is.
func (ls Links) As(l core.Link) *State {
	l.State = core.LinkActive
	return ls.s.through(&l)
}

// Retired reports whether nothing is left to retire, and something was.
func (ls Links) Retired() bool {
	return ls.s.Moves().UnderWay() == "" && ls.s.Integration.Superseded() == nil && slices.ContainsFunc(ls.s.Integration.Links, func(l core.Link) bool { return l.State == core.LinkRetired })
}

// noOld tells why there is no link to go back to.
func (mv Moves) noOld() *core.Finding {
	why := "Nothing was switched yet."
	if next := mv.s.Links().Ahead(); next != nil {
		why = "The older link is the active one already; " + string(between(mv.s.Integration.Active().OAuth, next.OAuth)) + " leads to the other one."
	} else if mv.s.Links().Retired() {
		why = "The old link is retired, and its key is deleted."
	}
	return finding.NoOldLink.With(mv.s.Integration.Name, why)
}

// other refuses a move while another one is under way.
func (mv Moves) other(now, m Move) *core.Finding {
	if m == "" || m == now {
		return nil
	}
	return mv.underWay(now)
}

func (mv Moves) underWay(now Move) *core.Finding {
	why := map[Move]string{Migration: "It is being moved to OAuth 2.", Rotation: "Its key or secret is being changed."}[now]
	return finding.OtherMoveInProgress.With(mv.s.Integration.Name, mv.s.Integration.Slug, string(now), why)
}
