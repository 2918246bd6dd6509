package browser

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Page is an HTML page.
type Page struct {
	URL      *url.URL
	Status   int
	Location *url.URL // where it redirects to, nil for nowhere
	root     *html.Node
}

// Form is a form with what is in its fields.
type Form struct {
	Action string
	Values url.Values
	node   *html.Node
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

func (p *Page) byID(id string) *html.Node {
	return find(p.root, func(n *html.Node) bool { return value(n, "id") == id })
}

func (p *Page) Has(id string) bool      { return p.byID(id) != nil }
func (p *Page) Text() string            { return textIn(p.root) }
func (p *Page) TextOf(id string) string { return textIn(p.byID(id)) }
func (p *Page) Heading() string         { return textIn(find(p.root, isHeading)) }
func isHeading(n *html.Node) bool       { return n.Data == "h1" }

// resolve makes a reference on the page a full address.
func (p *Page) resolve(ref string) string {
	u, err := p.URL.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// Alert returns what the page complains about.
func (p *Page) Alert() string {
	return textIn(find(p.root, func(n *html.Node) bool { return value(n, "role") == "alert" }))
}

// Link returns where the link with that id leads.
func (p *Page) Link(id string) (string, error) {
	n := p.byID(id)
	if n == nil {
		return "", fmt.Errorf("page %q has no link %q", p.Heading(), id)
	}
	return p.resolve(value(n, "href")), nil
}

// Form returns the form with that id and the values its fields have.
func (p *Page) Form(id string) (*Form, error) {
	n := p.byID(id)
	if n == nil {
		return nil, fmt.Errorf("page %q has no form %q", p.Heading(), id)
	}
	f := &Form{node: n, Action: p.resolve(value(n, "action")), Values: url.Values{}}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			f.read(d)
		}
	}
	return f, nil
}

// read takes the value of one field, as a browser would send it.
func (f *Form) read(n *html.Node) {
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
		f.Values.Set(name, rawText(n))
	case n.Data == "select":
		f.Values.Set(name, selected(n))
	case n.Data == "input" && (kind == "checkbox" || kind == "radio"):
		if checked {
			f.Values.Set(name, value(n, "value"))
		}
	case n.Data == "input":
		f.Values.Set(name, value(n, "value"))
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

// Fill sets the fields that the form has; names that it has not are passed
// over, as a person passes over a box that is not shown. Line ends of text are
// sent as browsers send them.
func (f *Form) Fill(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		field := find(f.node, func(n *html.Node) bool { return value(n, "name") == pairs[i] })
		if field == nil {
			continue
		}
		text := strings.ReplaceAll(pairs[i+1], "\r\n", "\n")
		f.Values.Set(pairs[i], strings.ReplaceAll(text, "\n", "\r\n"))
	}
}

// Press adds the name of the button with that id.
func (f *Form) Press(id string) error {
	button := find(f.node, func(n *html.Node) bool { return n.Data == "button" && value(n, "id") == id })
	if button == nil {
		return fmt.Errorf("the form has no button %q", id)
	}
	f.Values.Set(value(button, "name"), value(button, "value"))
	return nil
}

// Value is what the element of an id holds: a field's value, else its text.
func (p *Page) Value(id string) string {
	n := p.byID(id)
	switch {
	case n == nil:
		return ""
	case n.Data == "input":
		return value(n, "value")
	case n.Data == "textarea":
		return rawText(n)
	}
	return textIn(n)
}

// Last returns the id of the last element of a class, or "".
func (p *Page) Last(class string) string {
	id := ""
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(strings.Fields(value(n, "class")), class) {
			id = value(n, "id")
		}
	}
	return id
}

// Tick ticks the boxes with these labels, and no others.
func (f *Form) Tick(labels ...string) error {
	boxes := map[string]*html.Node{}
	for d := range f.node.Descendants() {
		if d.Type == html.ElementNode && value(d, "type") == "checkbox" {
			boxes[value(d, "aria-label")] = d
			f.Values.Del(value(d, "name"))
		}
	}
	for _, label := range labels {
		box := boxes[label]
		if box == nil {
			return fmt.Errorf("the form has no box %q", label)
		}
		f.Values.Set(value(box, "name"), value(box, "value"))
	}
	return nil
}
