package machine

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// FreeSpace is the space in bytes that this user may still fill on the disk of a
// folder, which need not exist yet.
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
		return 0, fmt.Errorf("the free space of %s cannot be told: %w", there, err)
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil
}
