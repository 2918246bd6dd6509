package store

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Backup writes a consistent copy to a new file of mode 0600, while others read
// and write. Secrets in it stay sealed; a key file is not part of it and must be
// kept too. An existing file is left alone (os.ErrExist).
func (db *DB) Backup(ctx context.Context, to string) error {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the copy: %w", err)
	}
	_, err = db.sql.ExecContext(ctx, `VACUUM INTO ?`, to) // takes an empty file
	err = errors.Join(db.explain(ctx, err), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("writing the copy: %w", errors.Join(err, os.Remove(to)))
	}
	return nil
}
