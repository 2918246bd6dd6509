package guide

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"applink/core"
)

// ErrNoPage is returned by [Find] for a step that has no page for the protocol
// and the application asked for; such a step does not apply.
var ErrNoPage = errors.New("no page")

// Query says which page is wanted and what fills it.
type Query struct {
	Step        core.StepID
	Version     core.Version      // of Bitbucket; unknown shows the newest look
	OAuth       core.OAuth        // "" while it is not chosen
	Application core.Application  // zero while it is not chosen
	Values      map[string]string // by the names that labels in value.go lists
	Look        int               // 0 is the look that fits; 1 and up are the others, in a circle
}

// Page is one step's instruction for one version, protocol and application,
// with the values in place.
type Page struct {
	Step     core.StepID
	Title    string
	Short    string // the word for the step bar
	Blocks   []Block
	OpenURL  string // page to open in the browser; "" for none
	OpenIn   string // whose page that is: "Bitbucket" or the application
	Values   []Value
	Mock     *Mock // nil for none
	Source   string
	Versions string // for people: "7.20 to before 10.1"
	Looks    int    // how many looks there are; 1 for no other
	Asks     map[core.Field]Ask
	Enter    string // what confirming the page says: "the link is listed in Bitbucket"

	// What the step's check is doing: while it is put to the server, when it
	// passed, and when it passed but leaves something open.
	Asking, Proved, Weak string
}

// Find returns the page of a step. It returns [ErrNoPage] when the step has
// none; every other error means that a file under assets is damaged.
func Find(q Query) (Page, error) {
	all, err := variantsOf(q.Step)
	if err != nil {
		return Page{}, fmt.Errorf("reading the page of %q: %w", q.Step, err)
	}
	looks := looksFor(q, all)
	if len(looks) == 0 {
		return Page{}, fmt.Errorf("finding the page of %q: %w", q.Step, ErrNoPage)
	}
	n := len(looks)
	chosen := looks[((fitting(looks, q.Version)+q.Look)%n+n)%n]
	page, err := chosen.page(q)
	if err != nil {
		return Page{}, fmt.Errorf("making the page %s: %w", chosen.name, err)
	}
	page.Looks = n
	page.Short = all[0].front.Short
	return page, nil
}

// Short returns the step bar's word for a step: that of its first file, or the
// step's name when it has no page.
func Short(step core.StepID) string {
	if all, err := variantsOf(step); err == nil && len(all) > 0 {
		return all[0].front.Short
	}
	return string(step)
}

// looksFor lists the variants that serve the query whatever the version, the
// newest look first.
func looksFor(q Query, all []*variant) []*variant {
	var looks []*variant
	for _, v := range all {
		if v.serves(q) {
			looks = append(looks, v)
		}
	}
	for _, special := range []func(*variant) bool{
		func(v *variant) bool { return v.front.Refused },
		func(v *variant) bool { return v.front.Adopted },
		func(v *variant) bool { return len(v.front.Application) > 0 && q.Application.ID != "" },
	} {
		if slices.ContainsFunc(looks, special) {
			looks = slices.DeleteFunc(looks, func(v *variant) bool { return !special(v) })
		}
	}
	slices.SortStableFunc(looks, func(a, b *variant) int {
		switch {
		case b.versions.from.Below(a.versions.from), a.versions.from != "" && b.versions.from == "":
			return -1
		case a.versions.from == b.versions.from:
			return 0
		}
		return 1
	})
	return looks
}

// fitting returns the index of the newest look that holds for the version, or of the
// oldest look if none does.
func fitting(looks []*variant, version core.Version) int {
	for i, v := range looks {
		if v.versions.fits(version) {
			return i
		}
	}
	return len(looks) - 1
}

func (v *variant) page(q Query) (Page, error) {
	w := words{values: q.Values, app: q.Application.Profiles[q.OAuth], version: q.Version, label: labelOf}
	p := Page{Step: q.Step, Source: v.front.Source, Versions: v.versions.String()}
	f := filler{words: w}
	f.set(&p.Title, v.front.Title)
	f.set(&p.OpenURL, v.front.Open)
	f.set(&p.OpenIn, v.front.OpenIn)
	f.set(&p.Enter, v.front.Enter)
	f.set(&p.Asking, v.front.Asking)
	f.set(&p.Proved, v.front.Proved)
	f.set(&p.Weak, v.front.Weak)
	if f.err != nil {
		return Page{}, f.err
	}
	if !strings.Contains(p.OpenURL, "://") { // its value is not known yet
		p.OpenURL, p.OpenIn = "", ""
	}
	names, err := w.names(v.front.Values)
	if err != nil {
		return Page{}, err
	}
	p.Values = number(names, v.front.Label, w)
	if p.Asks, err = asks(v.front.Ask, w); err != nil {
		return Page{}, err
	}
	drawings, err := w.line(v.front.Mock)
	if err != nil {
		return Page{}, err
	}
	if p.Mock, err = draw(drawings, p.Values, w); err != nil {
		return Page{}, err
	}
	p.Blocks, err = w.blocks(v.body)
	return p, err
}
