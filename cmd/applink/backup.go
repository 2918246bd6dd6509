package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"applink/core/finding"
	"applink/core/seal"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the database while applink runs", Args: arguments("FILE"),
		Long: `backup writes a consistent copy of the database to a new file that only you can
read. Secrets in it stay sealed, and the key that opens them is not part of it:
backup says where that key is, so that you can keep it too, and apart. Of a damaged
database it says what is whole, and copies that where it can be read; the exit code is
4 then, and 1 when nothing could be copied. "applink restore FILE" brings a copy back.`,
		Example: `  applink backup ~/applink-copy.db`,
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := a.open(c.Context()); err != nil {
				return err
			}
			report, err := a.db.Examine(c.Context())
			if err != nil {
				return err
			}
			damage := report.Finding(a.db.Path())
			if err := a.db.Backup(c.Context(), args[0]); damage != nil && errors.Is(err, finding.DatabaseDamaged) {
				return damage
			} else if errors.Is(err, fs.ErrExist) {
				return finding.FileExists.With(args[0])
			} else if err != nil {
				return err
			}
			fmt.Fprintf(a.err, "Copied the database to %s.\n", args[0])
			if err := a.tellKey(c.Context()); err != nil {
				return err
			}
			if damage != nil { // the copy holds what could be read, and is told as no more
				damage.Warning = true
				return damage
			}
			return nil
		},
	}
}

// tellKey says where the key is that belongs to a copy.
func (a *app) tellKey(ctx context.Context) error {
	record, err := a.db.KeyRecord(ctx)
	if err != nil || record == nil {
		return err
	}
	switch record.Source {
	case seal.SourceFile:
		fmt.Fprintf(a.err, "Keep the key file too: %s. It belongs beside a database of the same name.\n",
			seal.KeyPath(a.db.Path(), record.KeyID))
	case seal.SourceKeyring:
		fmt.Fprintln(a.err, "The key is in this account's keyring and is not copied: elsewhere the secrets stay shut.")
	case seal.SourcePassphrase:
		fmt.Fprintln(a.err, "The secrets open with your passphrase.")
	}
	return nil
}
