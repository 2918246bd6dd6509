package tui

import (
	"context"
	"errors"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
)

// secret reports whether an answer must not be seen.
func (q asking) secret() bool {
	return q.question.Kind == setup.Secret || q.question.Kind == setup.PrivateKey
}

// secretPrompt asks for what is not echoed.
func (p *plain) secretPrompt(q asking) string {
	ask := "It is not shown while you type"
	if q.question.Kind == setup.PrivateKey {
		ask = "Paste it, up to its END line, or type the path of its file; it is not shown"
	}
	stored, _ := p.state.AnswerTo(q.question)
	switch {
	case q.question.Transient && !q.proposed:
		return ask + " (empty: be asked whether to go on without): "
	case stored.Value != "":
		return ask + " (default: keep the one that is stored): "
	case q.proposed:
		return ask + " (default: the one that was given): "
	}
	return ask + ": "
}

// hidden reads what must not be seen.
func (p *plain) hidden(ctx context.Context, read func(context.Context) (string, error)) (string, error) {
	if p.hide == nil {
		return read(ctx)
	}
	show := p.hide()
	defer func() { show(); p.say("") }()
	return read(ctx)
}

// readAnswer reads a line, or a key with all its lines, unseen when it is a secret.
func (p *plain) readAnswer(ctx context.Context, q asking) (string, error) {
	read := p.in.line
	if k := q.question.Kind; k == setup.PublicKey || k == setup.PrivateKey {
		read = p.readKey
	}
	if q.secret() {
		return p.hidden(ctx, read)
	}
	return read(ctx)
}

func (p *plain) readKey(ctx context.Context) (string, error) {
	line, err := p.in.line(ctx)
	if err != nil || !seal.Unfinished(line) && !strings.Contains(line, "-----BEGIN") {
		return line, err
	}
	return p.in.pem(ctx, line)
}

// unlock asks for the passphrase of a private key until it opens it. An empty line
// leaves it at that.
func (p *plain) unlock(ctx context.Context, key seal.Text) (opened bool, err error) {
	words := p.page(p.place(), nil).Asks["key-passphrase"]
	p.say("\n%s\n%s", words.Title, words.Help)
	for {
		p.prompt("It is not shown while you type: ")
		line, err := p.hidden(ctx, p.in.line)
		if err != nil || line == "" {
			return false, err
		}
		err = p.take(p.session.Library.KeepPrivateKey(ctx, p.state.Integration.ID, key, seal.NewText(line)))
		var f *core.Finding
		if !errors.As(err, &f) || !errors.Is(f, finding.WrongPassphrase) {
			return err == nil, err
		}
		p.say("\n%s", guide.ProblemText(f))
	}
}
