package check

import (
	"strings"

	"applink/core"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth"
	"applink/core/seal"
	"applink/core/setup"
)

// explain asks diagnosis about an exchange, with what is known of our side; err is
// what core/oauth made of it, nil when nothing.
func explain(err error, ex core.Exchange, s *setup.State) *core.Finding {
	if s.OAuth() == core.OAuth2 {
		return diagnose.OAuth2(ex, diagnose.Call2{ID: s.Value(core.FieldClientID), Redirect: redirectOf(s),
			Scope: strings.Join(s.Scopes(), " "), Ambiguous: oauth.Ambiguous(err)})
	}
	call := diagnose.Call{Key: s.Value(core.FieldClientID)}
	if key, err := seal.ParsePublicKey(s.Value(core.FieldPublicKey)); err == nil {
		call.Bits = key.Bits
	}
	return explain1(err, ex, call)
}

// explain1 is diagnosis of an OAuth 1 call. An answer that it takes for a good one,
// and of which core/oauth can make no token, is of no use.
func explain1(err error, ex core.Exchange, call diagnose.Call) *core.Finding {
	f := diagnose.OAuth1(ex, call)
	if f == nil && err != nil {
		f = finding.TokenResponseInvalid.With().Because(err.Error())
	}
	return f
}
