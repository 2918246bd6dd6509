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
	return &view
}

// Through looks at the same integration through the link of that id, as long as that
// is not retired; without one it changes nothing.
func (s *State) Through(id int64) *State {
	i := slices.IndexFunc(s.Integration.Links, func(l core.Link) bool { return l.ID == id && l.State != core.LinkRetired })
	if i < 0 {
		return s
	}
	return s.through(&s.Integration.Links[i])
}

// SetUp looks at the same integration as its set-up does, through the link that
// is set up or else in use.
func (s *State) SetUp() *State { return s.through(s.Integration.Current()) }

// InUse looks at the same integration through its active link, also while another
// one is set up beside it; before there is one it changes nothing.
func (s *State) InUse() *State { return s.through(s.Integration.Active()) }

// Before is the superseded link from before the one in use, which can be gone back to
// where it is held here; nil when there is none.
func (s *State) Before() *core.Link {
	if old, now := s.Integration.Superseded(), s.Integration.Active(); old != nil && now != nil && old.ID < now.ID {
		return old
	}
	return nil
}

// Ahead is the superseded link that was gone back from to the one in use; nil when
// there is none.
func (s *State) Ahead() *core.Link {
	if next, now := s.Integration.Superseded(), s.Integration.Active(); next != nil && now != nil && next.ID > now.ID {
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
func (s *State) Beside() bool {
	return s.Link.State == core.LinkDraft && s.Integration.Active() != nil
}

// Migrating reports whether the link is to take over from one of another protocol.
func (s *State) Migrating() bool {
	return s.Beside() && s.OAuth() != s.Integration.Active().OAuth
}

// Rotating reports whether the link is to bring another key or secret to an active
// link of the same protocol.
func (s *State) Rotating() bool {
	return s.Beside() && s.OAuth() == s.Integration.Active().OAuth
}

// Replaced reports whether Bitbucket has the new key of a rotation in place of the one in
// use: over OAuth 1 a Client ID has one key, so that the old one is dead by then.
func (s *State) Replaced() bool {
	if !s.Rotating() || s.OAuth() != core.OAuth1 || !SameClient(s.Link, *s.Integration.Active()) {
		return false
	}
	for _, n := range []core.CheckName{core.CheckConsumer, core.CheckIdentity} {
		if o, ok := s.Link.Proof(n); ok && o.Strength == core.Strong {
			return true
		}
	}
	return false
}

// LinkName is the name the link gets in Bitbucket, where names are unique. An OAuth 2
// link that is made beside another one, by migration or rotation, is numbered; over
// OAuth 1 the link stays and only its key changes. It is "" of a link that was set up
// by hand, whose name nobody was asked for.
func (s *State) LinkName() string {
	if s.madeByHand() {
		return ""
	}
	name := s.Integration.Name
	if s.App.LinkName != "" {
		name = s.App.LinkName
	}
	if n := s.ordinal(); n > 1 && s.OAuth() == core.OAuth2 {
		name += " " + strconv.Itoa(n)
	}
	return name
}

// madeByHand reports whether the Application Link was set up by hand: this record of it,
// or over OAuth 1 one before, whose key was replaced.
func (s *State) madeByHand() bool {
	return s.Adopted() || s.OAuth() == core.OAuth1 && slices.ContainsFunc(s.Integration.Links, func(l core.Link) bool {
		_, said := l.Words[Adopted]
		return said && l.OAuth == core.OAuth1 && l.ID < s.Link.ID
	})
}

// ordinal is 1 for the first link, and one more for each one before it in Bitbucket's
// list: of any protocol for OAuth 2, of its own for OAuth 1.
func (s *State) ordinal() int {
	n := 1
	for _, l := range s.Integration.Links {
		if l.ID < s.Link.ID && (s.OAuth() == core.OAuth2 || l.OAuth == s.OAuth()) {
			n++
		}
	}
	return n
}

// MoveReason tells why the link should be moved to OAuth 2, in the words of the rules:
// they refuse OAuth 1 for new links here, or recommend OAuth 2. "" means that they
// do not.
func (s *State) MoveReason() string {
	if s.OAuth() != core.OAuth1 {
		return ""
	}
	if why := s.Refusal(core.OAuth1); why != "" {
		return why
	}
	if better := s.AdviceOn(core.OAuth2); better.Verdict == core.Recommended {
		return better.Why()
	}
	return ""
}
