package tui

import (
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

// ask puts a question until it is answered or left.
func (p *plain) ask(ctx context.Context, at setup.Position) error {
	q := p.asking(at)
	p.heading(at)
	p.putQuestion(q)
	doubted := "" // an answer that was warned about
	for {
		text, err := p.answerText(ctx, q)
		if err != nil || text == nil {
			return err
		}
		if q.question.Transient && *text == "" && p.earlier == nil {
			if left, err := p.overrule(ctx, at); left || err != nil {
				return err
			}
			continue
		}
		if doubted != "" && word(*text) == "yes" {
			text = &doubted
		}
		if f := auth.Doubt(p.state, q.question, *text); f != nil && *text != q.proposal && *text != doubted {
			doubted = *text
			p.say("\n%s\nType yes to take it all the same, or give another.", guide.ProblemText(f))
			continue
		}
		if err = p.answer(ctx, q, *text, false); errors.Is(err, finding.ChangeUnconfirmed) {
			err = p.costly(ctx, q, *text, err)
		}
		if err == nil {
			for _, f := range auth.Notes(q.question, *text) {
				p.say("\n%s", guide.ProblemText(f))
			}
			return p.tellTwins(ctx, q.question)
		}
		var f *core.Finding
		if !errors.As(err, &f) {
			return err
		}
		if errors.Is(f, finding.KeyEncrypted) {
			if opened, err := p.unlock(ctx, seal.NewText(*text)); opened || err != nil {
				return err
			}
			p.putQuestion(q)
			continue
		}
		p.say("\n%s", guide.ProblemText(f))
		if q.secret() {
			q.proposal, q.proposed = p.proposal(q.question)
		}
		if base := f.Params["base"]; base != "" {
			q.proposal, q.proposed = base, true
			p.say("Press Enter to take %s, or type another answer.", base)
		}
	}
}

func (p *plain) asking(at setup.Position) asking {
	q := asking{question: *at.Question, words: p.page(at, nil).Asks[at.Question.Field], optional: at.Question.MayBeEmpty(p.state)}
	if q.words.Title == "" {
		q.words.Title = string(q.question.Field) + "?"
	}
	if q.question.Options != nil {
		q.options = q.question.Options(p.state)
	}
	q.proposal, q.proposed = p.proposal(q.question)
	return q
}

// proposal is what an empty line answers: the answer so far, what the session
// proposes, or the question's own default.
func (p *plain) proposal(q setup.Question) (string, bool) {
	if q.Afresh {
		return "", false
	}
	if a, ok := p.state.AnswerTo(q); ok {
		return shownAnswer(q, a.Value), true
	}
	if v := p.session.Proposals[q.Field]; v != "" {
		return v, true
	}
	if q.Default == nil {
		return "", false
	}
	v := q.Default(p.state)
	return v, v != ""
}

func (p *plain) putQuestion(q asking) {
	p.say("\n%s", q.words.Title)
	if q.words.Help != "" {
		p.say("%s", guide.Plain([]guide.Block{{Kind: guide.Paragraph, Spans: []guide.Span{{Text: q.words.Help}}}}, plainWidth))
	}
	if q.words.Example != "" {
		p.say("Example: %s", q.words.Example)
	}
	for i, o := range q.options {
		label, note := q.label(o)
		if note != "" {
			label += ": " + note
		}
		p.say("  %d. %s", i+1, label)
	}
}

// answerText reads an answer; nil means that the place was left.
func (p *plain) answerText(ctx context.Context, q asking) (*string, error) {
	for {
		if q.secret() {
			p.prompt(p.secretPrompt(q))
		} else {
			p.prompt(q.prompt())
		}
		line, err := p.readAnswer(ctx, q)
		if err != nil {
			return nil, err
		}
		word := strings.ToLower(strings.TrimSpace(line))
		switch word {
		case "quit":
			return nil, errQuit
		case "back":
			p.back()
			return nil, nil
		case "help":
			p.say("%s", askHelp)
			continue
		case "":
			if q.proposed || q.optional {
				return &q.proposal, nil
			}
			p.say("This question needs an answer.")
			continue
		}
		value, ok := q.choice(line)
		if ok {
			return &value, nil
		}
		p.say("Type a number from 1 to %d.", len(q.options))
	}
}

// answer stores an answer; the first one of all creates the integration. An
// answer that is kept moves on to the next place.
func (p *plain) answer(ctx context.Context, q asking, text string, confirmed bool) error {
	lib, id := p.session.Library, p.state.Integration.ID
	if id == 0 {
		return p.take(create(ctx, lib, p.state, text))
	}
	a, ok := p.state.AnswerTo(q.question)
	if ok && a.Value == text && p.earlier != nil { // of a secret the answer only tells that it is kept
		p.forward()
		return nil
	}
	if q.question.Transient && text != "" {
		return p.proveAnswer(ctx, q.question, seal.NewText(text))
	}
	s, err := lib.AnswerWith(ctx, id, q.question.Field, text, auth.Assent{Confirmed: confirmed, Checker: p.session.Checker})
	if err != nil && s != nil {
		p.state = s // the answer before was taken back
	}
	return p.take(s, err)
}

// tellTwins warns when a Client ID that was answered is that of another integration.
func (p *plain) tellTwins(ctx context.Context, q setup.Question) error {
	twins, err := twinsOf(ctx, p.session, q, p.state)
	for _, f := range twins {
		p.say("\n%s", guide.ProblemText(f))
	}
	return err
}

// costly asks whether an answer may take from a link in use what it takes.
func (p *plain) costly(ctx context.Context, q asking, text string, refusal error) error {
	p.say("\n%s", guide.ProblemText(problemOf(refusal)))
	p.prompt(costs + " Type yes: ")
	line, err := p.in.line(ctx)
	if err != nil {
		return err
	}
	if w := word(line); w != "yes" && w != "y" {
		p.say("The answer is left as it is.")
		return nil
	}
	return p.answer(ctx, q, text, true)
}

// proveAnswer has a transient answer proved, which is stored nowhere.
func (p *plain) proveAnswer(ctx context.Context, q setup.Question, text seal.Text) error {
	p.say("Asking %s.", p.host())
	s, o, err := p.session.Library.Prove(ctx, p.state.Integration.ID, q.Field, text, p.session.Checker)
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	if err := p.take(s, err); err != nil || o.State != core.Passed {
		return err
	}
	p.say("%s", guide.ProofWords(s, o))
	if o.Finding != nil {
		p.say("\n%s", guide.ProblemText(o.Finding))
	}
	return p.pressEnter(ctx)
}

const askHelp = `Type an answer and press Enter. Enter alone takes the default.
  back   the question before
  quit   leave; everything so far is saved`
