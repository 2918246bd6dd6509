package auth

import (
	"cmp"
	"context"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// leave is the leave to take something from a link in use by an answer. The zero value is
// that of an answer which takes nothing.
type leave struct {
	any    bool         // what a link works with is spared elsewhere, see putSecret
	loss   setup.Loss   // what the admin was told of
	judged core.Outcome // the check of the new answer, made before; zero without one
}

// covers refuses an answer that takes more than the leave is for: the links may have
// changed since.
func (l leave) covers(s *setup.State, f core.Field, value string) error {
	if l.any {
		return nil
	}
	switch loss := s.Moves().Loses(f, value); {
	case loss.Made:
		return spared(s, "credentials")
	case !loss.Nothing() && loss.String() != l.loss.String():
		return rests(s, f, value, loss)
	}
	return nil
}

// weigh tells whether an answer may take from the links in use what it takes: what can be
// asked of the server is asked first, the rest the admin has to confirm.
func weigh(ctx context.Context, s *setup.State, f core.Field, value string, a Assent) (leave, error) {
	if f == core.FieldSecret || f == core.FieldKeyBits {
		return leave{any: true}, nil // see putSecret
	}
	loss := s.Moves().Loses(f, value)
	switch {
	case loss.Made:
		return leave{}, spared(s, "credentials")
	case loss.Nothing():
		return leave{}, nil
	}
	l, left := leave{loss: loss}, loss
	if n := setup.JudgedBy(f); n != "" {
		if a.Checker == nil {
			return leave{}, rests(s, f, value, loss)
		}
		l.judged = a.Checker.Run(ctx, s.With(f, value), n)
		switch {
		case ctx.Err() != nil:
			return leave{}, ctx.Err()
		case l.judged.State != core.Passed && l.judged.Finding != nil:
			return leave{}, l.judged.Finding
		case l.judged.State != core.Passed:
			return leave{}, rests(s, f, value, loss)
		}
		left = loss.Without(n)
	}
	if !left.Nothing() && !a.Confirmed {
		return leave{}, rests(s, f, value, left)
	}
	return l, nil
}

// spared refuses an answer that would take from a link in use what it works with.
func spared(s *setup.State, what string) error {
	return finding.AnswerInUse.With(s.Integration.Name, s.Integration.Slug, strings.ReplaceAll(what, "-", " "))
}

// rests refuses an answer that a link in use rests on, as long as it is not confirmed.
func rests(s *setup.State, f core.Field, value string, loss setup.Loss) error {
	return finding.ChangeUnconfirmed.With(s.Integration.Name, s.Integration.Slug, string(f), cmp.Or(shorten(s.Value(f)), "no answer"), cmp.Or(shorten(value), "no answer"), loss.String())
}
