package guide

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"text/template"

	"applink/assets"
	"applink/core"
)

// variant is one file under assets/guide.
type variant struct {
	name     string // of the file, without folder
	front    front
	versions versions
	body     *template.Template
}

var cache struct {
	sync.Mutex
	variants map[core.StepID][]*variant
}

// variantsOf reads the files of one step at their first use: <step>.md before
// <step>.<variant>.md, those by name. A step without files has none.
func variantsOf(step core.StepID) ([]*variant, error) {
	cache.Lock()
	defer cache.Unlock()
	if vs, ok := cache.variants[step]; ok {
		return vs, nil
	}
	var vs []*variant
	for _, pattern := range []string{".md", ".*.md"} {
		names, err := fs.Glob(assets.FS, "guide/"+string(step)+pattern)
		if err != nil {
			return nil, fmt.Errorf("looking for pages: %w", err)
		}
		for _, name := range names {
			v, err := readVariant(name)
			if err != nil {
				return nil, err
			}
			vs = append(vs, v)
		}
	}
	if cache.variants == nil {
		cache.variants = map[core.StepID][]*variant{}
	}
	cache.variants[step] = vs
	return vs, nil
}

func readVariant(path string) (*variant, error) {
	source, err := fs.ReadFile(assets.FS, path)
	if err != nil {
		return nil, fmt.Errorf("reading a page: %w", err)
	}
	v, err := parseVariant(string(source))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	v.name = path
	return v, nil
}

func parseVariant(source string) (*variant, error) {
	var v variant
	body, err := splitFront(source, &v.front)
	if err != nil {
		return nil, err
	}
	if v.versions, err = parseVersions(v.front.Versions); err != nil {
		return nil, err
	}
	v.body, err = parse("body", body)
	return &v, err
}

// serves reports whether the page applies to the query, whatever the version: its
// protocol, holder and application, as far as these are chosen, and its values.
func (v *variant) serves(q Query) bool {
	if v.front.OAuth != "" && q.OAuth != "" && v.front.OAuth != string(q.OAuth) {
		return false
	}
	if v.front.Adopted && q.Values["adopted"] == "" || v.front.Refused && q.Values["refusal"] == "" {
		return false
	}
	app := q.Application
	if app.ID == "" {
		return true
	}
	if v.front.Holder != "" && v.front.Holder != string(app.Holder) {
		return false
	}
	return len(v.front.Application) == 0 || slices.Contains(v.front.Application, app.ID)
}
