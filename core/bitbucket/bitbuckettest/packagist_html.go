package bitbuckettest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// nodes returns the elements of the page that a predicate picks, in order.
func (v *packagistView) nodes(is func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for n := range v.root.Descendants() {
		if n.Type == html.ElementNode && is(n) {
			found = append(found, n)
		}
	}
	return found
}

func (v *packagistView) classed(class string) []*html.Node {
	return v.nodes(func(n *html.Node) bool {
		return slices.Contains(strings.Fields(packagistAttr(n, "class")), class)
	})
}

func (v *packagistView) byID(id string) *html.Node {
	if found := v.nodes(func(n *html.Node) bool { return packagistAttr(n, "id") == id }); len(found) > 0 {
		return found[0]
	}
	return nil
}

// value is what the element of an id holds: a field's value, else its text.
func (v *packagistView) value(id string) string {
	n := v.byID(id)
	if n == nil {
		return ""
	}
	if n.Data == "input" {
		return packagistAttr(n, "value")
	}
	return packagistText(n)
}

// link is the absolute address that the link of an id leads to.
func (v *packagistView) link(id string) string {
	n := v.byID(id)
	if n == nil {
		return ""
	}
	return v.resolve(packagistAttr(n, "href"))
}

// submit sends the form of an id, with some fields filled in.
func (v *packagistView) submit(ctx context.Context, id string, fill url.Values) (*packagistView, error) {
	form := v.byID(id)
	if form == nil {
		return nil, v.complain("looking for the form " + id)
	}
	return v.submitForm(ctx, form, fill)
}

// submitForm posts a form: what its fields hold, then what is filled in.
func (v *packagistView) submitForm(ctx context.Context, form *html.Node, fill url.Values) (*packagistView, error) {
	values := url.Values{}
	for n := range form.Descendants() {
		name := packagistAttr(n, "name")
		if name == "" || packagistHas(n, "disabled") {
			continue
		}
		switch kind := packagistAttr(n, "type"); {
		case n.Data == "textarea":
			values.Set(name, packagistText(n))
		case n.Data == "input" && (kind != "radio" && kind != "checkbox" || packagistHas(n, "checked")):
			values.Set(name, packagistAttr(n, "value"))
		}
	}
	for name, value := range fill {
		values[name] = value
	}
	action := v.resolve(packagistAttr(form, "action"))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, action, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, fmt.Errorf("submitting a form: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return packagistLoad(v.client, r)
}

func packagistHas(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func packagistAttr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// packagistText is the text below a node; only a textarea keeps its line ends.
func packagistText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	if n.Data == "textarea" {
		return b.String()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
