package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/guide"
	"applink/core/seal"
	"applink/store"
)

func (a *app) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Put a copy in the place of the database", Args: arguments("FILE"),
		Long: `restore puts a copy that backup made in the place of the database. It examines the
copy first, keeps the database from before beside it under a name with the time, and
says which key opens the secrets and whether it is at hand. It refuses while another
applink has the database open. Copying the file by hand is no substitute: a log that is
left beside the database (applink.db-wal) would be taken for that of the copy.

The exit code is 4 when something is worth a look: a damaged integration in the copy,
or a key that is not at hand.`,
		Example: `  applink restore ~/applink-copy.db
  applink restore ~/applink-copy.db --db /srv/applink/applink.db`,
		RunE: func(c *cobra.Command, args []string) error {
			path, err := a.path()
			if err != nil {
				return err
			}
			r, err := store.Restore(c.Context(), args[0], path)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.err, "Restored %s from %s.\n", path, args[0])
			if r.Before != "" {
				fmt.Fprintf(a.err, "The database from before is kept as %s.\n", r.Before)
			}
			if _, err := a.open(c.Context()); err != nil {
				return err
			}
			damage := r.Report.Finding(path)
			key, err := a.sealedBy(c.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(a.err, "%s\n", key.words)
			for _, f := range []*core.Finding{damage, key.finding} {
				if f != nil {
					f.Warning = true
					a.tell(f)
				}
			}
			if damage != nil || key.finding != nil {
				return exit(exitWarnings)
			}
			return nil
		},
	}
}

// sealing tells by which key the secrets of a database are sealed.
type sealing struct {
	record  *seal.Record
	words   string
	finding *core.Finding // why the key is not at hand, or not known to be; nil when it opens
}

// sealedBy asks the key source whether it answers. A passphrase that was not given is
// not asked for.
func (a *app) sealedBy(ctx context.Context) (k sealing, err error) {
	if k.record, err = a.db.KeyRecord(ctx); err != nil {
		return k, err
	}
	if k.record == nil {
		k.words = "No secret is stored in it, so that it needs no key."
		return k, nil
	}
	from := map[seal.Source]string{seal.SourceKeyring: "this account's keyring", seal.SourcePassphrase: "your passphrase",
		seal.SourceFile: "the key file " + seal.KeyPath(a.db.Path(), k.record.KeyID)}[k.record.Source]
	if k.record.Source == seal.SourcePassphrase && a.flags.passphraseFile == "" && a.passphrase == nil {
		k.words = "The secrets open with your passphrase, which was not asked for."
		return k, nil
	}
	if err := a.vault.Check(ctx); err == nil {
		k.words = "The secrets open with the key from " + from + ", which is at hand."
	} else if !errors.As(err, &k.finding) {
		return k, err
	} else {
		k.words = fmt.Sprintf("The secrets need the key from %s, and do not open: %s.", from, guide.Problem(k.finding).Title)
	}
	return k, nil
}
