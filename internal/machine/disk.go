package machine

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/tunegate/tunegate/internal/store"
)

// Kept returns the bytes that runs keep in this home: results, records, the private
// server's models; not the tools.
func (m Machine) Kept() (bytes int64, err error) {
	for _, dir := range []string{"store", "runs", "setup"} {
		size, err := store.Size(filepath.Join(m.Home, dir))
		if err != nil {
			return 0, err
		}
		bytes += size
	}
	models, err := store.Size(m.models())
	return bytes + models, err
}

// FreeSpace returns the free disk space for this user in a folder, which need not exist
// yet, in bytes.
func FreeSpace(dir string) (int64, error) {
	there := dir
	for {
		if _, err := os.Stat(there); err == nil || filepath.Dir(there) == there {
			break
		}
		there = filepath.Dir(there)
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(there, &stat); err != nil {
		return 0, fmt.Errorf("cannot determine the free space of %s: %w", there, err)
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil
}
