package seal

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"applink/core"
	"applink/core/finding"
)

// CheckModes reports ([finding.ReadableByOthers], a warning) the folder of a database
// and the files that belong to it, key files too, where others than the owner may read
// or write them. What does not exist is passed over. On Windows, whose permissions
// these bits do not tell, it reports nothing.
func CheckModes(database string) []*core.Finding {
	if runtime.GOOS == "windows" {
		return nil
	}
	paths := []string{filepath.Dir(database), database, database + "-wal", database + "-shm"}
	keys, _ := filepath.Glob(KeyPath(database, "*"))
	var out []*core.Finding
	for _, path := range append(paths, keys...) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 == 0 {
			continue
		}
		f := finding.ReadableByOthers.With(path, fmt.Sprintf("%04o", info.Mode().Perm()))
		f.Warning = true
		out = append(out, f)
	}
	return out
}
