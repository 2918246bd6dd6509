package core

import (
	"regexp"
	"sync"
)

// Pattern returns a regular expression that is compiled at its first use. A
// command that needs few of all patterns would otherwise wait for every one. It
// panics where regexp.MustCompile does, and can be called from anywhere.
func Pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
