package auth_test

import (
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// fail records that a check fails.
func (f *fixture) fail(check core.CheckName, found *core.Finding) *setup.State {
	f.t.Helper()
	o := core.Outcome{Check: check, State: core.Failed, Finding: found}
	return do(f.t)(f.Record(f.t.Context(), do(f.t)(f.State(f.t.Context(), f.id)), o))
}

// An outage changes nothing of what is set up: neither that it is, nor the version of the
// server, nor what was proved. Another answer does.
func TestOutageKeepsWhatIsProved(t *testing.T) {
	f, _ := keyed(t)
	f.answer(core.FieldTwoFactor, "no")
	f.answer(core.FieldLoginLink, "")
	f.pass(core.CheckConsumer, core.CheckIdentity)
	f.fail(core.CheckReach, finding.ConnectionRefused.With(""))
	s := f.fail(core.CheckConsumer, finding.ConnectionRefused.With(""))
	st := s.Standing()
	if !s.Path().Complete() || s.Server().Version != "7.21.0" || st.Proof != setup.Proved || st.Problem == nil || st.Unfinished() || st.Before.State != core.Passed {
		t.Errorf("complete %v, Bitbucket %q, it stands %+v", s.Path().Complete(), s.Server().Version, st)
	}
	s = f.pass(core.CheckReach, core.CheckConsumer)
	if st := s.Standing(); st.Problem != nil || len(s.Integration.Proofs)+len(s.Link.Proofs) != 0 {
		t.Errorf("when it is over it stands %+v", st)
	}

	f, _ = keyed(t)
	f.pass(core.CheckConsumer)
	f.fail(core.CheckConsumer, finding.ConnectionRefused.With(""))
	s = f.answer(core.FieldBaseURL, "https://other.example")
	if _, proved := s.Proof(core.CheckConsumer); proved || s.Server().Version.Known() || s.Path().Current().Step.ID != setup.BaseURL {
		t.Errorf("another server keeps the proofs: Bitbucket %q, at %s", s.Server().Version, s.Path().Current().Step.ID)
	}
}

// A sign-in over a link that was set up by hand is kept as its proof, though its walk has
// no step for it.
func TestSignInProvesAnAdoptedLink(t *testing.T) {
	f := newFixture(t)
	f.id = do(t)(f.Adopt(t.Context(), "own")).Integration.ID
	f.answer(core.FieldAppURL, "https://app.example")
	f.answer(core.FieldName, "Labs")
	f.answer(core.FieldPurpose, "sign-in")
	f.answer(core.FieldPlatform, "data-center")
	f.answer(core.FieldBaseURL, "https://git.example/bitbucket")
	f.pass(core.CheckReach)
	f.answer(core.FieldOAuth, "2")
	f.answer(core.FieldCallback, setup.LocalCallback)
	f.answer(core.FieldClientID, "id")
	f.answer(core.FieldSecret, canary)
	f.answer(core.FieldLoginLink, "")
	if s := f.pass(core.CheckClient); !s.Path().Complete() || s.Standing().Proof != setup.Weak {
		t.Errorf("adopted it is %s, at %s", s.Standing().Proof, s.Path().Current().Step.ID)
	}
	if s := f.pass(core.CheckIdentity); s.Standing().Proof != setup.Proved {
		t.Errorf("after a sign-in it is %s", s.Standing().Proof)
	}
}
