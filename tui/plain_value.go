package tui

import (
	"context"
	"strconv"
	"strings"

	"applink/core/guide"
)

// body prints a page: its words, the page to open, the drawing and the values.
func (p *plain) body(page guide.Page) {
	if len(page.Blocks) > 0 {
		p.say("\n%s", guide.Plain(page.Blocks, plainWidth))
	}
	if page.OpenURL != "" && strings.Contains(page.OpenURL, "://") {
		p.say("\nPage to open in %s: %s", page.OpenIn, page.OpenURL)
	}
	if page.Mock != nil {
		p.say("\n%s", strings.Join(guide.MockLines(page.Mock), "\n"))
	}
	if len(page.Values) > 0 {
		p.say("\nValues:")
	}
	for _, v := range page.Values {
		text := guide.Shorten(v.Text)
		if v.Secret {
			text = "secret, type copy " + strconv.Itoa(v.Number)
		}
		p.say("  %d. %s: %s", v.Number, v.Label, text)
	}
}

func (p *plain) withValue(page guide.Page, number string, do func(guide.Value)) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if len(page.Values) == 1 && number == "" {
		n, err = page.Values[0].Number, nil
	}
	for _, v := range page.Values {
		if err == nil && v.Number == n {
			do(v)
			return
		}
	}
	if len(page.Values) == 0 {
		p.say("There is no value here.")
		return
	}
	p.say("Say which value, from 1 to %d.", len(page.Values))
}

// alone shows a value whole, unless it must not stay on the screen.
func (p *plain) alone(v guide.Value) {
	if v.Secret {
		p.say("%s is a secret: type copy %d.", v.Label, v.Number)
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

func (p *plain) open(ctx context.Context, url string) {
	if url == "" {
		p.say("There is no page to open here.")
		return
	}
	p.say("%s", p.session.Carrier.OpenAsked(ctx, url).Sentence)
}
