package core

import (
	"fmt"
	"strings"

	"golang.org/x/mod/semver"
)

// Version is a Bitbucket version such as "8.19.2". The zero value is unknown.
type Version string

var versionText = Pattern(`^[vV]?(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,5}))?(?:(?:[-+]|\.\d)[0-9A-Za-z.+-]{0,40})?$`)

// ParseVersion reads a version as a server reports it or an admin types it:
// "7.21", "v8.19.2", "9.4.0-rc1". The suffix is dropped, since Bitbucket's
// rules know none.
func ParseVersion(s string) (Version, error) {
	m := versionText().FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", fmt.Errorf("%q is not a version such as 8.19.2", clip(s, 40))
	}
	var parts []string
	for _, p := range m[1:] {
		if p == "" {
			break
		}
		p = strings.TrimLeft(p, "0")
		if p == "" {
			p = "0"
		}
		parts = append(parts, p)
	}
	return Version(strings.Join(parts, ".")), nil
}

// Known reports whether the version is known at all.
func (v Version) Known() bool { return v != "" }

// AtLeast reports whether v is w or newer. An unknown version is never at least
// anything.
func (v Version) AtLeast(w Version) bool {
	return v.Known() && semver.Compare("v"+string(v), "v"+string(w)) >= 0
}

// Below reports whether v is older than w. An unknown version is below nothing.
func (v Version) Below(w Version) bool { return v.Known() && !v.AtLeast(w) }

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
