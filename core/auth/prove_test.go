package auth_test

import (
	"context"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

const canary = "canary-3f9c2e71a0b4-client-secret"

// prover answers with what the test put there, and hears the secret.
type prover struct {
	outcome core.Outcome
	heard   string
	before  func()
}

func (p *prover) RunWith(_ context.Context, _ *setup.State, name core.CheckName, secret seal.Text) core.Outcome {
	if p.heard = secret.Reveal(); p.before != nil {
		p.before()
	}
	p.outcome.Check = name
	return p.outcome
}

// atSecret is a fixture whose link of another vendor waits for the secret's proof.
func atSecret(t *testing.T) *fixture {
	t.Helper()
	f, _ := moved(t, "cloud")
	s := do(t)(f.State(t.Context(), f.id))
	for s.Path().Current().Question == nil || s.Path().Current().Question.Field != core.FieldClientID {
		if at := s.Path().Current(); at.Question == nil {
			s = f.say(at.Step.ID)
		} else {
			s = f.answer(at.Question.Field, "https://packagist.com/a")
		}
	}
	f.answer(core.FieldClientID, "id")
	return f
}

func (f *fixture) proveSecret(p *prover) (*setup.State, error) {
	s, _, err := f.Prove(f.t.Context(), f.id, core.FieldSecret, seal.NewText(" "+canary+"\n"), p)
	return s, err
}

// A transient secret is asked about and stored in no file; what came of it is.
func TestTransientSecretIsNotStored(t *testing.T) {
	f := atSecret(t)
	wrong := &prover{outcome: core.Outcome{State: core.Failed, Finding: finding.InvalidClient.With("id")}}
	if _, err := f.proveSecret(wrong); codeOf(err) != finding.InvalidClient.String() || wrong.heard != canary {
		t.Errorf("wrong: %v, asked with %q", err, wrong.heard)
	}
	s := do(t)(f.State(t.Context(), f.id))
	if o, _ := s.Check(core.CheckClient); o.State != core.Failed || s.Path().Current().Question == nil || s.Path().Current().Question.Field != core.FieldSecret {
		t.Errorf("a wrong secret left %v, at %v", s.Link.Checks, s.Path().Current().Step.ID)
	}
	s = do(t)(f.proveSecret(&prover{outcome: core.Outcome{State: core.Passed, Strength: core.Strong}}))
	if st, _ := s.Path().Step(setup.Credentials); s.Path().Status(st) != setup.Proved || s.Path().Current().Step.ID == setup.Credentials {
		t.Errorf("right: %s, at %s", s.Path().Status(st), s.Path().Current().Step.ID)
	}
	if _, err := f.proveSecret(wrong); codeOf(err) != finding.InvalidClient.String() {
		t.Errorf("wrong again: %v", err)
	}
	s = do(t)(f.State(t.Context(), f.id))
	if o, _ := s.Check(core.CheckClient); o.State != core.Passed {
		t.Errorf("another secret took the proof of the right one back: %+v", o)
	}
	if _, stored := s.Answer(core.FieldSecret); stored || f.secret(s.Link.ID) != "" {
		t.Error("the secret is stored")
	}
	if _, err := f.Answer(t.Context(), f.id, core.FieldSecret, canary); codeOf(err) != finding.SecretNotStored.String() {
		t.Errorf("answered: %v", err)
	}
	if files := f.files(); strings.Contains(files, canary) || !strings.Contains(files, finding.InvalidClient.String()) && !strings.Contains(files, "checked") {
		t.Error("the secret lies in a file, or the files were not searched")
	}
	s = f.answer(core.FieldClientID, "other")
	if _, proved := s.Check(core.CheckClient); proved || s.Path().Current().Question == nil || s.Path().Current().Question.Field != core.FieldSecret {
		t.Errorf("another Client ID keeps the proof: at %s", s.Path().Current().Step.ID)
	}
}

func TestTransientSecretLeftOut(t *testing.T) {
	f := atSecret(t)
	s := f.answer(core.FieldSecret, "")
	if st, _ := s.Path().Step(setup.Credentials); s.Path().Status(st) != setup.Said {
		t.Errorf("left out it is %s", s.Path().Status(st))
	}
	s = do(t)(f.proveSecret(&prover{outcome: core.Outcome{State: core.Passed, Strength: core.Weak, Finding: finding.SecretUntested.With("")}}))
	if st, _ := s.Path().Step(setup.Credentials); s.Path().Status(st) != setup.Weak {
		t.Errorf("given later it is %s", s.Path().Status(st))
	}
	if again := f.answer(core.FieldSecret, ""); again.Link.Checks[core.CheckClient].State != core.Passed {
		t.Error("an empty answer takes the proof back")
	}
}

// A proof of what has changed meanwhile is none.
func TestProofOvertaken(t *testing.T) {
	f := atSecret(t)
	_, err := f.proveSecret(&prover{outcome: core.Outcome{State: core.Passed}, before: func() { f.answer(core.FieldClientID, "other") }})
	s := do(t)(f.State(t.Context(), f.id))
	if _, proved := s.Check(core.CheckClient); err != nil || proved {
		t.Errorf("the proof of another Client ID is stored: %v", err)
	}
}
