package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/core/walk"
)

// ask puts a question until it is answered or left.
func (p *plain) ask(ctx context.Context) error {
	q, first := p.Question(), p.step != p.At().Step.ID
	if first {
		p.title()
	}
	p.putQuestion(q)
	if first && p.hasPage() {
		p.body(p.Page())
	}
	for {
		text, err := p.answerText(ctx, q)
		if err != nil || text == nil {
			return err
		}
		if d := p.Doubted(); !d.Empty() && word(*text) == "yes" {
			*text = d.Reveal()
		}
		left, err := p.give(ctx, &q, *text)
		if left || err != nil {
			return err
		}
	}
}

// give gives an answer, and tells what followed.
func (p *plain) give(ctx context.Context, q *walk.Question, text string) (left bool, err error) {
	job, taken := p.Give(text)
	if job != nil {
		if q.Transient && text != "" {
			p.say("Asking %s.", guide.Host(p.State()))
		}
		if taken, err = p.do(ctx, job); err != nil {
			return false, err
		}
	}
	if taken == walk.Stayed && p.Question().Costly {
		if taken, err = p.costly(ctx); err != nil || taken == "" {
			return true, err
		}
	}
	switch taken {
	case walk.Skips:
		return p.overrule(ctx)
	case walk.Proved:
		return true, p.proved(ctx, p.Forward)
	case walk.Moved:
		for _, f := range p.Told() {
			p.problem(f)
		}
		return true, nil
	}
	p.mend(q)
	return false, nil
}

// mend tells what is wrong with an answer, and what an empty line takes then.
func (p *plain) mend(q *walk.Question) {
	now := p.Question()
	if f := p.Problem(); f != nil {
		p.problem(f)
	}
	switch {
	case !p.Doubted().Empty():
		p.say("Type yes to take it all the same, or give another.")
	case now.Mended:
		q.Draft = now.Draft
		p.say("Press Enter to take %s, or type another answer.", q.Draft)
	case now.Passphrase && !q.Passphrase:
		*q = now
		p.say("\n%s\n%s", q.Words.Title, q.Words.Help)
	}
}

// costly asks whether an answer may take from a link in use what it takes; "" when not.
func (p *plain) costly(ctx context.Context) (walk.Taken, error) {
	p.problem(p.Problem())
	p.prompt(costs + " Type yes: ")
	line, err := p.in.line(ctx)
	if err != nil {
		return "", err
	}
	if yes(line) {
		return p.do(ctx, p.Confirm())
	}
	p.Withdraw()
	p.say("The answer is left as it is.")
	return "", nil
}

func (p *plain) putQuestion(q walk.Question) {
	p.say("\n%s", q.Words.Title)
	if q.Words.Help != "" {
		p.say("%s", guide.Plain([]guide.Block{{Kind: guide.Paragraph, Spans: []guide.Span{{Text: q.Words.Help}}}}, plainWidth))
	}
	if q.Words.Example != "" {
		p.say("Example: %s", q.Words.Example)
	}
	for i, o := range q.Options {
		if o.Group != "" {
			p.say("%s", o.Group)
		}
		if o.Note != "" {
			o.Label += ": " + o.Note
		}
		p.say("  %d. %s", i+1, o.Label)
	}
}

// answerText reads an answer; nil means that the place was left. An empty line answers
// what the question starts with.
func (p *plain) answerText(ctx context.Context, q walk.Question) (*string, error) {
	for {
		p.prompt(promptFor(q))
		line, err := p.readAnswer(ctx, q)
		if err != nil {
			return nil, err
		}
		switch w := word(line); {
		case q.Passphrase && line == "":
			p.Relock()
			return nil, nil
		case q.Passphrase:
			return &line, nil
		case w == "quit":
			return nil, errQuit
		case w == "back":
			p.back()
			return nil, nil
		case w == "help":
			p.say("%s", askHelp)
			continue
		case w == "" && (q.Draft != "" || q.MayBeEmpty || q.Hidden() && q.Stored):
			return &q.Draft, nil
		case w == "":
			p.say("This question needs an answer.")
			continue
		}
		if value, ok := choice(q, line); ok {
			return &value, nil
		}
		p.say("Type a number from 1 to %d.", len(q.Options))
	}
}

const askHelp = `Type an answer and press Enter. Enter alone takes the default.
  back   the question before
  quit   leave; everything so far is saved`

// choice turns the number, value or name of an option into its value; other questions take
// the text as it is.
func choice(q walk.Question, line string) (string, bool) {
	if q.Kind != setup.Choice {
		return line, true
	}
	line = strings.TrimSpace(line)
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(q.Options) {
		return q.Options[n-1].Value, true
	}
	i := slices.IndexFunc(q.Options, func(o walk.Option) bool {
		return strings.EqualFold(o.Value, line) || strings.EqualFold(o.Name(), line)
	})
	if i < 0 {
		return "", false
	}
	return q.Options[i].Value, true
}

// promptFor asks for an answer, and tells what an empty line answers.
func promptFor(q walk.Question) string {
	ask, def := "Answer", ""
	switch {
	case q.Kind == setup.PrivateKey && !q.Passphrase:
		ask = "Paste it, up to its END line, or type the path of its file; it is not shown"
	case q.Hidden():
		ask = "It is not shown while you type"
	case q.Kind == setup.Choice:
		if ask = "Number"; len(q.Options) > 9 { // the question has left the screen
			ask = q.Words.Title + " Number or name"
		}
	case q.Kind == setup.PublicKey:
		ask = "Paste it, up to its END line"
	}
	i := slices.IndexFunc(q.Options, func(o walk.Option) bool { return o.Value == q.Draft })
	switch {
	case q.Passphrase:
	case q.Transient && q.Draft == "":
		def = "empty: be asked whether to go on without"
	case q.Hidden() && q.Stored:
		def = "default: keep the one that is stored"
	case q.Hidden() && q.Draft != "":
		def = "default: the one that was given"
	case q.Hidden():
	case i >= 0:
		def = "default: " + q.Options[i].Name()
	case q.Draft != "":
		def = "default: " + guide.Shorten(q.Draft)
	case q.MayBeEmpty:
		def = "default: leave empty"
	}
	if def != "" {
		ask += " (" + def + ")"
	}
	return ask + ": "
}

// readAnswer reads a line, or a key with all its lines, unseen when it is a secret.
func (p *plain) readAnswer(ctx context.Context, q walk.Question) (string, error) {
	read := p.in.line
	if q.Lines() {
		read = p.readKey
	}
	if !q.Hidden() || p.hide == nil {
		return read(ctx)
	}
	show := p.hide()
	defer func() { show(); p.say("") }()
	return read(ctx)
}

func (p *plain) readKey(ctx context.Context) (string, error) {
	line, err := p.in.line(ctx)
	if err != nil || !seal.Unfinished(line) && !strings.Contains(line, "-----BEGIN") {
		return line, err
	}
	return p.in.pem(ctx, line)
}

// withoutProofPlain is [withoutProof] where a line is typed. Whatever is no yes is a no,
// an empty line above all.
const withoutProofPlain = "Go on without proof? The step is kept as said, not as proved. Type yes: "

// overrule asks whether to go on without proof, and does.
func (p *plain) overrule(ctx context.Context) (left bool, err error) {
	p.prompt(withoutProofPlain)
	line, err := p.in.line(ctx)
	if err != nil {
		return false, err
	}
	return p.gaveUp(ctx, line)
}

// gaveUp takes the answer to [withoutProofPlain].
func (p *plain) gaveUp(ctx context.Context, line string) (left bool, err error) {
	if !yes(line) {
		p.say("Not gone on.")
		return false, nil
	}
	return true, p.move(ctx, p.Say())
}

func word(line string) string { return strings.ToLower(strings.TrimSpace(line)) }

func yes(line string) bool { w := word(line); return w == "yes" || w == "y" }

// hasPage reports whether the words of the step help with its question. A step with a page
// of its own has them there, and a form of several steps has none.
func (p *plain) hasPage() bool {
	at := p.At()
	form := p.State().Path().Form(at)
	return at.Step.Shows != nil && !at.Step.Shows(p.State()) && form[0].Step.ID == form[len(form)-1].Step.ID
}

// title says once per step where the set-up is.
func (p *plain) title() {
	p.step = p.At().Step.ID
	p.say("\n# %s", p.Page().Title)
}
