package core

import (
	"regexp"
	"sync"
)

// Pattern returns a function that compiles expr at its first call, since a command needs
// few of all patterns and would otherwise wait for every one. That function is safe for
// concurrent use and panics if expr does not compile.
func Pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
