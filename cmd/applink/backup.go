package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/seal"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the database while applink runs", Args: arguments("FILE"),
		Long: `backup writes a consistent copy of the database to a new file that only you can
read. Secrets in it stay sealed, and the key that opens them is not part of it:
backup says where that key is, so that you can keep it too, and apart.`,
		Example: `  applink backup ~/applink-copy.db`,
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := a.open(c.Context()); err != nil {
				return err
			}
			if err := a.db.Backup(c.Context(), args[0]); errors.Is(err, fs.ErrExist) {
				return core.Find("AL-INPUT-004", "", "value", args[0], "why", "The file exists already; a backup never overwrites one.")
			} else if err != nil {
				return err
			}
			fmt.Fprintf(a.err, "Copied the database to %s.\n", args[0])
			record, err := a.db.KeyRecord(c.Context())
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
		},
	}
}
