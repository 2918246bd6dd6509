package store

import (
	"database/sql"
	"fmt"

	"applink/core"
)

// longestLine bounds a name that is read, in characters.
const longestLine = 200

// printable scans a text as it may be shown. The database need not be the work of
// this version of applink, or of applink at all.
type printable[S ~string] struct {
	into  *S
	clean func(string) string
}

// line reads a text of one line.
func line[S ~string](into *S) sql.Scanner {
	return printable[S]{into, func(s string) string { return core.Line(s, longestLine) }}
}

// Scan takes what a column holds.
func (p printable[S]) Scan(value any) error {
	switch v := value.(type) {
	case string:
		*p.into = S(p.clean(v))
	case []byte:
		*p.into = S(p.clean(string(v)))
	case int64, float64, bool:
		*p.into = S(fmt.Sprint(v))
	case nil:
		*p.into = ""
	default:
		return fmt.Errorf("reading a text: the column holds a %T", value)
	}
	return nil
}
