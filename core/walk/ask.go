package walk

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
)

// Question is what is asked at a place, in the words of its page.
type Question struct {
	setup.Question
	Words   guide.Ask
	Options []Option // of a choice
	// Draft is what the answer starts with. A secret has none: only Stored tells that
	// there is one.
	Draft      string
	Proposed   bool // the draft is a proposal: nothing was answered before
	Stored     bool // an answer is stored
	MayBeEmpty bool // an empty answer counts
	Passphrase bool // that of the private key that was given is asked for, in place of the key
	Mended     bool // the draft is a better text in place of what was given, see [Walk.Unmend]
	Costly     bool // the answer takes something from a link in use, see [Walk.Confirm]
}

// Hidden reports whether the answer must not be seen while it is typed.
func (q Question) Hidden() bool {
	return q.Passphrase || q.Kind == setup.Secret || q.Kind == setup.PrivateKey
}

// Lines reports whether the answer has several lines, as a key has.
func (q Question) Lines() bool {
	return !q.Passphrase && (q.Kind == setup.PublicKey || q.Kind == setup.PrivateKey)
}

// Whole reports whether a text is a whole answer to a question for a key, though it is no
// key: the path of a file with a private one, or nothing where none is needed.
func (q Question) Whole(text string) bool {
	if text == "" {
		return q.MayBeEmpty || q.Hidden() && q.Stored
	}
	return q.Kind == setup.PrivateKey && auth.IsKeyPath(text)
}

// Option is one choice in words: Label is the machine's own, which can carry a verdict,
// else the page's; Note says what the rules or the page add to it.
type Option struct{ Value, Label, Note, Group string }

// Name is the label without the verdict of the rules.
func (o Option) Name() string { name, _, _ := strings.Cut(o.Label, " ("); return name }

// giving is what is known of an answer that is being given.
type giving struct {
	busy    bool
	draft   *string   // in place of the question's own; nil: that
	typed   string    // what was given, when a better text took its place
	doubted seal.Text // warned about; the same once more is taken
	locked  seal.Text // a private key whose passphrase is asked for
	costly  *string   // takes something from a link in use, which needs a yes
}

// Question is the question of the place. It must be a place with one.
func (w *Walk) Question() Question { return w.question(w.at, w.giving, w.Page()) }

// question is the question of a place, in the words of its page.
func (w *Walk) question(at setup.Position, g giving, page guide.Page) Question {
	q := Question{Question: *at.Question, Words: page.Asks[at.Question.Field]}
	stored, answered := w.state.AnswerTo(q.Question)
	q.Stored, q.MayBeEmpty = stored.Value != "", q.Question.MayBeEmpty(w.state)
	q.Mended, q.Costly = g.typed != "", g.costly != nil
	q.Words.Title = cmp.Or(q.Words.Title, string(q.Field)+"?")
	if q.Kind == setup.Choice {
		for _, o := range q.Question.Options(w.state) {
			words := q.Words.Options[o.Value]
			q.Options = append(q.Options, Option{o.Value, cmp.Or(o.Label, words.Label, o.Value), cmp.Or(o.Note, words.Note), o.Group})
		}
	}
	if q.Draft = w.draft(q, g, stored.Value); !answered && g.draft == nil {
		q.Proposed = q.Draft != ""
	}
	if !g.locked.Empty() {
		q.Passphrase, q.Words, q.Draft, q.Proposed = true, page.Asks["key-passphrase"], "", false
	}
	return q
}

// draft is what an answer starts with: what was given last, the answer so far, what the
// session proposes, or the question's own default. Of a file with certificates it tells
// which they are, and stands for them when it is given back.
func (w *Walk) draft(q Question, g giving, stored string) string {
	proposal := w.session.Proposals[q.Field]
	switch {
	case g.draft != nil:
		return *g.draft
	case q.Afresh:
		return ""
	case q.Hidden():
		return proposal
	case q.Kind == setup.File && stored != "":
		return seal.DescribeAuthorities(stored)
	}
	if stored = cmp.Or(stored, proposal); stored == "" && q.Default != nil {
		stored = q.Default(w.state)
	}
	return stored
}

// Give answers the question with a text. The job is nil where nothing is to be stored, and
// taken tells what followed: the walk stayed, because the text is doubted (see
// [Walk.Problem]), it moved, because what is stored was confirmed, or it skips a proof.
func (w *Walk) Give(text string) (job Job, taken Taken) {
	q := w.Question()
	w.problem, w.told = nil, nil
	stored, _ := w.state.AnswerTo(q.Question)
	switch kept := q.Hidden() && !q.Passphrase && text == "" || text == stored.Value; {
	case w.giving.busy:
		return nil, Stayed
	case w.Behind() && q.Stored && kept:
		w.Forward()
		return nil, Moved
	case q.Transient && text == "" && !w.Behind():
		return nil, Skips
	case !q.Passphrase && text != stored.Value && w.doubts(q, text):
		return nil, Stayed
	}
	w.giving.doubted, w.giving.busy = seal.Text{}, true
	return w.store(q, text, false), ""
}

// doubts warns about a text once.
func (w *Walk) doubts(q Question, text string) bool {
	warning := auth.Doubt(w.state, q.Question, text)
	if warning == nil || w.giving.doubted.Reveal() == text {
		return false
	}
	w.problem, w.giving.doubted = warning, seal.NewText(text)
	if q.Kind != setup.Secret && core.HoldsSecret(text) {
		text = "" // a field would show it
	}
	w.giving.draft = &text
	return true
}

// Doubted is the text that was warned about; given once more, it is taken.
func (w *Walk) Doubted() seal.Text { return w.giving.doubted }

// Confirm gives a costly answer once more, after an explicit yes.
func (w *Walk) Confirm() Job {
	text := *w.giving.costly
	w.problem, w.giving = nil, giving{busy: true}
	return w.store(w.Question(), text, true)
}

// Withdraw leaves the stored answer as it is, in place of a costly one.
func (w *Walk) Withdraw() { w.problem, w.giving = nil, giving{} }

func (w *Walk) store(q Question, text string, confirmed bool) Job {
	session, s, locked := w.session, w.state, w.giving.locked
	lib, id, given := session.Library, s.Integration.ID, seal.NewText(text)
	w.renew()
	return w.job(anAnswer, func(ctx context.Context, r *Result) {
		r.given = given
		switch {
		case id == 0 && s.Adopted():
			r.state, r.err = lib.Adopt(ctx, text)
		case id == 0:
			r.state, r.err = lib.Create(ctx, text)
		case q.Transient && text != "":
			r.state, r.outcome, r.err = lib.Prove(ctx, id, q.Field, given, session.Checker)
		case q.Passphrase:
			r.state, r.err = lib.KeepPrivateKey(ctx, id, locked, given)
		case q.Kind == setup.PrivateKey:
			r.state, r.err = lib.KeepPrivateKey(ctx, id, given, seal.Text{})
		default:
			r.state, r.err = lib.AnswerWith(ctx, id, q.Field, text, auth.Assent{Confirmed: confirmed, Checker: session.Checker})
		}
		if r.err == nil && !q.Passphrase {
			r.told = auth.Notes(q.Question, text)
		}
		if r.err == nil && q.Field == core.FieldClientID {
			var twins []*core.Finding
			twins, r.err = lib.Twins(ctx, r.state)
			r.told = append(r.told, twins...)
		}
	})
}

// answered takes what came of an answer.
func (w *Walk) answered(r Result) Taken {
	q, draft := w.Question(), r.given.Reveal()
	w.giving.busy = false
	switch {
	case r.err == nil && r.outcome.State == core.Passed:
		w.problem, w.giving, w.proof.outcome = r.outcome.Finding, giving{}, r.outcome // with what it leaves open
		w.told = r.told
		return Proved
	case r.err == nil && r.outcome.State != "":
		w.giving = giving{}
		return Stayed // it was not told
	case r.err == nil:
		w.Forward()
		w.told = r.told
		return Moved
	}
	w.problem = w.refused(r.err)
	var better *core.Suggestion
	switch {
	case errors.Is(w.problem, finding.KeyEncrypted): // that a passphrase is needed is no problem
		w.problem, w.giving = nil, giving{locked: r.given}
	case q.Passphrase:
	case errors.Is(w.problem, finding.ChangeUnconfirmed):
		w.giving = giving{draft: &draft, costly: &draft}
	case errors.As(r.err, &better):
		w.giving = giving{draft: &better.Value, typed: draft}
	case q.Kind == setup.Secret || w.Unseen(draft) != "":
		w.giving = giving{draft: new(string)}
	default:
		w.giving = giving{draft: &draft}
	}
	return Stayed
}

// Unmend brings back what was given before a better text took its place.
func (w *Walk) Unmend() {
	typed := w.giving.typed
	w.problem, w.giving = nil, giving{draft: &typed}
}

// Relock goes back from the passphrase to the key, which is still there.
func (w *Walk) Relock() {
	key := w.giving.locked.Reveal()
	w.problem, w.giving = nil, giving{draft: &key}
}

// StopGiving gives up an answer that is being stored or proved.
func (w *Walk) StopGiving() { w.renew(); w.giving = giving{} }

// Unseen names the secret in a text that no field may show while it is typed; "" when it
// may. Where a private key is asked for, only the path of its file may be shown.
func (w *Walk) Unseen(text string) string {
	const key, secret = "private key", "Client secret"
	wanted := w.at.Question.Kind
	switch {
	case wanted == setup.PrivateKey && w.giving.locked.Empty():
		if text != "" && !auth.IsKeyPath(text) {
			return key
		}
	case seal.HoldsPrivateKey(text):
		return key
	case wanted == setup.ClientID && w.state.OAuth() == core.OAuth2 && core.HoldsSecret(text):
		return secret
	}
	return ""
}

// Giving reports whether an answer is being stored or proved.
func (w *Walk) Giving() bool { return w.giving.busy }
