package auth

import (
	"context"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// Prover puts one question to a server with a secret that is not kept; core/check
// implements it.
type Prover interface {
	RunWith(ctx context.Context, s *setup.State, name core.CheckName, secret seal.Text) core.Outcome
}

// Prove puts a transient answer to the server and stores the outcome when it passed;
// the answer itself is stored nowhere. The outcome is [core.Unknown] when ctx ended.
// What failed is an error, the finding of the outcome. It is stored while there is no
// proof: an earlier one was made with another secret, which is as good as it was. An empty text is as of [Integrations.Answer].
func (l *Integrations) Prove(ctx context.Context, id int64, f core.Field, text seal.Text, prover Prover) (*setup.State, core.Outcome, error) {
	s, err := l.State(ctx, id)
	if err != nil {
		return nil, core.Outcome{}, err
	}
	value, err := accept(s, f, text.Reveal())
	if err != nil {
		return nil, core.Outcome{}, err
	}
	st, ok := transient(s, f)
	if !ok || value == "" {
		s, err = l.Answer(ctx, id, f, value)
		return s, core.Outcome{State: core.Unknown}, err
	}
	o := prover.RunWith(ctx, s, st.Needs.Check, seal.NewText(value))
	switch {
	case o.State == core.Passed:
		return l.recordProof(ctx, s, o)
	case o.State == core.Failed && o.Finding != nil:
		if _, proved := s.Proof(st.Needs.Check); !proved {
			if _, _, err := l.recordProof(ctx, s, o); err != nil {
				return nil, o, err
			}
		}
		return nil, o, o.Finding
	}
	return s, core.Outcome{State: core.Unknown}, nil
}

// recordProof stores what came of a transient answer. It decides nothing when what it rests on has changed since.
func (l *Integrations) recordProof(ctx context.Context, asked *setup.State, o core.Outcome) (*setup.State, core.Outcome, error) {
	now, err := l.State(ctx, asked.Integration.ID)
	if err != nil {
		return nil, o, err
	}
	for _, f := range []core.Field{core.FieldClientID, core.FieldBaseURL} {
		if now.Link.ID != asked.Link.ID || now.Value(f) != asked.Value(f) {
			return now, core.Outcome{State: core.Unknown}, nil
		}
	}
	now, err = l.Record(ctx, asked, o)
	return now, o, err
}

// transient finds the step of the path that asks for a transient answer.
func transient(s *setup.State, f core.Field) (setup.Step, bool) {
	for _, st := range s.Path().Steps() {
		for _, q := range s.Path().Questions(st) {
			if q.Field == f && q.Transient {
				return st, true
			}
		}
	}
	return setup.Step{}, false
}

// goOnWithout takes an empty answer to a transient question for the word on its step,
// unless the step is proved. Any other is not for the store.
func (l *Integrations) goOnWithout(ctx context.Context, s *setup.State, st setup.Step, value string) (*setup.State, error) {
	if value != "" {
		return nil, finding.SecretNotStored.With(s.App.InSentence())
	}
	if s.Path().Status(st) != setup.Open {
		return s, nil
	}
	return l.Say(ctx, s.Integration.ID, st.ID)
}

// Doubt is a warning about a text before it is given as an answer, nil for none: it may
// be right all the same, so that giving it once more is to be enough. It holds nothing
// of a secret.
func Doubt(s *setup.State, q setup.Question, text string) *core.Finding {
	if labels[q.Kind] == nil {
		return nil
	}
	text, err := read(s, q, text)
	switch {
	case err != nil || text == "": // there is more to be said than a doubt
	case q.Kind == setup.ClientID && s.OAuth() == core.OAuth2:
		return oddClientID(text)
	case isURL[q.Kind]:
		return oddURL(text)
	case q.Kind == setup.Secret:
		for _, d := range doubts {
			if d.of(s, text) {
				return finding.UnusualClientSecret.With(d.why).AsWarning()
			}
		}
	}
	return nil
}
