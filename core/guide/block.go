package guide

import (
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// BlockKind says how a block is set.
type BlockKind string

// The kinds of blocks.
const (
	Paragraph BlockKind = "paragraph"
	Item      BlockKind = "item"     // of a list without order
	Numbered  BlockKind = "numbered" // of an ordered list
	Note      BlockKind = "note"     // a Markdown quotation: a caution or an aside
	Code      BlockKind = "code"     // one plain span, its line breaks are meant
	Heading   BlockKind = "heading"
)

// Block is a piece of a page that starts on a line of its own.
type Block struct {
	Kind   BlockKind
	Spans  []Span
	Number int // of a Numbered block, as written
}

// SpanKind says how a piece of a line is set.
type SpanKind string

// The kinds of spans.
const (
	Text   SpanKind = "text"
	Strong SpanKind = "strong"
	Mono   SpanKind = "code"
	Link   SpanKind = "link"
)

// Span is a run of text of one kind.
type Span struct {
	Kind SpanKind
	Text string
	URL  string // of a Link
}

// String returns the block's text without marks; a link is its text, followed
// by the URL when the two differ.
func (b Block) String() string {
	var s strings.Builder
	for _, sp := range b.Spans {
		s.WriteString(sp.Text)
		if sp.Kind == Link && sp.URL != sp.Text {
			s.WriteString(" (" + sp.URL + ")")
		}
	}
	return s.String()
}

var markdown = sync.OnceValue(func() parser.Parser { return goldmark.DefaultParser() })

// parseBlocks reads Markdown. What the pages do not use (tables, pictures,
// HTML) is left out.
func parseBlocks(source string) []Block {
	r := reader{source: []byte(source)}
	r.blocks(markdown().Parse(text.NewReader(r.source)), Paragraph, 0)
	return r.out
}

type reader struct {
	source []byte
	out    []Block
}

func (r *reader) blocks(parent ast.Node, kind BlockKind, number int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			r.add(n, Heading, 0)
		case *ast.Paragraph, *ast.TextBlock:
			r.add(n, kind, number)
		case *ast.Blockquote:
			r.blocks(n, Note, 0)
		case *ast.List:
			r.list(n)
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			code := strings.TrimRight(string(n.Lines().Value(r.source)), "\n")
			r.out = append(r.out, Block{Kind: Code, Spans: []Span{{Kind: Text, Text: code}}})
		}
	}
}

func (r *reader) list(l *ast.List) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		if l.IsOrdered() {
			r.blocks(item, Numbered, number)
			number++
		} else {
			r.blocks(item, Item, 0)
		}
	}
}

func (r *reader) add(n ast.Node, kind BlockKind, number int) {
	b := Block{Kind: kind, Number: number}
	r.spans(&b, n, Text, "")
	r.out = append(r.out, b)
}

func (r *reader) spans(b *Block, parent ast.Node, kind SpanKind, url string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			t := string(n.Value(r.source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				t += " "
			}
			b.join(Span{kind, t, url})
		case *ast.String:
			b.join(Span{kind, string(n.Value), url})
		case *ast.CodeSpan:
			r.spans(b, n, Mono, "")
		case *ast.Emphasis:
			r.spans(b, n, Strong, "")
		case *ast.Link:
			r.spans(b, n, Link, string(n.Destination))
		case *ast.AutoLink:
			u := string(n.URL(r.source))
			b.join(Span{Link, u, u})
		}
	}
}

// join adds a span to the last one when the two are of one kind.
func (b *Block) join(s Span) {
	if last := len(b.Spans) - 1; last >= 0 && b.Spans[last].Kind == s.Kind && b.Spans[last].URL == s.URL {
		b.Spans[last].Text += s.Text
		return
	}
	b.Spans = append(b.Spans, s)
}
