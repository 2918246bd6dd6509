package bitbuckettest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

const sheetLimit = 1 << 20 // bytes of a page that Admin reads

// sheet is an HTML page as Admin sees it.
type sheet struct {
	url  *url.URL
	root *html.Node
}

// filled is a form with what is in its fields.
type filled struct {
	node   *html.Node
	action string
	values url.Values
}

// readSheet parses a page; one that does not answer 200 is an error with its
// heading and message.
func readSheet(res *http.Response) (*sheet, error) {
	root, err := html.Parse(io.LimitReader(res.Body, sheetLimit))
	if err != nil {
		return nil, err
	}
	p := &sheet{url: res.Request.URL, root: root}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d: %s", p.url.Path, res.StatusCode, strings.TrimSuffix(p.heading()+": "+p.textOf("message"), ": "))
	}
	return p, nil
}

// find returns the first element that fits, in document order, or nil.
func find(n *html.Node, fits func(*html.Node) bool) *html.Node {
	if n == nil {
		return nil
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && fits(d) {
			return d
		}
	}
	return nil
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func value(n *html.Node, name string) string {
	v, _ := attribute(n, name)
	return v
}

func textIn(n *html.Node) string {
	if n == nil {
		return ""
	}
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func (p *sheet) byID(id string) *html.Node {
	return find(p.root, func(n *html.Node) bool { return value(n, "id") == id })
}

func (p *sheet) has(id string) bool      { return p.byID(id) != nil }
func (p *sheet) text() string            { return textIn(p.root) }
func (p *sheet) textOf(id string) string { return textIn(p.byID(id)) }
func (p *sheet) heading() string         { return textIn(find(p.root, isHeading)) }
func isHeading(n *html.Node) bool        { return n.Data == "h1" }

// resolve makes a reference on the page a full address.
func (p *sheet) resolve(ref string) string {
	u, err := p.url.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// alert returns what the page complains about.
func (p *sheet) alert() string {
	return textIn(find(p.root, func(n *html.Node) bool { return value(n, "role") == "alert" }))
}

// link returns where the link with that id leads.
func (p *sheet) link(id string) (string, error) {
	n := p.byID(id)
	if n == nil {
		return "", fmt.Errorf("page %q has no link %q", p.heading(), id)
	}
	return p.resolve(value(n, "href")), nil
}

// form returns the form with that id and the values its fields have.
func (p *sheet) form(id string) (*filled, error) {
	n := p.byID(id)
	if n == nil {
		return nil, fmt.Errorf("page %q has no form %q", p.heading(), id)
	}
	f := &filled{node: n, action: p.resolve(value(n, "action")), values: url.Values{}}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			f.read(d)
		}
	}
	return f, nil
}

// read takes the value of one field, as a browser would send it.
func (f *filled) read(n *html.Node) {
	name := value(n, "name")
	if name == "" {
		return
	}
	_, disabled := attribute(n, "disabled")
	_, checked := attribute(n, "checked")
	kind := value(n, "type")
	switch {
	case disabled, n.Data == "button":
	case n.Data == "textarea":
		f.values.Set(name, rawText(n))
	case n.Data == "select":
		f.values.Set(name, selected(n))
	case n.Data == "input" && (kind == "checkbox" || kind == "radio"):
		if checked {
			f.values.Set(name, value(n, "value"))
		}
	case n.Data == "input":
		f.values.Set(name, value(n, "value"))
	}
}

func rawText(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

func selected(n *html.Node) string {
	option := find(n, func(o *html.Node) bool { _, ok := attribute(o, "selected"); return o.Data == "option" && ok })
	if option == nil {
		option = find(n, func(o *html.Node) bool { return o.Data == "option" })
	}
	if option == nil {
		return ""
	}
	return value(option, "value")
}

// fill sets the fields that the form has; names that it has not are passed
// over, as a person passes over a box that is not shown. Line ends of text are
// sent as browsers send them.
func (f *filled) fill(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		field := find(f.node, func(n *html.Node) bool { return value(n, "name") == pairs[i] })
		if field == nil {
			continue
		}
		text := strings.ReplaceAll(pairs[i+1], "\r\n", "\n")
		f.values.Set(pairs[i], strings.ReplaceAll(text, "\n", "\r\n"))
	}
}

// press adds the name of the button with that id.
func (f *filled) press(id string) error {
	button := find(f.node, func(n *html.Node) bool { return n.Data == "button" && value(n, "id") == id })
	if button == nil {
		return fmt.Errorf("the form has no button %q", id)
	}
	f.values.Set(value(button, "name"), value(button, "value"))
	return nil
}
