package auth

import (
	"context"
	"errors"
	"fmt"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// Answer reads, normalises and stores the answer to a field, and takes back the
// checks and words that depended on the old one; the same answer again takes
// back nothing. An error leaves everything as it was: a *core.Finding says what
// is wrong with the text, a *[core.Suggestion] proposes a text that would do.
//
// With the key size of an own application the Client ID and the RSA key are made
// in the same transaction; that takes up to a second. Another size makes another
// key and keeps the Client ID. The private key of a link that was set up by hand is
// read as of [Integrations.KeepPrivateKey].
//
// A link in use keeps what it works with: [finding.AnswerInUse] refuses an answer that
// would delete its key or secret, but for a secret that Bitbucket has refused, and
// [finding.ChangeUnconfirmed] one that would take back what is proved or said of it, or
// its tokens, see [Integrations.AnswerWith].
func (l *Integrations) Answer(ctx context.Context, id int64, f core.Field, text string) (*setup.State, error) {
	return l.AnswerWith(ctx, id, f, text, Assent{})
}

// Assent is what stands behind an answer that takes something from a link in use.
type Assent struct {
	Confirmed bool    // the admin was told what is lost, and said yes
	Checker   Checker // asks a server before it takes the place of another; nil: nobody does
}

// AnswerWith is Answer with what it takes to change what a link in use rests on. Another
// server, or other authorities for it, is asked first whether it is Bitbucket: where it is
// not, the finding of that check is returned, and nothing changed. What is lost all the
// same has to be confirmed: [finding.ChangeUnconfirmed] tells it.
func (l *Integrations) AnswerWith(ctx context.Context, id int64, f core.Field, text string, a Assent) (*setup.State, error) {
	if f == core.FieldPrivateKey {
		return l.KeepPrivateKey(ctx, id, seal.NewText(text), seal.Text{})
	}
	s, err := l.State(ctx, id)
	if err != nil {
		return nil, err
	}
	step, _, _ := setup.Find(f)
	s = s.Links().For(step.ID)
	value, err := accept(s, f, text)
	if err != nil {
		return l.withdraw(ctx, s, f, text, err)
	}
	if st, ok := transient(s, f); ok {
		return l.goOnWithout(ctx, s, st, value)
	}
	leave, err := weigh(ctx, s, f, value, a)
	if err != nil {
		return nil, err
	}
	switch {
	case f == core.FieldSecret:
		s, err = l.keepSecret(ctx, s, value)
	case needsKeys(s, f, value):
		s, err = l.keepKeys(ctx, s, value)
	default:
		s, err = l.change(ctx, id, func(tx Tx, s *setup.State) error { return l.answer(tx, s.Links().For(step.ID), f, value, nil, leave) })
	}
	if errors.Is(err, errOvertaken) {
		return l.AnswerWith(ctx, id, f, text, a)
	}
	if err != nil {
		return nil, fmt.Errorf("storing %s: %w", f, err)
	}
	return s.Links().For(step.ID), nil
}

// withdraw takes the stored answer back where the one that is refused says the contrary
// of it, and returns the refusal with what is known then.
func (l *base) withdraw(ctx context.Context, s *setup.State, f core.Field, text string, refusal error) (*setup.State, error) {
	q, err := question(s, f)
	if _, had := s.Answer(f); err != nil || !had || !q.Withdraws(s, text) {
		return nil, refusal
	}
	s, err = l.change(ctx, s.Integration.ID, func(tx Tx, now *setup.State) error {
		if err := tx.DropAnswer(now.Integration.ID, s.Link.ID, f); err != nil {
			return err
		}
		return tx.AddEvent(now.Integration.ID, "withdrawn", string(f), l.now())
	})
	if err != nil {
		return nil, fmt.Errorf("taking %s back: %w", f, err)
	}
	step, _, _ := setup.Find(f)
	return s.Links().For(step.ID), refusal
}

// errOvertaken: another process changed what a key or secret was sealed for.
var errOvertaken = errors.New("the link changed meanwhile")

// accept reads the text of an answer, if the question arises at all.
func accept(s *setup.State, f core.Field, text string) (string, error) {
	q, err := question(s, f)
	if err != nil {
		return "", err
	}
	return read(s, q, text)
}

// question finds the question of a field: several steps may ask for it, and those
// of the path come first. One that does not arise is refused, so that no pasted
// key takes the place of one that is made here.
func question(s *setup.State, f core.Field) (setup.Question, error) {
	known := false
	for i, steps := range [][]setup.Step{s.Path().Steps(), setup.Steps()} {
		for _, st := range steps {
			for _, q := range st.Asks {
				if q.Field != f || q.Transient && i > 0 {
					continue
				}
				if known = true; q.Optional || q.Applies == nil || q.Applies(s) {
					return q, nil
				}
			}
		}
		if known {
			return setup.Question{}, finding.QuestionNotAsked.With(string(f), s.App.InSentence())
		}
	}
	return setup.Question{}, fmt.Errorf("answering: there is no question %q", f)
}

// answer stores an answer with the key pair that was made for it. Where another
// process has made one of that size since, its pair stays.
func (l *base) answer(tx Tx, s *setup.State, f core.Field, value string, made *keyPair, leave leave) error {
	if needsKeys(s, f, value) {
		if made == nil || made.link != s.Link.ID {
			return errOvertaken
		}
		if err := l.putKeys(tx, s, made); err != nil {
			return err
		}
	}
	if err := l.put(tx, s, f, value, leave); err != nil {
		return err
	}
	if o := leave.judged; o.Check != "" {
		if err := tx.PutCheck(s.Integration.ID, 0, o); err != nil {
			return err
		}
	}
	return tx.AddEvent(s.Integration.ID, "answered", string(f), l.now())
}

// put stores one answer and takes back what rested on the old one, as far as it may. No
// answer and an empty one are the same.
func (l *base) put(tx Tx, s *setup.State, f core.Field, value string, leave leave) error {
	old, had := s.Answer(f)
	if _, q, ok := setup.Find(f); ok && !had {
		old.Value = q.Before(s)
	}
	if had && old.Value == value {
		return nil
	}
	if err := leave.covers(s, f, value); err != nil {
		return err
	}
	link := int64(0)
	if setup.OfLink(f) {
		link = s.Link.ID
	}
	// Every link rests on what is known of the integration.
	rest := []core.Link{{}, s.Link}
	if link == 0 {
		rest = append([]core.Link{{}}, s.Integration.Links...)
	}
	if err := tx.PutAnswer(s.Integration.ID, link, f, core.Answer{Value: value, At: l.now()}); err != nil {
		return err
	}
	if err := l.mirror(tx, s, f, value); err != nil || old.Value == value {
		return err
	}
	for _, link := range rest {
		if err := takeBack(tx, s.Integration.ID, link, f); err != nil {
			return err
		}
		if f == core.FieldBaseURL && link.State == core.LinkDraft { // a secret was given for one server
			if err := drop(tx, s.Integration.ID, link.ID, core.FieldSecret); err != nil {
				return err
			}
		}
	}
	return nil
}

// sealedBy names what is sealed with an answer.
var sealedBy = map[core.Field]string{core.FieldPublicKey: secretPrivateKey, core.FieldSecret: secretClient}

// drop deletes an answer of a link, with what is sealed with it.
func drop(tx Tx, id, link int64, f core.Field) error {
	if err := tx.DropAnswer(id, link, f); err != nil || sealedBy[f] == "" {
		return err
	}
	return tx.DropSecret(link, sealedBy[f])
}

// takeBack deletes the facts of a link, or of the integration (no link), that
// rested on an answer.
func takeBack(tx Tx, id int64, of core.Link, f core.Field) error {
	link := of.ID
	for _, d := range setup.Dropped(f) {
		if err := drop(tx, id, link, d); err != nil {
			return err
		}
	}
	if setup.DropsTokens(f) {
		if err := tx.DropTokens(link); err != nil {
			return err
		}
	}
	checks, words := setup.Stale(f, of.OAuth)
	for _, n := range checks {
		if err := tx.DropCheck(id, link, n); err != nil {
			return err
		}
	}
	for _, w := range words {
		if err := tx.DropWord(id, link, w); err != nil {
			return err
		}
	}
	return nil
}

// mirror keeps the columns that repeat an answer in step with it.
func (l *base) mirror(tx Tx, s *setup.State, f core.Field, value string) error {
	switch f {
	case core.FieldName:
		return l.rename(tx, s, value)
	case core.FieldOAuth:
		return tx.SetOAuth(s.Link.ID, core.OAuth(value))
	}
	return nil
}

// rename gives an integration another name. Its slug is that of the first one it was
// given: commands that name it go on working, and the new name leads to it too.
func (l *base) rename(tx Tx, s *setup.State, name string) error {
	id, slug := s.Integration.ID, core.Slug(name)
	switch other, err := tx.Find(slug); {
	case err == nil && other.ID != id:
		return finding.NameTaken.With(name)
	case err != nil && !errors.Is(err, finding.NoSuchIntegration):
		return err
	}
	if _, named := s.Answer(core.FieldName); named {
		slug = s.Integration.Slug
	}
	return tx.Rename(id, name, slug, l.now())
}
