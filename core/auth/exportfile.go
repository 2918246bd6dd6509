package auth

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"applink/core/finding"
)

// WriteFile writes an export to a new file of mode 0600. Errors are
// [finding.ExportFileExists] and [finding.FileUnwritable].
func (e Exported) WriteFile(path string) error {
	switch err := writeNew(path, e.Text.Reveal()); {
	case errors.Is(err, fs.ErrExist):
		return finding.ExportFileExists.With(path)
	case err != nil:
		return finding.FileUnwritable.With(path).Because(err.Error())
	}
	return nil
}

// writeNew writes a file of mode 0600 that gets its name when it is whole. It replaces
// no file: the error is fs.ErrExist then.
func writeNew(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(path); err == nil { // a file system without links
		return fs.ErrExist
	}
	return os.Rename(f.Name(), path)
}
