package guide

import (
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

const fence = "+++\n"

var errNoFront = errors.New("no front matter between +++ lines")

// front is the front matter of a guide page.
type front struct {
	Title       string            `toml:"title"`
	Short       string            `toml:"short"`
	Versions    string            `toml:"versions"`
	OAuth       string            `toml:"oauth"`
	Application []string          `toml:"application"`
	Holder      string            `toml:"holder"`
	Adopted     bool              `toml:"adopted"` // for a link that was set up by hand, in place of the other pages
	Refused     bool              `toml:"refused"` // while a check stands refused, in place of the other pages
	Open        string            `toml:"open"`
	OpenIn      string            `toml:"open-in"`
	Values      []string          `toml:"values"`
	Label       map[string]string `toml:"label"`
	Enter       string            `toml:"enter"` // what confirming the page says
	Mock        string            `toml:"mock"`  // names of drawings, in order, parted by spaces; a template
	Source      string            `toml:"source"`
	Asking      string            `toml:"asking"` // while the step's check is put to the server
	Proved      string            `toml:"proved"` // when it passed
	Weak        string            `toml:"weak"`   // when it passed but leaves something open
	Ask         map[string]Ask    `toml:"ask"`
}

// splitFront decodes the front matter into into, a pointer to a struct, and
// returns the text behind it. A key that into does not have is an error.
func splitFront(text string, into any) (body string, err error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	rest, ok := strings.CutPrefix(text, fence)
	if !ok {
		return "", errNoFront
	}
	head, body, ok := strings.Cut("\n"+rest, "\n"+fence)
	if !ok {
		return "", errNoFront
	}
	meta, err := toml.Decode(head, into)
	if err != nil {
		return "", fmt.Errorf("reading the front matter: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return "", fmt.Errorf("reading the front matter: unknown key %s", unknown[0])
	}
	return body, nil
}
