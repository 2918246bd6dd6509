package tui

import (
	"context"
	"strconv"
	"strings"

	"applink/core/guide"
	"applink/core/walk"
)

// body prints a page: its words, the page to open, which is value 0, the drawing and the
// values that stand in none of its fields.
func (p *plain) body(page guide.Page) {
	if p.At().Step.Last {
		p.say("")
		for _, f := range guide.Facts(p.State()) {
			number := ""
			for _, v := range page.Values {
				if v.Text == f.Text {
					number = "[" + strconv.Itoa(v.Number) + "] "
				}
			}
			p.say("%s%s: %s", number, f.Label, f.Text)
		}
	}
	if len(page.Blocks) > 0 {
		p.say("\n%s", guide.Plain(page.Blocks, plainWidth))
	}
	if openable(page) {
		p.say("\nOpen in %s:\n  [0] %s", page.OpenIn, page.OpenURL)
	}
	if page.Mock != nil {
		p.say("\n%s", strings.Join(guide.MockLines(page.Mock, p.whole), "\n"))
	}
	for _, v := range page.Values {
		if p.At().Step.Last || page.Mock != nil && page.Mock.Draws(v.Number) {
			continue
		}
		text := guide.Shorten(v.Text)
		if v.Secret {
			text = "secret, type " + strconv.Itoa(v.Number) + " to copy it"
		}
		p.say("  [%d] %s: %s", v.Number, v.Label, text)
	}
}

func openable(page guide.Page) bool { return strings.Contains(page.OpenURL, "://") }

func (p *plain) withValue(page guide.Page, number string, do func(guide.Value)) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	values := page.Values
	if openable(page) {
		values = append([]guide.Value{{Label: page.OpenIn, Text: page.OpenURL}}, values...)
	}
	if len(page.Values) == 1 && number == "" {
		n, err = page.Values[0].Number, nil
	}
	for _, v := range values {
		if err == nil && v.Number == n {
			do(v)
			return
		}
	}
	switch n := len(page.Values); n {
	case 0:
		p.say("There is no value here.")
	case 1:
		p.say("There is one value here: 1.")
	default:
		p.say("Say which value, from 1 to %d.", n)
	}
}

// alone shows a value whole, unless it must not stay on the screen.
func (p *plain) alone(v guide.Value) {
	if v.Secret {
		p.say("%s is a secret: type %d to copy it.", v.Label, v.Number)
		return
	}
	p.say("%s:\n%s", v.Label, strings.TrimRight(v.Text, "\n"))
}

// copy carries a value and says what came of it. A failed copy shows the value.
func (p *plain) copy(ctx context.Context, v guide.Value) {
	r := p.session.Carrier.Copy(ctx, v.Text)
	p.say("%s: %s", v.Label, r.Sentence)
	if r.Err != nil && !v.Secret {
		p.say("%s", strings.TrimRight(v.Text, "\n"))
	}
}

// handOut exports the secret half in the form that the application takes: to a new file, or
// to the clipboard until Enter is pressed.
func (p *plain) handOut(ctx context.Context, path string) {
	if !p.HandsOut() {
		p.say("Nothing is handed out here.")
		return
	}
	e, err := p.HandOut("")(ctx)
	if err == nil && path != "" {
		err = e.WriteFile(path)
	}
	switch {
	case err != nil:
		p.problem(walk.FindingOf(err))
	case path != "":
		p.say("Wrote %s to %s, readable by you alone. Delete it once it is in place.", e.Kind, path)
	default:
		r := p.session.Carrier.Copy(ctx, e.Text.Reveal())
		if r.Err != nil {
			p.say("It could not be copied: %v. Type key FILE to write it to a new file.", r.Err)
			return
		}
		p.say("%s (%s). Press Enter once it is pasted: it is taken back then.", e.Kind, r.Sentence)
		p.in.line(ctx)
		p.session.Carrier.Clear(context.WithoutCancel(ctx), e.Text.Reveal())
	}
}

func (p *plain) open(ctx context.Context, url string) {
	if url == "" {
		p.say("There is no page to open here.")
		return
	}
	p.say("%s", p.session.Carrier.OpenAsked(ctx, url).Sentence)
}
