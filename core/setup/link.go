package setup

import (
	"slices"
	"strconv"

	"applink/core"
)

// through looks at the same integration through a link; nil changes nothing.
func (s *State) through(l *core.Link) *State {
	if l == nil {
		return s
	}
	view := *s
	view.Link = *l
	return view.held()
}

// Links are the links of one integration, and the views through each.
type Links struct{ s *State }

// Links are those of the integration.
func (s *State) Links() Links { return Links{s} }

// Through looks at the same integration through the link of that id, as long as that
// is not retired; without one it changes nothing.
func (ls Links) Through(id int64) *State {
	i := slices.IndexFunc(ls.s.Integration.Links, func(l core.Link) bool { return l.ID == id && l.State != core.LinkRetired })
	if i < 0 {
		return ls.s
	}
	return ls.s.through(&ls.s.Integration.Links[i])
}

// SetUp looks at the same integration as its set-up does, through the link that
// is set up or else in use.
func (ls Links) SetUp() *State { return ls.s.through(ls.s.Integration.Current()) }

// InUse looks at the same integration through its active link, also while another
// one is set up beside it; before there is one it changes nothing.
func (ls Links) InUse() *State { return ls.s.through(ls.s.Integration.Active()) }

// Before is the superseded link from before the one in use, which can be gone back to
// where it is held here; nil when there is none.
func (ls Links) Before() *core.Link {
	if old, now := ls.s.Integration.Superseded(), ls.s.Integration.Active(); old != nil && now != nil && old.ID < now.ID {
		return old
	}
	return nil
}

// Ahead is the superseded link that was gone back from to the one in use; nil when
// there is none.
func (ls Links) Ahead() *core.Link {
	if next, now := ls.s.Integration.Superseded(), ls.s.Integration.Active(); next != nil && now != nil && next.ID > now.ID {
		return next
	}
	return nil
}

// Adopted is the word that a link was set up by hand, before applink knew of it. It
// makes the path short: nothing tells how to make what exists. It belongs to no step,
// so that no answer takes it back.
const Adopted core.StepID = "adopted"

// Adopted reports whether the link was set up by hand. What exists is no choice any
// more: its protocol counts though a rule forbids it, and its public key may be
// unknown.
func (s *State) Adopted() bool {
	_, said := s.Link.Words[Adopted]
	return said
}

// Beside reports whether the link is being set up beside an active one.
func (mv Moves) Beside() bool {
	return mv.s.Link.State == core.LinkDraft && mv.s.Integration.Active() != nil
}

// Migrating reports whether the link is to take over from one of another protocol.
func (mv Moves) Migrating() bool {
	return mv.Beside() && mv.s.OAuth() != mv.s.Integration.Active().OAuth
}

// Rotating reports whether the link is to bring another key or secret to an active
// link of the same protocol.
func (mv Moves) Rotating() bool {
	return mv.Beside() && mv.s.OAuth() == mv.s.Integration.Active().OAuth
}

// Replaced reports whether Bitbucket has the new key of a rotation in place of the one in
// use: over OAuth 1 a Client ID has one key, so that the old one is dead by then.
func (ls Links) Replaced() bool {
	if !ls.s.Moves().Rotating() || ls.s.OAuth() != core.OAuth1 || !SameClient(ls.s.Link, *ls.s.Integration.Active()) {
		return false
	}
	for _, n := range []core.CheckName{core.CheckConsumer, core.CheckIdentity} {
		if o, ok := ls.s.Link.Proof(n); ok && o.Strength == core.Strong {
			return true
		}
	}
	return false
}

// LinkName is the name the link gets in Bitbucket, where names are unique. An OAuth 2
// link that is made beside another one, by migration or rotation, is numbered; over
// OAuth 1 the link stays and only its key changes. It is "" of a link that was set up
// by hand, whose name nobody was asked for.
func (ls Links) LinkName() string {
	if ls.madeByHand() {
		return ""
	}
	name := ls.s.Integration.Name
	if ls.s.App.LinkName != "" {
		name = ls.s.App.LinkName
	}
	if n := ls.ordinal(); n > 1 && ls.s.OAuth() == core.OAuth2 {
		name += " " + strconv.Itoa(n)
	}
	return name
}

// madeByHand reports whether the Application Link was set up by hand: this record of it,
// or over OAuth 1 one before, whose key was replaced.
func (ls Links) madeByHand() bool {
	return ls.s.Adopted() || ls.s.OAuth() == core.OAuth1 && slices.ContainsFunc(ls.s.Integration.Links, func(l core.Link) bool {
		_, said := l.Words[Adopted]
		return said && l.OAuth == core.OAuth1 && l.ID < ls.s.Link.ID
	})
}

// ordinal is 1 for the first link, and one more for each one before it in Bitbucket's
// list: of any protocol for OAuth 2, of its own for OAuth 1.
func (ls Links) ordinal() int {
	n := 1
	for _, l := range ls.s.Integration.Links {
		if l.ID < ls.s.Link.ID && (ls.s.OAuth() == core.OAuth2 || l.OAuth == ls.s.OAuth()) {
			n++
		}
	}
	return n
}

// MoveReason tells why the link should be moved to OAuth 2, in the words of the rules:
// they refuse OAuth 1 for new links here, or recommend OAuth 2. "" means that they
// do not.
func (mv Moves) MoveReason() string {
	if mv.s.OAuth() != core.OAuth1 {
		return ""
	}
	if why := mv.s.Refusal(core.OAuth1); why != "" {
		return why
	}
	if better := mv.s.AdviceOn(core.OAuth2); better.Verdict == core.Recommended {
		return better.Why()
	}
	return ""
}
