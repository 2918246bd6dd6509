package check

import (
	"applink/core"
	"applink/core/diagnose"
	"applink/core/seal"
	"applink/core/setup"
)

// explain asks diagnosis about an exchange, with what is known of our side.
func explain(ex core.Exchange, s *setup.State) *core.Finding {
	call := diagnose.Call{Key: s.Value(core.FieldClientID)}
	if key, err := seal.ParsePublicKey(s.Value(core.FieldPublicKey)); err == nil {
		call.Bits = key.Bits
	}
	return diagnose.OAuth1(ex, call)
}
