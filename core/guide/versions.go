package guide

import (
	"fmt"
	"strings"

	"applink/core"
)

// versions are those for which a page holds: from is included, below is not,
// and an empty end is open.
type versions struct {
	from, below core.Version
}

// parseVersions reads "", "<7.20", ">=10.1" or ">=7.20 <10.1".
func parseVersions(s string) (versions, error) {
	var vs versions
	for _, term := range strings.Fields(s) {
		end, text := &vs.from, strings.TrimPrefix(term, ">=")
		if text == term {
			end, text = &vs.below, strings.TrimPrefix(term, "<")
		}
		if text == term || *end != "" {
			return versions{}, fmt.Errorf("reading versions %q: %q is neither >=version nor <version", s, term)
		}
		v, err := core.ParseVersion(text)
		if err != nil {
			return versions{}, fmt.Errorf("reading versions %q: %w", s, err)
		}
		*end = v
	}
	if vs.from != "" && vs.below != "" && !vs.from.Below(vs.below) {
		return versions{}, fmt.Errorf("reading versions %q: no version fits", s)
	}
	return vs, nil
}

// fits reports whether v lies in the range; an unknown version lies in every
// range.
func (r versions) fits(v core.Version) bool {
	if !v.Known() {
		return true
	}
	return !(r.from != "" && v.Below(r.from)) && (r.below == "" || v.Below(r.below))
}

// String returns the words for people.
func (r versions) String() string {
	switch {
	case r.from == "" && r.below == "":
		return "all versions"
	case r.from == "":
		return "before " + string(r.below)
	case r.below == "":
		return string(r.from) + " and newer"
	}
	return fmt.Sprintf("%s to before %s", r.from, r.below)
}
