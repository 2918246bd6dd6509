package auth

import (
	"context"
	"errors"

	"applink/core"
	"applink/core/guide"
	"applink/core/seal"
)

// Database is an open database: a store, with the record of where the key is that
// seals its secrets.
type Database interface {
	Store
	seal.Records
	Path() string
	Close() error
}

// Options say how [Open] opens a database. With the zero value it has to exist.
type Options struct {
	Create bool // make the database, and its folder, where there is none

	// Seal says what holds the key of a new database, and who is asked for a passphrase.
	// Its Database is the path that Open is given.
	Seal seal.Options

	// Applications are those that an integration can be for; nil means all that
	// applink has pages for.
	Applications []core.Application
}

var opener func(ctx context.Context, path string, create bool) (Database, error)

// Register sets what opens databases. Package store calls it once, before main; import
// it for that.
func Register(open func(ctx context.Context, path string, create bool) (Database, error)) {
	opener = open
}

// Open opens the database at path with the library over it; path "" is where applink
// keeps its own. Nothing is asked of a key source before the first secret is used.
// Errors are the findings of package store: [finding.NoDatabase] when there is none,
// [finding.DatabaseBusy] when another process holds it too long,
// [finding.DatabaseDamaged] when it is damaged. Close the library when done.
func Open(ctx context.Context, path string, o Options) (*Library, error) {
	if opener == nil {
		return nil, errors.New(`auth: nothing opens databases: import _ "applink/store"`)
	}
	applications := o.Applications
	if applications == nil {
		var err error
		if applications, err = guide.Applications(); err != nil {
			return nil, err
		}
	}
	db, err := opener(ctx, path, o.Create)
	if err != nil {
		return nil, err
	}
	o.Seal.Database = db.Path()
	l := New(db, seal.NewVault(db, o.Seal), applications)
	l.database = db
	return l, nil
}
