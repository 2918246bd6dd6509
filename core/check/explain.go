package check

import (
	"strings"

	"applink/core"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/oauth2"
	"applink/core/seal"
	"applink/core/setup"
)

// explain asks diagnosis about an exchange, with what is known of our side; err is
// what our side made of it, nil when nothing.
func explain(err error, ex core.Exchange, s *setup.State) *core.Finding {
	if s.OAuth() == core.OAuth2 {
		return diagnose.OAuth2(ex, diagnose.OAuth2Call{ID: s.Value(core.FieldClientID), Redirect: redirectOf(s),
			Scope: strings.Join(s.Scopes(), " "), Ambiguous: oauth2.Ambiguous(err)})
	}
	call := diagnose.OAuth1Call{Key: s.Value(core.FieldClientID)}
	if key, err := seal.ParsePublicKey(s.Value(core.FieldPublicKey)); err == nil {
		call.Bits = key.Bits
	}
	return explainOAuth1(err, ex, call)
}

// explainOAuth1 is diagnosis of an OAuth 1 call. An answer that it takes for a good one,
// and of which core/oauth1 can make no token, is of no use.
func explainOAuth1(err error, ex core.Exchange, call diagnose.OAuth1Call) *core.Finding {
	f := diagnose.OAuth1(ex, call)
	if f == nil && err != nil {
		f = finding.TokenResponseInvalid.With().Because(err.Error())
	}
	return f
}
