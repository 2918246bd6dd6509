package setup

import (
	"applink/core"
	"applink/core/finding"
)

// SameClient reports whether two links are one in Bitbucket, with another key each: what
// ends one ends the other.
func SameClient(a, b core.Link) bool {
	return a.OAuth == b.OAuth && a.Answers[core.FieldClientID].Value == b.Answers[core.FieldClientID].Value
}

// TokensOf is the link whose kept tokens serve a link: its own, or over OAuth 1 those of
// another key of the same Client ID, to which the tokens belong.
func (ls Links) TokensOf(l core.Link) core.Link {
	for _, other := range ls.s.Integration.Links {
		if !l.Tokens && other.Tokens && l.OAuth == core.OAuth1 && SameClient(other, l) {
			return other
		}
	}
	return l
}

// LosesTokens reports whether programs lose access when another link takes over from the
// one in use: tokens are kept for that, and none for the other.
func (mv Moves) LosesTokens(to core.Link) bool {
	now := mv.s.Integration.Active()
	return now != nil && mv.s.Links().TokensOf(*now).Tokens && !mv.s.Links().TokensOf(to).Tokens
}

// TokensAtStake is LosesTokens for a move that was not begun yet.
func (mv Moves) TokensAtStake(m Move) bool {
	now := mv.s.Integration.Active()
	return now != nil && mv.s.Links().TokensOf(*now).Tokens && (m != Rotation || now.OAuth != core.OAuth1)
}

// TokensEnd warns that programs lose access when another link takes over.
func (mv Moves) TokensEnd() *core.Finding {
	f := finding.TokensEndWithSwitch.With(mv.s.Integration.Name, mv.s.Integration.Slug)
	f.Warning = true
	return f
}

// keepsTokens: the tokens of the link in use are worth nothing to the one that is to take
// over from it.
func keepsTokens(s *State) bool { return s.Moves().Beside() && s.Moves().LosesTokens(s.Link) }

// keepOrNot offers the choice that keeps nothing first, since a token acts as its user.
func keepOrNot(*State) []Option {
	return []Option{{Value: "no", Label: "No"}, {Value: "yes", Label: "Yes"}}
}
